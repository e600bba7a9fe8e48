"""Sensitivity of a real case: what an answer must satisfy whatever its figures."""

from __future__ import annotations

from typing import Any

import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.questions.index_rows import WIDEST
from jukushi.questions.months import months_of
from jukushi.questions.sensitivity import usual_samples
from jukushi.views.sensitivity import sensitivity_view
from jukushi.views.terminal import plain
from jukushi.views.words import Words

SAMPLES = 256


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    return jukushi.load("kantokuen").sensitivity(samples=SAMPLES)


@pytest.fixture(scope="module")
def outcome(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["outcomes"][0]
    return found


def indices(outcome: dict[str, Any]) -> list[dict[str, Any]]:
    rows = outcome["variables"] + outcome["groups"]
    return [told[key] for row in rows for told in row["by_month"] for key in ("first", "total")]


def test_every_uncertain_number_has_a_row(outcome: dict[str, Any], kantokuen: Case) -> None:
    free = {name for name, item in kantokuen.parameters.items() if not item.range.fixed}
    assert {row["id"] for row in outcome["variables"]} == free | {"combat_coefficients"}
    months = list(months_of(kantokuen, kantokuen.outcomes["attack_by_end_1941"]))
    for row in outcome["variables"]:
        assert [told["month"] for told in row["by_month"]] == months
    assert outcome["month"] == months[-1] == "1941-12"


def test_the_placebo_has_index_zero_within_its_interval(outcome: dict[str, Any]) -> None:
    row = next(row for row in outcome["variables"] if row["id"] == "placebo_parameter")
    assert row["moved"] == 0
    told = row["by_month"][-1]
    for key in ("first", "total"):
        low, high = told[key]["interval"]
        assert low <= 0.0 <= high


def test_what_is_read_by_nobody_moves_nothing_and_something_does_move(
    outcome: dict[str, Any],
) -> None:
    rows = {row["id"]: row for row in outcome["variables"]}
    assert rows["theatre_march_foot"]["moved"] == 0
    assert rows["required_ratio"]["moved"] > 0
    largest = outcome["variables"][0]["by_month"][-1]["total"]
    assert largest["interval"][0] > 0.0


def test_an_index_is_told_with_its_interval_or_refused_with_a_size(
    outcome: dict[str, Any],
) -> None:
    for index in indices(outcome):
        if index["estimate"] is None:
            assert index["interval"] is None
            assert index["reason"] in ("variance", "wide")
            assert index["samples_needed"] > 0
        else:
            low, high = index["interval"]
            assert low <= index["estimate"] <= high
            assert high - low <= 2.0 * WIDEST + 1e-12


def test_a_month_without_war_has_no_index(outcome: dict[str, Any]) -> None:
    first = outcome["months"][0]
    assert first["month"] == "1941-06"
    assert first["probability"]["estimate"] == 0.0
    assert first["ignorance_share"]["estimate"] is None
    for row in outcome["variables"]:
        index = row["by_month"][0]["total"]
        assert index["estimate"] is None
        assert index["samples_needed"] > SAMPLES
        assert index["at_least"]


def test_probability_only_rises_and_carries_both_intervals(outcome: dict[str, Any]) -> None:
    estimates = [row["probability"]["estimate"] for row in outcome["months"]]
    assert estimates == sorted(estimates)
    for row in outcome["months"]:
        low, high = row["probability"]["sampling"]
        assert low <= row["probability"]["estimate"] <= high
        assert 0.0 <= row["probability"]["ignorance"][0] <= row["probability"]["ignorance"][1]


def test_it_is_the_probability_that_the_study_of_odds_finds(
    outcome: dict[str, Any], tmp_path: Any
) -> None:
    """Another design of the same prior: the intervals must meet."""
    odds = jukushi.load("kantokuen").run(65_536, out=tmp_path, outcome="attack_by_end_1941")
    low, high = odds["outcomes"][0]["probability"]["sampling"]
    ours = outcome["months"][-1]["probability"]["sampling"]
    assert ours[0] < high
    assert low < ours[1]


def test_a_precision_stops_the_design_and_changes_nothing_else(answer: dict[str, Any]) -> None:
    case = jukushi.load("kantokuen")
    stopped = case.sensitivity(samples=512, precision=0.45, threads=1)
    told = stopped["outcomes"][0]
    assert told["samples"] == SAMPLES
    assert told["precision"]["reached"] <= 0.45
    same = {**told, "precision": None}
    assert same == answer["outcomes"][0]


def test_structures_change_the_answer() -> None:
    """Under expected value its own parameters matter, which the doctrine never reads."""
    found = jukushi.load("kantokuen").sensitivity(
        "south_by_end_1941", samples=64, decision_maker="expected_value"
    )
    rows = {row["id"]: row for row in found["outcomes"][0]["variables"]}
    assert rows["south_gain"]["moved"] > 0
    assert rows["south_deliberation"]["moved"] == 0


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"outcomes": ("attack_by_end_1914",)}, UsageError),
        ({"outcomes": ("vladivostok_by_end_1941",)}, UsageError),
        ({"month": "1942-01"}, UsageError),
        ({"scale": "logits"}, UsageError),
        ({"samples": 100}, UsageError),
        ({"samples": 1 << 20}, UsageError),
        ({"samples": 16}, UndefinedAnswer),
        ({"dice": 100}, UsageError),
    ],
)
def test_wrong_questions_are_refused_with_a_hint(wrong: dict[str, Any], error: type) -> None:
    outcomes = wrong.pop("outcomes", ())
    with pytest.raises(error) as caught:
        jukushi.load("kantokuen").sensitivity(*outcomes, **wrong)
    assert caught.value.hint


def test_longer_questions_have_fewer_rows(kantokuen: Case) -> None:
    sizes = [usual_samples(kantokuen, outcome) for outcome in kantokuen.outcomes.values()]
    assert max(sizes) == usual_samples(kantokuen, kantokuen.outcomes["attack_by_end_1941"])
    assert all(size & (size - 1) == 0 for size in sizes)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_view_is_narrow_and_says_the_main_figures(
    answer: dict[str, Any], kantokuen: Case, language: str
) -> None:
    said = plain(sensitivity_view(answer, kantokuen, Words(language)), 80)
    assert all(len(line) <= 80 for line in said.splitlines())
    assert answer["outcomes"][0]["variables"][0]["id"] in said
    assert "{" not in said
