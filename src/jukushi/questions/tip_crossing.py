"""Where a probability first meets a target on a path, with an interval by resampling.

A *path* is anything that is carried further and further: one prior shifted, a reading made
stronger, a combination scaled up. Its probability is known draw by draw, on the same dice all
along the path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Crossing", "Goal", "Path", "Points", "first_crossing", "walk"]

Floats = npt.NDArray[np.float64]
#: Takes float64[n] lengths along a path, returns the probability by draw, float64[n, n_draws].
Points = Callable[[Floats], Floats]

#: Halvings of the interval that holds a crossing.
_HALVINGS = 7
_RESAMPLES = 400
_LEVELS = (0.05, 0.95)


@dataclass(frozen=True)
class Goal:
    """A probability to be reached, from below or from above.

    Attributes
    ----------
    target : float
    above : bool
        Whether the probability has to rise to it; else it has to fall to it.
    """

    target: float
    above: bool

    def gap(self, probability: npt.ArrayLike) -> Floats:
        """Return how far a probability is beyond the target; negative is short of it."""
        away = np.asarray(probability, np.float64) - self.target
        return away if self.above else -away

    def nearest(self, probabilities: npt.ArrayLike) -> int:
        """Return the place of the probability that is farthest beyond the target."""
        return int(np.argmax(self.gap(probabilities)))


@dataclass(frozen=True)
class Path:
    """What is known of a path: lengths in rising order from 0, and what was found at each.

    Attributes
    ----------
    lengths : float64[n]
    rates : float64[n, n_draws]
        Probability in each parameter draw.
    """

    lengths: Floats
    rates: Floats

    def with_point(self, length: float, rates: Floats) -> Path:
        """Return the path with one more point."""
        place = int(np.searchsorted(self.lengths, length))
        return Path(
            np.insert(self.lengths, place, length), np.insert(self.rates, place, rates, axis=0)
        )


@dataclass(frozen=True)
class Crossing:
    """Where a path meets the target.

    Attributes
    ----------
    at : float or None
        Length; None if it never does.
    interval : (float or None, float or None)
        5-95 % over resampled parameter draws; None stands for "not within the path".
    best : float
        `at`, or the length at which the probability came nearest to the target.
    """

    at: float | None
    interval: tuple[float | None, float | None]
    best: float


def walk(points: Points, lengths: npt.ArrayLike) -> Path:
    """Look at a path at some lengths, which rise from 0."""
    grid = np.asarray(lengths, np.float64)
    return Path(grid, points(grid))


def first_crossing(path: Path, points: Points, goal: Goal, key: Sequence[int]) -> Crossing:
    """Find where a path first meets the target.

    The first point of the path that is beyond the target and the one before it hold a
    crossing; their interval is halved on the same dice, and the last one is interpolated. A
    higher target so never has a nearer crossing.

    Parameters
    ----------
    path : Path
    points : callable
        Gives the probability by draw elsewhere on the path.
    goal : Goal
    key : sequence of int
        Key of the resampling.

    Returns
    -------
    Crossing
    """
    means = path.rates.mean(axis=1)
    beyond = np.flatnonzero(goal.gap(means) >= 0.0)
    best = float(path.lengths[goal.nearest(means)])
    if not len(beyond):
        return Crossing(None, _interval(path, goal, key), best)
    if beyond[0] == 0:
        return Crossing(0.0, _interval(path, goal, key), 0.0)
    low, high = path.lengths[beyond[0] - 1], path.lengths[beyond[0]]
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        found = points(np.array([middle]))[0]
        path = path.with_point(float(middle), found)
        if goal.gap(found.mean()) >= 0.0:
            high = middle
        else:
            low = middle
    ends = path.rates[np.searchsorted(path.lengths, (low, high))].mean(axis=1)
    at = _between(low, high, *goal.gap(ends))
    return Crossing(at, _interval(path, goal, key), at)


def _between(low: float, high: float, short: float, over: float) -> float:
    """Return where a straight line from a gap below zero to one at or above it meets zero."""
    return float(low + (high - low) * short / (short - over))


def _interval(path: Path, goal: Goal, key: Sequence[int]) -> tuple[float | None, float | None]:
    """Resample the draws, join the points by straight lines, and see where these cross."""
    n_draws = path.rates.shape[1]
    rng = np.random.default_rng(list(key))
    weights = rng.multinomial(n_draws, np.full(n_draws, 1.0 / n_draws), _RESAMPLES)
    gaps = goal.gap(np.einsum("rd,nd->rn", weights, path.rates) / n_draws)
    crossings = np.array([_first_of_line(path.lengths, row) for row in gaps])
    low, high = np.quantile(crossings, _LEVELS, method="inverted_cdf")
    return _finite(low), _finite(high)


def _first_of_line(lengths: Floats, gaps: Floats) -> float:
    beyond = np.flatnonzero(gaps >= 0.0)
    if not len(beyond):
        return np.inf
    place = int(beyond[0])
    if place == 0:
        return float(lengths[0])
    ends = lengths[place - 1 : place + 1]
    return _between(*ends, *gaps[place - 1 : place + 1])


def _finite(length: float) -> float | None:
    return float(length) if np.isfinite(length) else None
