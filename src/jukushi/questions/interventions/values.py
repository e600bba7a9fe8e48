"""Values of parameters: set, scaled, shifted, or drawn from another distribution.

What the unit allows: a probability or share lies between 0 and 1, a switch is 0 or 1, a date
lies in the period, and nothing is negative but logarithms, utilities and what the case's own
range lets be negative.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Change, Parameter, Range
from jukushi.errors import UsageError
from jukushi.questions.interventions.events import move_week
from jukushi.questions.interventions.grammar import Item, Span, Spread
from jukushi.questions.interventions.parts import Part
from jukushi.world.parameters import ParameterSpace

__all__ = ["check_values", "limits", "parameter_part"]

_SIGNED = {"log_ratio", "logit", "utility", "week", "log_days"}
#: Single precision ends at 3e38; what comes near it is a slip of the pen.
_LARGEST = 1e12


def parameter_part(case: Case, item: Item) -> Part:
    """Turn ``transfer_rate*1.5`` into a change of one parameter.

    Raises
    ------
    UsageError
        If the value is none that the parameter's unit could take.
    """
    parameter = case.parameters[item.name]
    if parameter.unit == "week":
        if item.how in ("times", "spread"):
            raise UsageError(
                f"{item.text}: {item.name} is a date",
                cause="a date can be set or moved, not scaled or drawn",
                hint=f"write {item.name}=1941-09-01 or {item.name}+30d",
            )
        return move_week(case, item)
    if isinstance(item.value, date | Span | str):
        raise UsageError(
            f"{item.text}: {item.name} is a number in {parameter.unit}",
            cause=f"{item.value} is none",
            hint=f"write {item.name}=NUMBER, {item.name}*NUMBER or {item.name}+NUMBER",
        )
    if parameter.unit == "switch" and item.how != "set":
        raise UsageError(
            f"{item.text}: {item.name} is a switch",
            cause="a switch is on or off",
            hint=f"write {item.name}=1 or {item.name}=0",
        )
    return Part(item.text, "parameter", item.name, (_change(parameter, item),))


def _change(parameter: Parameter, item: Item) -> Change:
    if isinstance(item.value, Spread):
        return _redrawn(parameter, item, item.value)
    assert isinstance(item.value, float)
    numbers: dict[str, Any] = {item.how: item.value}
    return Change(parameter=parameter.id, **numbers)


def _redrawn(parameter: Parameter, item: Item, spread: Spread) -> Change:
    """Give a parameter another distribution, at the quantiles of its own draws."""
    kind, numbers = spread.kind, spread.numbers
    centre = numbers[0] if kind == "fixed" or (kind.endswith("normal") and numbers[1:]) else None
    shape: Any = {"fixed": True, "uniform": numbers, "beta": numbers}.get(kind, numbers[-1])
    try:
        return Change(parameter=parameter.id, set=centre, range=Range(**{kind: shape}))
    except ValueError:
        what = {
            "normal": "a standard deviation above 0",
            "lognormal": "a standard deviation of the logarithm between 0 and 5",
            "uniform": "a low below a high",
            "beta": "two numbers above 0",
        }[kind]
        raise UsageError(
            f"{item.text} is no distribution",
            cause=f"{kind} needs {what}",
            hint=f"write {item.name}~normal(centre,sd), lognormal(median,sd), uniform(low,high), "
            "beta(a,b) or fixed(value); with one number the case's own centre is kept",
        ) from None


def limits(parameter: Parameter) -> tuple[float, float]:
    """Return the least and the largest value that a parameter's unit allows."""
    if parameter.unit in ("probability", "share", "switch"):
        return 0.0, 1.0
    own = parameter.range.uniform
    if parameter.unit in _SIGNED or (own is not None and own[0] < 0.0):
        return -_LARGEST, _LARGEST
    return 0.0, _LARGEST


def check_values(
    case: Case, space: ParameterSpace, part: Part, seed: int, draws: npt.NDArray[np.int64]
) -> None:
    """Refuse a value outside what the unit allows, in any parameter draw of the study.

    Raises
    ------
    UsageError
        Naming the parameter, the value that is worst, and in how many draws it is out.
    """
    base = space.draw(seed, draws)
    with np.errstate(all="ignore"):
        changed = space.changed(base, part.changes, seed, draws)
    for name in part.parameters:
        parameter = case.parameters[name]
        values = changed[:, space.index[name]]
        low, high = limits(parameter)
        # What is out before, and is left there, is the case's own affair.
        was = base[:, space.index[name]]
        out = ~((values >= low) & (values <= high)) & (values != was)
        half = parameter.unit == "switch" and bool(((values != 0.0) & (values != 1.0)).any())
        if parameter.unit != "week" and (out.any() or half):
            raise _outside(parameter, part, values, out | half, (low, high))


def _outside(
    parameter: Parameter,
    part: Part,
    values: npt.NDArray[np.float64],
    out: npt.NDArray[np.bool_],
    allowed: tuple[float, float],
) -> UsageError:
    low, high = allowed
    found = values[out]
    gap = np.where(np.isfinite(found), np.maximum(low - found, found - high), math.inf)
    worst = float(found[int(np.argmax(gap))])
    many = "" if out.all() else f" in {int(out.sum())} of {len(out)} parameter draws"
    rule = "it must not be negative" if high > 1.0 else f"a {parameter.unit} lies between 0 and 1"
    if parameter.unit == "switch":
        rule = "a switch is 0 or 1"
    elif worst > high > 1.0 or low < 0.0 or not math.isfinite(worst):
        rule = "that is no number the model can hold"
    return UsageError(
        f"{part.text}: {parameter.id} would be {worst:.6g} ({parameter.unit}){many}",
        cause=rule,
        hint=f"its range in the case: jukushi show CASE --section parameters ({parameter.id})",
    )
