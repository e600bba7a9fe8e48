"""The fewest priors, each shifted by no more than so much, that bring a probability to a target.

Forward selection among the leading components of the nearest point: of those not yet moved the
one that helps most is moved to its limit, until the target is reached. Then whatever turns out
not to be needed is put back, and the one moved last is brought back to where the target is just
reached. The method is greedy: what it finds is an upper bound of the smallest number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jukushi.questions.tip_crossing import Goal, first_crossing, walk
from jukushi.questions.tip_nearest import Rates

__all__ = ["Few", "fewest"]

Floats = npt.NDArray[np.float64]

#: Leading components among which it is chosen.
_CANDIDATES = 16


@dataclass(frozen=True)
class Few:
    """A handful of shifts.

    Attributes
    ----------
    shift : float64[n]
        In standard deviations; zero for whatever is not moved.
    reached : bool
        Whether the target is reached on the dice of the search.
    """

    shift: Floats
    reached: bool


def fewest(rates: Rates, nearest: Floats, goal: Goal, limit: float, key: Sequence[int]) -> Few:
    """Find few components that reach the target, each moved by at most `limit`.

    Parameters
    ----------
    rates : callable
    nearest : float64[n]
        The nearest point: its largest components are the candidates, its signs their senses.
    goal : Goal
    limit : float
        In standard deviations.
    key : sequence of int
    """
    leading = np.argsort(-np.abs(nearest), kind="stable")[:_CANDIDATES]
    left = [int(place) for place in leading if nearest[place] != 0.0]
    full = np.sign(nearest) * limit
    chosen: list[int] = []
    gap = _gaps(rates, [np.zeros_like(full)], goal)[0]
    while left and gap < 0.0:
        gaps = _gaps(rates, [_only(full, [*chosen, place]) for place in left], goal)
        best = int(np.argmax(gaps))
        if gaps[best] <= gap:
            break
        gap = gaps[best]
        chosen.append(left.pop(best))
    if gap < 0.0 or not chosen:
        return Few(_only(full, chosen), bool(gap >= 0.0))
    chosen = _needed(rates, full, chosen, goal)
    return Few(_eased(rates, full, chosen, goal, key), True)


def _only(full: Floats, places: Sequence[int]) -> Floats:
    shift = np.zeros_like(full)
    shift[list(places)] = full[list(places)]
    return shift


def _gaps(rates: Rates, points: Sequence[Floats], goal: Goal) -> Floats:
    return goal.gap(rates(np.stack(points)).mean(axis=1))


def _needed(rates: Rates, full: Floats, chosen: list[int], goal: Goal) -> list[int]:
    """Put back, one at a time, what the target is reached without."""
    while len(chosen) > 1:
        others = [[other for other in chosen if other != place] for place in chosen]
        gaps = _gaps(rates, [_only(full, some) for some in others], goal)
        best = int(np.argmax(gaps))
        if gaps[best] < 0.0:
            break
        chosen = others[best]
    return chosen


def _eased(rates: Rates, full: Floats, chosen: list[int], goal: Goal, key: Sequence[int]) -> Floats:
    """Bring the component that was moved last back to where the target is just reached."""
    shift = _only(full, chosen)
    last, limit = chosen[-1], abs(float(full[chosen[-1]]))

    def points(lengths: Floats) -> Floats:
        shifts = np.repeat(shift[None], len(lengths), axis=0)
        shifts[:, last] = np.sign(full[last]) * lengths
        return rates(shifts)

    path = walk(points, [0.0, 0.5 * limit, limit])
    shift[last] = np.sign(full[last]) * first_crossing(path, points, goal, key).best
    return shift
