"""Levers and parameters as quantities that a question may turn: what a value of one changes.

A lever is data of the case (`jukushi.case.levers`); a plain parameter may be turned as well, and
is then set to the value. The value that a lever has in the case as written changes nothing, to
the bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jukushi.case.levers import Lever
from jukushi.case.load import Case
from jukushi.case.quantities import central_value, distribution
from jukushi.case.schema import Change, Parameter, Words
from jukushi.errors import UsageError, nearest

__all__ = ["Quantity", "base_value", "lever_changes", "lever_of", "quantity_of"]

#: Part of a parameter's prior that a question looks at, unless told otherwise.
_PRIOR = (0.001, 0.999)
_POINTS = 21


@dataclass(frozen=True)
class Quantity:
    """A lever or a parameter of a case, and the values at which a question looks.

    Attributes
    ----------
    id : str
    kind : str
        ``lever`` or ``parameter``.
    title : Words
    unit : str
    base : float or None
        Its value in the case as written (None: there it has none).
    low, high : float or None
        Values that make sense; None where the case gives no range.
    first, last, points : float, float, int
        The usual grid.
    more_means : str
        Whether more of it should mean ``less`` or ``more`` of the hunter's attack, or ``unclear``.
    can_hide : bool
        Whether the hunter can be kept from noticing.
    parameter : str
        The parameter that it moves.
    """

    id: str
    kind: str
    title: Words
    unit: str
    base: float | None
    low: float | None
    high: float | None
    first: float | None
    last: float | None
    points: int
    more_means: str
    can_hide: bool
    parameter: str


def lever_of(case: Case, name: str) -> Lever:
    """Return a lever of the case; raises UsageError with the nearest name."""
    if name in case.levers:
        return case.levers[name]
    close = nearest(name, case.levers)
    raise UsageError(
        f"the case {case.id!r} has no lever {name!r}",
        cause="it is a plain parameter" if name in case.parameters else "",
        hint=f"did you mean {close!r}?" if close else "levers: " + ", ".join(case.levers),
    )


def quantity_of(case: Case, name: str) -> Quantity:
    """Return a lever, or a parameter, as a quantity; raises UsageError with the nearest name."""
    if name in case.levers:
        return _of_lever(case, case.levers[name])
    if name in case.parameters:
        return _of_parameter(case, case.parameters[name])
    close = nearest(name, [*case.levers, *case.parameters])
    raise UsageError(
        f"the case {case.id!r} has no lever and no parameter {name!r}",
        hint=f"did you mean {close!r}?" if close else "levers: " + ", ".join(case.levers),
    )


def lever_changes(case: Case, name: str, value: float, noticed: bool = True) -> tuple[Change, ...]:
    """Return what a value of a lever, or of a plain parameter, changes.

    Parameters
    ----------
    case : Case
    name : str
    value : float
        In the lever's unit; of a date, weeks later than it was.
    noticed : bool
        False leaves what the hunter sees of a lever as it was.

    Returns
    -------
    tuple of Change

    Raises
    ------
    UsageError
        If there is no such quantity, the value lies outside its range, or what is to go
        unnoticed cannot be hidden.
    """
    quantity = quantity_of(case, name)
    _inside(quantity, value)
    if not noticed and not quantity.can_hide:
        raise UsageError(
            f"{name!r} cannot go unnoticed",
            cause="the case names nothing that the hunter sees of it and could miss",
            hint="leave the passive opponent away",
        )
    if quantity.kind == "parameter":
        how = "add" if quantity.unit == "week" else "set"
        return (Change.model_validate({"parameter": name, how: value}),)
    lever = case.levers[name]
    followers = [*lever.scaled, *(lever.seen if noticed else [])]
    return (
        *lever.also,
        _own_change(case, lever, value),
        *(Change(parameter=other, follows=lever.parameter) for other in followers),
        *([] if noticed else lever.unseen),
    )


def base_value(case: Case, lever: Lever) -> float | None:
    """Return the value of a lever in the case as written; None if it takes a switch to have one."""
    if lever.also:
        return None
    return 0.0 if lever.shift else _centre(case, lever.parameter) / _counted_in(case, lever)


def _own_change(case: Case, lever: Lever, value: float) -> Change:
    counted_in = _counted_in(case, lever)
    if lever.shift is not None:
        return Change(parameter=lever.shift, add=value * counted_in)
    if lever.set is not None:
        return Change(parameter=lever.set, set=value * counted_in)
    # Scaled as a whole, so that what is not known of it stays; exactly 1 at the base.
    base = _centre(case, lever.parameter) / counted_in
    if base == 0.0:
        raise UsageError(f"{lever.parameter!r} is zero in this case and cannot be scaled")
    return Change(parameter=lever.parameter, times=value / base)


def _counted_in(case: Case, lever: Lever) -> float:
    return _centre(case, lever.per) if lever.per is not None else 1.0


def _centre(case: Case, name: str) -> float:
    sections = {"pacts": case.pacts, "plans": case.plans}
    return central_value(case.parameters[name], case.tables, sections, case.week_of)


def _inside(quantity: Quantity, value: float) -> None:
    if quantity.kind == "parameter" or quantity.low is None or quantity.high is None:
        return
    if not quantity.low <= value <= quantity.high:
        raise UsageError(
            f"{value:g} lies outside the range of {quantity.id!r}",
            cause=f"the case speaks of {quantity.low:g} to {quantity.high:g} {quantity.unit}",
        )


def _of_lever(case: Case, lever: Lever) -> Quantity:
    grid = lever.grid
    return Quantity(
        lever.id, "lever", lever.title, lever.unit, base_value(case, lever), *lever.range,
        grid.low, grid.high, grid.points, lever.more_means, lever.can_hide, lever.parameter,
    )  # fmt: skip


def _of_parameter(case: Case, item: Parameter) -> Quantity:
    if item.unit == "week" or item.range.fixed:
        base = 0.0 if item.unit == "week" else _centre(case, item.id)
        low = high = None
    else:
        base = _centre(case, item.id)
        low, high = (float(edge) for edge in distribution(item, base, np.array(_PRIOR)))
    return Quantity(
        item.id, "parameter", item.title, item.unit, base, low, high, low, high, _POINTS,
        "unclear", False, item.id,
    )  # fmt: skip
