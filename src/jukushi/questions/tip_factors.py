"""How far a reading of a factor must be carried, and which sets of factors suffice.

Strength 0 is the world as it was, 1 the reading as the case writes it. Between and beyond, what
is set or added goes in a straight line and what is multiplied goes by powers. A switch is all
or nothing, and so is a reading that holds one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.quantities import distribution
from jukushi.case.schema import Change
from jukushi.questions.tip_crossing import Goal
from jukushi.questions.tip_draws import deviations, shifted_value
from jukushi.world.parameters import ParameterSpace

__all__ = ["all_or_nothing", "carried", "moved", "smallest_sets", "strengths"]

Floats = npt.NDArray[np.float64]

_GRID = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
_BOUNDED = ("probability", "share")


def all_or_nothing(case: Case, changes: Sequence[Change]) -> bool:
    """Whether a reading cannot be carried half way: it turns a switch or swaps a distribution."""
    return any(
        change.range is not None or case.parameters[change.parameter].unit == "switch"
        for change in changes
    )


def carried(
    space: ParameterSpace, changes: Sequence[Change], strength: float
) -> tuple[Change, ...]:
    """Return a reading carried to a strength, as changes.

    Parameters
    ----------
    space : ParameterSpace
    changes : sequence of Change
        The reading; none of them swaps a distribution unless the strength is 0 or 1.
    strength : float
    """
    if strength == 0.0:
        return ()
    if strength == 1.0:
        return tuple(changes)
    return tuple(part for change in changes for part in _carried(space, change, strength))


def _carried(space: ParameterSpace, change: Change, strength: float) -> list[Change]:
    name = change.parameter
    if change.follows is not None:
        return [change]  # it is scaled by as much as the other one has been
    if change.set is not None:
        aim = space.number(change.set)
        left = Change(parameter=name, times=1.0 - strength)
        return [left, Change(parameter=name, add=strength * aim)]
    if change.times is not None:
        power = change.times > 0.0
        times = change.times**strength if power else 1.0 + strength * (change.times - 1.0)
        return [Change(parameter=name, times=times)]
    return [Change(parameter=name, add=strength * (change.add or 0.0))]


def strengths(space: ParameterSpace, base: Floats, changes: Sequence[Change]) -> list[float]:
    """Return the strengths at which a reading is looked at, in rising order from 0.

    Beyond 1 a reading is carried as long as its numbers keep the sign that it gave them (a
    number brought to zero cannot be carried further) and shares and probabilities stay within
    0 and 1, in every parameter draw.

    Parameters
    ----------
    space : ParameterSpace
    base : float64[n_draws, width]
        Parameters as they were drawn.
    changes : sequence of Change
    """
    if all_or_nothing(space.case, changes):
        return [0.0, 1.0]
    columns = [space.index[change.parameter] for change in changes]
    units = [space.case.parameters[change.parameter].unit for change in changes]
    at_one = space.changed(base, changes)[:, columns]
    allowed = [strength for strength in _GRID if strength <= 1.0]
    for strength in _GRID[len(allowed) :]:
        values = space.changed(base, carried(space, changes, strength))[:, columns]
        bounded = np.array([unit in _BOUNDED for unit in units])
        inside = (values[:, bounded] >= 0.0).all() and (values[:, bounded] <= 1.0).all()
        if not inside or (np.sign(values) != np.sign(at_one)).any():
            break
        allowed.append(strength)
    # A number that was zero and is set to zero keeps its sign: that is no way to go on.
    zeroed = (at_one == 0.0).all(axis=0).any()
    return [strength for strength in allowed if strength <= 1.0] if zeroed else allowed


def moved(
    space: ParameterSpace, changes: Sequence[Change], strength: float
) -> list[dict[str, Any]]:
    """Say in units, at the centre of the priors, what a carried reading does.

    Returns
    -------
    list of dict
        Parameter, unit, its median before and after, and the way between them in prior
        standard deviations (None for a number without prior, or outside its range). Empty at
        strength 0.
    """
    medians = space.centres()
    for name in space.index:
        medians[0, space.index[name]] = shifted_value(space, name, 0.0)
    plain = [change for change in changes if change.range is None]
    after = space.changed(medians, carried(space, plain, strength))
    rows = []
    for change in changes if strength else ():
        column = space.index[change.parameter]
        to = float(after[0, column])
        if change.range is not None:
            to = _new_median(space, change)
        rows.append(
            {
                "parameter": change.parameter,
                "unit": space.case.parameters[change.parameter].unit,
                "from": float(medians[0, column]),
                "to": to,
                "deviations": deviations(space, change.parameter, to),
            }
        )
    return rows


def _new_median(space: ParameterSpace, change: Change) -> float:
    item = space.case.parameters[change.parameter]
    centre = space.centre[item.id] if change.set is None else space.number(change.set)
    other = item.model_copy(update={"range": change.range, "relative": False})
    return float(distribution(other, centre, np.array([0.5]))[0])


def smallest_sets(probabilities: npt.ArrayLike, goal: Goal) -> list[int]:
    """Return all subsets of least size that reach the target, by their bits, best first.

    Parameters
    ----------
    probabilities : float64[2**n]
        Of the world of each subset of absent factors.
    goal : Goal
    """
    gaps = goal.gap(probabilities)
    reaching = np.flatnonzero(gaps >= 0.0)
    if not len(reaching):
        return []
    sizes = np.array([int(subset).bit_count() for subset in reaching])
    least = reaching[sizes == sizes.min()]
    order = np.argsort(-gaps[least], kind="stable")
    return [int(subset) for subset in least[order]]
