"""A case in words: powers, pacts, plans, rules, factors, and every number with its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from jukushi.case.doctrines import Table
from jukushi.case.load import Case
from jukushi.case.schema import Parameter
from jukushi.errors import UsageError, nearest
from jukushi.views.words import Words
from jukushi.world.parameters import ParameterSpace

__all__ = ["SECTIONS", "show_data", "show_lines"]

_STATUSES = ("sourced", "recalled", "assumption")
#: Sections so long that they are shown only when they are named.
_ON_REQUEST = ("other_tables", "parameters")


def show_lines(case: Case, words: Words, section: str | None = None) -> Iterable[str]:
    """Yield the lines of `show`; one section alone if it is named."""
    if section is not None and section not in SECTIONS:
        close = nearest(section, SECTIONS)
        raise UsageError(
            f"there is no section {section!r}",
            hint=f"did you mean {close!r}?" if close else "sections: " + ", ".join(SECTIONS),
        )
    if section is not None:
        yield from SECTIONS[section](case, words)
        return
    yield case.header.title.to(words.language)
    yield case.header.summary.to(words.language)
    period = case.header.period
    yield words(
        "show.period", start=words.day(period.start), end=words.day(period.end),
        runs=words.day(period.runs_from),
    )  # fmt: skip
    for name, writer in SECTIONS.items():
        if name not in _ON_REQUEST:
            yield ""
            yield from writer(case, words)


def _powers(case: Case, words: Words) -> Iterable[str]:
    yield words("show.powers")
    for power in case.header.powers:
        yield "  " + words(
            "show.power",
            title=power.title.to(words.language),
            role=words(f"show.role_{power.role}"),
            by=words(f"show.by_{power.decides_by}"),
        )


def _pacts(case: Case, words: Words) -> Iterable[str]:
    yield words("show.pacts")
    for pact in case.pacts.values():
        ends = words.day(pact.expires)
        title = pact.title.to(words.language)
        yield "  " + words("show.pact", title=title, start=words.day(pact.in_force), end=ends)
        for clause in pact.clauses:
            yield f"    - {clause.text.to(words.language)}"


def _plans(case: Case, words: Words) -> Iterable[str]:
    yield words("show.plans")
    for plan in case.plans.values():
        stages = "; ".join(stage.title.to(words.language) for stage in plan.stages)
        title = plan.title.to(words.language)
        yield "  " + words("show.plan", title=title, power=plan.power, stages=stages)


def _beliefs(case: Case, words: Words) -> Iterable[str]:
    yield words("show.beliefs")
    for belief in case.beliefs.values():
        yield "  " + words("show.belief", title=belief.title.to(words.language))


def _gates(case: Case, words: Words) -> Iterable[str]:
    yield words("show.gates")
    for gate in case.doctrines.gates:
        yield "  " + words("show.gate", title=gate.title.to(words.language), margin=gate.margin)


def _tables(case: Case, words: Words) -> Iterable[str]:
    yield words("show.tables")
    for table in case.doctrines.tables:
        yield f"  {table.title.to(words.language)}"
        yield from _rows(table, words)


def _rows(table: Table, words: Words) -> Iterable[str]:
    for number, row in enumerate(table.rows, 1):
        title = row.title.to(words.language)
        yield "    " + words(
            "show.row", number=number, title=title, when=row.when, action=row.action
        )


def _deciders(case: Case, words: Words) -> Iterable[str]:
    """One line for each decision-maker, by the name that a question uses."""
    yield words("show.deciders")
    for role in ("hunter", "prey"):
        power = case.power_of(role).title.to(words.language)
        titles = {table.name: table for table in case.rule_tables(role).values()}
        for name in case.decider_names(role):
            table = titles.get(name)
            title = table.title.to(words.language) if table else words("show.expected_value")
            said = words("show.decider", power=power, name=name, title=title)
            if table and table.origin:
                known = words("show.read" if table.origin.read else "show.recalled")
                said = words("show.decider_of_a_game", said=said, known=known)
            yield "  " + said
    for name in ("policy", "script", "human"):
        yield "  " + words(f"show.decider_{name}")


def _other_tables(case: Case, words: Words) -> Iterable[str]:
    """Every table beside the doctrine, with its quantities and what a game's rule lost."""
    yield words("show.other_tables")
    for table in case.decision_makers.tables:
        yield f"  {table.name}: {table.title.to(words.language)}"
        if table.origin:
            origin = table.origin
            known = words("show.read" if origin.read else "show.recalled")
            yield words("show.origin", game=origin.game, rule=origin.rule, known=known)
            yield words("show.lost", lost=origin.lost.to(words.language))
        for quantity in table.quantities:
            yield "    " + words(
                "show.quantity",
                id=quantity.id,
                value=quantity.value,
                title=quantity.title.to(words.language),
            )
        yield from _rows(table, words)


