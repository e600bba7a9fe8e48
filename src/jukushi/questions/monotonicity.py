"""Is more always more? An audit of curves whose direction is known.

Threshold rules can make more force do worse (Dewar, Gillogly and Juncosa, Non-Monotonicity,
Chaos and Combat Models, RAND R-3995). Two things are looked at. *Pairs of points*: from one
point of the grid to a later one, on the same dice, does the probability move the wrong way by
more than chance? *Single histories*: how many see the attack at a value where they should not,
given what they did at another?
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from jukushi.questions.intervals import ClusterMean, wilson

__all__ = ["Pairs", "Reversals", "flagged", "pair_errors"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Chance of a false alarm anywhere in one audit, where nothing is wrong.
FALSE_ALARM = 0.05


@dataclass(frozen=True)
class Pairs:
    """Paired differences between the points of a line.

    Attributes
    ----------
    first, second : int64[n]
        Places of the two points, in order.
    difference, error : float64[n]
        Of the second less the first, formed draw by draw.
    wrong : float64[n]
        One-sided p-value of a move the wrong way.
    """

    first: npt.NDArray[np.int64]
    second: npt.NDArray[np.int64]
    difference: Array
    error: Array
    wrong: Array


def pair_errors(means: Array, sizes: Array, rising: bool) -> Pairs:
    """Return difference, error and one-sided p-value of every pair of points of a line.

    Pairs, not neighbours alone: many small steps the wrong way are a large one together.

    Parameters
    ----------
    means : float64[n_draws, n_points]
        Share of events in each draw.
    sizes : float64[n_draws]
        Histories of each draw.
    rising : bool
        Whether the probability should rise along the points.
    """
    first, second = np.triu_indices(means.shape[1], 1)
    gaps = means[:, second] - means[:, first]
    paired = ClusterMean(gaps.shape[1])
    paired.add(gaps, sizes)
    difference, error = paired.mean(), paired.error()
    # Only draws in which something changed tell of the error: Student's t with as many.
    active = np.maximum((gaps != 0.0).sum(axis=0) - 1, 1)
    wrong_way = -difference if rising else difference
    score = np.where(error > 0.0, wrong_way / np.where(error > 0.0, error, 1.0), 0.0)
    tails = np.asarray(stdtr(active, -score), np.float64)
    return Pairs(first, second, difference, error, np.where(error > 0.0, tails, 1.0))


def flagged(p_values: Array) -> Flags:
    """Return which of all p-values of an audit are alarms (Holm's step-down rule)."""
    order = np.argsort(p_values, kind="stable")
    limits = FALSE_ALARM / (len(p_values) - np.arange(len(p_values)))
    passed = np.cumprod(p_values[order] <= limits).astype(bool)
    alarms = np.zeros(len(p_values), bool)
    alarms[order] = passed
    return alarms


class Reversals:
    """Single histories that reverse along a grid, added up part by part.

    A history reverses where it sees the event at a point and had not seen it at another from
    which it should come more easily.

    Parameters
    ----------
    x : float64[n_points]
    rising : bool
        Whether the event should come more easily along the points.
    """

    def __init__(self, x: Array, rising: bool) -> None:
        self.x = x
        self.rising = rising
        self.share = ClusterMean(2)
        self.places = np.zeros(len(x), np.int64)

    def add(self, hits: Flags, starts: npt.NDArray[np.int64]) -> None:
        """Add one part.

        Parameters
        ----------
        hits : bool[n_lines, n_points, n]
            The event along every line of the grid in this direction.
        starts : int64[n_draws]
            First history of each parameter draw.
        """
        along = hits[:, ::-1] if self.rising else hits
        held = np.minimum.accumulate(along, axis=1)
        back = along[:, 1:] & ~held[:, :-1]
        where = np.concatenate([[0], back.sum(axis=(0, 2))])
        self.places += where[::-1] if self.rising else where
        moves = along.any(axis=1) & ~along.all(axis=1)
        both = np.stack([back.any(axis=(0, 1)), moves.any(axis=0)]).astype(np.float64)
        sizes = np.diff(np.append(starts, hits.shape[2])).astype(np.float64)
        means = np.add.reduceat(both, starts, axis=1) / sizes
        self.share.add(means.T, sizes)

    def answer(self) -> dict[str, Any]:
        """Return the shares that reverse and that move at all, and where reversals lie."""
        means, variances = self.share.mean(), self.share.variance()
        names = ("reverse", "move")
        shares: dict[str, Any] = {
            name: {
                "estimate": float(means[row]),
                "sampling": list(
                    wilson(float(means[row]), float(variances[row]), self.share.weight)
                ),
            }
            for row, name in enumerate(names)
        }
        return {**shares, "between": self._between()}

    def _between(self) -> list[float] | None:
        """Return the values between which 90 % of the reversals lie."""
        total = int(self.places.sum())
        if total == 0:
            return None
        cumulative = np.cumsum(self.places)
        ends = np.searchsorted(cumulative, [0.05 * total, 0.95 * total])
        return [float(self.x[place]) for place in ends]
