"""The probability over some parameter draws, from their counts of events, with both intervals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.draws import DICE_PER_DRAW
from jukushi.questions.intervals import ClusterMean, CountHistogram, ignorance_interval, wilson

__all__ = ["chance_of"]


def chance_of(counts: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return estimate, sampling and ignorance of the probability.

    Parameters
    ----------
    counts : int64[n_draws]
        Histories with the event among the 128 of each draw.

    Returns
    -------
    dict
        Undefined numbers are NaN: all for no draws, the ignorance interval for fewer than 20.
    """
    if len(counts) == 0:
        undefined = [math.nan, math.nan]
        return {"estimate": math.nan, "sampling": undefined, "ignorance": undefined}
    sizes = np.full(len(counts), DICE_PER_DRAW, np.int64)
    means, histogram = ClusterMean(1), CountHistogram(DICE_PER_DRAW)
    means.add((counts / DICE_PER_DRAW)[:, None], sizes.astype(np.float64))
    histogram.add(counts, sizes)
    estimate, variance = float(means.mean()[0]), float(means.variance()[0])
    return {
        "estimate": estimate,
        "sampling": list(wilson(estimate, variance, means.weight)),
        "ignorance": list(ignorance_interval(histogram)),
    }
