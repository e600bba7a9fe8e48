"""Intervals: finite histories and unknown parameters, kept apart.

*Sampling* is the 90 % interval that finite histories leave. Histories of one parameter draw
are alike, so the draw is the unit: the variance comes from the means of draws.

*Ignorance* is the 5-95 % range of the probability over parameter draws, corrected for the
noise of finitely many dice per draw: the counts of the draws are read as beta-binomial and
the beta's quantiles are reported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaincinv, betaln

__all__ = ["Z90", "ClusterMean", "ClusterRatio", "CountHistogram", "ignorance_interval", "wilson"]

#: Half width of a two-sided 90 % normal interval.
Z90 = 1.6448536269514722


class ClusterMean:
    """Means of several statistics over parameter draws, added up part by part.

    Parameters
    ----------
    size : int
        Number of statistics.
    """

    def __init__(self, size: int) -> None:
        self.weight = 0.0
        self.clusters = 0
        self.total = np.zeros(size)
        self.square = np.zeros(size)
        self.weighted = np.zeros(size)
        self.weight_square = 0.0

    def add(self, means: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> None:
        """Add draws.

        Parameters
        ----------
        means : float64[n_draws, size]
            Mean of each statistic in each draw.
        weights : float64[n_draws]
            Histories of each draw.
        """
        self.weight += float(weights.sum())
        self.clusters += len(weights)
        self.total += weights @ means
        self.square += (weights**2) @ (means**2)
        self.weighted += (weights**2) @ means
        self.weight_square += float((weights**2).sum())

    def mean(self) -> npt.NDArray[np.float64]:
        """Return the means over all histories."""
        return self.total / max(self.weight, 1.0)

    def variance(self) -> npt.NDArray[np.float64]:
        """Return the variances of the means, from the spread between draws (ratio estimator)."""
        if self.clusters < 2:
            return np.full(self.total.shape, math.nan)
        mean = self.mean()
        spread = self.square - 2.0 * mean * self.weighted + mean**2 * self.weight_square
        factor = self.clusters / (self.clusters - 1.0)
        return np.maximum(spread, 0.0) * factor / self.weight**2

    def error(self) -> npt.NDArray[np.float64]:
        """Return the standard errors."""
        return np.sqrt(self.variance())


class ClusterRatio:
    """Shares of a part among a varying whole (histories without war), added up by draws.

    Parameters
    ----------
    size : int
        Number of shares.
    """

    def __init__(self, size: int) -> None:
        self.clusters = 0
        self.part = np.zeros(size)
        self.part_square = np.zeros(size)
        self.part_whole = np.zeros(size)
        self.whole = 0.0
        self.whole_square = 0.0

    def add(self, parts: npt.NDArray[np.float64], wholes: npt.NDArray[np.float64]) -> None:
        """Add draws: counts of each part ``[n_draws, size]`` and of the whole ``[n_draws]``."""
        self.clusters += len(wholes)
        self.part += parts.sum(axis=0)
        self.part_square += (parts**2).sum(axis=0)
        self.part_whole += wholes @ parts
        self.whole += float(wholes.sum())
        self.whole_square += float((wholes**2).sum())

    def answer(self, index: int) -> dict[str, Any]:
        """Return estimate and sampling interval of one share (linearised ratio)."""
        if self.whole == 0.0 or self.clusters < 2:
            return {"estimate": math.nan, "sampling": [math.nan, math.nan]}
        share = float(self.part[index]) / self.whole
        spread = (
            self.part_square[index]
            - 2.0 * share * self.part_whole[index]
            + share**2 * self.whole_square
        )
        factor = self.clusters / (self.clusters - 1.0)
        variance = max(float(spread), 0.0) * factor / self.whole**2
        return {"estimate": share, "sampling": list(wilson(share, variance, self.whole))}


def wilson(
    probability: float, variance: float, histories: float, z: float = Z90
) -> tuple[float, float]:
    """Wilson interval of a probability whose variance comes from clusters.

    The number of histories is replaced by the effective one, p (1 - p) / variance, never
    more than there are.
    """
    effective = float(histories)
    spread = probability * (1.0 - probability)
    if variance > 0.0 and spread > 0.0 and math.isfinite(variance):
        effective = min(effective, spread / variance)
    centre = probability + z * z / (2.0 * effective)
    half = z * math.sqrt(spread / effective + z * z / (4.0 * effective**2))
    scale = 1.0 + z * z / effective
    low = 0.0 if probability == 0.0 else max((centre - half) / scale, 0.0)
    high = 1.0 if probability == 1.0 else min((centre + half) / scale, 1.0)
    return low, high


@dataclass
class CountHistogram:
    """How many parameter draws had how many events, for draws of equal size.

    Attributes
    ----------
    dice : int
        Histories of a whole draw; shorter draws are left out of the ignorance estimate.
    """

    dice: int

    def __post_init__(self) -> None:
        self.counts = np.zeros(self.dice + 1, np.int64)

    def add(self, events: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> None:
        """Add the event counts of draws of the given sizes."""
        whole = events[sizes == self.dice]
        self.counts += np.bincount(whole, minlength=self.dice + 1)


def ignorance_interval(
    histogram: CountHistogram, low: float = 0.05, high: float = 0.95
) -> tuple[float, float]:
    """Return the `low` and `high` quantiles of the probability over parameter draws.

    Beta-binomial maximum likelihood on the histogram of counts; when the counts vary no
    more than dice alone would make them, the interval shrinks to the mean.

    Returns
    -------
    (float, float)
        NaN twice when fewer than 20 whole draws are there.
    """
    counts, dice = histogram.counts, histogram.dice
    draws = int(counts.sum())
    if draws < 20:
        return math.nan, math.nan
    k = np.arange(dice + 1)
    mean = float(counts @ k) / (draws * dice)
    if mean in (0.0, 1.0):
        # No event at all: bound the mean itself, as if one draw in `draws` had had one.
        edge = 3.0 / (draws * dice)
        return (0.0, edge) if mean == 0.0 else (1.0 - edge, 1.0)
    variance = float(counts @ (k / dice - mean) ** 2) / draws
    binomial = mean * (1.0 - mean) / dice
    if variance <= binomial * 1.02:
        return mean, mean
    a, b = _fit_beta_binomial(counts, dice, mean)
    return _beta_quantile(a, b, low), _beta_quantile(a, b, high)


def _beta_quantile(a: float, b: float, level: float) -> float:
    """Quantile of a beta distribution; for tiny shapes the inverse underflows to its limit."""
    value = float(betaincinv(a, b, level))
    if not math.isfinite(value):
        return 0.0 if float(betainc(a, b, 1e-12)) >= level else 1.0
    return value


def _fit_beta_binomial(
    counts: npt.NDArray[np.int64], dice: int, mean: float
) -> tuple[float, float]:
    """Maximise the likelihood over mean and concentration on a grid that narrows."""
    k = np.arange(dice + 1)
    seen = counts > 0
    k, weight = k[seen], counts[seen]

    def likelihood(m: float, log_s: float) -> float:
        s = math.exp(log_s)
        a, b = m * s, (1.0 - m) * s
        return float(weight @ (betaln(k + a, dice - k + b) - betaln(a, b)))

    best_m, best_s = math.log(mean / (1.0 - mean)), 1.0
    step_m, step_s = 1.0, 5.0
    for _ in range(14):
        grid = [
            (likelihood(1.0 / (1.0 + math.exp(-lm)), ls), lm, ls)
            for lm in best_m + step_m * np.linspace(-1, 1, 9)
            for ls in np.clip(best_s + step_s * np.linspace(-1, 1, 9), -6.0, 12.0)
        ]
        _, best_m, best_s = max(grid)
        step_m *= 0.5
        step_s *= 0.5
    m, s = 1.0 / (1.0 + math.exp(-best_m)), math.exp(best_s)
    return m * s, (1.0 - m) * s
