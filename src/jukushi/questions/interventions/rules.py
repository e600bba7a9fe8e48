"""Gates shifted, margins and conditions replaced, in an edited copy of the case.

The edited rules pass the case's own checker: names, units, and what a power may know. From a
week on, the old expression holds before it and the new one after: the past keeps its rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jukushi.case import check_rules, check_tables
from jukushi.case.checker import Checker
from jukushi.case.documents import Document
from jukushi.case.load import Case
from jukushi.case.sections import SECTIONS
from jukushi.case.tables import TABLES
from jukushi.doctrines.compile import acts_at_conferences_only
from jukushi.errors import Problem, UsageError, nearest
from jukushi.questions.interventions.grammar import Item
from jukushi.questions.interventions.parts import Part, RuleEdit
from jukushi.world.vocabulary import vocabulary

__all__ = ["edit_rules", "rule_part"]


def rule_part(case: Case, item: Item) -> Part:
    """Turn ``ripe+0.2`` or ``ripe_persimmon=...`` into an edit of one rule.

    Raises
    ------
    UsageError
        If the case has no such gate or row, or a row is to be shifted.
    """
    gates = {gate.id: gate for gate in case.doctrines.gates}
    if item.name in gates:
        margin = gates[item.name].margin
        if isinstance(item.value, float):
            text = f"({margin}) + {item.value!r}" if item.value else margin
            edit = RuleEdit(item.name, -1, -1, text, item.value)
        else:
            edit = RuleEdit(item.name, -1, -1, str(item.value))
        return Part(item.text, "rule", item.name, rule=edit)
    table, row = _row(case, item.name)
    if not isinstance(item.value, str):
        raise UsageError(
            f"{item.text}: {item.name} is a rule, which has no margin to shift",
            cause="only a gate has one",
            hint="gates: " + ", ".join(gates),
        )
    name = f"{case.doctrines.tables[table].power}.{case.doctrines.tables[table].rows[row].id}"
    edit = RuleEdit("", table, row, item.value)
    return Part(item.text, "rule", name, rule=edit)


def _row(case: Case, name: str) -> tuple[int, int]:
    """Return the table and the row that a name means; ``japan.wait`` tells two apart."""
    tables = case.doctrines.tables
    owner, _, wanted = name.rpartition(".")
    found = [
        (number, place)
        for number, table in enumerate(tables)
        for place, row in enumerate(table.rows)
        if row.id == wanted and owner in ("", table.power, table.id)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        both = " or ".join(f"{tables[table].power}.{wanted}" for table, _ in found)
        raise UsageError(
            f"two tables have a rule {wanted!r}", cause="a rule must be one", hint=f"write {both}"
        )
    known = [gate.id for gate in case.doctrines.gates]
    known += [row.id for table in tables for row in table.rows]
    close = nearest(name, known)
    raise UsageError(
        f"the case {case.id!r} has no gate or rule {name!r}",
        cause="a rule is a row of a power's table",
        hint=f"did you mean {close!r}?" if close else "gates and rules: " + ", ".join(known),
    )


def edit_rules(case: Case, parts: Sequence[Part], since: int | None, hunter_table: str) -> Case:
    """Return a copy of the case with the rules of some parts, from week `since` on.

    Raises
    ------
    UsageError
        If the case's checker finds fault with a rule, or a rule of the hunter would have to be
        read between conferences before `since`.
    """
    edits = [(part, part.rule) for part in parts if part.rule is not None]
    edited = case
    for part, edit in edits:
        edited = _checked(replace(edited, doctrines=_written(edited, edit, since)), part)
    between = not acts_at_conferences_only(edited, hunter_table)
    if edits and since is not None and between and acts_at_conferences_only(case, hunter_table):
        raise UsageError(
            f"{edits[0][0].text}: with --from a rule of the hunter acts at conferences only",
            cause="otherwise its table would be read in other weeks of the past that is kept",
            hint="begin the condition with: conference and ...",
        )
    return edited


def _written(case: Case, edit: RuleEdit, since: int | None) -> Any:
    """Return the doctrines of a case with one expression written anew."""
    doctrines = case.doctrines
    if edit.gate:
        gates = [
            gate.model_copy(update={"margin": _margin(gate.margin, edit.text, since)})
            if gate.id == edit.gate
            else gate
            for gate in doctrines.gates
        ]
        return doctrines.model_copy(update={"gates": gates})
    table = doctrines.tables[edit.table]
    rows = list(table.rows)
    row = rows[edit.row]
    rows[edit.row] = row.model_copy(update={"when": _condition(row.when, edit.text, since)})
    tables = list(doctrines.tables)
    tables[edit.table] = table.model_copy(update={"rows": rows})
    return doctrines.model_copy(update={"tables": tables})


def _margin(old: str, new: str, since: int | None) -> str:
    if since is None or new == old:
        return new
    return f"where(week >= {since}, ({new}), ({old}))"


def _condition(old: str, new: str, since: int | None) -> str:
    if since is None or new == old:
        return new
    either = f"week >= {since} and ({new}) or week < {since} and ({old})"
    # A table whose rules all demand a conference is read at conferences alone: say so again.
    both = all(text.startswith("conference and ") for text in (old, new))
    return f"conference and ({either})" if both else either


def _checked(case: Case, part: Part) -> Case:
    """Let the case's own checker read the rules; raises UsageError with its first complaint."""
    problems: list[Problem] = []
    names = [*SECTIONS, *(f"tables/{name}.csv" for name in TABLES)]
    documents = {name: Document(name) for name in names}
    listed = [{"id": p.id, "group": p.group, "unit": p.unit} for p in case.parameters.values()]
    documents["parameters.yaml"].data = {"parameters": listed}
    models = {
        "case.yaml": case.header,
        "doctrines.yaml": case.doctrines,
        "decision_makers.yaml": case.decision_makers,
    }
    checker = Checker(models, {name: [] for name in TABLES}, documents, vocabulary(), problems)
    parsed = check_rules.ParsedRules()
    reader = check_rules.Reader(checker, case.header.period.start)
    check_rules.gates(reader, parsed)
    check_tables.tables(reader, parsed)
    if problems:
        first = problems[0]
        cause = first.value + (f"; expected {first.expected}" if first.expected else "")
        raise UsageError(
            f"{part.text}: {first.what}",
            cause=cause,
            hint=f"did you mean {first.nearest!r}?"
            if first.nearest
            else "the words of a rule: docs/how-to-write-a-case.md",
        )
    return replace(
        case, margins=parsed.margins, conditions=parsed.conditions, quantities=parsed.quantities
    )
