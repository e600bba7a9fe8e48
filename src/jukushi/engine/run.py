"""Many blocks on many threads: the compiled engine behind every study.

A :class:`World` is a set of changes to the parameters; world 0 is the case as it was. The
engine is given a range of histories and a list of worlds and returns their outcomes; it
knows nothing of files or questions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.dice import DICE_PER_DRAW, LANES
from jukushi.doctrines.compile import (
    CompiledTables,
    acts_at_conferences_only,
    compile_tables,
)
from jukushi.engine.block import run_block, run_worlds, throw_dice
from jukushi.engine.bundles import Course, Desk, Rules, film, new_desk
from jukushi.engine.observe import OPENED, OUTCOME
from jukushi.engine.wars import Openings, OutcomeWar
from jukushi.errors import NumericalError
from jukushi.world.calendar import WEEK, WEEK_FIELDS, build_weeks
from jukushi.world.parameters import PARAMETERS, ParameterSpace
from jukushi.world.state import FIELDS

__all__ = ["EVENTS", "Engine", "Results", "Trace", "World", "thread_count"]

#: Events a question may ask about, and their codes in the kernel.
EVENTS = {"north": 0, "south": 1, "entry": 2, "collapse": 3, "ally_defeat": 4, "surrender": 5}


def thread_count(asked: int | None = None) -> int:
    """Return the number of threads: asked for, or all cores this process may use."""
    if asked:
        return max(asked, 1)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class World:
    """A case under an intervention.

    Attributes
    ----------
    name : str
    changes : tuple of Change
        Applied in order to every parameter draw.
    """

    name: str
    changes: tuple[Change, ...] = ()


@dataclass
class Results:
    """Outcomes of a range of histories.

    Attributes
    ----------
    first_history : int
    outcome : structured array [n]
        Outcome of each history in world 0 (`jukushi.engine.observe.OUTCOME`).
    events : int16[n_worlds, n]
        Week of the event asked about, -1 where it did not happen by the horizon.
    """

    first_history: int
    outcome: npt.NDArray[Any]
    events: npt.NDArray[np.int16]


@dataclass
class Trace:
    """The whole course of one block.

    Attributes
    ----------
    first_history : int
    state : float32[n_weeks, n_fields, LANES]
        State after each week.
    outputs : float32[n_weeks, n_outputs, LANES]
        Margins of gates and truth of rows.
    parameters : float64[width]
        The flat parameters of the block.
    """

    first_history: int
    state: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    parameters: npt.NDArray[np.float64]


class Engine:
    """Runs histories of one case.

    Parameters
    ----------
    case : Case
    seed : int
        Seed of the study, 0 <= seed < 2**64.
    threads : int, optional
        Threads to use; the outcome does not depend on it.
    """

    def __init__(self, case: Case, seed: int, threads: int | None = None) -> None:
        self.case = case
        self.seed = seed
        self.threads = thread_count(threads)
        self.space = ParameterSpace(case)
        self.tables: CompiledTables = compile_tables(case, self.space)
        self.rules = Rules(
            self.tables.hunter_program,
            self.tables.prey_program,
            self.tables.constants,
            self.tables.hunter_rows,
            self.tables.prey_rows,
            self.tables.gate_scales,
        )
        self.first_running = case.first_running_week
        weeks = build_weeks(case)
        self.weeks = np.zeros(len(weeks), WEEK)
        for name, _, _ in WEEK_FIELDS:
            self.weeks[name] = weeks[name]
        if acts_at_conferences_only(case):
            self.weeks["rules_due"] = self.weeks["conference"]
        self.weeks_flat = self.weeks.view(np.float32).reshape(len(weeks), -1)
        self.near_until = np.float32(
            case.week_of(case.header.period.runs_from.replace(month=12, day=31))
        )

    def last_week(self, outcome: str) -> int:
        """Index of the last week that `outcome` asks about."""
        return int(self.case.week_of(self.case.outcomes[outcome].by))

    def parameters(
        self, worlds: Sequence[World], first_history: int, count: int
    ) -> tuple[npt.NDArray[Any], npt.NDArray[np.float32], npt.NDArray[np.float64]]:
        """Draw the parameters of a range of histories and apply each world's changes."""
        first = first_history // DICE_PER_DRAW
        last = (first_history + count - 1) // DICE_PER_DRAW
        base = self.space.draw(self.seed, np.arange(first, last + 1, dtype=np.int64))
        values = np.stack([self.space.changed(base, world.changes) for world in worlds])
        with np.errstate(over="ignore"):  # an overflow is found, and named, in the state
            flat = np.ascontiguousarray(values, np.float32)
        records = flat.view(PARAMETERS).reshape(flat.shape[:2])
        return records, flat, base

    def run(
        self,
        worlds: Sequence[World],
        first_history: int,
        count: int,
        outcome: str,
        horizon: int | None = None,
    ) -> Results:
        """Run `count` histories from `first_history` (a multiple of `LANES`) in every world.

        Parameters
        ----------
        worlds : sequence of World
            World 0 is watched: its outcomes and locks are kept whole.
        first_history, count : int
            Range of histories.
        outcome : str
            Identifier of the outcome asked about.
        horizon : int, optional
            Last week to run; by default the outcome's own.

        Returns
        -------
        Results

        Raises
        ------
        NumericalError
            If a number of the state became NaN or infinite, naming field, history and week.
        """
        records, flat, _ = self.parameters(worlds, first_history, count)
        course = self.course(self.last_week(outcome) if horizon is None else horizon)
        n_blocks = -(-count // LANES)
        results = np.zeros(n_blocks * LANES, OUTCOME)
        events = np.full((len(worlds), n_blocks * LANES), -1, np.int16)
        asked = self.case.outcomes[outcome]
        war = OutcomeWar(self.case, asked, self.weeks["drawdown"]) if asked.campaign else None
        event = EVENTS[war.event if war else asked.event]
        if war:
            course = course._replace(opens_with=event)
        noted = n_blocks * LANES if war else 0
        openings = np.zeros((len(worlds), noted), OPENED)
        first_draw = first_history // DICE_PER_DRAW
        unfilmed = film()

        def work(blocks: range) -> tuple[int, int]:
            """Run some blocks; return the history and place of a bad number, or -1 twice."""
            desk = self.desk(course)
            for block in blocks:
                history = first_history + block * LANES
                bad = run_worlds(
                    desk, self.rules, course, records, flat, history // DICE_PER_DRAW - first_draw,
                    np.uint64(self.seed), np.uint64(history), event, results, events,
                    openings, block * LANES, unfilmed,
                )  # fmt: skip
                if bad >= 0:
                    return history, int(bad)
            return -1, -1

        for history, bad in self._spread(work, n_blocks):
            if bad >= 0:
                self._complain(worlds[bad // 65536], history, bad % 65536)
        if war:
            rows = np.arange(first_history, first_history + count) // DICE_PER_DRAW - first_draw
            part = Openings(openings[:, :count], records, rows, first_history)
            war.fight(events[:, :count], part, self.seed, self.threads)
        results["asked_week"] = events[0]
        return Results(first_history, results[:count], events[:, :count])

    def _spread(
        self, work: Callable[[range], tuple[int, int]], n_blocks: int
    ) -> list[tuple[int, int]]:
        """Share blocks among the threads; the kernels release the interpreter lock."""
        if self.threads == 1 or n_blocks == 1:
            return [work(range(n_blocks))]
        shares = [range(start, n_blocks, self.threads) for start in range(self.threads)]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(work, shares))

    def course(self, horizon: int) -> Course:
        """Return the weeks up to a horizon."""
        return Course(self.weeks, self.weeks_flat, self.first_running, horizon, self.near_until)

    def desk(self, course: Course) -> Desk:
        """Return a desk for one thread."""
        return new_desk(course.horizon + 1 - course.first_running, self.tables.n_outputs)

    def trace(self, history: int, world: World, horizon: int | None = None) -> Trace:
        """Run the block that holds `history` and keep the state after every week."""
        first = history // LANES * LANES
        records, flat, base = self.parameters([world], first, 1)
        course = self.course(self.case.n_weeks - 1 if horizon is None else horizon)
        desk = self.desk(course)
        throw_dice(desk, course, np.uint64(self.seed), np.uint64(first))
        kept = film(course.horizon + 1, self.tables.n_outputs)
        run_block(desk, self.rules, course, records[0, 0], flat[0, 0], True, kept)
        changed = self.space.changed(base, world.changes)[0]
        return Trace(first, kept.state, kept.outputs, changed)

    def _complain(self, world: World, history: int, week: int) -> None:
        """Find the first bad field of a block and raise with a command that replays it."""
        trace = self.trace(history, world, week)
        bad = np.argwhere(~np.isfinite(trace.state[: week + 1]))
        week, row, lane = (int(number) for number in bad[0]) if len(bad) else (week, 0, 0)
        number = trace.first_history + lane
        raise NumericalError(
            f"the field {FIELDS[row].name!r} is not a finite number after week {week} "
            f"of history {number} in the world {world.name!r}",
            hint=f"jukushi replay {self.case.id} {number} --seed {self.seed}",
        )
