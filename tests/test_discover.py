"""Boxes of a real case, and of one whose answer is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.draws import DICE_PER_DRAW, parameter_uniforms
from jukushi.engine.run import Results
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.questions import discover as module
from jukushi.views.discover import discover_view
from jukushi.views.terminal import plain
from jukushi.views.words import Words

HISTORIES = 768 * DICE_PER_DRAW


def given_counts(counts: np.ndarray[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the study bring these counts of events, 128 histories to each draw."""

    def conduct(*_: Any) -> Any:
        came = np.arange(DICE_PER_DRAW) < counts[:, None]
        events = np.where(came, 3, -1).astype(np.int16).reshape(1, -1)
        yield 0, Results(0, events, events)

    monkeypatch.setattr(module, "conduct", conduct)


def uniforms(case: Case, name: str, draws: int) -> Any:
    return parameter_uniforms(1, [name], np.arange(draws, dtype=np.int64))[0]


@pytest.fixture(scope="module")
def answer(kantokuen: Case, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three of ten draws of a box are cases, one of thirty elsewhere."""
    held = (uniforms(kantokuen, "china_divisions", 768) > 0.5) & (
        uniforms(kantokuen, "axis_supply_rate", 768) > 0.5
    )
    random = np.random.default_rng(6)
    cases = random.random(768) < np.where(held, 0.4, 0.03)
    with pytest.MonkeyPatch.context() as patch:
        given_counts(random.binomial(128, np.where(cases, 0.3, 0.01)), patch)
        out = tmp_path_factory.mktemp("discover")
        return jukushi.load("kantokuen").discover(HISTORIES, boxes=3, out=out)


def test_halves_are_apart_and_hold_every_draw(answer: dict[str, Any]) -> None:
    draws = answer["draws"]
    assert draws["learnt_from"] + draws["judged_on"] == draws["all"] == 768
    assert 0.0 < answer["above"] < 1.0
    assert not answer["above_given"]


def test_a_box_is_told_only_if_it_is_better_than_chance(answer: dict[str, Any]) -> None:
    told = [*answer["boxes"], *([answer["refused"]] if answer["refused"] else [])]
    assert answer["boxes"]
    for box in told:
        judged = box["judged"]
        better = judged["density"]["sampling"][0] > judged["base_rate"]
        assert box["better_than_chance"] is better
        assert better is (box in answer["boxes"])
        for half in (box["learnt"], judged):
            assert half["cases"] <= half["draws"]
            for name in ("density", "coverage", "mass"):
                low, high = half[name]["sampling"]
                assert low <= half[name]["estimate"] <= high


def test_a_known_box_is_found_in_the_parameters_own_units(
    kantokuen: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """War in half of the histories where the required ratio is low and the fleet large."""
    draws = 1_024
    low = uniforms(kantokuen, "required_ratio", draws) < 0.4
    large = uniforms(kantokuen, "fleet_1941", draws) > 0.5
    given_counts(np.where(low & large, 64, 2), monkeypatch)
    found = jukushi.load("kantokuen").discover(draws * DICE_PER_DRAW, above=0.2, out=tmp_path)
    box = found["boxes"][0]
    limits = {limit["id"]: limit for limit in box["limits"]}
    assert set(limits) == {"required_ratio", "fleet_1941"}
    ratio, fleet = limits["required_ratio"], limits["fleet_1941"]
    assert ratio["low"] is None
    assert fleet["high"] is None
    assert ratio["high"]["quantile"] == pytest.approx(0.4, abs=0.05)
    assert fleet["low"]["quantile"] == pytest.approx(0.5, abs=0.05)
    assert ratio["high"]["value"] < kantokuen.parameters["required_ratio"].value
    assert box["judged"]["density"]["estimate"] > 0.9
    assert box["judged"]["coverage"]["estimate"] > 0.8
    assert box["probability"]["inside"]["estimate"] > 0.4
    assert box["probability"]["outside"]["estimate"] < 0.1


def test_noise_has_no_box(kantokuen: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    counts = np.random.default_rng(2).binomial(128, np.full(768, 0.05))
    given_counts(counts, monkeypatch)
    found = jukushi.load("kantokuen").discover(HISTORIES, out=tmp_path)
    assert found["boxes"] == []
    said = plain(discover_view(found, kantokuen, Words("en")), 80)
    assert "No box is better than chance" in said


def test_the_second_box_is_judged_among_what_the_first_left(
    kantokuen: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    draws = 1_024
    names = ("required_ratio", "fleet_1941", "axis_supply_rate")
    ratio, fleet, supply = (uniforms(kantokuen, name, draws) for name in names)
    one, two = supply > 0.85, (ratio < 0.4) & (fleet > 0.6)
    given_counts(np.where(one | two, 64, 2), monkeypatch)
    found = jukushi.load("kantokuen").discover(draws * DICE_PER_DRAW, above=0.2, out=tmp_path)
    first, second = found["boxes"]
    found_in = {frozenset(limit["id"] for limit in box["limits"]) for box in (first, second)}
    assert found_in == {frozenset({"axis_supply_rate"}), frozenset(names[:2])}
    assert second["judged"]["base_rate"] < first["judged"]["base_rate"]
    coverage = sum(box["judged"]["coverage"]["estimate"] for box in (first, second))
    assert 0.8 < coverage <= 1.0


def test_limits_hold_the_draws_they_say(answer: dict[str, Any], kantokuen: Case) -> None:
    """The quantiles told mark the same draws as the ones counted."""
    box = (answer["boxes"] or [answer["refused"]])[0]
    held = np.ones(768, bool)
    for limit in box["limits"]:
        column = uniforms(kantokuen, limit["id"], 768)
        held &= column >= (limit["low"]["quantile"] if limit["low"] else 0.0)
        held &= column <= (limit["high"]["quantile"] if limit["high"] else 1.0)
    assert held[1::2].sum() == box["judged"]["draws"]
    assert held[::2].sum() == box["learnt"]["draws"]


def test_too_few_cases_are_refused_with_a_size(tmp_path: Path) -> None:
    with pytest.raises(UndefinedAnswer) as caught:
        jukushi.load("kantokuen").discover(2_560, above=0.1, out=tmp_path)
    assert "histories" in caught.value.hint


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "attack_by_end_1914"},
        {"outcome": "vladivostok_by_end_1941"},
        {"above": 1.5},
    ],
)
def test_wrong_questions_are_refused_with_a_hint(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        jukushi.load("kantokuen").discover(2_560, out=tmp_path, **wrong)
    assert caught.value.hint


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_view_is_narrow(answer: dict[str, Any], kantokuen: Case, language: str) -> None:
    said = plain(discover_view(answer, kantokuen, Words(language)), 80)
    assert all(len(line) <= 80 for line in said.splitlines())
    assert "{" not in said


def test_the_study_is_that_of_the_odds(tmp_path: Path) -> None:
    """Not given but run: the same draws, the same probability."""
    case = jukushi.load("kantokuen")
    size = 256 * DICE_PER_DRAW
    found = case.discover(size, above=0.02, boxes=1, out=tmp_path / "a")
    odds = case.run(size, outcome="attack_by_end_1941", out=tmp_path / "b")
    assert found["probability"]["estimate"] == odds["outcomes"][0]["probability"]["estimate"]
    assert found["draws"]["all"] == 256
