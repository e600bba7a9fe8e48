"""The small model: a planted formula comes back, noise gets none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from jukushi.questions import small_model
from jukushi.questions.small_model import Rows

TRUE = {2: 1.5, 5: -1.0, 9: 0.7}
CONSTANT = -1.2


def worlds(seed: int, spread: float = 0.0, terms: int = 40, draws: int = 400) -> Rows:
    """Worlds of a planted formula, three to a draw; `spread` is what the formula does not say."""
    random = np.random.default_rng(seed)
    own = np.repeat(random.normal(size=(draws, terms)), 3, axis=0)
    own[:, terms // 2 :] += random.normal(size=(3 * draws, terms - terms // 2))
    line = CONSTANT + sum(b * own[:, column] for column, b in TRUE.items())
    line = line + spread * np.repeat(random.normal(size=draws), 3)
    events = random.binomial(128, expit(line)).astype(np.float64)
    return Rows(own, events, 128, np.repeat(np.arange(draws), 3))


def test_a_planted_formula_comes_back() -> None:
    learnt, judged = worlds(1), worlds(2)
    columns = small_model.choose(learnt, 6)
    assert set(columns) == set(TRUE)
    found = small_model.fit(learnt, columns)
    assert found.coefficients[0] == pytest.approx(CONSTANT, abs=3 * found.half[0])
    for column, b, half in zip(columns, found.coefficients[1:], found.half[1:], strict=True):
        assert b == pytest.approx(TRUE[column], abs=2 * half)
        assert half < 0.05
    score = small_model.score(found, learnt, judged, 1)
    assert score.explained > 0.99
    assert score.error < 0.015
    assert score.seen_error == pytest.approx(score.dice_error, rel=0.05)
    assert score.explained_interval[0] <= score.explained <= score.explained_interval[1]


def test_noise_gets_no_formula() -> None:
    random = np.random.default_rng(3)
    rows = worlds(3)
    events = random.binomial(128, np.repeat(random.beta(1, 9, 400), 3)).astype(np.float64)
    noise = replace(rows, events=events)
    assert small_model.choose(noise, 6) == []
    found = small_model.fit(noise, [])
    assert found.coefficients[0] == pytest.approx(np.log(events.mean() / (128 - events.mean())))
    assert small_model.score(found, noise, replace(noise, draws=noise.draws), 1).explained < 0.01


def test_what_the_formula_does_not_say_is_told_as_error() -> None:
    """With a spread of its own in every draw, the true error is known: the formula's is that."""
    learnt, judged = worlds(4, spread=0.8), worlds(5, spread=0.8)
    found = small_model.fit(learnt, list(TRUE))
    score = small_model.score(found, learnt, judged, 1)
    assert 0.5 < score.explained < 0.98
    assert score.error > 0.03
    assert score.error**2 + score.dice_error**2 == pytest.approx(score.seen_error**2)


def test_coefficients_are_those_of_another_library() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    rows = worlds(6, draws=100)
    columns = [2, 5, 9]
    found = small_model.fit(rows, columns)
    twice = np.vstack([rows.terms[:, columns]] * 2)
    came = np.repeat([1, 0], len(rows.events))
    weights = np.concatenate([rows.events, 128 - rows.events])
    theirs = linear_model.LogisticRegression(C=1e9, tol=1e-10, max_iter=1_000)
    theirs.fit(twice, came, sample_weight=weights)
    np.testing.assert_allclose(found.coefficients[1:], theirs.coef_[0], atol=1e-4)
    assert found.coefficients[0] == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_errors_allow_for_draws_that_hold_together() -> None:
    """Each world told three times is no more evidence: the intervals must not shrink."""
    once = worlds(7, spread=0.5)
    thrice = Rows(
        np.repeat(once.terms, 3, axis=0), np.repeat(once.events, 3), 128, np.repeat(once.draws, 3)
    )
    narrow, wide = (small_model.fit(rows, [2, 5]).half for rows in (thrice, once))
    np.testing.assert_allclose(narrow, wide, rtol=0.01)


def test_a_term_that_separates_the_events_is_still_finite() -> None:
    random = np.random.default_rng(8)
    sign = random.random(300) < 0.5
    rows = Rows(sign[:, None].astype(float), np.where(sign, 128.0, 0.0), 128, np.arange(300))
    found = small_model.fit(rows, [0])
    assert np.isfinite(found.coefficients).all()
    assert small_model.score(found, rows, rows, 1).explained > 0.99
