"""A mean over histories with the error that parameter draws leave on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.questions.intervals import Z90, ClusterMean

__all__ = ["Estimate", "estimate"]


@dataclass(frozen=True)
class Estimate:
    """A mean and its standard error, in the units of what was averaged."""

    mean: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % sampling interval (normal)."""
        return self.mean - Z90 * self.error, self.mean + Z90 * self.error


def estimate(values: npt.NDArray[np.float64], draw: npt.NDArray[np.int64]) -> Estimate:
    """Return the mean of values of histories, its error clustered by parameter draw.

    Parameters
    ----------
    values : float64[n]
    draw : int64[n]
        Parameter draw of each history.

    Raises
    ------
    ValueError
        With fewer than two draws, which leave the error undefined.
    """
    _, place, sizes = np.unique(draw, return_inverse=True, return_counts=True)
    if len(sizes) < 2:
        raise ValueError("an error needs histories of at least two parameter draws")
    # The middle is taken out first: the variance is a difference of sums of squares.
    middle = float(values.mean())
    means = np.bincount(place, weights=values - middle) / sizes
    clusters = ClusterMean(1)
    clusters.add(means[:, None], sizes.astype(np.float64))
    return Estimate(middle + float(clusters.mean()[0]), float(clusters.error()[0]))
