"""When the event came in each world, how far it moved, and whether it came later anyway."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.questions.differences import PairedDifference
from jukushi.questions.odds import Probability, quantile_weeks, week_date

__all__ = ["Displacement", "latest_of"]

_LEVELS = (0.5, 0.05, 0.95)
_NAMES = ("median", "low", "high")


def latest_of(case: Case, outcome: Outcome) -> Outcome:
    """Return the outcome about the same event that asks about the longest time."""
    same = [
        other
        for other in case.outcomes.values()
        if (other.event, other.campaign, other.place, other.within_days)
        == (outcome.event, outcome.campaign, outcome.place, outcome.within_days)
    ]
    return max(same, key=lambda other: (other.by, other.id == outcome.id))


class Displacement:
    """Dates of an event in two worlds, added up part by part.

    Parameters
    ----------
    case : Case
    outcome, latest : Outcome
        What is asked about, and the same event by its latest day.
    """

    def __init__(self, case: Case, outcome: Outcome, latest: Outcome) -> None:
        self.case = case
        self.latest = latest if latest.id != outcome.id else None
        self.dates = np.zeros((2, case.n_weeks), np.int64)
        self.shifts = np.zeros(2 * case.n_weeks + 1, np.int64)
        self.ever = Probability(2)
        self.ever_difference = PairedDifference()
        # Of pairs with the event in one world alone: those in which it comes later in the other.
        self.later = np.zeros(2, np.int64)
        self.alone = np.zeros(2, np.int64)

    def add(
        self,
        weeks: npt.NDArray[np.int64],
        hits: npt.NDArray[np.bool_],
        starts: npt.NDArray[np.int64],
    ) -> None:
        """Add one part.

        Parameters
        ----------
        weeks : int64[2, n]
            Week of the event by its latest day in both worlds, -1 where it did not come.
        hits : bool[2, n]
            Whether it came by the day asked about.
        starts : int64[n_draws]
        """
        size = self.case.n_weeks
        for world in range(2):
            self.dates[world] += np.bincount(weeks[world][hits[world]], minlength=size)
        both = hits[0] & hits[1]
        moved = weeks[1][both] - weeks[0][both]
        self.shifts += np.bincount(moved + size, minlength=len(self.shifts))
        for world in range(2):
            alone = hits[world] & ~hits[1 - world]
            self.alone[world] += int(alone.sum())
            self.later[world] += int((alone & (weeks[1 - world] >= 0)).sum())
        if self.latest is not None:
            came = weeks >= 0
            self.ever.add(came, starts)
            self.ever_difference.add(came[0], came[1], starts)

    def answer(self, nothing: bool) -> dict[str, Any]:
        """Return dates, shifts and what came later anyway."""
        return {
            "baseline": self._range(0),
            "changed": self._range(1),
            "both": self._shift(),
            "ever": self._ever(nothing),
            "later_anyway": self._later_anyway(),
        }

    def _range(self, world: int) -> dict[str, str] | None:
        found = quantile_weeks(self.dates[world], _LEVELS)
        if found is None:
            return None
        return {name: week_date(self.case, week) for name, week in zip(_NAMES, found, strict=True)}

    def _shift(self) -> dict[str, Any]:
        """Return by how many days the event moved, where it came in both worlds."""
        found = quantile_weeks(self.shifts, _LEVELS)
        size = self.case.n_weeks
        days = None
        if found is not None:
            days = {name: 7 * (place - size) for name, place in zip(_NAMES, found, strict=True)}
        return {
            "histories": int(self.shifts.sum()),
            "moved": int(self.shifts.sum() - self.shifts[size]),
            "days": days,
        }

    def _ever(self, nothing: bool) -> dict[str, Any] | None:
        if self.latest is None:
            return None
        return {
            "outcome": self.latest.id,
            "baseline": self.ever.answer(0),
            "changed": self.ever.answer(1),
            "difference": self.ever_difference.answer(nothing),
        }

    def _later_anyway(self) -> list[dict[str, Any]] | None:
        """Of the pairs with the event in one world alone: how often it came later in the other."""
        if self.latest is None:
            return None
        return [
            {"only": name, "histories": int(self.alone[world]), "later": int(self.later[world])}
            for world, name in ((1, "changed"), (0, "baseline"))
        ]
