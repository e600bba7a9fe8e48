"""What every table of rules of every case must satisfy, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case import list_cases
from jukushi.case.doctrines import Table
from jukushi.case.load import Case
from jukushi.doctrines.compile import CompiledTables, compile_tables
from jukushi.doctrines.program import STACK_DEPTH, evaluate
from jukushi.draws import LANES
from jukushi.world.calendar import WEEK_FIELDS
from jukushi.world.parameters import ParameterSpace
from jukushi.world.state import FIELDS
from jukushi.world.vocabulary import open_case

__all__ = ["Subject", "all_tables"]


@dataclass(frozen=True)
class Subject:
    """One table of one case, compiled against the other power's doctrine."""

    case: Case
    role: str
    table: Table

    def __str__(self) -> str:
        return f"{self.case.id}-{self.table.power}-{self.table.id}"

    @property
    def compiled(self) -> CompiledTables:
        """Its lane program."""
        chosen: dict[str, Any] = {self.role: self.table.id}
        return compile_tables(self.case, ParameterSpace(self.case), **chosen)

    def truths(self, seed: int) -> npt.NDArray[np.bool_]:
        """Truth of each row in 64 made-up weeks (wild states, central parameters)."""
        rng = np.random.default_rng(seed)
        tables = self.compiled
        state = np.stack([_invented(rng, field.unit) for field in FIELDS])
        week = np.array([_invented(rng, unit)[0] for _, unit, _ in WEEK_FIELDS], np.float32)
        outputs = np.zeros((tables.n_outputs, LANES), np.float32)
        own = ParameterSpace(self.case).centres()[0].astype(np.float32)
        evaluate(
            getattr(tables, f"{self.role}_program"), tables.constants, state, own, week,
            np.zeros((STACK_DEPTH, LANES), np.float32), outputs,
        )  # fmt: skip
        rows = getattr(tables, f"{self.role}_rows")
        return np.stack([outputs[output] > 0.5 for output, _ in rows])


#: Range in which a made-up number of a unit lies.
_RANGES = {
    "switch": (0, 1), "share": (0, 1), "probability": (0, 1), "week": (230, 470), "km": (0, 1700),
    "divisions": (0, 60), "weeks": (0, 200), "ratio": (0, 3), "months": (0, 60), "Mt": (0, 4),
    "tanks": (0, 3000), "aircraft": (0, 4000), "million_men": (1, 9),
}  # fmt: skip


def _invented(rng: np.random.Generator, unit: str) -> npt.NDArray[np.float32]:
    low, high = _RANGES.get(unit, (-2, 2))
    numbers = rng.uniform(low, high, LANES)
    return (np.round(numbers) if unit == "switch" else numbers).astype(np.float32)


def all_tables() -> Iterator[Subject]:
    """Every table of every case that comes with the package."""
    for folder in list_cases():
        case = open_case(folder)
        for role in ("hunter", "prey"):
            for table in case.rule_tables(role).values():
                yield Subject(case, role, table)
