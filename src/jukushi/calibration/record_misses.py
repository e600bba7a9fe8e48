"""What of the record the forecast missed, with what the case says that the model leaves out."""

from __future__ import annotations

from typing import Any

from jukushi.calibration.predictive import Predictive

__all__ = ["misses_of"]

Rows = list[dict[str, Any]]


def misses_of(foretold: Predictive, values: Rows, events: Rows) -> Rows:
    """Return the numbers and the events that lie outside the 5-95 % range.

    Parameters
    ----------
    foretold : Predictive
    values : list of dict
        Rows of `jukushi.calibration.record_rows.value_rows`.
    events : list of dict
        Sums of each event, with their ranks.
    """
    return [*_values(foretold, values), *_events(events)]


def _values(foretold: Predictive, values: Rows) -> Rows:
    """Return what lies outside the 5-95 % range, with what the case says that the model leaves out.

    The discrepancy of a series is part of the range already: its words say where to look, and do
    not excuse the miss.
    """
    found = []
    for target, row in zip(foretold.targets, values, strict=True):
        if row["model"]["inside_90"]:
            continue
        why = target.observation.why
        reason = {
            "from": "observation" if why else "discrepancy" if target.discrepancy else "none",
            "text": why.en
            if why
            else target.series.discrepancy_source
            if target.discrepancy
            else "unexplained",
        }
        rank = row["model"]["rank"]
        found.append(
            {
                "observation": row["observation"]["id"],
                "rank": rank,
                "side": "below" if rank < 0.5 else "above",
                "value": target.value,
                "range_90": row["model"]["range_90"],
                "unit": target.series.unit,
                "reason": reason,
            }
        )
    return found


def _events(events: Rows) -> Rows:
    """Return the scored events whose month lies outside the 5-95 % range of the forecast."""
    return [
        {
            "observation": f"{event['id']}@{event['happened_on'][:7]}",
            "rank": event["rank"],
            "side": "below" if event["rank"] < 0.5 else "above",
            "value": None,
            "range_90": None,
            "unit": None,
            "reason": {"from": "none", "text": "unexplained"},
        }
        for event in events
        if event["counted"] and event["rank"] is not None and not 0.05 <= event["rank"] <= 0.95
    ]
