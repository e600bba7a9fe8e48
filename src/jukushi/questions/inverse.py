"""Where a curve of probabilities passes a level: inverse regression, with its interval.

The probability is known with error at the points of a grid. It is made monotone by isotonic
regression (the least-squares monotone curve), joined between the points by straight lines on
the angular scale arcsin(sqrt(p)), on which the error hardly depends on p, and read backward:
at which value does it pass the level?

The interval is a bootstrap over whole parameter draws, each replicate read backward in the same
way. Like Fieller's it may be open: a replicate that does not pass the level inside the grid
counts as passing beyond its end, and nothing is extrapolated.

Isotonic regression by max-min: Robertson, Wright and Dykstra, Order Restricted Statistical
Inference, 1988. Percentiles widened for few draws: Hesterberg, The American Statistician
69(4), 2015.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, stdtrit

__all__ = [
    "Threshold",
    "crossing",
    "isotonic",
    "passages",
    "percentile_interval",
    "resampled",
    "threshold_of",
]

Array = npt.NDArray[np.float64]

#: Confidence of the interval, two-sided.
_LEVEL = 0.90
#: Resampled curves that are made monotone at once.
_AT_ONCE = 256


@dataclass(frozen=True)
class Threshold:
    """Where a curve passes a level.

    Attributes
    ----------
    level : float
    value : float
        Minus or plus infinity where the level is passed below or above the grid, if at all.
    low, high : float
        90 % sampling interval, infinite where it is open.
    passages : tuple of float
        Where the curve passes the level before it was made monotone; more than one say that the
        threshold is a band.
    """

    level: float
    value: float
    low: float
    high: float
    passages: tuple[float, ...]


def angular(p: Array | float) -> Array:
    """Return arcsin(sqrt(p)), p cut to 0..1."""
    return np.asarray(np.arcsin(np.sqrt(np.clip(p, 0.0, 1.0))), np.float64)


def isotonic(curves: Array, rising: bool) -> Array:
    """Return the closest monotone curves, float64[n, n_points], all points weighing alike.

    The fitted value at i is the largest, over starts at or before i, of the smallest, over ends
    at or after i, of the mean from start to end.
    """
    if not rising:
        return -isotonic(-curves, True)
    n, points = curves.shape
    sums = np.concatenate([np.zeros((n, 1)), np.cumsum(curves, axis=1)], axis=1)
    start, end = np.arange(points)[:, None], np.arange(points)[None, :]
    length = np.where(end >= start, end - start + 1, 1)
    means = np.where(end >= start, (sums[:, end + 1] - sums[:, start]) / length, math.inf)
    from_here = np.minimum.accumulate(means[:, :, ::-1], axis=2)[:, :, ::-1]
    usable = np.where(start <= end, from_here, -math.inf)
    best = np.maximum.accumulate(usable, axis=1)
    place = np.arange(points)
    return np.asarray(best[:, place, place], np.float64)


def crossing(x: Array, curves: Array, level: float, rising: bool) -> Array:
    """Return where monotone curves pass a level, float64[n].

    Of a falling curve the smallest value at which it is at most the level, of a rising one the
    largest; minus or plus infinity where that lies below or above the grid.

    Parameters
    ----------
    x : float64[n_points]
        Ascending.
    curves : float64[n, n_points]
    level : float
    rising : bool
    """
    if rising:
        return -crossing(-x[::-1], curves[:, ::-1], level, False)
    height, wanted = angular(curves), float(angular(level))
    safe = height <= wanted
    first = np.argmax(safe, axis=1)
    row = np.arange(len(curves))
    before = np.maximum(first - 1, 0)
    drop = height[row, before] - height[row, first]
    part = (height[row, before] - wanted) / np.where(drop > 0.0, drop, 1.0)
    found = x[before] + part * (x[first] - x[before])
    found = np.where(first == 0, -math.inf, found)
    return np.where(safe.any(axis=1), found, math.inf)


def passages(x: Array, curve: Array, level: float) -> tuple[float, ...]:
    """Return every value at which one curve, monotone or not, passes a level."""
    height, wanted = angular(curve), float(angular(level))
    over = height > wanted
    places = np.flatnonzero(over[1:] != over[:-1])
    part = (height[places] - wanted) / (height[places] - height[places + 1])
    return tuple(float(value) for value in x[places] + part * (x[places + 1] - x[places]))


def resampled(
    counts: Array, sizes: Array, replicates: int, generator: np.random.Generator
) -> Array:
    """Return bootstrap curves over whole parameter draws.

    Parameters
    ----------
    counts : float64[n_draws, n_points]
        Events of each draw at each point.
    sizes : float64[n_draws]
        Histories of each draw.
    replicates : int
    generator : numpy.random.Generator

    Returns
    -------
    float64[replicates, n_points]
    """
    draws = len(sizes)
    kept = np.empty((replicates, counts.shape[1]))
    for start in range(0, replicates, _AT_ONCE):
        part = min(_AT_ONCE, replicates - start)
        weights = generator.multinomial(draws, np.full(draws, 1.0 / draws), size=part)
        kept[start : start + part] = (weights @ counts) / (weights @ sizes)[:, None]
    return kept


def percentile_interval(values: Array, draws: int) -> tuple[float, float]:
    """Return the 90 % percentile interval of bootstrap values, widened for few draws.

    A bootstrap of n draws has a variance (n - 1)/n too small and normal tails; the levels are
    moved so that a mean would get Student's interval.
    """
    quantile = float(stdtrit(max(draws - 1, 1), 0.5 + _LEVEL / 2.0))
    level = float(ndtr(-quantile * math.sqrt(draws / max(draws - 1, 1))))
    low, high = np.quantile(values, [level, 1.0 - level], method="inverted_cdf")
    return float(low), float(high)


def threshold_of(
    x: Array, curve: Array, replicates: Array, level: float, rising: bool, draws: int
) -> Threshold:
    """Return where a curve passes a level, with its interval.

    Parameters
    ----------
    x : float64[n_points]
        Ascending.
    curve : float64[n_points]
        Estimated probabilities.
    replicates : float64[n, n_points]
        Resampled curves, made monotone.
    level : float
    rising : bool
    draws : int
        Parameter draws that were resampled.
    """
    value = float(crossing(x, isotonic(curve[None, :], rising), level, rising)[0])
    low, high = percentile_interval(crossing(x, replicates, level, rising), draws)
    # The estimate stands on the original draws; an interval never leaves it out.
    found = passages(x, curve, level)
    return Threshold(level, value, min(low, value), max(high, value), found)
