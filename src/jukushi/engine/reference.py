"""The slow reference: the same sources as plain Python in double precision, and nothing else.

Run in a process of its own with compilation switched off::

    NUMBA_DISABLE_JIT=1 python -m jukushi.engine.reference kantokuen --seed 1 --histories 64

It prints the decisions of each history as JSON. It shares the dice, the mechanisms and the
week with the compiled engine, but no machine code, no precision, no parallel blocks and
none of the engine's own loops over blocks, weeks and worlds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.dice import (
    DICE,
    DICE_PER_DRAW,
    LANES,
    NO_WEEK,
    ONCE,
    ONCE_KINDS,
    ONCE_SITE_CODES,
    WEEKLY_KINDS,
    WEEKLY_SITE_CODES,
    fill_dice,
)
from jukushi.doctrines.compile import compile_tables
from jukushi.doctrines.policy import no_policy
from jukushi.doctrines.program import STACK_DEPTH
from jukushi.engine.bundles import Rules
from jukushi.engine.observe import OUTCOME, WATCH, note_outcome
from jukushi.engine.week import begin, running_week, scripted_week
from jukushi.errors import JukushiError, UsageError
from jukushi.kernel import COMPILED
from jukushi.world.calendar import WEEK_FIELDS, build_weeks
from jukushi.world.parameters import PARAMETERS, ParameterSpace
from jukushi.world.state import FIELDS
from jukushi.world.vocabulary import open_case

__all__ = ["DECISIONS", "Reference", "main"]

#: What the reference reports of a history: weeks, -1 where it was not decided.
DECISIONS = ("north_week", "south_choice_week", "collapse_week", "entry_week")


def _named(table: npt.NDArray[np.float64], names: Sequence[str]) -> Any:
    """Give each row of a table its name, so that ``s.oil[lane]`` reads and writes the table."""
    return SimpleNamespace(**dict(zip(names, table, strict=True)))


def _table(rows: int) -> Any:
    """A table of rows and lanes, wider than the kernels' signatures say: they only fill it."""
    return np.zeros((rows, LANES))


class Reference:
    """Runs histories of one case, a block at a time, in double precision.

    Parameters
    ----------
    case : Case
    seed : int
    horizon : int
        Last week to run.
    """

    def __init__(self, case: Case, seed: int, horizon: int) -> None:
        if COMPILED:
            raise UsageError(
                "the reference runs only without compilation",
                hint="set NUMBA_DISABLE_JIT=1 before Python starts",
            )
        self.seed = seed
        self.horizon = horizon
        self.first_running = case.first_running_week
        self.space = ParameterSpace(case)
        self.tables = compile_tables(case, self.space)
        constants: Any = self.tables.constants.astype(np.float64)
        self.rules = Rules(
            self.tables.hunter_program,
            self.tables.prey_program,
            constants,
            self.tables.hunter_rows,
            self.tables.prey_rows,
            self.tables.gate_scales,
            no_policy(case.n_weeks),
        )
        weeks = build_weeks(case)
        names = [name for name, _, _ in WEEK_FIELDS]
        self.weeks_flat = np.stack([weeks[name] for name in names], axis=1)
        self.weeks = [_named(row, names) for row in self.weeks_flat]

    def run_block(self, first_history: int) -> npt.NDArray[Any]:
        """Run the block of histories from `first_history` (a multiple of `LANES`)."""
        draw = np.array([first_history // DICE_PER_DRAW], np.int64)
        p_flat = self.space.draw(self.seed, draw)[0]
        names = [name for name in PARAMETERS.names or () if name != "spare"]
        p = _named(p_flat[: len(names)], names)
        flat = _table(len(FIELDS))
        s = _named(flat, [field.name for field in FIELDS])
        once = self._dice(ONCE, ONCE_SITE_CODES, ONCE_KINDS, first_history, int(NO_WEEK))
        stack = _table(STACK_DEPTH)
        outputs = _table(self.tables.n_outputs)
        begin(s, flat, p)
        for week in range(self.first_running):
            c = self.weeks[week]
            if c.khasan > 0.5 or c.khalkhin > 0.5:
                scripted_week(s, p, c, None, once)
        for week in range(self.first_running, self.horizon + 1):
            dice = self._dice(DICE, WEEKLY_SITE_CODES, WEEKLY_KINDS, first_history, week)
            # Only what a week touches; records stand in one-entry lists, as on a desk.
            desk: Any = SimpleNamespace(
                state=[s], flat=flat, once=[once], stack=stack, outputs=outputs
            )
            running_week(
                desk, self.rules, p, p_flat, self.weeks[week], self.weeks_flat[week], dice, False
            )
        outcome = np.zeros(LANES, OUTCOME).view(np.recarray)
        unwatched = np.zeros(1, WATCH).view(np.recarray)[0]
        note_outcome(outcome, 0, s, unwatched, float(self.horizon))
        return outcome

    def decisions(self, first_history: int, count: int) -> dict[str, list[int]]:
        """Return the decisions of `count` histories from `first_history`, by name."""
        blocks = [
            self.run_block(start) for start in range(first_history, first_history + count, LANES)
        ]
        whole = np.concatenate(blocks)[:count]
        return {name: [int(week) for week in whole[name]] for name in DECISIONS}

    def _dice(
        self,
        record: np.dtype[Any],
        sites: npt.NDArray[np.uint32],
        kinds: npt.NDArray[np.int8],
        first_history: int,
        week: int,
    ) -> Any:
        """Throw the dice of one block and week, kept in double precision."""
        values = _table(len(kinds))
        words = np.zeros((4, LANES), np.uint32)
        counters: tuple[Any, ...] = (
            np.uint64(self.seed),
            np.uint64(first_history),
            np.uint32(week),
        )
        fill_dice(values, words, sites, kinds, *counters)
        return _named(values, record.names or ())


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jukushi.engine.reference")
    parser.add_argument("case", help="name or folder of a case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="first history, a multiple of 64")
    parser.add_argument("--histories", type=int, default=LANES)
    parser.add_argument("--outcome", help="whose date is the last week (default: the case's own)")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the decisions of some histories as JSON; return the exit code."""
    asked = _arguments(argv)
    try:
        if asked.first % LANES:
            raise UsageError(f"--first must be a multiple of {LANES}, not {asked.first}")
        case = open_case(asked.case)
        outcome = asked.outcome or case.header.defaults.outcome
        if outcome not in case.outcomes:
            raise UsageError(f"the case has no outcome {outcome!r}")
        horizon = int(case.week_of(case.outcomes[outcome].by))
        reference = Reference(case, asked.seed, horizon)
        decisions = reference.decisions(asked.first, asked.histories)
    except JukushiError as error:
        print(f"error: {error.message}. {error.hint}".rstrip(), file=sys.stderr)
        return error.exit_code
    result = {"case": case.id, "seed": asked.seed, "first": asked.first, "decisions": decisions}
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
