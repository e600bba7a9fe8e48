"""Uncertain numbers: the central value of a parameter, and its inverse distribution.

Centre and range mean: normal(centre, sd); lognormal(median = centre, sd of the log);
uniform(low, high), or centre times (low, high) when `relative`; beta(a, b); fixed. Normal
draws of quantities that cannot be negative are cut at zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtri

from jukushi.case.graph import rail_capacity
from jukushi.case.schema import Derived, Parameter, Record

__all__ = ["central_value", "distribution", "resolve_record"]

_KEYS = ("power", "formation", "perspective", "series", "confidence")


def resolve_record(record: Record, rows: Sequence[Any]) -> float:
    """Return the one cell that `record` points at; raises LookupError if not exactly one."""
    day = record.date
    matching = [row for row in rows if row.date in (day, day.isoformat())]
    for key in _KEYS:
        wanted = getattr(record, key)
        if wanted is not None:
            matching = [row for row in matching if getattr(row, key, None) == wanted]
    if not matching:
        raise LookupError("record points at no row")
    if record.column not in type(matching[0]).model_fields:
        raise LookupError(f"record points at no column {record.column!r}")
    cells = [getattr(row, record.column) for row in matching]
    cells = [cell for cell in cells if isinstance(cell, int | float)]
    if len(cells) != 1:
        raise LookupError(f"record points at {len(cells)} cells instead of one")
    return float(cells[0]) * record.times


def central_value(
    parameter: Parameter,
    tables: Mapping[str, Sequence[Any]],
    sections: Mapping[str, Mapping[str, Any]],
    week_of: Callable[[date], float],
) -> float:
    """Return the centre of a parameter; dates become weeks since the start of the case."""
    if parameter.record is not None:
        return resolve_record(parameter.record, tables[parameter.record.table])
    if parameter.derived is not None:
        return _derived(parameter.derived, tables, sections, week_of)
    if isinstance(parameter.value, date):
        return week_of(parameter.value)
    return float(parameter.value or 0.0)


def _derived(
    derived: Derived,
    tables: Mapping[str, Sequence[Any]],
    sections: Mapping[str, Mapping[str, Any]],
    week_of: Callable[[date], float],
) -> float:
    if derived.rail is not None:
        trains = rail_capacity(tables["links"], *derived.rail)
        return trains * 7.0 * (derived.military_share or 0.0) / (derived.trains_per_division or 1.0)
    target = sections["pacts" if derived.pact else "plans"][derived.pact or derived.plan or ""]
    if derived.stage is not None:
        target = next(stage for stage in target.stages if stage.id == derived.stage)
    value = getattr(target, derived.field or "")
    return week_of(value) if isinstance(value, date) else float(value)


_MAY_BE_NEGATIVE = {"log_ratio", "logit", "utility", "week", "log_days"}


def distribution(
    parameter: Parameter, centre: float, uniform: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Turn uniform numbers into values of the parameter (its inverse distribution function).

    Parameters
    ----------
    parameter : Parameter
    centre : float
        Its central value (`central_value`).
    uniform : float64[n]
        Numbers in (0, 1).

    Returns
    -------
    float64[n]
        Values in the parameter's unit.
    """
    spread = parameter.range
    scale = centre if parameter.relative else 1.0
    if spread.normal is not None:
        values = centre + spread.normal * scale * ndtri(uniform)
    elif spread.lognormal is not None:
        values = centre * np.exp(spread.lognormal * ndtri(uniform))
    elif spread.uniform is not None:
        low, high = spread.uniform
        values = scale * (low + (high - low) * uniform)
    elif spread.beta is not None:
        values = betaincinv(*spread.beta, uniform)
    else:
        values = np.full(uniform.shape, centre)
    if parameter.unit not in _MAY_BE_NEGATIVE and spread.normal is not None and centre >= 0:
        values = np.maximum(values, 0.0)
    return np.asarray(values, np.float64)
