"""The small model of a real case: what is told of it, and what it may not say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jukushi
from jukushi.case.load import Case
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.run import Engine, Results, World
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.questions import explain as module
from jukushi.questions.terms import COMBINATIONS, parameter_terms
from jukushi.questions.worlds import factor_of, reading_of
from jukushi.views.explain import explain_view
from jukushi.views.terminal import plain
from jukushi.views.words import Words

HISTORIES = 192 * DICE_PER_DRAW


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return jukushi.load("kantokuen").explain(HISTORIES, out=tmp_path_factory.mktemp("explain"))


def given_odds(odds: np.ndarray[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the study bring events with these chances, float64[n_worlds, n_draws]."""
    random = np.random.default_rng(1)
    came = random.random((*odds.shape, DICE_PER_DRAW)) < odds[:, :, None]
    events = np.where(came, 3, -1).astype(np.int16).reshape(len(odds), -1)

    def conduct(*_: Any) -> Any:
        yield 0, Results(0, events[0], events)

    monkeypatch.setattr(module, "conduct", conduct)


def test_the_formula_has_few_terms_each_with_its_interval(answer: dict[str, Any]) -> None:
    terms = answer["formula"]["terms"]
    assert 1 <= len(terms) <= 6
    assert len({term["id"] for term in terms}) == len(terms)
    for term in terms:
        low, high = term["interval"]
        assert low <= term["coefficient"] <= high
        assert term["odds_times"] > 0.0


def test_the_verdict_follows_its_rule(answer: dict[str, Any]) -> None:
    assert answer["rule"] == 0.8
    assert answer["good"] is (answer["error"]["explained"]["estimate"] >= answer["rule"])
    error = answer["error"]
    seen = error["rmse"] ** 2 + error["rmse_of_dice"] ** 2
    assert seen == pytest.approx(error["rmse_seen"] ** 2)
    assert error["explained"]["estimate"] == pytest.approx(
        1.0 - (error["rmse"] / error["rmse_of_constant"]) ** 2
    )


def test_every_world_is_there_and_the_garrison_belongs_in_the_formula(
    answer: dict[str, Any], kantokuen: Case
) -> None:
    assert [row["without"] for row in answer["by_world"]] == [
        None, *kantokuen.header.defaults.factors,
    ]  # fmt: skip
    ids = {term["id"] for term in answer["formula"]["terms"]}
    assert "ripeness" in ids
    coefficient = next(t for t in answer["formula"]["terms"] if t["id"] == "ripeness")
    assert coefficient["coefficient"] < 0.0


def test_a_planted_formula_is_found_and_called_good(
    kantokuen: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Odds made of the ripeness and one number alone: the command must say just that."""
    draws = 384
    engine = Engine(kantokuen, 1, 1)
    values = engine.space.draw(1, np.arange(draws, dtype=np.int64))[None]
    terms = {term.id: term for term in parameter_terms(kantokuen, engine.space, values, 28.0)}
    line = -2.0 - 3.0 * terms["ripeness"].values + 1.0 * terms["count_only_chance"].values
    given_odds(1.0 / (1.0 + np.exp(-line)), monkeypatch)
    found = jukushi.load("kantokuen").explain(draws * DICE_PER_DRAW, worlds="draws", out=tmp_path)
    told = {term["id"]: term["coefficient"] for term in found["formula"]["terms"]}
    assert set(told) == {"ripeness", "count_only_chance"}
    assert told["ripeness"] == pytest.approx(-3.0, abs=0.2)
    assert told["count_only_chance"] == pytest.approx(1.0, abs=0.1)
    assert found["good"]
    said = plain(explain_view(found, kantokuen, Words("en")), 80)
    assert "A good small model" in said


def test_noise_is_called_what_it_is(
    kantokuen: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odds = np.random.default_rng(3).beta(1.0, 9.0, (1, 384))
    given_odds(odds, monkeypatch)
    found = jukushi.load("kantokuen").explain(384 * DICE_PER_DRAW, worlds="draws", out=tmp_path)
    assert not found["good"]
    assert found["error"]["explained"]["estimate"] < 0.1
    for language, verdict in (("en", "o good small model"), ("fr", "as de bon petit modèle")):
        said = plain(explain_view(found, kantokuen, Words(language)), 4_000)
        none = "There is no small model" if language == "en" else "n'a pas de petit modèle"
        assert (none if not found["formula"]["terms"] else verdict) in said


def test_ripeness_is_the_documented_ratio(kantokuen: Case) -> None:
    """At the centres: what is counted, over K b / (rho v) of docs/mechanisms/assessment.md."""
    engine = Engine(kantokuen, 1, 1)
    space, centre = engine.space, engine.space.centre
    terms = parameter_terms(kantokuen, space, space.centres()[None], 28.0)
    ripeness = next(term for term in terms if term.id == "ripeness").values[0, 0]
    value = np.exp(centre["lesson_quality_start"]) * centre["division_strength_ratio"]
    boldness = (1 + centre["staff_weight"] / 3) * np.exp(-centre["pact_cost"])
    beatable = centre["attack_force"] / (centre["required_ratio"] * value) * boldness
    counted = centre["counted_at_start"] - centre["spring_departures"]
    assert ripeness == pytest.approx(np.log(counted / beatable))


def test_factors_act_through_the_combinations(kantokuen: Case) -> None:
    """A China settled frees divisions: the ripeness falls without any term of its own."""
    engine = Engine(kantokuen, 1, 1)
    space = engine.space
    base = space.draw(1, np.arange(4, dtype=np.int64))
    change = reading_of(factor_of(kantokuen, "china_war"), None).changes
    values = np.stack([base, space.changed(base, change)])
    terms = parameter_terms(kantokuen, space, values, 28.0)
    ripeness = next(term for term in terms if term.id == "ripeness").values
    assert (ripeness[1] < ripeness[0]).all()


def test_combinations_name_only_what_the_formula_holds(kantokuen: Case) -> None:
    for combination in COMBINATIONS:
        for name in combination.needs:
            assert name in combination.formula
            assert name in kantokuen.parameters


def test_too_few_events_are_refused_with_a_size(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odds = np.zeros((1, 64))
    odds[0, :4] = 0.05
    given_odds(odds, monkeypatch)
    with pytest.raises(UndefinedAnswer) as caught:
        jukushi.load("kantokuen").explain(64 * DICE_PER_DRAW, worlds="draws", out=tmp_path)
    assert "--histories" in caught.value.hint


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "attack_by_end_1914"},
        {"outcome": "vladivostok_by_end_1941"},
        {"worlds": "single"},
    ],
)
def test_wrong_questions_are_refused_with_a_hint(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        jukushi.load("kantokuen").explain(2_560, out=tmp_path, **wrong)
    assert caught.value.hint


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_view_is_narrow(answer: dict[str, Any], kantokuen: Case, language: str) -> None:
    said = plain(explain_view(answer, kantokuen, Words(language)), 80)
    assert all(len(line) <= 80 for line in said.splitlines())
    assert "{" not in said


def test_the_worlds_are_run_as_they_are_told(answer: dict[str, Any], kantokuen: Case) -> None:
    """The big model's odds are those of the engine on the draws that were kept apart."""
    engine = Engine(kantokuen, 1, 1)
    results = engine.run([World("plain")], 0, HISTORIES, "attack_by_end_1941")
    share = (results.events[0] >= 0).reshape(-1, DICE_PER_DRAW).mean(axis=1)
    assert answer["by_world"][0]["big"]["estimate"] == pytest.approx(share[2::3].mean())
