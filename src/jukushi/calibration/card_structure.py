"""What a model of a case is made of: powers, fields, deciders, dice, factors, the dated record."""

from __future__ import annotations

from collections import Counter
from typing import Any

from jukushi.case.doctrines import Table
from jukushi.case.load import Case
from jukushi.dice import DICE_PER_DRAW, DICE_VERSION, ONCE_DRAWS, WEEKLY_DRAWS
from jukushi.draws import DEFAULT_HISTORIES
from jukushi.world.calendar import SCHEDULES, WEEK_FIELDS
from jukushi.world.combat import shipped_combat
from jukushi.world.parameters import NEEDED
from jukushi.world.state import FIELDS

__all__ = ["structure"]


def structure(case: Case) -> dict[str, Any]:
    """Return entities, scales, deciders, beliefs, dice, factors, outcomes, inputs and patterns."""
    return {
        "header": _header(case),
        "patterns": _patterns(case),
        "fields": [
            {
                "name": field.name,
                "unit": field.unit,
                "meaning": field.meaning,
                "known_to": field.known_to,
                "belief": field.name in {belief.field for belief in case.beliefs.values()},
                "never_negative": field.stock,
            }
            for field in FIELDS
        ],
        "calendar": _calendar(case),
        "deciders": _deciders(case),
        "beliefs": [
            {
                "id": belief.id,
                "title": belief.title.model_dump(),
                "power": belief.power,
                "field": belief.field,
                "truth": belief.truth,
                "errs_by": belief.errs_by,
                "read_by": _readers(case, belief.field),
            }
            for belief in case.beliefs.values()
        ],
        "dice": {
            "version": DICE_VERSION,
            "weekly": [draw.name for draw in WEEKLY_DRAWS],
            "once": [draw.name for draw in ONCE_DRAWS],
            "histories_per_draw": DICE_PER_DRAW,
            "usual_histories": DEFAULT_HISTORIES,
        },
        "factors": [
            {
                "id": factor.id,
                "title": factor.title.model_dump(),
                "readings": len(factor.readings),
                "placebo": factor.placebo,
            }
            for factor in case.factors.values()
        ],
        "outcomes": [
            {
                "id": outcome.id,
                "title": outcome.title.model_dump(),
                "happened": outcome.happened,
                "happened_on": outcome.happened_on.isoformat() if outcome.happened_on else None,
            }
            for outcome in case.outcomes.values()
        ],
        "inputs": _inputs(case),
    }


def _header(case: Case) -> dict[str, Any]:
    header = case.header
    return {
        "title": header.title.model_dump(),
        "summary": header.summary.model_dump(),
        "licence": header.licence,
        "start": header.period.start.isoformat(),
        "end": header.period.end.isoformat(),
        "runs_from": header.period.runs_from.isoformat(),
        "weeks": case.n_weeks,
        "powers": [
            {
                "id": power.id,
                "title": power.title.model_dump(),
                "role": power.role,
                "decides_by": power.decides_by,
            }
            for power in header.powers
        ],
        "defaults": header.defaults.model_dump(),
    }


def _patterns(case: Case) -> dict[str, Any]:
    """Return what the model is held against: the claims of a text and the dated record."""
    text = case.claims_of.model_dump() if case.claims_of else None
    found: dict[str, Any] = {"text": text, "claims": len(case.claims), "record": None}
    if case.record is None:
        return found
    uses = Counter((item.series, item.use) for item in case.record.observations)
    split = case.record.split
    found["record"] = {
        "until": split.until.isoformat(),
        "decided": split.decided.isoformat(),
        "rule": split.rule.model_dump(),
        "series": [
            {
                "id": series.id,
                "title": series.title.model_dump(),
                "kind": series.kind,
                "field": series.field,
                "unit": series.unit,
                "scripted": series.scripted,
                **{use: uses[series.id, use] for use in ("fit", "score", "neither")},
            }
            for series in case.record.series
        ],
        "events": [
            {
                "id": event.id,
                "title": event.title.model_dump(),
                "happened_on": event.happened_on.isoformat() if event.happened_on else None,
                "by": event.by.isoformat(),
                "use": event.use,
                "scripted": event.scripted,
            }
            for event in case.record.events
        ],
    }
    return found


def _calendar(case: Case) -> dict[str, Any]:
    calendar = case.calendar
    return {
        "words": [
            {"name": name, "unit": unit, "meaning": meaning} for name, unit, meaning in WEEK_FIELDS
        ],
        "conferences": len(calendar.conferences),
        "conferences_from": calendar.conferences_from.isoformat(),
        "conferences_every": calendar.conferences_every,
        "recounts": len(calendar.recounts),
        "recounts_from": calendar.recounts_from.isoformat(),
        "recounts_every": calendar.recounts_every,
    }


def _deciders(case: Case) -> list[dict[str, Any]]:
    """Return who may decide for hunter and prey, and what each table of rules reads."""
    rows = []
    for role in ("hunter", "prey"):
        tables = {table.name: table for table in case.rule_tables(role).values()}
        for name in case.decider_names(role):
            table = tables.get(name)
            rows.append(
                {
                    "role": role,
                    "power": case.power_of(role).title.model_dump(),
                    "name": name,
                    "title": table.title.model_dump() if table else None,
                    "game": table.origin.game if table and table.origin else None,
                    "rule_read": table.origin.read if table and table.origin else None,
                    "rows": len(table.rows) if table else None,
                    "reads": _reads(case, table) if table else [],
                }
            )
    return rows


def _reads(case: Case, table: Table) -> list[str]:
    """Return the fields of the state that the rows and quantities of a table read, in order."""
    key = (table.power, table.id)
    read = [*case.conditions.items(), *case.quantities.items()]
    names = {name for where, text in read if where[:2] == key for name in text.names}
    if table.id == "doctrine" and table.power == case.power_of("hunter").id:
        names |= {name for margin in case.margins.values() for name in margin.names}
    return [field.name for field in FIELDS if field.name in names]


def _readers(case: Case, field: str) -> list[str]:
    """Return the names of the deciders whose tables read a field, with the role of the prey."""
    return [
        table.name if role == "hunter" else f"{role}: {table.name}"
        for role in ("hunter", "prey")
        for table in case.rule_tables(role).values()
        if field in _reads(case, table)
    ]


def _inputs(case: Case) -> dict[str, Any]:
    return {
        "parameters": len(case.parameters),
        "needed": len(NEEDED),
        "combat": len(shipped_combat().values),
        "schedules": [
            {"id": item.id, "title": item.title.model_dump(), "unit": item.unit}
            for item in case.schedules.values()
        ],
        "scripted_words": len(SCHEDULES),
        "tables": [{"table": name, "rows": len(rows)} for name, rows in case.tables.items()],
    }
