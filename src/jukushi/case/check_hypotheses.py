"""Checks of hypotheses: factors, readings, parameters and decision-makers that must exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jukushi.case.check_tables import deciders_of
from jukushi.case.checker import Checker, Where

__all__ = ["hypotheses"]

_FILE = "hypotheses.yaml"

Fits = Callable[[Checker, str, Where, Any, Any], None]


def hypotheses(check: Checker, fits: Fits) -> None:
    """Check every hypothesis; `fits` checks a change against its parameter."""
    factors = {item.id: item for item in check.items("factors.yaml", "factors")}
    named = check.ids("factors.yaml", "factors")
    for index, item in check.numbered(_FILE, "hypotheses"):
        where: Where = ("hypotheses", index)
        if item.factor is not None and named:
            check.known(_FILE, (*where, "factor"), "unknown factor", item.factor, named)
        _decider(check, where, item.decision_maker)
        for key in ("absent", "stronger"):
            version = getattr(item, key)
            if version is not None:
                _version(check, (*where, key), version, factors.get(item.factor or ""), fits)


def _version(check: Checker, where: Where, version: Any, factor: Any, fits: Fits) -> None:
    if version.reading is not None and factor is not None:
        readings = [reading.id for reading in factor.readings]
        check.known(_FILE, (*where, "reading"), "unknown reading", version.reading, readings)
    _decider(check, where, version.decision_maker)
    named = check.ids("parameters.yaml", "parameters")
    parameters = {item.id: item for item in check.items("parameters.yaml", "parameters")}
    for place, change in enumerate(version.changes if named else []):
        at = (*where, "changes", place)
        known = check.known(_FILE, at, "unknown parameter", change.parameter, named)
        if known and change.parameter in parameters:
            fits(check, _FILE, at, change, parameters[change.parameter])


def _decider(check: Checker, where: Where, name: str | None) -> None:
    known = deciders_of(check)
    if name is not None and known:
        check.known(_FILE, (*where, "decision_maker"), "unknown decision-maker", name, known)
