"""The contract of tables of rules, inherited by each of them.

A table keeps it by being in a case: nothing has to be listed here.
"""

from __future__ import annotations

import numpy as np
import pytest
from tables import Subject, all_tables

from jukushi.case.units import parse_unit
from jukushi.world.state import FIELDS
from jukushi.world.vocabulary import ACTIONS, vocabulary

TABLES = list(all_tables())
each_table = pytest.mark.parametrize("subject", TABLES, ids=str)


def test_there_are_tables_of_both_roles() -> None:
    assert {subject.role for subject in TABLES} == {"hunter", "prey"}
    assert len(TABLES) >= 2


@each_table
def test_it_compiles_to_rows_of_its_role(subject: Subject) -> None:
    compiled = subject.compiled
    rows = getattr(compiled, f"{subject.role}_rows")
    assert len(rows) == len(subject.table.rows)
    assert all(row.action in ACTIONS[subject.role] for row in subject.table.rows)
    quantities = getattr(compiled, f"{subject.role}_quantities")
    assert set(quantities) == {quantity.id for quantity in subject.table.quantities}


@each_table
def test_it_reads_nothing_that_its_power_does_not_know(subject: Subject) -> None:
    """Checked once more on the parsed rules, against the list of fields itself."""
    case, table = subject.case, subject.table
    secret = {field.name for field in FIELDS if field.known_to not in (subject.role, "both")}
    public = set(vocabulary().week)
    keys = [(table.power, table.id, row.id) for row in table.rows]
    rules = [case.conditions[key] for key in keys]
    rules += [case.quantities[table.power, table.id, item.id] for item in table.quantities]
    if subject.role == "hunter":
        rules += list(case.margins.values())
    assert {name for rule in rules for name in rule.names} & (secret - public) == set()


@each_table
def test_units_are_those_it_says(subject: Subject) -> None:
    for item in subject.table.quantities:
        found = subject.case.quantities[subject.table.power, subject.table.id, item.id]
        if item.unit is not None:
            assert found.unit == parse_unit(item.unit)
        elif not found.is_condition:
            assert found.unit == ()  # a number with a unit says which


@each_table
def test_every_quantity_is_used(subject: Subject) -> None:
    case, table = subject.case, subject.table
    used = {
        name for row in table.rows for name in case.conditions[table.power, table.id, row.id].names
    }
    for item in reversed(table.quantities):
        assert item.id in used, item.id
        used |= set(case.quantities[table.power, table.id, item.id].names)


@each_table
def test_the_first_row_can_be_reached_and_the_last_always_holds(subject: Subject) -> None:
    truths = np.concatenate([subject.truths(seed) for seed in range(20)], axis=1)
    assert truths[0].any()
    assert truths[-1].all()
    assert subject.table.rows[-1].when.strip() == "1"


@each_table
def test_every_rule_and_quantity_has_evidence_in_words(subject: Subject) -> None:
    for item in (*subject.table.rows, *subject.table.quantities):
        assert len(item.source) >= 10, item.id
        starts = item.source.lower().startswith("assumption")
        assert not (starts and item.status == "sourced"), item.id
        assert item.title.en != item.title.fr


@each_table
def test_a_rule_of_a_game_says_what_it_lost(subject: Subject) -> None:
    origin = subject.table.origin
    assert (origin is not None) == subject.table.name.startswith("preset:")
    if origin is not None:
        assert len(origin.lost.en) > 40
        assert origin.lost.en != origin.lost.fr
        statuses = {item.status for item in subject.table.quantities}
        assert origin.read or "sourced" not in statuses
