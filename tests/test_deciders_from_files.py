"""Decision-makers from a file: a policy, a script; what they may not say; and a person."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from deciders import HISTORIES, OUTCOME, attacks, decided_by, play

from jukushi.case.load import Case
from jukushi.doctrines.policy import Policy, as_record
from jukushi.engine.run import Engine
from jukushi.errors import JukushiError, UsageError
from jukushi.questions.asked import Question, design_of
from jukushi.questions.causes import OneHistory, causes
from jukushi.questions.decision_makers import structure_of
from jukushi.questions.frontier import Question as Frontier
from jukushi.questions.frontier import frontier
from jukushi.questions.interventions.probes import is_nothing
from jukushi.questions.interventions.worlds import Asked, intervene
from jukushi.questions.odds import odds
from jukushi.questions.opponents import opponents_of
from jukushi.questions.policies import SCHEMA
from jukushi.questions.retell import retell
from jukushi.questions.worlds import applies, structures_of
from jukushi.study.chronicle import chronicle
from jukushi.study.conduct import Options, plan_of

ATTACKS = "- {date: 1941-08-11, power: japan, act: open_north}\n"
HOLDS = "- {date: 1941-08-11, power: japan, act: hold}\n"
STRIPS = "- {date: 1941-07-21, power: ussr, act: strip_garrison}\n"


def script(folder: Path, text: str, name: str = "script.yaml") -> str:
    (folder / name).write_text(text)
    return f"script:{folder / name}"


def policy(folder: Path, case: Case, week: int, north: float, name: str = "p.json") -> str:
    """A policy of one date that values the attack alone, and waiting nothing."""
    values = np.zeros((1, 3, 3))
    values[0, :2, 0] = north, -1.0
    found = Policy((week,), ("ratio",), np.zeros((1, 1)), np.ones((1, 1)), values)
    record = {"schema": SCHEMA, "case": case.id, **as_record(found)}
    (folder / name).write_text(json.dumps(record))
    return f"policy:{folder / name}"


def conference(case: Case) -> int:
    weeks = Engine(case, 1, threads=1).weeks
    running = np.arange(len(weeks)) >= case.first_running_week
    return int(np.flatnonzero((weeks["conference"] > 0.5) & running)[2])


def test_a_script_is_followed_by_those_it_names_alone(kantokuen: Case, tmp_path: Path) -> None:
    both = script(tmp_path, ATTACKS + STRIPS, "both.yaml")
    one = script(tmp_path, ATTACKS, "one.yaml")
    other = script(tmp_path, STRIPS, "other.yaml")
    quiet = script(tmp_path, HOLDS, "quiet.yaml")
    names = (both, f"{one}/{other}", one, quiet, "doctrine", f"doctrine/{other}")
    found = play(kantokuen, [decided_by(kantokuen, name) for name in names])
    assert (found.events[0] == found.events[1]).all()
    assert attacks(found)[2].mean() > 0.99
    assert not attacks(found)[3].any()
    # Tokyo decides by its doctrine still, against a prey that strips the East.
    assert 0 < attacks(found)[5].sum() < HISTORIES
    assert (found.events[4] != found.events[5]).any()
    assert structure_of(kantokuen, both, None).makers == both
    assert structure_of(kantokuen, f"{one}/{other}", None).makers == f"{one}/{other}"
    assert structure_of(kantokuen, f"{one}/passive", None).prey_table == "passive"


def test_a_script_does_what_whatif_does_with_it(kantokuen: Case, tmp_path: Path) -> None:
    name = script(tmp_path, ATTACKS + STRIPS)
    file = Path(name.partition(":")[2])
    outcome = kantokuen.outcomes[OUTCOME]
    asked = intervene(kantokuen, Asked(script=file), outcome, 1, 20)
    swapped = intervene(kantokuen, Asked(set=[f"decision_maker={name}"]), outcome, 1, 20)
    worlds = [asked.baseline, asked.changed, swapped.changed, decided_by(kantokuen, name)]
    found = play(kantokuen, worlds)
    assert (found.events[1] == found.events[2]).all()
    assert (found.events[1] == found.events[3]).all()
    assert (found.events[1] != found.events[0]).any()


def test_a_policy_is_followed(kantokuen: Case, tmp_path: Path) -> None:
    week = conference(kantokuen)
    goes = policy(tmp_path, kantokuen, week, 1.0, "goes.json")
    waits = policy(tmp_path, kantokuen, week, -1.0, "waits.json")
    engine = Engine(kantokuen, 1, threads=1)
    fields, ends = ["north_decided", "may_north"], kantokuen.week_of(kantokuen.outcomes[OUTCOME].by)
    decided, able = engine.observe(
        decided_by(kantokuen, goes), 0, 640, fields, [week], int(ends)
    )[0]  # fmt: skip
    assert (decided == able).all()
    assert able.any()
    assert not engine.observe(
        decided_by(kantokuen, waits), 0, 640, fields[:1], [int(ends)], int(ends)
    ).any()  # fmt: skip


def test_a_path_may_hold_slashes_and_the_prey_comes_after_it(
    kantokuen: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plans").mkdir()
    script(tmp_path / "plans", ATTACKS, "july.yaml")
    monkeypatch.chdir(tmp_path)
    structure = structure_of(kantokuen, "script:plans/july.yaml/expected_value", False)
    assert (structure.decision_maker, structure.prey) == (
        "script:plans/july.yaml", "expected_value",
    )  # fmt: skip
    assert structure.name == "script:plans/july.yaml/expected_value, no collapse"


@pytest.mark.parametrize(
    ("makers", "said", "hint"),
    [
        ("human", "nobody here to decide for 'japan'", "script:FILE: - {date"),
        ("doctrine/human", "nobody here to decide for 'ussr'", "strip_garrison"),
        ("scrip", "no decision-maker 'scrip'", "did you mean 'script:FILE'"),
        ("doctrine/polic", "of the prey", "one of: doctrine"),
        ("script", "stands in a file", "script:july.yaml"),
        ("policy:", "stands in a file", "policy:best.json"),
        ("doctrine/policy:x", "cannot follow a policy", "script:FILE"),
        ("policy:missing.json", "cannot be read", ""),
        ("policy:one.yaml", "no saved policy", "--save"),
        ("script:missing.yaml", "cannot be read", "write a list"),
        ("script:prey.yaml", "orders nothing for 'japan'", "doctrine/script:prey.yaml"),
        ("doctrine/script:one.yaml", "orders nothing for 'ussr'", "add an act of ussr"),
        ("script:both.yaml/doctrine", "contradict", "alone"),
        ("expected_value/script:both.yaml", "contradict", "a script of one power"),
        ("script:one.yaml/doctrin", "'doctrin' of the prey", "did you mean 'doctrine'"),
    ],
)
def test_what_makes_no_sense_is_refused(
    kantokuen: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    makers: str, said: str, hint: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    script(tmp_path, ATTACKS, "one.yaml")
    script(tmp_path, STRIPS, "prey.yaml")
    script(tmp_path, ATTACKS + STRIPS, "both.yaml")
    with pytest.raises(JukushiError) as caught:
        odds(kantokuen, HISTORIES, decision_maker=makers)
    assert said in f"{caught.value.message} {caught.value.cause}"
    assert hint in caught.value.hint
    if makers != "doctrine/polic":
        with pytest.raises(JukushiError) as same:
            opponents_of(kantokuen, makers, (), None)
        assert same.value.exit_code == caught.value.exit_code


def test_studies_of_two_files_are_told_apart(kantokuen: Case, tmp_path: Path) -> None:
    """Even under one name: what counts is what the file held."""
    engine, week = Engine(kantokuen, 1), conference(kantokuen)

    def plans(first: str, second: str) -> bool:
        return first == second

    for write in (
        lambda number: script(tmp_path, (ATTACKS, HOLDS)[number]),
        lambda number: policy(tmp_path, kantokuen, week, (1.0, 2.0)[number]),
    ):
        worlds = [decided_by(kantokuen, write(number)) for number in (0, 1)]
        assert worlds[0].name == worlds[1].name
        assert not plans(*(repr(plan_of(engine, [world], OUTCOME)) for world in worlds))
        assert worlds[0].rules_key != worlds[1].rules_key


def test_factors_apply_as_to_those_who_read_the_same(kantokuen: Case, tmp_path: Path) -> None:
    by_script = structure_of(kantokuen, script(tmp_path, ATTACKS), None)
    by_policy = structure_of(
        kantokuen, policy(tmp_path, kantokuen, conference(kantokuen), 1.0), None
    )
    everyone = set(kantokuen.decider_names("hunter"))
    for factor in kantokuen.factors.values():
        assert applies(kantokuen, factor, by_policy) == ("expected_value" in factor.deciders)
        assert applies(kantokuen, factor, by_script) == (set(factor.deciders) == everyone)
    assert not all(applies(kantokuen, f, by_script) for f in kantokuen.factors.values())


def test_compare_puts_a_named_file_beside_the_case_s_own(kantokuen: Case, tmp_path: Path) -> None:
    name = script(tmp_path, HOLDS)
    own = structures_of(kantokuen, True)
    design = design_of(
        kantokuen,
        Question(decision_maker=name, factors=["oil_embargo"], compare=True),
    )  # fmt: skip
    named = structure_of(kantokuen, name, None)
    assert design.structures == (named, replace(named, collapse=False), *own)
    worlds = [design.worlds[design.place(one, [])] for one in design.structures[:2]]
    assert all(world.orders for world in worlds)


def test_one_history_is_told_and_explained_under_a_script(kantokuen: Case, tmp_path: Path) -> None:
    name = script(tmp_path, ATTACKS)
    told = [event.key for event in chronicle(retell(kantokuen, 7, 1, {}, name))]
    assert "north_decided" in told
    assert not {"values", "hunter_rule", "conference"} & set(told)
    answer = causes(kantokuen, OneHistory(7, decision_maker=name, factors=["oil_embargo"]))
    assert answer["came"]
    assert answer["decision_maker"] == name


def test_from_a_date_on_the_past_keeps_who_decided(kantokuen: Case, tmp_path: Path) -> None:
    outcome = kantokuen.outcomes[OUTCOME]
    since = kantokuen.header.period.runs_from.replace(month=8, day=4)
    before, after = script(tmp_path, STRIPS, "a.yaml"), script(tmp_path, ATTACKS, "b.yaml")
    asked = intervene(
        kantokuen,
        Asked(
            set=[f"decision_maker={after}"], since=since, decision_maker=f"doctrine/{before}"
        ),
        outcome, 1, 20,
    )  # fmt: skip
    engine = Engine(kantokuen, 1, threads=1)
    last = int(kantokuen.week_of(outcome.by))
    traces = [engine.trace(0, w, last).state for w in (asked.baseline, asked.changed)]
    week = int(kantokuen.week_of(since))
    assert (traces[0][:week] == traces[1][:week]).all()
    assert (traces[0][week:] != traces[1][week:]).any()
    same = Asked(set=[f"decision_maker={after}"], decision_maker=after)
    assert is_nothing(engine, intervene(kantokuen, same, outcome, 1, 20))
    back = Asked(set=["decision_maker=factions"], decision_maker=f"doctrine/{before}")
    found = play(
        kantokuen,
        [intervene(kantokuen, back, outcome, 1, 20).changed, decided_by(kantokuen, "factions")],
    )
    assert (found.events[0] == found.events[1]).all()


def test_two_policies_or_scripts_cannot_share_a_world(kantokuen: Case, tmp_path: Path) -> None:
    outcome, week = kantokuen.outcomes[OUTCOME], conference(kantokuen)
    one = policy(tmp_path, kantokuen, week, 1.0, "one.json")
    two = policy(tmp_path, kantokuen, week, 2.0, "two.json")
    since = kantokuen.header.period.runs_from.replace(month=8, day=4)
    with pytest.raises(UsageError, match="cannot begin at a date"):
        intervene(
            kantokuen, Asked(set=[f"decision_maker={two}"], since=since, decision_maker=one),
            outcome, 1, 20,
        )  # fmt: skip
    prey = script(tmp_path, STRIPS)
    file = Path(prey.partition(":")[2])
    with pytest.raises(UsageError, match="contradict"):
        intervene(kantokuen, Asked(script=file, decision_maker=f"doctrine/{prey}"), outcome, 1, 20)


def test_a_frontier_may_be_asked_of_a_script(kantokuen: Case, tmp_path: Path) -> None:
    quiet = script(tmp_path, HOLDS)
    answer = frontier(
        kantokuen,
        Frontier("soviet_garrison=20:30:5", quiet, histories=HISTORIES, threads=1),
        Options(folder=tmp_path / "study"),
    )
    assert answer["opponents"] == [quiet]
    assert {row["estimate"] for row in answer["points"]} == {0.0}


def test_points_follow_a_script_and_a_policy(kantokuen: Case, tmp_path: Path) -> None:
    """One draw run as a point is the same draw run as histories."""
    engine, draws = Engine(kantokuen, 1, threads=1), np.arange(2, dtype=np.int64)
    week = conference(kantokuen)
    for name in (script(tmp_path, ATTACKS + STRIPS), policy(tmp_path, kantokuen, week, 1.0)):
        world = decided_by(kantokuen, name)
        points = engine.space.changed(engine.space.draw(1, draws), world.changes, 1, draws)
        found = engine.run_points(points, OUTCOME, 128, 0, world)
        assert (found[0] == engine.run([world], 0, 128, OUTCOME).events[0]).all()
        assert (found >= 0).any()
