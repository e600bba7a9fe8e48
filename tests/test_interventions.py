"""Interventions: refused when they make no sense, and without effect before their day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.engine.run import Engine
from jukushi.engine.settings import Later, Shock, World
from jukushi.errors import UsageError
from jukushi.mechanisms.order import WEEK_ORDER
from jukushi.questions.interventions import names
from jukushi.questions.interventions.events import events_of
from jukushi.questions.interventions.grammar import parse_all
from jukushi.questions.interventions.probes import is_nothing, probe
from jukushi.questions.interventions.stocks import STOCKS, WORKED_OUT
from jukushi.questions.interventions.worlds import Asked, Intervention, intervene
from jukushi.questions.twins import writer_of
from jukushi.views.words import all_texts
from jukushi.world.calendar import build_weeks
from jukushi.world.state import FIELD_INDEX, FIELDS
from jukushi.world.vocabulary import open_case

OUTCOME = "attack_by_end_1941"
DRAWS = 20


@cache
def engine() -> Engine:
    return Engine(open_case("kantokuen"), 3, threads=1)


def case() -> Case:
    return engine().case


def week(text: str) -> int:
    return int(case().week_of(date.fromisoformat(text)))


def asked(outcome: str = OUTCOME, **texts: Any) -> Intervention:
    return intervene(case(), Asked(**texts), case().outcomes[outcome], engine().seed, DRAWS)


def rows(world: World, history: int = 0) -> npt.NDArray[np.float32]:
    """The state after every week to the end of 1941, in all lanes."""
    return engine().trace(history, world, week("1941-12-29")).state


# Names and values

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    # names
    ({"set": ["initial_division=3"]}, "names nothing", "initial_divisions"),
    ({"set": ["khalkin_gol=never_fought"]}, "names nothing", "khalkhin_gol"),
    ({"set": ["khalkhin_gol=japanese_victry"]}, "no reading", "japanese_victory"),
    ({"set": ["oil=3"]}, "names nothing", "--add"),
    ({"set": ["ripe=3"]}, "names nothing", "--rule"),
    ({"set": ["agent_from=1941-09-01"]}, "names nothing", "--move"),
    ({"set": ["front_km=3"]}, "names nothing", "parameters"),
    ({"set": ["decider=1"]}, "by itself", "decision_maker"),
    ({"set": ["decision_maker=doctrin"]}, "no decision-maker", "doctrine"),
    ({"set": ["decision_maker=3"]}, "takes a word", "expected_value"),
    ({"set": ["khalkhin_gol*2"]}, "not scaled", "VALUE"),
    ({"move": ["freze_week+2w"]}, "no event", "freeze_week"),
    ({"move": ["conference:1941-09-04+2w"]}, "no event", "conference:1941-09-03"),
    ({"move": ["transfer_rate+2w"]}, "no event", ""),
    ({"add": ["garrison_tank=5@1941-07-21"]}, "nothing that can be added", "garrison_tanks"),
    ({"add": ["fleet=1@1941-07-21"]}, "nothing that can be added", "fleet_1941"),
    ({"add": ["confrence@1941-08-25"]}, "can be added", "conference"),
    ({"rule": ["rip+0.2"]}, "no gate or rule", "ripe"),
    ({"rule": ["wait+0.2"]}, "no margin", "gates"),
    ({"rule": ["ripe=resolve - log(ration)"]}, "does not exist", "ratio"),
    ({"rule": ["ripe=soviet_men"]}, "may not be read", ""),
    ({"rule": ["ripe=ratio < 1"]}, "not a condition", ""),
    ({"rule": ["ripe_persimmon=oil"]}, "where a condition is needed|needs a condition", ""),
    ({"rule": ["ripe=oil - week"]}, "units do not match", ""),
    # values
    ({"set": ["sighting_share=1.2"]}, "would be 1.2", "sighting_share"),
    ({"set": ["veto_without_embargo+0.6"]}, "parameter draws", "veto_without_embargo"),
    ({"set": ["oil_start-1000"]}, "would be -", "oil_start"),
    ({"set": ["oil_start*-1"]}, "would be -", "oil_start"),
    ({"set": ["oil_start=1e30"]}, "would be 1e", "oil_start"),
    ({"set": ["perfect_intelligence=0.5"]}, "would be 0.5", ""),
    ({"set": ["perfect_intelligence*2"]}, "is a switch", "=1"),
    ({"set": ["transfer_rate=fast"]}, "is a number", ""),
    ({"set": ["transfer_rate=nan"]}, "is a number", ""),
    ({"set": ["transfer_rate=1941-07-01"]}, "is a number", ""),
    ({"set": ["freeze_week=30"]}, "is a date", "1941-07-28"),
    ({"set": ["freeze_week*2"]}, "is a date", "30d"),
    ({"set": ["freeze_week=1951-01-01"]}, "outside the period", "1941-07-28"),
    ({"set": ["freeze_week+9999w"]}, "outside the period", ""),
    ({"set": ["oil_start~normal(0)"]}, "no distribution", "normal(centre,sd)"),
    ({"set": ["oil_start~uniform(5,1)"]}, "no distribution", ""),
    ({"set": ["sighting_share~uniform(0.5,1.5)"]}, "would be 1", ""),
    ({"add": ["oil*-2@1941-07-21"]}, "cannot be negative", "0 or more"),
    ({"add": ["oil=5@1941-06-01"]}, "outside the weeks", ""),
    # contradictions
    ({}, "nothing is changed", "decision_maker=expected_value"),
    ({"set": ["khalkhin_gol=never_fought", "khalkhin_gol=japanese_victory"]}, "contradict", "keep"),
    ({"set": ["transfer_rate*2", "transfer_rate=0.3"]}, "contradict", "keep"),
    ({"set": ["freeze_week+2w"], "move": ["freeze_week+3w"]}, "contradict", "keep"),
    ({"rule": ["ripe+0.1", "ripe+0.2"]}, "contradict", "keep"),
    ({"add": ["oil=1@1941-07-21", "oil=2@1941-07-22"]}, "contradict", "keep"),
    ({"set": ["season=no_deadline", "deadline_slack+4"]}, "contradict", "leave one out"),
    ({"set": ["khalkhin_fought=0", "khalkhin_shift=-2"]}, "never fought", "leave it out"),
    ({"set": ["khalkhin_gol=never_fought", "yasuoka_air=0.4"]}, "never fought", ""),
    ({"set": ["embargo_chance=0"], "move": ["freeze_week+2w"]}, "no embargo", "embargo_chance"),
    ({"set": ["indochina_chance=0", "embargo_chance=1"]}, "no move into Indochina", ""),
    ({"move": ["forced_north_week+1w"]}, "no attack is forced", "forced_north"),
    ({"set": ["departure_share=0.4"]}, "no departure", "departure_ordered"),
    ({"move": ["freeze_week=1941-06-25"]}, "before what it depends on", "1941-07-02"),
    ({"move": ["pact_week=1946-01-01"]}, "outside the period", ""),
    ({"set": ["pact_expiry_week=1941-01-06"]}, "out of order", "pact_week"),
    ({"move": ["conference:1941-09-03=1941-09-18"]}, "one week", "never"),
    ({"add": ["conference@1941-08-06"]}, "one week", ""),
    ({"move": ["decide_until:1941=1941-06-25"]}, "contradicts itself", "both ends"),
    ({"move": ["mud_begins:10-10=1941-12-01"]}, "end before it begins", "both ends"),
    ({"move": ["agent_from=1941-12-01"]}, "lies after", "both"),
    ({"move": ["battle:khalkhin_gol=1941-07-01"]}, "scripted weeks", "khalkhin_fought"),
    ({"move": ["agent_from=never"]}, "cannot be left out", ""),
    ({"do": ["attack@1941-08-29"], "rule": ["ripe+0.2"]}, "forced attack", "leave"),
    ({"do": ["attack@1941-08-29"], "set": ["decision_maker=expected_value"]}, "forced", ""),
    ({"set": ["forced_north=1"], "rule": ["ripe+0.2"]}, "forced attack", ""),
    ({"rule": ["ripe+0.2"], "decision_maker": "expected_value"}, "no table is read", ""),
    ({"set": ["unified_decider=general_staff"], "decision_maker": "expected_value"},
     "does not apply", "decision-maker"),
    # dates of --from
    ({"set": ["transfer_rate*2"], "since": date(1940, 1, 1)}, "before the world runs", ""),
    ({"set": ["transfer_rate*2"], "since": date(1942, 1, 1)}, "after the last day", "outcome"),
    ({"add": ["oil=5@1941-07-01"], "since": date(1941, 7, 21)}, "reaches into the past", ""),
    ({"move": ["conference:1941-09-03=1941-07-10"], "since": date(1941, 7, 21)},
     "reaches into the past", ""),
    ({"move": ["conference:1941-07-02=1941-08-20"], "since": date(1941, 7, 21)},
     "reaches into the past", ""),
    ({"move": ["freeze_week=1941-07-10"], "since": date(1941, 7, 21)}, "into the past", ""),
    ({"add": ["oil=5@1942-07-01"]}, "after the last day", "outcome"),
    ({"rule": ["ripe_persimmon=ripe"], "since": date(1941, 7, 21)}, "conferences only",
     "conference and"),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "said", "hint"), REFUSED, ids=[str(row[0]) for row in REFUSED])
def test_refused_before_anything_is_run(texts: dict[str, Any], said: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        asked(**texts)
    error = caught.value
    assert re.search(said, f"{error.message} {error.cause}")
    assert hint in error.hint
    assert error.hint


def test_a_placebo_is_a_factor_by_word_and_a_parameter_by_number() -> None:
    assert asked(set=["placebo_parameter=doubled"]).parts[0].kind == "factor"
    assert asked(set=["placebo_parameter*2"]).parts[0].kind == "parameter"


def test_levers_plug_in_between_factors_and_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    def lever(value: float) -> tuple[Change, ...]:
        return (
            Change(parameter="initial_divisions", set=value),
            Change(parameter="counted_at_start", follows="initial_divisions"),
        )

    monkeypatch.setattr(names, "levers_of", lambda _: {"soviet_garrison": lever})
    found = asked(set=["soviet_garrison=20"])
    assert found.parts[0].kind == "lever"
    assert found.changed.changes[-2:] == lever(20.0)
    assert asked(set=["soviet_garrison=stripped"]).parts[0].kind == "factor"
    with pytest.raises(UsageError, match="contradict"):
        asked(set=["soviet_garrison=20", "initial_divisions*2"])
    with pytest.raises(UsageError, match="not scaled"):
        asked(set=["soviet_garrison*2"])
    with pytest.raises(UsageError, match="would be"):
        asked(set=["soviet_garrison=-2"])


def test_the_levers_of_the_case_can_be_set() -> None:
    found = asked(set=["oil_weeks=52"])
    assert found.parts[0].kind == "lever"
    assert {change.parameter for change in found.parts[0].changes} == {"oil_start"}
    garrison = asked(set=["soviet_garrison=20"]).parts[0]
    assert {"initial_divisions", "counted_at_start"} <= {c.parameter for c in garrison.changes}
    # A lever that is a parameter by another way of moving it leaves the name to the parameter.
    assert asked(set=["required_ratio*1.2"]).parts[0].kind == "parameter"
    with pytest.raises(UsageError, match="outside the range"):
        asked(set=["soviet_garrison=2000"])


@given(
    st.permutations(["transfer_rate*1.5", "axis_start_km*0.9", "oil_start+5", "season=no_deadline"])
)
@settings(max_examples=5, deadline=None)
def test_the_order_of_items_does_not_matter(texts: list[str]) -> None:
    usual = asked(set=sorted(texts), add=["oil=1@1941-07-21", "soviet_men=0.1@1941-08-04"])
    other = asked(set=texts, add=["soviet_men=0.1@1941-08-04", "oil=1@1941-07-21"])
    assert other.changed == usual.changed
    assert parse_all(set=texts) == parse_all(set=sorted(texts))


# Scripts


def script(folder: Path, text: str) -> Path:
    file = folder / "script.yaml"
    file.write_text(text)
    return file


def test_a_script_takes_the_decisions(tmp_path: Path) -> None:
    text = (
        "- {date: 1941-07-21, power: japan, act: open_north}\n"
        "- {date: 1941-07-07, power: ussr, act: hold_garrison}\n"
    )
    found = asked(script=script(tmp_path, text))
    state = rows(found.changed)
    decided = state[:, FIELD_INDEX["north_decided"]]
    assert (decided[week("1941-07-14")] == 0).all()
    assert (decided[week("1941-07-21")] == 1).all()
    posture = state[week("1941-12-01"), FIELD_INDEX["posture"]]
    assert len(np.unique(posture)) == 1
    late = asked(script=script(tmp_path, text), since=date(1941, 7, 7))
    base = rows(late.baseline)
    assert (rows(late.changed)[: week("1941-07-07")] == base[: week("1941-07-07")]).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {date: 1941-07-21, power: japan, act: open_nort}", "no act"),
        ("- {date: 1941-07-21, power: japan, act: open_north_collapse}", "no act"),
        ("- {date: 1941-07-21, power: germany, act: hold}", "no power"),
        ("- {date: 1931-07-21, power: japan, act: hold}", "no date"),
        ("- {date: soon, power: japan, act: hold}", "no date"),
        ("- {date: 1941-07-21, power: japan}", "act is missing"),
        ("- {date: 1941-07-21, power: japan, acts: hold}", "unknown key"),
        ("- 3", "is no act"),
        ("date: 3", "a list of dated acts"),
        ("- {date: 1941-07-21, power: japan, act: hold}\n"
         "- {date: 1941-07-22, power: japan, act: open_north}", "script.yaml:2: two acts"),
        ("- &a {date: 1941-07-21, power: japan, act: hold}", "anchors"),
        ("", "empty"),
    ],
)  # fmt: skip
def test_a_bad_script_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        asked(script=script(tmp_path, text))
    assert "script.yaml" in caught.value.message
    assert caught.value.hint


def test_a_script_and_another_decider_contradict_each_other(tmp_path: Path) -> None:
    file = script(tmp_path, "- {date: 1941-07-21, power: japan, act: open_north}")
    for texts in (
        {"set": ["decision_maker=expected_value"]},
        {"decision_maker": "doctrine"},
        {"do": ["attack@1941-08-29"]},
        {"rule": ["ripe+0.2"]},
    ):
        with pytest.raises(UsageError, match=r"contradict|no table"):
            asked(script=file, **texts)
    # The prey still decides by its table.
    asked(script=file, rule=["strip_the_east=front_km < 300"])
    with pytest.raises(UsageError, match="reaches into the past"):
        asked(script=file, since=date(1941, 8, 4))
    south = script(tmp_path, "- {date: 1941-09-08, power: japan, act: choose_south}")
    with pytest.raises(UsageError, match="not possible"):
        asked(script=south, set=["oil_embargo=no_south"])


# What it does to the world, and when


def test_a_moved_conference_moves_two_weeks_and_nothing_else() -> None:
    found = asked(move=["conference:1941-09-03=1941-08-20"])
    assert found.changed.case is not None
    before, after = build_weeks(case()), build_weeks(found.changed.case)
    differ = np.flatnonzero(before != after)
    assert list(differ) == [week("1941-08-20"), week("1941-09-03")]
    assert [before["conference"][i] for i in differ] == [0, 1]
    assert [after["conference"][i] for i in differ] == [1, 0]


@pytest.mark.parametrize("name", sorted(events_of(open_case("kantokuen"))))
def test_every_event_can_be_moved_and_stays_where_it_is(name: str) -> None:
    same = asked(outcome="soviet_entry", move=[f"{name}+0d"])
    assert is_nothing(engine(), same)
    day = events_of(case())[name].day
    closes = name.startswith(("decide_until", "season_close", "mud_ends")) or "until" in name
    to = day + timedelta(days=9 if closes else -9)
    if name.startswith("conference:"):
        to = date(1941, 12, 10)
    moved = asked(outcome="soviet_entry", move=[f"{name}={to}"])
    assert not is_nothing(engine(), moved)


def test_a_shifted_gate_is_shifted_by_that_much_from_its_week_on() -> None:
    at = week("1941-07-21")
    found = asked(rule=["ripe+0.25"], since=date(1941, 7, 21))
    one = engine().trace(0, found.baseline, week("1941-12-29"))
    other = engine().trace(0, found.changed, week("1941-12-29"))
    running = slice(engine().first_running, at)
    assert (one.outputs[running] == other.outputs[running]).all()
    assert (one.state[:at] == other.state[:at]).all()
    gate = [gate.id for gate in case().doctrines.gates].index("ripe")
    np.testing.assert_allclose(other.outputs[at, gate] - one.outputs[at, gate], 0.25, atol=1e-5)


def test_a_replaced_rule_is_obeyed() -> None:
    found = asked(rule=["ripe_persimmon=conference and week + 1 > date('1941-08-06')"])
    decided = rows(found.changed)[:, FIELD_INDEX["north_decided"]]
    assert (decided[week("1941-07-28")] == 0).any()
    assert (decided[week("1941-08-06")] == 1).all()


LATE: list[dict[str, Any]] = [
    {"set": ["transfer_rate*3"]},
    {"set": ["axis_start_km~uniform(80,120)", "oil_use*2"]},
    {"set": ["soviet_garrison=stripped"]},
    {"set": ["decision_maker=expected_value"]},
    {"move": ["conference:1941-10-04=1941-09-26", "recount:1941-09-06+2w"]},
    {"add": ["garrison_tanks=500@1941-09-01", "old_divisions=2@1941-09-08"]},
    {"rule": ["front-0.3", "strip_the_east=front_km < 500"]},
]


@pytest.mark.parametrize("texts", LATE, ids=str)
def test_a_late_intervention_leaves_the_weeks_before_to_the_bit(texts: dict[str, Any]) -> None:
    at = week("1941-09-01")
    found = asked(since=date(1941, 9, 1), **texts)
    one, other = rows(found.baseline, 640), rows(found.changed, 640)
    assert (one[:at] == other[:at]).all()
    assert (one[at:] != other[at:]).any()


@pytest.mark.parametrize("name", sorted(STOCKS))
def test_what_is_added_to_a_stock_stays(name: str) -> None:
    at = week("1941-09-01")
    found = asked(add=[f"{name}*1.1@1941-09-01"])
    assert found.changed.shocks == (Shock(at, name, "times", 1.1),)
    one, other = rows(found.baseline), rows(found.changed)
    assert (one[:at] == other[:at]).all()
    row = FIELD_INDEX[name]
    if one[at, row].any():
        assert (one[at, row] != other[at, row]).all()


@pytest.mark.parametrize("name", sorted(WORKED_OUT))
def test_what_is_worked_out_anew_would_not_keep_an_addition(name: str) -> None:
    at = week("1941-09-01")
    shaken = World("shaken", shocks=(Shock(at, name, "add", 1.0),))
    row = FIELD_INDEX[name]
    assert (rows(World("base"))[at, row] == rows(shaken)[at, row]).all()
    assert WORKED_OUT[name] in case().parameters


def test_a_later_change_of_the_first_running_week_is_a_later_change() -> None:
    found = asked(set=["transfer_rate*2"], since=case().header.period.runs_from)
    change = Change(parameter="transfer_rate", times=2.0)
    assert found.changed.later == (Later(engine().first_running, (change,)),)


# What only histories show


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"set": ["khalkhin_gol=never_fought"]}, "1939-05-11"),
        ({"set": ["initial_divisions=20"]}, "changes nothing from 1941-08-04"),
        ({"set": ["theatre_march_foot*2"]}, "changes nothing"),
        ({"move": ["decide_until:1941=1941-08-31"]}, "reaches into the past"),
        ({"add": ["garrison_tanks=-2900@1941-08-04"]}, "the stock negative"),
    ],
)
def test_probes_refuse_what_can_do_nothing(texts: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        probe(engine(), asked(since=date(1941, 8, 4), **texts))
    assert said in f"{caught.value.message} {caught.value.cause}"
    assert caught.value.hint


def test_probes_let_pass_what_acts_only_together_and_what_is_nothing() -> None:
    day = date(1941, 7, 7)
    probe(engine(), asked(set=["departure_ordered=1", "departure_share=0.4"], since=day))
    nothing = asked(set=["transfer_rate*1"], since=day)
    probe(engine(), nothing)
    assert is_nothing(engine(), nothing)


# Words


def test_every_field_and_mechanism_has_words() -> None:
    for language in ("en", "fr"):
        texts = all_texts(language)
        assert set(texts["field"]) == {field.name for field in FIELDS}
        assert {step.name for step in WEEK_ORDER} < set(texts["mechanism"])
    steps = {step.name for step in WEEK_ORDER}
    assert {writer_of(field.name) for field in FIELDS} == steps
    assert writer_of("north_decided") == "decisions"
    assert writer_of("sent_week") == "garrison"
