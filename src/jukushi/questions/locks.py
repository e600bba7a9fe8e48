"""The locks: which gate was shut at the moment of each month when war came nearest.

For every history and month the week with the smallest distance is taken; a gate that is
shut in that week is a lock, and an *only* lock if all other gates are open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.engine.observe import COLLAPSE_BIT, DECIDED_BIT
from jukushi.questions.intervals import ClusterMean, wilson

__all__ = ["LockTable", "lock_months"]


def lock_months(case: Case, last_week: int) -> list[str]:
    """Return the months (``1941-07``) of the locks table that lie before `last_week`."""
    first = case.calendar.locks_from
    names = []
    for number in range(case.calendar.locks_months):
        year, month = divmod(first.month - 1 + number, 12)
        begins = first.replace(year=first.year + year, month=month + 1, day=1)
        if case.week_of(begins) <= last_week and first.year + year == first.year:
            names.append(f"{begins:%Y-%m}")
    return names


@dataclass
class LockTable:
    """Counts of locks by gate and month, added up part by part.

    Parameters
    ----------
    gates : list of str
    months : list of str
        ``YYYY-MM``, beginning with the first month of the table.
    """

    gates: list[str]
    months: list[str]

    def __post_init__(self) -> None:
        n_gates, n_months = len(self.gates), len(self.months)
        # per month: gates closed, gates the only lock, decided, collapse known; then overall
        self.width = 2 * n_gates + 2
        self.means = ClusterMean(self.width * (n_months + 1))

    def add(self, outcome: npt.NDArray[Any], starts: npt.NDArray[np.int64]) -> None:
        """Add one part; `starts` are the first rows of its parameter draws."""
        masks = [outcome["lock_masks"][:, month] for month in range(len(self.months))]
        # Overall: the nearest moment of the whole period before the South was chosen.
        masks.append(outcome["nearest_mask"])
        columns = [self._indicators(mask) for mask in masks]
        values = np.concatenate(columns, axis=1)
        sizes = np.diff(np.append(starts, len(outcome))).astype(np.float64)
        self.means.add(np.add.reduceat(values, starts, axis=0) / sizes[:, None], sizes)

    def _indicators(self, mask: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
        n_gates = len(self.gates)
        shut = mask & np.int16((1 << n_gates) - 1)
        result = np.zeros((len(mask), self.width))
        for gate in range(n_gates):
            bit = np.int16(1 << gate)
            result[:, gate] = (shut & bit) != 0
            result[:, n_gates + gate] = shut == bit
        result[:, -2] = (mask & np.int16(1 << DECIDED_BIT)) != 0
        result[:, -1] = (mask & np.int16(1 << COLLAPSE_BIT)) != 0
        return result

    def share(self, block: int, column: int) -> dict[str, Any]:
        """Return one share with its sampling interval."""
        index = block * self.width + column
        estimate = float(self.means.mean()[index])
        variance = float(self.means.variance()[index])
        return {
            "estimate": estimate,
            "sampling": list(wilson(estimate, variance, self.means.weight)),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the table: one entry a gate, the most closed first, then the collapse trigger."""
        n_gates, overall = len(self.gates), len(self.months)
        table: list[dict[str, Any]] = [
            {
                "gate": gate,
                "closed": self.share(overall, number),
                "alone": self.share(overall, n_gates + number),
                "by_month": [
                    {
                        "month": month,
                        "closed": self.share(place, number),
                        "alone": self.share(place, n_gates + number),
                    }
                    for place, month in enumerate(self.months)
                ],
            }
            for number, gate in enumerate(self.gates)
        ]
        table.sort(key=lambda row: (-row["closed"]["estimate"], row["gate"]))
        return table

    def triggers(self) -> list[dict[str, Any]]:
        """Return by month how many histories had decided for war, and knew of a collapse."""
        return [
            {
                "month": month,
                "decided": self.share(place, self.width - 2),
                "collapse_known": self.share(place, self.width - 1),
            }
            for place, month in enumerate(self.months)
        ]
