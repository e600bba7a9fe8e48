"""One row for each scored observation and each month of each event: forecasts and their scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jukushi.calibration.naive import NAIVE, Past, naive_forecasts, past_of
from jukushi.calibration.naive_events import naive_hazards
from jukushi.calibration.predictive import EventMonth, Months, Predictive
from jukushi.calibration.record_scores import (
    Scored,
    score_members,
    score_month,
    score_normal,
)
from jukushi.case.targets import Target

__all__ = ["month_rows", "value_rows"]


def value_rows(foretold: Predictive) -> list[dict[str, Any]]:
    """Return the rows of what was observed as a number, in order of day."""
    pasts: dict[str, Past] = {}
    for target in foretold.targets:
        series = target.series
        if series.id not in pasts:
            pasts[series.id] = past_of(foretold.case, series, foretold.starts[series.id])
    return [
        _value_row(foretold, number, target, pasts[target.series.id])
        for number, target in enumerate(foretold.targets)
    ]


def _value_row(foretold: Predictive, number: int, target: Target, past: Past) -> dict[str, Any]:
    series, scale = target.series, target.series.error
    name = f"{series.id}@{target.observation.date}"
    members = foretold.members(number)
    whole = score_members(members, target.spread, target.value, scale, name)
    bare = score_members(members, target.error, target.value, scale, name)
    naive = {
        key: None
        if forecast is None
        else _figures(score_normal(forecast, target.value, scale), scale)
        for key, forecast in naive_forecasts(past, target).items()
    }
    return {
        "type": "value",
        "observation": {
            "id": name,
            "series": series.id,
            "kind": series.kind,
            "date": target.observation.date.isoformat(),
            "value": target.value,
            "unit": series.unit,
            "logarithm": series.transform == "log",
            "error": target.error,
            "discrepancy": target.discrepancy,
            "scripted": series.scripted,
        },
        "counted": True,
        "model": {
            **_figures(whole, scale),
            "histories": len(members),
            "without_discrepancy": _figures(bare, scale),
        },
        "naive": {"from": past.source, **{key: naive[key] for key in NAIVE}},
    }


def _figures(scored: Scored, scale: float) -> dict[str, Any]:
    low, quarter, median, three, high = scored.quantiles
    return {
        "crps": scored.crps,
        "crps_in_errors": scored.crps / scale,
        "log": scored.log,
        "rank": scored.rank,
        "median": median,
        "range_50": [quarter, three],
        "range_90": [low, high],
        "inside_50": 0.25 <= scored.rank <= 0.75,
        "inside_90": 0.05 <= scored.rank <= 0.95,
        "width_50": (three - quarter) / scale,
        "width_90": (high - low) / scale,
    }


def month_rows(foretold: Predictive, centres: Mapping[str, float]) -> list[dict[str, Any]]:
    """Return the rows of dated events, month by month until they came."""
    rows: list[dict[str, Any]] = []
    for months, hazards in zip(foretold.months, foretold.hazards, strict=True):
        naive = naive_hazards(foretold.case, months, centres)
        rows += [_month_row(months, number, hazard, naive) for number, hazard in enumerate(hazards)]
    return rows


def _month_row(
    months: Months, number: int, hazard: EventMonth, naive: Mapping[str, list[float] | None]
) -> dict[str, Any]:
    event, came = months.event, months.came == number
    label = f"{months.ends[number]:%Y-%m}"
    return {
        "type": "month",
        "observation": {
            "id": f"{event.id}@{label}",
            "event": event.id,
            "kind": "events",
            "month": label,
            "came": came,
            "scripted": event.scripted,
        },
        "counted": event.use == "score",
        "model": {
            **score_month(hazard.probability, came),
            "sampling": list(hazard.sampling),
            "histories": hazard.at_risk,
        },
        "naive": {
            name: None if row is None else score_month(row[number], came)
            for name, row in naive.items()
        },
    }
