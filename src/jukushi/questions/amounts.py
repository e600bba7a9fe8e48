"""Numbers of an answer with both intervals: amounts of utility, and shares of histories.

*Ignorance* of an amount is the 5-95 % range over parameter draws of its mean in a draw. Means of
finitely many histories are spread wider than what they estimate, so they are drawn together
until their variance is what is left when that of the dice is taken out. No shape is assumed but
that of the means themselves; the beta of the probabilities would not fit a number without bounds.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.questions.estimates import Estimate, estimate
from jukushi.questions.intervals import CountHistogram, ignorance_interval, wilson
from jukushi.questions.policy_value import Evaluation, gain

__all__ = ["amount", "gained", "ignorance_of_mean", "sampled", "share"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_FEWEST_DRAWS = 20


def sampled(found: Estimate) -> dict[str, Any]:
    """Return estimate and sampling interval of what has one history of each draw."""
    return {"estimate": found.mean, "sampling": list(found.interval)}


def amount(values: Array, draw: Whole) -> dict[str, Any]:
    """Return the mean of a number of histories with both intervals.

    Parameters
    ----------
    values : float64[n]
    draw : int64[n]
        Parameter draw of each history.
    """
    return {
        **sampled(estimate(values, draw)),
        "ignorance": list(ignorance_of_mean(values, draw)),
    }


def gained(first: Evaluation, second: Evaluation) -> dict[str, Any]:
    """Return how much more the first brings, paired, with both intervals."""
    gain(first, second)  # refuses what is not paired
    return amount(first.cash - second.cash, first.draw)


def share(hits: npt.NDArray[np.bool_], draw: Whole) -> dict[str, Any]:
    """Return the share of histories in which something is so, with both intervals.

    Parameters
    ----------
    hits : bool[n]
    draw : int64[n]
        As many histories of each draw.
    """
    found = estimate(hits.astype(np.float64), draw)
    place, sizes = _places(draw)
    histogram = CountHistogram(int(sizes[0]))
    histogram.add(np.bincount(place[hits], minlength=len(sizes)), sizes)
    return {
        "estimate": found.mean,
        "sampling": list(wilson(found.mean, found.error**2, len(hits))),
        "ignorance": list(ignorance_interval(histogram)),
    }


def ignorance_of_mean(
    values: Array, draw: Whole, low: float = 0.05, high: float = 0.95
) -> tuple[float, float]:
    """Return the `low` and `high` quantiles over draws of the mean, the dice taken out.

    Returns
    -------
    (float, float)
        NaN twice with fewer than 20 draws, or a draw of fewer than two histories.
    """
    place, sizes = _places(draw)
    if len(sizes) < _FEWEST_DRAWS or int(sizes.min()) < 2:
        return math.nan, math.nan
    means = np.bincount(place, weights=values) / sizes
    inside = np.bincount(place, weights=(values - means[place]) ** 2)
    noise = float((inside / (sizes - 1.0) / sizes).mean())
    spread = float(means.var(ddof=1))
    kept = math.sqrt(max(1.0 - noise / spread, 0.0)) if spread > 0.0 else 0.0
    middle = float(means.mean())
    ends = middle + kept * (np.quantile(means, [low, high]) - middle)
    return float(ends[0]), float(ends[1])


def _places(draw: Whole) -> tuple[Whole, Whole]:
    """Return the place of each history's draw among the draws, and the size of each draw."""
    _, place, sizes = np.unique(draw, return_inverse=True, return_counts=True)
    return place, sizes
