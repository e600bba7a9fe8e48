"""The record of a campaign that was fought, held against the model's range."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.campaigns import Record
from jukushi.questions.ranges import quantiles
from jukushi.war.plan import Theatre

__all__ = ["against_record", "values_of"]

#: Quantities that are kept by side, and the field that holds each.
_BY_SIDE = {
    "lost": "lost",
    "captured": "captured",
    "tanks_lost": "tanks_lost",
    "aircraft_lost": "aircraft_lost",
    "collapse_days": "broken_day",
}
#: Quantities that may never come: -1 stands for that, and counts as later than any day.
_DATED = frozenset({"collapse_days", "taken"})


def against_record(theatre: Theatre, results: npt.NDArray[Any]) -> list[dict[str, Any]] | None:
    """Return each recorded value with the model's range and the quantile at which it lies.

    Parameters
    ----------
    theatre : Theatre
    results : RESULT[n]

    Returns
    -------
    list of dict or None
        None if the case records nothing of this campaign. ``quantile`` is the share of the
        histories with less (half of those with the same); a history in which a dated thing
        never came counts as later than any day. ``inside`` says whether the recorded value
        lies from the 5 % to the 95 % value.
    """
    rows = theatre.campaign.record
    return [_row(row, values_of(theatre, row, results)) for row in rows] if rows else None


def values_of(theatre: Theatre, row: Record, results: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return what the model says of a recorded quantity in each history."""
    if row.quantity == "taken":
        place = theatre.campaign.objectives.index(str(row.place))
        values = results["taken"][:, place]
    elif row.quantity == "advance_km":
        values = results["axis_km"][:, theatre.axes.index(str(row.axis))]
    else:
        values = results[_BY_SIDE[row.quantity]][:, theatre.sides.index(str(row.power))]
    found = np.asarray(values, np.float64)
    return np.where(found < 0.0, np.inf, found) if row.quantity in _DATED else found


def _row(row: Record, values: npt.NDArray[np.float64]) -> dict[str, Any]:
    model = quantiles(values)
    rivals = [
        {
            "value": float(rival.value),  # type: ignore[arg-type]  # numbers only, checked
            "quantile": _quantile(values, float(rival.value)),  # type: ignore[arg-type]
            "source": rival.source,
            "confidence": rival.confidence,
        }
        for rival in row.rivals
    ]
    return {
        "id": row.id,
        "quantity": row.quantity,
        "of": row.power or row.place or row.axis,
        "value": row.value,
        "model": model,
        "quantile": _quantile(values, row.value),
        "inside": _inside(row.value, model),
        "rivals": rivals,
        "status": row.status,
        "source": row.source,
        "confidence": row.confidence,
    }


def _quantile(values: npt.NDArray[np.float64], value: float) -> float:
    """Return the share of the histories below a value, half of the equal ones counted."""
    return float(np.mean(values < value) + 0.5 * np.mean(values == value))


def _inside(value: float, model: dict[str, float | None]) -> bool:
    low, high = model["low"], model["high"]
    return low is not None and low <= value and (high is None or value <= high)
