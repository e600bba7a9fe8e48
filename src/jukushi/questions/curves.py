"""The curve, or map, of one opponent: probabilities, thresholds, and the audit of its direction.

Counts are kept draw by draw, two bytes for 128 histories of a world: the bootstrap and the
paired differences of the audit need whole parameter draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.engine.run import Results
from jukushi.questions.contours import contours
from jukushi.questions.grids import Axis
from jukushi.questions.inverse import crossing, isotonic, resampled, threshold_of
from jukushi.questions.monotonicity import Reversals, flagged, pair_errors
from jukushi.questions.probability import Probability, draw_starts

__all__ = ["Counts", "Curve", "flat", "placed"]

Array = npt.NDArray[np.float64]

#: Resampled curves behind an interval.
REPLICATES = 1000


class Counts:
    """Events of every world by parameter draw, added up part by part."""

    def __init__(self, n_worlds: int) -> None:
        self.probability = Probability(n_worlds)
        self._events: list[npt.NDArray[np.int16]] = []
        self._sizes: list[Array] = []
        self._chances: dict[int, dict[str, Any]] = {}

    def add(self, results: Results) -> None:
        """Add one part."""
        hits = results.events >= 0
        starts = draw_starts(results.first_history, hits.shape[1])
        self.probability.add(hits, starts)
        self._events.append(np.add.reduceat(hits.astype(np.int16), starts, axis=1))
        self._sizes.append(np.diff(np.append(starts, hits.shape[1])).astype(np.float64))
        self._chances.clear()

    def chance(self, place: int) -> dict[str, Any]:
        """Return the chance of one world with both intervals; worked out once."""
        if place not in self._chances:
            self._chances[place] = self.probability.answer(place)
        return self._chances[place]

    @property
    def histories(self) -> int:
        """Histories added so far."""
        return self.probability.histories

    def of(self, places: npt.NDArray[np.int64]) -> tuple[Array, Array]:
        """Return the events float64[n_draws, n_places] and the sizes float64[n_draws]."""
        events = np.concatenate([part[places] for part in self._events], axis=1)
        return events.T.astype(np.float64), np.concatenate(self._sizes)


def placed(name: str, value: float) -> dict[str, Any]:
    """Return a threshold as two cells: the number, or on which side of the grid it lies."""
    outside = None if np.isfinite(value) else "below" if value < 0 else "above"
    return {name: None if outside else float(value), f"{name}_outside": outside}


@dataclass
class Curve:
    """One opponent along one quantity, or over two.

    Attributes
    ----------
    opponent : str
    axes : sequence of Axis
    places : int64[n_y, n_x]
        Worlds of the grid; n_y is 1 with one axis.
    """

    opponent: str
    axes: Sequence[Axis]
    places: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        # The direction may be read off the curve only in the end: both are kept.
        self._reversals = [
            {rising: Reversals(axis.values, rising) for rising in (False, True)}
            for axis in self.axes
        ]

    def add(self, results: Results) -> None:
        """Add one part."""
        starts = draw_starts(results.first_history, len(results.outcome))
        hits = results.events[self.places] >= 0
        for number, either in enumerate(self._reversals):
            lines = hits if number == 0 else hits.transpose(1, 0, 2)
            for kept in either.values():
                kept.add(lines, starts)

    def chances(self, counts: Counts) -> Array:
        """Return the estimates, float64[n_y, n_x]."""
        return np.asarray(counts.probability.means.mean()[self.places], np.float64)

    def rising(self, number: int, chances: Array) -> bool:
        """Tell whether the probability should rise along an axis.

        The case says so; where it does not, the curve itself does, by its slope.
        """
        axis = self.axes[number]
        if axis.quantity.more_means != "unclear":
            return axis.quantity.more_means == "more"
        lines = chances if number == 0 else chances.T
        return float((lines @ (axis.values - axis.values.mean())).sum()) > 0.0

    def points(self, counts: Counts) -> list[dict[str, Any]]:
        """Return one flat row for each point."""
        rows = []
        for row, line in enumerate(self.places):
            for column, place in enumerate(line):
                chance = flat(counts.chance(int(place)))
                where = {"x": float(self.axes[0].values[column]), "y": self._other(row)}
                rows.append({"opponent": self.opponent, **where, **chance})
        return rows

    def _other(self, row: int) -> float | None:
        return float(self.axes[1].values[row]) if len(self.axes) == 2 else None

    def thresholds(
        self, counts: Counts, levels: Sequence[float], seed: int
    ) -> list[dict[str, Any]]:
        """Return where the levels are passed along x, for every line of the grid."""
        chances = self.chances(counts)
        x, rising = self.axes[0].values, self.rising(0, chances)
        events, sizes = counts.of(self.places.ravel())
        # The same resampled draws for every opponent: their thresholds can be compared.
        generator = np.random.Generator(np.random.Philox(key=seed))
        fresh = resampled(events, sizes, REPLICATES, generator).reshape(-1, *self.places.shape)
        rows = []
        for row, line in enumerate(self.places):
            curve, copies = chances[row], isotonic(fresh[:, row], rising)
            known = np.array([counts.chance(int(place))["ignorance"] for place in line])
            edges = isotonic(np.ascontiguousarray(known.T), rising)
            for level in levels:
                found = threshold_of(x, curve, copies, level, rising, len(sizes))
                # Of a monotone family of curves the quantiles pass the level at the quantiles
                # of the threshold; the dice are out of the ignorance interval already.
                ends = sorted(float(end) for end in crossing(x, edges, level, rising))
                rows.append(
                    {
                        "opponent": self.opponent,
                        "level": float(level),
                        "y": self._other(row),
                        **placed("estimate", found.value),
                        **placed("low", found.low),
                        **placed("high", found.high),
                        **placed("ignorance_low", ends[0]),
                        **placed("ignorance_high", ends[1]),
                        "passages": list(found.passages),
                    }
                )
        return rows

    def contours(self, counts: Counts, levels: Sequence[float]) -> list[dict[str, Any]]:
        """Return the lines of the levels on a map of two quantities."""
        chances = self.chances(counts)
        x, y = (axis.values for axis in self.axes)
        return [
            {"opponent": self.opponent, "level": float(level), "lines": lines}
            for level in levels
            if (lines := contours(x, y, chances, level))
        ]

    def audit(self, counts: Counts) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the summary of each axis, and every step of the grid.

        A step is a pair of neighbours. All pairs of all lines are one family of tests.
        """
        chances = self.chances(counts)
        pairs = [
            row
            for number in range(len(self.axes))
            for row in self._pairs(number, self.rising(number, chances), counts)
        ]
        alarms = flagged(np.array([row["wrong"] for row in pairs]))
        for row, alarm in zip(pairs, alarms, strict=True):
            row["flagged"] = bool(alarm)
        summaries = [self._summary(number, chances, pairs) for number in range(len(self.axes))]
        steps = [
            {key: row[key] for key in row if key not in ("wrong", "neighbours")}
            for row in pairs
            if row["neighbours"]
        ]
        return summaries, steps

    def _summary(
        self, number: int, chances: Array, pairs: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        axis, rising = self.axes[number], self.rising(number, chances)
        mine = [row for row in pairs if row["quantity"] == axis.quantity.id]
        worst = min(mine, key=lambda row: row["wrong"])
        kept = ("other", "from", "to", "difference", "error", "flagged")
        wrong_way = worst["difference"] < 0 if rising else worst["difference"] > 0
        return {
            "opponent": self.opponent,
            "quantity": axis.quantity.id,
            "direction": "more" if rising else "less",
            "declared": axis.quantity.more_means != "unclear",
            "pairs": len(mine),
            "flagged": sum(row["flagged"] for row in mine),
            "worst": {key: worst[key] for key in kept} if wrong_way else None,
            **self._reversals[number][rising].answer(),
        }

    def _pairs(self, number: int, rising: bool, counts: Counts) -> list[dict[str, Any]]:
        axis = self.axes[number]
        rows = []
        for place, line in enumerate(self.places if number == 0 else self.places.T):
            events, sizes = counts.of(line)
            found = pair_errors(events / sizes[:, None], sizes, rising)
            other = self._other(place) if number == 0 else float(self.axes[0].values[place])
            for pair, (first, second) in enumerate(zip(found.first, found.second, strict=True)):
                rows.append(
                    {
                        "opponent": self.opponent,
                        "quantity": axis.quantity.id,
                        "other": other,
                        "from": float(axis.values[first]),
                        "to": float(axis.values[second]),
                        "difference": float(found.difference[pair]),
                        "error": float(found.error[pair]),
                        "wrong": float(found.wrong[pair]),
                        "neighbours": bool(second == first + 1),
                    }
                )
        return rows


def flat(chance: dict[str, Any]) -> dict[str, float]:
    """Return a chance as five cells of a table."""
    return {
        "estimate": chance["estimate"],
        "sampling_low": chance["sampling"][0],
        "sampling_high": chance["sampling"][1],
        "ignorance_low": chance["ignorance"][0],
        "ignorance_high": chance["ignorance"][1],
    }
