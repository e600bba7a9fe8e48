"""Checks of base rates: events, series, parameters and opportunities that must exist."""

from __future__ import annotations

from typing import Any

from jukushi.case.checker import Checker, Where

__all__ = ["base_rates"]

_FILE = "base_rates.yaml"


def base_rates(check: Checker) -> None:
    """Check what naive forecasts of the case go by."""
    events = check.ids("record.yaml", "events")
    opportunities = check.ids(_FILE, "opportunities")
    for index, entry in check.numbered(_FILE, "war_entries"):
        where: Where = ("war_entries", index)
        check.known(_FILE, (*where, "event"), "unknown event", entry.event, events)
        for number, name in enumerate(entry.own):
            at = (*where, "own", number)
            check.known(_FILE, at, "unknown opportunity", name, opportunities)
    for index, rule in check.numbered(_FILE, "rules"):
        where = ("rules", index)
        check.known(_FILE, (*where, "event"), "unknown event", rule.event, events)
        for number, condition in enumerate(rule.conditions):
            _condition(check, (*where, "conditions", number), condition, events)


def _condition(check: Checker, where: Where, condition: Any, events: set[str]) -> None:
    if condition.event is not None:
        check.known(_FILE, (*where, "event"), "unknown event", condition.event, events)
    if condition.series is not None:
        series = check.ids("record.yaml", "series")
        check.known(_FILE, (*where, "series"), "unknown series", condition.series, series)
    limits = [item for item in (condition.at_most, condition.at_least) if isinstance(item, str)]
    named = check.ids("parameters.yaml", "parameters")
    for name in [*limits, *condition.weeks] if named else []:
        check.known(_FILE, where, "unknown parameter", name, named)
