"""The smallest shift of all priors together that brings a probability to a target.

The first-order reliability method: in standard normal units, the point of the surface
"probability = target" that lies nearest to the origin (Hasofer and Lind, An exact and
invariant first order reliability format, Journal of the Engineering Mechanics Division, ASCE,
100 (1974) 111-121), approached by steps to the nearest point of the linearised surface
(Rackwitz and Fiessler, Structural reliability under combined random load sequences, Computers
and Structures 9 (1978) 489-494).

Two things are our own. The surface is linearised in the probit of the probability, because a
shift of normal priors adds to it linearly wherever a probability is a probit of the priors. And
the undamped step is known to swing to and fro on curved surfaces, so each step is a line search
whose merit is the distance at which the ray in a direction first meets the surface: every
point that is kept reaches the target on the search's dice, and none is farther than the one
before. The method is local: what it finds is an upper bound of the smallest norm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from jukushi.questions.intervals import Z90
from jukushi.questions.tip_crossing import Crossing, Goal, first_crossing, walk

__all__ = ["Nearest", "Rates", "nearest_point"]

Floats = npt.NDArray[np.float64]
#: Takes shifts, float64[n_points, n], returns the probability by draw, float64[n_points, n_draws].
Rates = Callable[[Floats], Floats]

#: Half the distance between the two points of a paired difference, in standard deviations.
_STEP = 0.5
_MOST_STEPS = 5
#: Shares of the way to the nearest point of the linearised surface that are tried.
_TURNS = (0.25, 0.5, 0.75, 1.0)
#: Shares of the norm reached so far at which each of these rays is looked at.
_RADII = (0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
#: The search is over when a step gains less than this share of the norm.
_SETTLED = 0.02
#: Farthest that a ray is followed, as a norm.
_FARTHEST = 12.0


@dataclass(frozen=True)
class Nearest:
    """What the search found.

    Attributes
    ----------
    shift : float64[n]
        In standard deviations.
    error : float64[n]
        Standard error of each component, from the paired differences of the last gradient.
    crossing : Crossing
        Of the ray through the point; lengths are norms.
    steps : int
        Gradients that were worked out.
    settled : bool
        Whether the last step gained nothing worth it.
    """

    shift: Floats
    error: Floats
    crossing: Crossing
    steps: int
    settled: bool

    @property
    def norm(self) -> float:
        """Distance of the point from the priors as they are."""
        return float(np.linalg.norm(self.shift))


def nearest_point(
    rates: Rates, n: int, size: int, goal: Goal, most: float, key: Sequence[int]
) -> Nearest:
    """Find a short shift that brings the probability to the target.

    Parameters
    ----------
    rates : callable
    n : int
        Components of a shift.
    size : int
        Histories behind a probability: it is smoothed by half a history on each side.
    goal : Goal
    most : float
        Largest shift of one component.
    key : sequence of int

    Returns
    -------
    Nearest
        Its crossing says whether the target was reached.
    """
    shift, direction, error = np.zeros(n), np.zeros(n), np.zeros(n)
    crossing, steps, settled = Crossing(None, (None, None), 0.0), 0, False
    while steps < _MOST_STEPS and not settled:
        slope, slope_error = gradient(rates, shift, size)
        steps += 1
        towards, noise = _unit(slope, slope_error, goal)
        if not towards.any():
            break
        if not direction.any():
            turned = towards
        else:
            turned = _turn(rates, direction, towards, float(np.linalg.norm(shift)), goal, most)
        settled = turned is direction
        if not settled:
            before = float(np.linalg.norm(shift))
            crossing = _along(rates, turned, goal, most, key)
            direction = turned
            shift = _point(direction, crossing.best, most)
            settled = before > 0.0 and crossing.best > (1.0 - _SETTLED) * before
        error = noise * float(np.linalg.norm(shift))
        if crossing.at is None:
            break
    return Nearest(shift, error, crossing, steps, settled)


def gradient(rates: Rates, shift: Floats, size: int) -> tuple[Floats, Floats]:
    """Slope of the probit of the probability, by differences paired on the same dice.

    Returns
    -------
    (float64[n], float64[n])
        Slope for each component and its standard error, draws as clusters.
    """
    n = len(shift)
    points = np.concatenate([shift + _STEP * np.eye(n), shift - _STEP * np.eye(n)])
    found = rates(np.concatenate([points, shift[None]]))
    up, down, here = found[:n], found[n:-1], found[-1]
    slope = (_probit(up.mean(axis=1), size) - _probit(down.mean(axis=1), size)) / (2.0 * _STEP)
    centre = _probit(here.mean(), size)
    density = np.exp(-0.5 * centre**2) / np.sqrt(2.0 * np.pi)
    spread = (up - down).std(axis=1, ddof=1) / np.sqrt(found.shape[1])
    return slope, spread / (2.0 * _STEP * density)


def _probit(probability: npt.ArrayLike, size: int) -> Floats:
    """Probit of a share of `size` histories, kept off 0 and 1 by half a history."""
    smoothed = (np.asarray(probability, np.float64) * size + 0.5) / (size + 1.0)
    return np.asarray(ndtri(smoothed), np.float64)


def _unit(slope: Floats, error: Floats, goal: Goal) -> tuple[Floats, Floats]:
    """Return the direction of a slope towards the target, and its error by component.

    What cannot be told from zero is left at zero: a hundred small errors would add up to a
    longer shift.
    """
    kept = np.where(np.abs(slope) > Z90 * error, slope, 0.0)
    length = float(np.linalg.norm(kept))
    if length == 0.0:
        return np.zeros_like(slope), np.zeros_like(slope)
    return (1.0 if goal.above else -1.0) * kept / length, error / length


def _point(direction: Floats, norm: float, most: float) -> Floats:
    return np.clip(norm * direction, -most, most)


def _along(
    rates: Rates, direction: Floats, goal: Goal, most: float, key: Sequence[int]
) -> Crossing:
    """Follow a ray from the origin to where it meets the surface."""

    def points(lengths: Floats) -> Floats:
        return rates(np.stack([_point(direction, length, most) for length in lengths]))

    path = walk(points, np.arange(0.0, _FARTHEST + 0.5))
    return first_crossing(path, points, goal, key)


def _turn(
    rates: Rates, direction: Floats, towards: Floats, norm: float, goal: Goal, most: float
) -> Floats:
    """Turn a direction so that its ray meets the surface sooner; the same one if none does."""
    turned = [(1.0 - turn) * direction + turn * towards for turn in _TURNS]
    turned = [ray / np.linalg.norm(ray) for ray in turned]
    radii = norm * np.array(_RADII)
    points = np.stack([_point(ray, radius, most) for ray in turned for radius in radii])
    means = rates(points).mean(axis=1).reshape(len(turned), len(radii))
    best, ray_of_best = norm, direction
    for ray, row in zip(turned, goal.gap(means), strict=True):
        beyond = np.flatnonzero(row >= 0.0)
        if not len(beyond):
            continue
        place = int(beyond[0])
        meets = radii[0]
        if place:
            share = row[place - 1] / (row[place - 1] - row[place])
            meets = radii[place - 1] + (radii[place] - radii[place - 1]) * share
        if meets < best:
            best, ray_of_best = meets, ray
    return ray_of_best