def _factors(case: Case, words: Words) -> Iterable[str]:
    yield words("show.factors")
    for factor in case.factors.values():
        yield "  " + words(
            "show.factor",
            id=factor.id,
            title=factor.title.to(words.language),
            hypothesis=factor.hypothesis.to(words.language),
        )
        for reading in factor.readings:
            yield words(
                "show.reading",
                id=reading.id,
                title=reading.title.to(words.language),
                rewrite=words(f"why.{reading.rewrite}"),
            )


def _levers(case: Case, words: Words) -> Iterable[str]:
    yield words("show.levers")
    for lever in case.levers.values():
        yield "  " + words(
            "show.lever",
            id=lever.id,
            title=lever.title.to(words.language),
            meaning=lever.meaning.to(words.language),
            low=f"{lever.range[0]:g}",
            high=f"{lever.range[1]:g}",
            unit=lever.unit,
        )


def _outcomes(case: Case, words: Words) -> Iterable[str]:
    yield words("show.outcomes")
    for outcome in case.outcomes.values():
        record = words("run.no")
        if outcome.happened_on is not None:
            record = words("run.yes", date=words.day(outcome.happened_on))
        title = outcome.title.to(words.language)
        yield "  " + words("show.outcome", id=outcome.id, title=title, record=record)


def _evidence(case: Case, words: Words) -> Iterable[str]:
    yield words("show.evidence")
    counts: Counter[str] = Counter(item.status for item in case.parameters.values())
    total = sum(counts.values())
    for status in _STATUSES:
        yield "  " + words(
            "show.status",
            status=words(f"show.status_{status}"),
            count=counts[status],
            share=words.percent(counts[status] / max(total, 1), 0),
        )
    rows: Counter[str] = Counter(row.status for table in case.tables.values() for row in table)
    yield "  " + words(
        "show.rows",
        sourced=words.number(rows["sourced"]),
        recalled=words.number(rows["recalled"]),
        assumed=words.number(rows["assumption"]),
    )


def _parameters(case: Case, words: Words) -> Iterable[str]:
    yield words("show.parameters")
    space = ParameterSpace(case)
    for item in case.parameters.values():
        yield "  " + words(
            "show.parameter",
            id=item.id,
            value=f"{space.centre[item.id]:g}",
            unit=item.unit,
            range=_range(item, words),
            status=item.status,
            confidence=item.confidence,
            title=item.title.to(words.language),
            source=item.source,
        )
        for rival in item.rivals:
            yield words(
                "show.rival",
                value=_value(rival.value),
                source=rival.source,
                confidence=rival.confidence,
            )


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _range(item: Parameter, words: Words) -> str:
    kind = item.range.kind
    spread = getattr(item.range, kind)
    if isinstance(spread, tuple):
        spread = f"{spread[0]:g}-{spread[1]:g}"
    text = words(f"show.range_{kind}", spread=spread)
    return words("show.range_relative", range=text) if item.relative else text


#: Sections of `show` and who writes them.
SECTIONS: dict[str, Callable[[Case, Words], Iterable[str]]] = {
    "powers": _powers,
    "pacts": _pacts,
    "plans": _plans,
    "beliefs": _beliefs,
    "gates": _gates,
    "tables": _tables,
    "deciders": _deciders,
    "other_tables": _other_tables,
    "factors": _factors,
    "levers": _levers,
    "outcomes": _outcomes,
    "evidence": _evidence,
    "parameters": _parameters,
}


def show_data(case: Case) -> dict[str, Any]:
    """Return a case as plain data for JSON."""
    space = ParameterSpace(case)
    counts: Counter[str] = Counter(item.status for item in case.parameters.values())
    total = max(sum(counts.values()), 1)

    def dump(items: Iterable[Any]) -> list[Any]:
        return [item.model_dump(mode="json", by_alias=True, exclude_none=True) for item in items]

    return {
        "schema": "jukushi.show/1",
        "case": case.id,
        "case_hash": case.hash,
        "header": case.header.model_dump(mode="json", by_alias=True),
        "evidence": {
            status: {"count": counts[status], "share": counts[status] / total}
            for status in _STATUSES
        },
        "parameters": [
            {**row, "centre": space.centre[row["id"]]} for row in dump(case.parameters.values())
        ],
        "pacts": dump(case.pacts.values()),
        "plans": dump(case.plans.values()),
        "beliefs": dump(case.beliefs.values()),
        "gates": dump(case.doctrines.gates),
        "tables": dump(case.doctrines.tables),
        "decision_makers": dump(case.decision_makers.tables),
        "factors": dump(case.factors.values()),
        "levers": dump(case.levers.values()),
        "outcomes": dump(case.outcomes.values()),
    }
