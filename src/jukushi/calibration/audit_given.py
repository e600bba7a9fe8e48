"""What the model was given on a claim: parameters with their ranges, entries of the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from jukushi.calibration.audit_stances import RULES, of_given
from jukushi.calibration.formula import evaluate
from jukushi.case.claims import Bound, ParameterSays, RecordSays
from jukushi.case.expressions import Expression, parse
from jukushi.case.load import Case
from jukushi.case.units import Unit, parse_unit
from jukushi.world.calendar import build_weeks
from jukushi.world.parameters import ParameterSpace

__all__ = ["day_of", "ends_of", "figure_of", "number_of", "parameter", "parsed", "record"]

#: Draws of the prior from which the range of an assumed number is read.
_DRAWS = 4_096


def parsed(case: Case, text: str, fields: Mapping[str, Unit]) -> Expression:
    """Parse an expression of a claim: over parameters of the case, and the fields that it reads."""
    names = {name: parse_unit(item.unit) for name, item in case.parameters.items()}
    return parse(text, {**names, **fields}, case.week_of)


def number_of(case: Case, value: float | date) -> float:
    """Return a number, or a date in weeks of the case."""
    return case.week_of(value) if isinstance(value, date) else float(value)


def day_of(case: Case, week: float) -> str:
    """Return the day of a week with its fraction."""
    return (case.header.period.start + timedelta(days=round(7.0 * week))).isoformat()


def ends_of(case: Case, bound: Bound) -> tuple[float | None, float | None]:
    """Return both ends of a figure as numbers; equal if it is one value."""
    low, high = bound.ends
    return (
        None if low is None else number_of(case, low),
        None if high is None else number_of(case, high),
    )


def figure_of(bound: Bound) -> dict[str, Any]:
    """Return a figure as data, dates in ISO form."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in (("value", bound.value), ("low", bound.low), ("high", bound.high))
    }


def parameter(case: Case, space: ParameterSpace, seed: int, says: ParameterSays) -> dict[str, Any]:
    """Return an assumed number, its range over the prior, and how it meets the claim."""
    expression = parsed(case, says.of, {})
    draws = space.draw(seed, np.arange(_DRAWS, dtype=np.int64))
    columns = {name: draws[:, space.index[name]] for name in expression.names}
    centres = {name: np.array([space.centre[name]]) for name in expression.names}
    value = float(evaluate(expression, centres)[0])
    low, high = (float(end) for end in np.quantile(evaluate(expression, columns), [0.05, 0.95]))
    return {
        "stance": of_given(ends_of(case, says.figure), value, (low, high)),
        "of": says.of,
        "unit": says.unit,
        "value": value,
        "range": [low, high],
        "figure": figure_of(says.figure),
        "parameters": [_evidence(case, name) for name in expression.names],
    }


def _evidence(case: Case, name: str) -> dict[str, Any]:
    item = case.parameters[name]
    return {
        "id": name,
        "title": item.title.model_dump(),
        "status": item.status,
        "source": item.source,
        "confidence": item.confidence,
    }


def record(case: Case, says: RecordSays) -> dict[str, Any]:
    """Return an entry that the model follows as given, and how it meets the claim."""
    place, value, source = _entry(case, says)
    if says.figure is None:
        names = value if isinstance(value, list) else [value]
        stance = "given" if set(says.names) <= set(names) else "given_otherwise"
        figure: Any = list(says.names)
    else:
        stance = _same(case, says.figure, value)
        figure = figure_of(says.figure)
    return {
        "stance": stance,
        "place": place,
        "value": value.isoformat() if isinstance(value, date) else value,
        "figure": figure,
        "source": source,
    }


def _same(case: Case, bound: Bound, value: Any) -> str:
    """Compare a value of record with a figure, within what the rules allow."""
    number, figure = number_of(case, value), ends_of(case, bound)
    if bound.value is None:
        return of_given(figure, number, None)
    near = RULES["record_days"] / 7.0
    if not isinstance(value, date):
        near = RULES["record_share"] * abs(number)
    return of_given(figure, number, (number - near, number + near))


def _entry(case: Case, says: RecordSays) -> tuple[str, Any, str]:
    """Return where an entry stands, its value and its source."""
    if says.battle is not None:
        note = case.calendar.battles[says.battle]
        return f"calendar.yaml battles.{says.battle}", note.date, note.source
    if says.schedule is not None and says.on is not None:
        item = case.schedules[says.schedule]
        week = int(case.week_of(says.on))
        value = float(build_weeks(case)[says.schedule][week])
        return f"schedules.yaml {item.id} {says.on}", value, item.source
    if says.campaign is not None:
        campaign = case.campaigns[says.campaign]
        axis = next(item for item in campaign.axes if item.id == says.axis)
        return f"campaigns.yaml {campaign.id}.{axis.id}", list(axis.path), campaign.source
    file, entries = ("pacts", case.pacts) if says.pact else ("plans", case.plans)
    entry: Any = entries[says.pact or says.plan or ""]
    name = entry.id
    if says.stage is not None:
        entry = next(stage for stage in entry.stages if stage.id == says.stage)
        name = f"{name}.{entry.id}"
    return f"{file}.yaml {name}.{says.field}", getattr(entry, says.field or ""), entry.source
