"""Causes in one history: tables of truth with known causes, and histories run again."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import jukushi
from jukushi.case.load import Case
from jukushi.draws import LANES
from jukushi.engine.run import Engine, World
from jukushi.errors import UsageError
from jukushi.faces.cli import run_command
from jukushi.faces.progress import without_nan
from jukushi.questions.causes import Verdict
from jukushi.questions.odds import structure_of, week_date
from jukushi.questions.retell import retell
from jukushi.views.causes import causes_paragraph
from jukushi.views.words import Words

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "formats" / "replay-why.schema.json"


def table_of(n: int, causes: list[int], undone: list[int]) -> np.ndarray:
    """A table in which these sets turn the outcome and all that hold them, but for a few."""
    turned = np.array([any(s & t == t for t in causes) for s in range(1 << n)])
    turned[undone] = False
    return turned


#: Tables with large causes beside small ones, monotone or not, and any tables at all.
TABLES = st.integers(1, 5).flatmap(
    lambda n: st.one_of(
        arrays(np.bool_, 1 << n),
        st.builds(
            table_of,
            st.just(n),
            st.lists(st.integers(1, (1 << n) - 1), max_size=4),
            st.lists(st.integers(1, (1 << n) - 1), max_size=3),
        ),
    )
)


def absent(n: int) -> np.ndarray:
    """Number of absent factors in each set."""
    return np.array([s.bit_count() for s in range(1 << n)])


def by_definition(hits: np.ndarray, factor: int) -> int | None:
    """Smallest contingency by Chockler and Halpern's own definition (slow twin).

    W absent: no part of W turns the outcome (AC2(b), version of 2005), W and the factor do.
    """
    n = int(np.log2(len(hits)))
    others = [1 << i for i in range(n) if i != factor]
    for k in range(n):
        for chosen in combinations(others, k):
            w = sum(chosen)
            parts = [s for s in range(1 << n) if s & w == s]
            if hits[w | 1 << factor] != hits[0] and all(hits[s] == hits[0] for s in parts):
                return k
    return None


# Known tables


def test_either_of_two_restraints_would_have_been_enough() -> None:
    """Disjunction: both must go. Over-determined, each responsible to one half."""
    found = Verdict.of(np.array([False, False, False, True]))
    assert found.sets == (0b11,)
    assert found.over_determined
    assert found.monotone
    assert [found.responsibility(i) for i in range(2)] == [0.5, 0.5]


def test_both_of_two_restraints_were_needed() -> None:
    """Conjunction: each alone is a cause, fully responsible."""
    found = Verdict.of(np.array([False, True, True, True]))
    assert found.sets == (0b01, 0b10)
    assert not found.over_determined
    assert [found.responsibility(i) for i in range(2)] == [1.0, 1.0]


def test_a_factor_that_changes_nothing_is_no_cause() -> None:
    found = Verdict.of(np.array([True, False, True, False]))
    assert found.sets == (0b01,)
    assert found.contingency(1) is None
    assert found.responsibility(1) == 0.0


def test_nothing_turns_it() -> None:
    found = Verdict.of(np.ones(8, bool))
    assert (found.sets, found.fewest, found.over_determined) == ((), None, False)
    assert found.monotone


def test_a_second_absence_can_undo_the_first() -> None:
    found = Verdict.of(np.array([False, True, False, False]))
    assert found.sets == (0b01,)
    assert not found.monotone
    assert found.responsibility(1) == 0.0


@pytest.mark.parametrize(("votes", "degree", "sets"), [(6, 1.0, 6), (11, 1 / 6, 462)])
def test_eleven_voters(votes: int, degree: float, sets: int) -> None:
    """Chockler and Halpern's example: Mr. B wins by 6-5, or by 11-0.

    The factors are the votes for him; an absent one goes to Mr. G.
    """
    wins = votes - absent(votes) > 5
    found = Verdict.of(wins)
    assert len(found.sets) == sets
    assert [found.responsibility(voter) for voter in range(votes)] == [degree] * votes


# Properties


@given(TABLES)
def test_contingencies_are_those_of_the_definition(hits: np.ndarray) -> None:
    found = Verdict.of(hits)
    for factor in range(found.n):
        assert found.contingency(factor) == by_definition(hits, factor)


@given(TABLES)
def test_sets_turn_the_outcome_and_none_of_their_parts_does(hits: np.ndarray) -> None:
    turning = [s for s in range(len(hits)) if hits[s] != hits[0]]
    expected = {s for s in turning if not any(t != s and t & s == t for t in turning)}
    found = Verdict.of(hits)
    assert set(found.sets) == expected
    assert len(found.sets) == len(expected)
    assert found.fewest == min((s.bit_count() for s in turning), default=None)


@given(TABLES)
def test_the_opposite_event_has_the_same_causes(hits: np.ndarray) -> None:
    assert Verdict.of(hits) == Verdict.of(~hits)


@given(TABLES)
def test_a_placebo_beside_changes_nothing(hits: np.ndarray) -> None:
    found, wider = Verdict.of(hits), Verdict.of(np.concatenate([hits, hits]))
    assert wider.sets == found.sets
    assert wider.contingency(found.n) is None
    assert wider.monotone == found.monotone


# Real histories

QUIET, CAME, NEVER = 127, 128, 300


@pytest.fixture(scope="module")
def answers() -> dict[int, dict[str, Any]]:
    case = jukushi.load("kantokuen")
    return {number: case.causes(number) for number in (QUIET, CAME, NEVER)}


def test_the_histories_are_of_three_kinds(answers: dict[int, dict[str, Any]]) -> None:
    assert [row["came"] for row in answers.values()] == [False, True, False]
    assert answers[QUIET]["over_determined"]
    assert answers[NEVER]["sets"] == []


@pytest.mark.parametrize("number", [QUIET, CAME])
def test_a_history_run_again_without_a_set_goes_otherwise(
    answers: dict[int, dict[str, Any]], kantokuen: Case, number: int
) -> None:
    """An independent look: one history, one world, no lattice."""
    answer = answers[number]
    last = int(kantokuen.week_of(kantokuen.outcomes[answer["outcome"]].by))
    for row in answer["sets"]:
        told = retell(kantokuen, number, 1, dict.fromkeys(row["factors"]))
        war = told.at("at_war", last) > 0.5 and told.ends() <= last
        assert war == (not answer["came"]) == (row["date"] is not None)
        if war:
            week = int(kantokuen.week_of(np.datetime64(row["date"]).item()))
            assert told.ends() == week
        for left in row["factors"]:
            part = dict.fromkeys(name for name in row["factors"] if name != left)
            other = retell(kantokuen, number, 1, part)
            assert (other.at("at_war", last) > 0.5) == answer["came"]


def test_courses_part_where_they_are_said_to(
    answers: dict[int, dict[str, Any]], kantokuen: Case
) -> None:
    row = answers[QUIET]["sets"][0]
    parted = int(kantokuen.week_of(np.datetime64(row["parts_on"]).item()))
    actual = retell(kantokuen, QUIET, 1, {}).states()
    other = retell(kantokuen, QUIET, 1, dict.fromkeys(row["factors"])).states()
    assert (actual[:parted] == other[:parted]).all()
    assert (actual[parted] != other[parted]).any()


def test_who_stood_in_reserve_changed_nothing_alone(
    answers: dict[int, dict[str, Any]], kantokuen: Case
) -> None:
    reserves = [row["id"] for row in answers[QUIET]["factors"] if row["pre_empted"]]
    assert reserves
    last = int(kantokuen.week_of(kantokuen.outcomes[answers[QUIET]["outcome"]].by))
    actual = retell(kantokuen, QUIET, 1, {})
    for name in reserves:
        assert any(name in row["factors"] and len(row["factors"]) > 1
                   for row in answers[QUIET]["sets"])  # fmt: skip
        other = retell(kantokuen, QUIET, 1, {name: None})
        for gate in range(len(kantokuen.doctrines.gates)):
            weeks = range(actual.engine.first_running, last + 1)
            assert all(
                (actual.margin(gate, week) >= 0) == (other.margin(gate, week) >= 0)
                for week in weeks
            )


def test_answers_by_their_schema(answers: dict[int, dict[str, Any]]) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for answer in answers.values():
        told = json.loads(json.dumps(without_nan(answer)))
        validator.validate(told)
        del told["factors"][0]["responsibility"]
        assert not validator.is_valid(told)
    page = SCHEMA.with_name("replay-why.md").read_text(encoding="utf-8")
    for key in validator.schema["properties"]:
        assert f"`{key}`" in page, key


def test_equal_questions_equal_answers(answers: dict[int, dict[str, Any]]) -> None:
    again = jukushi.load("kantokuen").causes(QUIET, threads=1)
    for key, value in answers[QUIET].items():
        assert key == "provenance" or again[key] == value


def test_placebos_have_no_part(kantokuen: Case) -> None:
    answer = jukushi.load("kantokuen").causes(
        QUIET, factors=["placebo_dice", "german_stall", "china_war", "placebo_parameter"]
    )
    rows = {row["id"]: row["responsibility"] for row in answer["factors"]}
    assert rows["placebo_dice"] == rows["placebo_parameter"] == 0.0
    assert rows["german_stall"] == 0.5


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("number", [QUIET, CAME, NEVER])
def test_the_paragraph_names_who_is_responsible(
    answers: dict[int, dict[str, Any]], kantokuen: Case, language: str, number: int
) -> None:
    answer, words = answers[number], Words(language)
    told = causes_paragraph(answer, kantokuen, words)
    for row in answer["factors"]:
        assert (row["title"][language] in told) == bool(answer["sets"])
    if number == QUIET:
        assert "1/2" in told
        assert words.day(answer["sets"][0]["date"]) in told


def test_the_command(capsys: Any) -> None:
    few = ["--why", "--factors", "german_stall,china_war"]
    assert run_command(["replay", "kantokuen", str(QUIET), *few, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fewest"] == 2
    assert run_command(["replay", "kantokuen", str(QUIET), *few, "--lang", "fr"]) == 0
    assert "surdéterminée" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--why", "--without", "season"], "--without"),
        (["--why", "--all"], "--all"),
        (["--factors", "season"], "needs --why"),
        (["--why", "--factors", "seazon"], "season"),
        (["--why", "--reading", "season=spring"], "no_deadline"),
        (["--why", "--outcome", "attack_by_end_1942x"], "attack_by_end_1942"),
        (["--week", "3"], "--campaign"),
    ],
)
def test_wrong_usage_is_refused(words: list[str], hint: str, capsys: Any) -> None:
    assert run_command(["replay", "kantokuen", "7", *words]) == 2
    assert hint in capsys.readouterr().err


def test_a_history_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError):
        jukushi.load("kantokuen").causes(-1)


@pytest.mark.slow
def test_an_outcome_on_the_map(kantokuen: Case) -> None:
    """The lanes before this one are run with it, those after it are not: it must not matter."""
    name = "vladivostok_by_end_1941"
    answer = jukushi.load("kantokuen").causes(CAME, outcome=name, factors=["intelligence"])
    structure = structure_of(kantokuen, None, None)
    engine = Engine(kantokuen, 1)
    whole = engine.run([World("own", structure.changes)], CAME // LANES * LANES, LANES, name)
    week = int(whole.events[0, CAME % LANES])
    assert answer["came"] == (week >= 0)
    assert answer["date"] == (week_date(kantokuen, week) if week >= 0 else None)
