"""Weighing hypotheses: stacking by known answers, laws of differences, a real answer."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jukushi.calibration.log_scores import BATCHES, jackknife, log_scores
from jukushi.calibration.predictive import predictive_of
from jukushi.calibration.record_rows import month_rows, value_rows
from jukushi.calibration.rival_worlds import lattice_of, rivals_of
from jukushi.calibration.stacking import alike, difference, left_out, stack, stacked
from jukushi.calibration.weigh import weigh
from jukushi.case.hypotheses import Hypothesis
from jukushi.case.load import Case
from jukushi.engine.run import Engine
from jukushi.errors import UndefinedAnswer, UsageError
from jukushi.faces.progress import without_nan
from jukushi.questions.worlds import factor_of
from jukushi.views.terminal import plain
from jukushi.views.weigh import weigh_view
from jukushi.views.words import Words

FORMATS = Path(__file__).resolve().parents[2] / "docs" / "formats"
SMALL = {"histories": 2_560, "draws": 32}
#: A factor, one read by few, another decision-maker as a version, one version alone, another base.
FEW = ("h1", "h4", "h6", "h13", "h14")


def em(log_scores: Any, rounds: int = 4000) -> Any:
    """Stacking by expectation and maximisation: slow, and independent of the solver."""
    density = np.exp(log_scores - log_scores.max(axis=0))
    w = np.full(len(density), 1 / len(density))
    for _ in range(rounds):
        w = w * (density / (w @ density)).mean(axis=1)
    return w


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_stacking_agrees_with_expectation_maximisation(seed: int, models: int) -> None:
    scores = np.random.default_rng(seed).normal(0, 1.0, (models, 40))
    own, other = stacked(scores), em(scores)
    top = scores.max(axis=0)

    def value(w: Any) -> float:
        return float(np.log(w @ np.exp(scores - top)).sum())

    assert own.sum() == pytest.approx(1.0)
    assert (own >= 0).all()
    assert value(own) >= value(other) - 1e-3


def test_a_mixture_of_two_coins_is_found() -> None:
    """Heads in 70 % of 1,000: between a coin of 0.9 and one of 0.4 that is a weight of 0.6."""
    heads = np.arange(1000) < 700
    chances = np.array([0.9, 0.4])[:, None]
    scores = np.log(np.where(heads, chances, 1 - chances))
    np.testing.assert_allclose(stacked(scores), [0.6, 0.4], atol=1e-4)


def test_a_model_that_is_always_worse_gets_nothing() -> None:
    scores = np.random.default_rng(1).normal(0, 1, (1, 60))
    found = stack(np.concatenate([scores, scores - 1.0]), [f"c{k // 6}" for k in range(60)])
    np.testing.assert_array_equal(found.weights, [1.0, 0.0])
    np.testing.assert_array_equal(found.low, [1.0, 0.0])


def test_weights_for_a_series_do_not_see_it() -> None:
    """Each cluster prefers a model of its own; left out, its model has no weight."""
    scores = np.full((3, 9), -5.0)
    for model in range(3):
        scores[model, 3 * model : 3 * model + 3] = 0.0
    names = [f"c{k // 3}" for k in range(9)]
    np.testing.assert_allclose(left_out(scores, names), -5.0, atol=1e-3)


def test_difference_and_its_error_by_hand() -> None:
    one, other = np.array([1.0, 2.0, 0.0, 4.0]), np.zeros(4)
    total, error = difference(one, other, ["a", "a", "b", "c"])
    assert total == 7.0
    assert error == pytest.approx(np.sqrt(3) * np.std([3.0, 0.0, 4.0], ddof=1))
    assert difference(one, one, ["a", "a", "b", "c"]) == (0.0, 0.0)


def test_models_that_foretell_the_same_are_one() -> None:
    scores = np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [3.0, 4.0]])
    assert alike(scores).tolist() == [0, 1, 0, 1]


def test_the_jackknife_of_a_sum_is_the_error_of_a_sum() -> None:
    parts = np.random.default_rng(2).normal(0, 1, BATCHES)
    total = parts.sum()
    means = (total - parts) / (BATCHES - 1)
    assert jackknife(means) == pytest.approx(parts.std(ddof=1) / np.sqrt(BATCHES))


def test_log_scores_are_those_of_the_hindcast(kantokuen: Case) -> None:
    foretold = predictive_of(kantokuen, 32, 1)
    fast = log_scores(foretold)
    centres = Engine(kantokuen, 1, 1).space.centre
    rows = [*value_rows(foretold), *month_rows(foretold, centres)]
    slow = [-row["model"]["log"] for row in rows if row["counted"]]
    np.testing.assert_allclose(fast.log, slow, rtol=1e-9, atol=1e-9)
    assert fast.without.shape == (BATCHES, len(slow))


def test_the_worlds_of_the_fifteen(kantokuen: Case) -> None:
    rivals = {item.id: item for item in rivals_of(kantokuen)}
    assert list(kantokuen.hypotheses) == [f"h{number}" for number in range(1, 16)]
    assert next(iter(rivals)) == "as_written"
    stripped = factor_of(kantokuen, "soviet_garrison").readings[0]
    assert rivals["h1/absent"].world.changes[-len(stripped.changes) :] == tuple(stripped.changes)
    assert rivals["h1/absent"].leaves == stripped.leaves
    assert rivals["h6/stronger"].world.hunter_table == "factions"
    assert rivals["h6/stronger"].base == "as_written"
    assert rivals["h14/absent"].base == "as_written/factions"
    assert "h13/absent" not in rivals
    assert len({item.world.describe() for item in rivals.values()}) == len(rivals)


def test_the_lattice_holds_every_factor_once(kantokuen: Case) -> None:
    factors, worlds = lattice_of(kantokuen)
    named = {row.factor for row in kantokuen.hypotheses.values() if row.factor}
    assert set(factors) == named
    assert len(worlds) == 2 ** len(factors)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"absent": None, "stronger": None}, "a version without it"),
        ({"absent": None, "as_written": None}, "says why"),
        ({"factor": None}, "needs its factor"),
        ({"absent": {"reading": "stripped", "decision_maker": "factions"}}, "or changes of its"),
        ({"absent": {"decision_maker": "factions"}}, "what it leaves"),
    ],
)
def test_half_a_hypothesis_is_refused(kantokuen: Case, broken: dict[str, Any], said: str) -> None:
    whole = kantokuen.hypotheses["h1"].model_dump()
    with pytest.raises(ValueError, match=said):
        Hypothesis.model_validate({**whole, **broken})


@pytest.fixture(scope="module")
def few(kantokuen: Case) -> Case:
    return replace(kantokuen, hypotheses={name: kantokuen.hypotheses[name] for name in FEW})


@pytest.fixture(scope="module")
def answer(few: Case) -> dict[str, Any]:
    return without_nan(weigh(few, threads=2, **SMALL))  # type: ignore[no-any-return,arg-type]


def validator() -> jsonschema.Draft202012Validator:
    text = (FORMATS / "weigh.schema.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def test_the_answer_by_its_schema(answer: dict[str, Any]) -> None:
    validator().validate(answer)
    page = (FORMATS / "weigh.md").read_text(encoding="utf-8")
    for key in validator().schema["properties"]:
        assert f"`{key}`" in page, key
    for path in (["record", "pairs_apart"], ["hypotheses", 0, "absent", "leaves"], ["surprise"]):
        broken: Any = deepcopy(answer)
        place = broken
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = "maybe"
        assert not validator().is_valid(broken), path


def test_shares_and_odds_are_those_of_their_worlds(answer: dict[str, Any]) -> None:
    """A factor's effect alone is the difference of the world without it, on the same dice."""
    for row in answer["hypotheses"]:
        if row["share"] is not None:
            gap = row["absent"]["difference"]["estimate"]
            assert row["share"]["but_for"] == pytest.approx(gap, abs=1e-9)
    total = sum(row["record"]["weight"]["estimate"] for row in answer["as_written"])
    for row in answer["hypotheses"]:
        for key in ("absent", "stronger"):
            version = row[key]
            if version is not None and version["record"]["same_as"] is None:
                total += version["record"]["weight"]["estimate"]
    assert total == pytest.approx(1.0)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_says_what_the_record_cannot_tell(
    kantokuen: Case, answer: dict[str, Any], language: str
) -> None:
    words = Words(language)
    text = plain(weigh_view(answer, kantokuen, words), 80)
    assert all(len(line) <= 80 for line in text.splitlines())
    flat = " ".join(text.split())
    names = [row["id"].upper() for row in answer["hypotheses"] if not row["record_tells"]]
    assert words("weigh.untold", names=", ".join(names)) in flat
    assert "[factions]" in flat


def test_threads_change_no_byte(few: Case, answer: dict[str, Any]) -> None:
    again = without_nan(weigh(few, threads=1, **SMALL))  # type: ignore[arg-type]
    strip = {"provenance": None}
    assert json.dumps({**again, **strip}) == json.dumps({**answer, **strip})


def test_what_cannot_be_weighed_is_refused(kantokuen: Case) -> None:
    with pytest.raises(UsageError, match="names no hypotheses"):
        weigh(replace(kantokuen, hypotheses={}))
    with pytest.raises(UsageError, match="no dated record"):
        weigh(replace(kantokuen, record=None))
    with pytest.raises(UndefinedAnswer, match="say too little"):
        weigh(kantokuen, draws=8)
