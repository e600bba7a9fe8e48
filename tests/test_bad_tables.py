"""The gatekeeper of decision-makers: what is wrong with a table is named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_bad_cases import Bad, edit, problems_of, shown

from jukushi.world.vocabulary import open_case

MAKERS = "decision_makers.yaml"
DOCTRINES = "doctrines.yaml"
CALENDAR = "calendar.yaml"
FACTORS = "factors.yaml"
RIPENESS = '"resolve - log(min(ratio, collapse_ratio) * (1 + staff_weight / 3))"'
OIL_NEED = '"min(max(1 - oil_months / oil_ample_months, 0), 1)"'
TEMPER = '"temper_spread * (consent_draw - 0.5)"'
EAST = '"max(old_divisions + new_quality, 1)"'
FIRST_NOTE = "date: 1941-06-26, kind: liaison"
VETO = "deciders: [doctrine, expected_value, factions]"

KINDS = [
    # names
    Bad("unknown name", MAKERS, RIPENESS, '"resolve - log(ratios)"', "does not exist", "ratio"),
    Bad("a secret", MAKERS, TEMPER, '"old_divisions / 30"', "may not be read here"),
    Bad("a secret of the prey", MAKERS, TEMPER, '"prey_west_worth"', "may not be read here"),
    Bad("a secret of Tokyo", MAKERS, EAST, '"1 + navy_weight"', "may not be read here"),
    Bad("a belief of Tokyo", MAKERS, EAST, '"believed_divisions"', "may not be read here"),
    Bad("a gate of the other", MAKERS, EAST, '"where(ripe, 1, 2)"', "may not be read here"),
    Bad(
        "a quantity of another table",
        MAKERS,
        '"hunter_divisions >= world_at_war_garrison"',
        '"hunter_divisions >= world_at_war_garrison and oil_need < 1"',
        "does not exist or may not be read",
    ),
    Bad("misspelt quantity", MAKERS, "embargo_pull * embargo + oil_pull * oil_need",
        "embargo_pull * embargo + oil_pull * oil_ned", "does not exist", near="oil_need"),
    Bad("quantity named like a field", MAKERS, "id: oil_need", "id: oil_months", "name is taken"),
    Bad("quantity named like a secret", MAKERS, "id: oil_need", "id: front_km", "name is taken"),
    Bad("quantity named like a gate", MAKERS, "id: oil_need", "id: ripe", "name is taken"),
    Bad("quantity named like a number", MAKERS, "id: oil_need", "id: oil_pull", "name is taken"),
    Bad("quantity twice", MAKERS, "id: temper\n", "id: oil_need\n", "given twice"),
    Bad("row twice", MAKERS, "id: falls_by_itself", "id: already_decided", "given twice"),
    Bad("bad identifier", MAKERS, "id: oil_need", "id: Oil-Need", "match pattern"),
    # order
    Bad(
        "used before it is worked out",
        MAKERS,
        TEMPER,
        '"temper_spread * pull_of_the_south"',
        "named before it is worked out, got pull_of_the_south",
    ),
    Bad("quantity of itself", MAKERS, TEMPER, '"temper + 1"', "in a circle, got temper -> temper"),
    Bad(
        "quantities in a circle",
        MAKERS,
        OIL_NEED,
        '"0.1 * pull_of_the_south"',
        "in a circle",
    ),
    # units and conditions
    Bad("units do not match", MAKERS, EAST, '"old_divisions + week"', "units do not match"),
    Bad(
        "wrong unit",
        MAKERS,
        "unit: divisions\n        value: " + EAST,
        "unit: weeks\n        value: " + EAST,
        "unit of east, got weeks, expected divisions",
        at="unit: weeks\n        value: " + EAST,
    ),
    Bad("unknown unit", MAKERS, "unit: log_ratio", "unit: log_ration", "unknown unit", "log_ratio"),
    Bad(
        "a quantity where a condition is needed",
        MAKERS,
        'when: "lead_of_the_west >= 0"',
        'when: "lead_of_the_west - 1"',
        "a row needs a condition",
        at='when: "lead_of_the_west - 1"',
    ),
    Bad("a unit for a truth", MAKERS, 'when: "lead_of_the_west >= 0"', 'when: "east and 1"',
        "where a condition is needed"),
    Bad("half a quantity", MAKERS, TEMPER, '"temper_spread *"', "cannot be parsed"),
    Bad("a quantity that runs code", MAKERS, TEMPER, "'__import__(\"os\")'", "not allowed"),
    # tables
    Bad("the other side's act", MAKERS, "action: choose_south", "action: strike", "unknown action"),
    Bad("misspelt act", MAKERS, "action: choose_south", "action: chose_south", "unknown action",
        near="choose_south"),
    Bad("table of the ally", MAKERS, "power: japan", "power: germany", "only the hunter and"),
    Bad("table twice", MAKERS, "id: gathering_storm\n", "id: factions\n", "given twice"),
    Bad("table called doctrine", MAKERS, "id: gathering_storm\n", "id: doctrine\n",
        "name is taken"),
    Bad("table called as a kernel", MAKERS, "id: gathering_storm\n", "id: expected_value\n",
        "name is taken by the model"),
    Bad("another name for the doctrine", DOCTRINES, "- power: japan",
        "- id: other\n    power: japan", "the documented doctrine", at="- id: other"),
    Bad("preset without a game", MAKERS, 'game: "TripleA, Pro AI"\n      ', "", "key is missing",
        at="    origin:\n      rule: \"ProPolitics"),
    Bad("preset read by half", MAKERS, "read: true", "read: partly", "valid boolean"),
    Bad("preset that lost nothing", MAKERS, "      lost:\n", "      lots:\n", "key", near="lost"),
    Bad("quantity without a source", MAKERS, 'source: "assumption: a straight line, as under',
        'sauce: "assumption: a straight line, as under', "unknown key", near="source"),
    # who is named elsewhere
    Bad("factor of an unknown table", FACTORS, VETO, VETO.replace("factions", "faction"),
        "unknown decision-maker", near="factions"),
    Bad("factor of an unprefixed game", FACTORS, VETO, VETO.replace("factions", "triplea"),
        "unknown decision-maker", near="preset:triplea"),
    Bad("default of nobody", "case.yaml", "decision_maker: doctrine", "decision_maker: doctrines",
        "unknown decision-maker", near="doctrine"),
    # conferences
    Bad("kind of conference", CALENDAR, FIRST_NOTE, FIRST_NOTE.replace("liaison", "lesson"),
        "'liaison'", near="liaison"),
    Bad("throne between conferences", CALENDAR, "imperial_every: 12", "imperial_every: 10",
        "multiple of conferences_every"),
    Bad("throne never", CALENDAR, "imperial_every: 12", "imperial_every: 0", "greater than or"),
]  # fmt: skip


@pytest.mark.parametrize("bad", KINDS, ids=lambda bad: bad.name.replace(" ", "-"))
def test_what_is_wrong_with_a_table_is_named(copy: Path, bad: Bad) -> None:
    line = edit(copy, bad)
    problems = problems_of(copy)
    found = [p for p in problems if p.path == bad.file and bad.words in str(p)]
    assert found, shown(problems)
    assert any(abs(problem.line - line) <= 2 for problem in found), shown(problems)
    if bad.near:
        assert any(problem.nearest == bad.near for problem in found), shown(problems)


def test_the_kinds_are_named_once() -> None:
    names = [bad.name for bad in KINDS]
    assert len(set(names)) == len(names) >= 40


ALONE = (
    "unknown name", "a secret", "used before it is worked out", "quantity of itself",
    "quantities in a circle", "wrong unit", "the other side's act", "table called doctrine",
    "factor of an unknown table", "default of nobody", "kind of conference",
)  # fmt: skip


@pytest.mark.parametrize("name", ALONE)
def test_one_fault_of_a_table_gives_one_problem(copy: Path, name: str) -> None:
    """What is built on a faulty quantity is not blamed too."""
    edit(copy, next(bad for bad in KINDS if bad.name == name))
    problems = problems_of(copy)
    assert len(problems) == 1, shown(problems)


def test_a_case_without_other_decision_makers_is_whole(copy: Path) -> None:
    (copy / MAKERS).unlink()
    (copy / "hypotheses.yaml").unlink()  # some are decided by these tables
    path = copy / FACTORS
    path.write_text(path.read_text().replace(", factions]", "]"))
    case = open_case(copy)
    assert case.decider_names("hunter") == ("doctrine", "expected_value")
    assert case.decider_names("prey") == ("doctrine",)
    assert case.factors["navy_veto"].deciders == ["doctrine", "expected_value"]


def test_a_factor_of_a_table_that_is_not_there_is_named(copy: Path) -> None:
    (copy / MAKERS).unlink()
    (copy / "hypotheses.yaml").unlink()  # some are decided by these tables
    problems = problems_of(copy)
    assert {problem.path for problem in problems} == {FACTORS}
    assert all("unknown decision-maker" in str(problem) for problem in problems)


def test_a_broken_table_hides_no_fault_of_another(copy: Path) -> None:
    edit(copy, Bad("", MAKERS, "read: true", "read: partly", ""))
    edit(copy, Bad("", MAKERS, EAST, '"old_divisions + week"', ""))
    text = shown(problems_of(copy))
    assert "valid boolean" in text
    assert "units do not match" in text
