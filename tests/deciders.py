"""Running histories in which others decide than the documented doctrine, and judging rows again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.dice import LANES
from jukushi.doctrines.compile import CompiledTables, compile_tables
from jukushi.doctrines.program import STACK_DEPTH, evaluate
from jukushi.engine.run import Engine, Results, Trace
from jukushi.engine.settings import World
from jukushi.questions.odds import structure_of

__all__ = ["Judge", "attacks", "decided_by", "play", "setting"]

OUTCOME = "attack_by_end_1941"
HISTORIES = 2_560


def setting(**values: float) -> tuple[Change, ...]:
    """Set parameters of the case."""
    return tuple(Change(parameter=name, set=value) for name, value in values.items())


def decided_by(case: Case, makers: str, changes: Sequence[Change] = ()) -> World:
    """A world in which these decide, such as ``factions`` or ``doctrine/expected_value``."""
    structure = structure_of(case, makers, None)
    return structure.world(f"{makers} {changes}", (*structure.changes, *changes))


def play(case: Case, worlds: Sequence[World], outcome: str = OUTCOME, seed: int = 1) -> Results:
    """Run some worlds on the same dice."""
    return Engine(case, seed).run(worlds, 0, HISTORIES, outcome)


def attacks(results: Results) -> npt.NDArray[np.bool_]:
    """Whether each history of each world has the event by the day of the outcome."""
    return results.events >= 0


class Judge:
    """The rows and quantities of a table, judged again on the weeks of traced histories."""

    def __init__(self, case: Case, makers: str, changes: Sequence[Change] = ()) -> None:
        self.world = decided_by(case, makers, changes)
        self.engine = Engine(case, 1, threads=1)
        self.tables: CompiledTables = compile_tables(
            case, self.engine.space, self.world.hunter_table, self.world.prey_table
        )

    def trace(self, block: int, last: int) -> Trace:
        """The course of one block of 64 histories up to a week."""
        return self.engine.trace(LANES * block, self.world, last)

    def outputs(
        self, trace: Trace, week: int, role: str = "hunter", **times: float
    ) -> npt.NDArray[np.float32]:
        """Run the program of a role on the state after a week, some fields of it scaled."""
        from jukushi.world.state import FIELD_INDEX

        program = getattr(self.tables, f"{role}_program")
        state = trace.state[week].copy()
        for name, factor in times.items():
            state[FIELD_INDEX[name]] *= np.float32(factor)
        outputs = np.zeros((self.tables.n_outputs, LANES), np.float32)
        evaluate(
            program, self.tables.constants, state, trace.parameters.astype(np.float32),
            self.engine.weeks.view(np.float32).reshape(len(self.engine.weeks), -1)[week],
            np.zeros((STACK_DEPTH, LANES), np.float32), outputs,
        )  # fmt: skip
        return outputs

    def wills(self, outputs: npt.NDArray[np.float32], action: int) -> npt.NDArray[np.bool_]:
        """Whether any row of the hunter with that action is true."""
        rows = self.tables.hunter_rows
        truths = [outputs[output] > 0.5 for output, act in rows if act == action]
        return np.any(truths, axis=0) if truths else np.zeros(LANES, bool)
