"""The difference between two worlds on the same dice, with both intervals.

A history counts +1 if the event comes in the changed world alone, -1 if in the baseline alone.

*Sampling*, 90 %: the two shares of changed pairs get Wilson intervals with the effective number
of histories (draws are clusters), and the interval of their difference is put together from
those (MOVER: Newcombe 1998, method 10; Zou and Donner 2008) with the correlation of the two
shares over draws. It agrees with the normal interval where many pairs change, and does not
shrink to a point where few or none do.

*Ignorance*, 5-95 %: differences of whole parameter draws vary by ignorance and by dice. The
variance that dice make is known from within the draws, v = (share of changed pairs - d^2) /
(K - 1) with K dice; what is left, t^2 = s^2 - mean v, is ignorance. The quantiles of the draws'
differences are pulled to their mean by t / s, so that their spread is t and their shape is kept
(constrained empirical Bayes: Louis 1984; Ghosh 1992).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.draws import DICE_PER_DRAW
from jukushi.questions.intervals import ClusterMean, wilson

__all__ = ["PairedDifference", "mover", "pulled_quantiles"]

#: Fewest whole draws for which the ignorance interval is given, as for a probability.
_FEWEST_DRAWS = 20


class PairedDifference:
    """The difference of one event between two worlds, added up part by part."""

    def __init__(self) -> None:
        # Shares of pairs with the event in the changed world alone, in the baseline alone,
        # and their difference.
        self.means = ClusterMean(3)
        #: Pairs: neither, both, only in the baseline, only in the changed world.
        self.pairs = np.zeros(4, np.int64)
        # How many whole draws had which net count of pairs, from -K to K.
        self.net = np.zeros(2 * DICE_PER_DRAW + 1, np.int64)
        self.within = 0.0

    def add(
        self,
        baseline: npt.NDArray[np.bool_],
        changed: npt.NDArray[np.bool_],
        starts: npt.NDArray[np.int64],
    ) -> None:
        """Add one part: whether the event came in each history, and where its draws begin."""
        kind = np.where(baseline == changed, baseline, np.where(baseline, 2, 3)).astype(np.int64)
        self.pairs += np.bincount(kind, minlength=4)
        sizes = np.diff(np.append(starts, len(kind)))
        gained = np.add.reduceat((kind == 3).astype(np.int64), starts)
        lost = np.add.reduceat((kind == 2).astype(np.int64), starts)
        counts = np.stack([gained, lost, gained - lost], axis=1)
        self.means.add(counts / sizes[:, None], sizes.astype(np.float64))
        whole = sizes == DICE_PER_DRAW
        net, moved = (gained - lost)[whole], (gained + lost)[whole]
        self.net += np.bincount(net + DICE_PER_DRAW, minlength=len(self.net))
        k = float(DICE_PER_DRAW)
        self.within += float((moved / k - (net / k) ** 2).sum()) / (k - 1.0)

    def answer(self, nothing: bool = False) -> dict[str, Any]:
        """Return estimate, sampling and ignorance; all zero if the two worlds are one."""
        if nothing:
            return {"estimate": 0.0, "sampling": [0.0, 0.0], "ignorance": [0.0, 0.0]}
        return {
            "estimate": float(self.means.mean()[2]) + 0.0,
            "sampling": list(self._sampling()),
            "ignorance": list(self._ignorance()),
        }

    def half_width(self) -> float:
        """Return half the width of the sampling interval."""
        low, high = self._sampling()
        return (high - low) / 2.0

    def share(self, kind: int) -> dict[str, Any]:
        """Return the share of pairs with the event only in the changed world (0) or not (1)."""
        estimate = float(self.means.mean()[kind])
        variance = float(self.means.variance()[kind])
        return {
            "estimate": estimate,
            "sampling": list(wilson(estimate, variance, self.means.weight)),
        }

    def _sampling(self) -> tuple[float, float]:
        shares, variances = self.means.mean(), self.means.variance()
        one, two = (wilson(shares[i], variances[i], self.means.weight) for i in (0, 1))
        both = math.sqrt(max(variances[0] * variances[1], 0.0))
        together = (variances[0] + variances[1] - variances[2]) / 2.0
        correlation = min(max(together / both, -1.0), 1.0) if both > 0.0 else 0.0
        return mover((float(shares[0]), *one), (float(shares[1]), *two), correlation)

    def _ignorance(self) -> tuple[float, float]:
        draws = int(self.net.sum())
        if draws < _FEWEST_DRAWS:
            return math.nan, math.nan
        values = np.repeat(np.arange(len(self.net)) - DICE_PER_DRAW, self.net) / DICE_PER_DRAW
        if not values.any() and self.within == 0.0:
            # No pair changed: bound the difference as if three of all histories had.
            edge = 3.0 / (draws * DICE_PER_DRAW)
            return -edge, edge
        return pulled_quantiles(values, self.within / draws)


def mover(
    one: tuple[float, float, float], two: tuple[float, float, float], correlation: float
) -> tuple[float, float]:
    """Interval of the difference of two shares from (estimate, low, high) of each."""
    p, p_low, p_high = one
    q, q_low, q_high = two

    def reach(up: float, down: float) -> float:
        return math.sqrt(max(up * up + down * down - 2.0 * correlation * up * down, 0.0))

    low = p - q - reach(p - p_low, q_high - q)
    high = p - q + reach(p_high - p, q - q_low)
    return max(low, -1.0), min(high, 1.0)


def pulled_quantiles(
    values: npt.NDArray[np.float64], noise: float, low: float = 0.05, high: float = 0.95
) -> tuple[float, float]:
    """Return quantiles of noisy values, pulled to their mean until the noise is out.

    Parameters
    ----------
    values : float64[n]
        Each a true value plus noise.
    noise : float
        Mean variance of the noise.
    """
    mean, variance = float(values.mean()), float(values.var(ddof=1))
    left = variance - noise
    if left <= 0.0:
        return mean, mean
    pull = math.sqrt(left / variance)
    ends = mean + pull * (np.quantile(values, [low, high]) - mean)
    return max(float(ends[0]), -1.0), min(float(ends[1]), 1.0)
