"""Intervals: do they cover what they claim, and keep dice and ignorance apart?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jukushi.questions.intervals import ClusterMean, CountHistogram, ignorance_interval, wilson

K = 128


def histogram_of(probabilities: np.ndarray, rng: np.random.Generator) -> CountHistogram:
    found = CountHistogram(K)
    found.add(rng.binomial(K, probabilities), np.full(len(probabilities), K))
    return found


@pytest.mark.parametrize(("a", "b"), [(2.0, 30.0), (0.3, 8.0), (5.0, 5.0)])
def test_ignorance_recovers_a_known_spread(a: float, b: float) -> None:
    rng = np.random.default_rng(7)
    truth = stats.beta(a, b)
    low, high = ignorance_interval(histogram_of(truth.rvs(3_000, random_state=rng), rng))
    assert low == pytest.approx(truth.ppf(0.05), abs=0.01)
    assert high == pytest.approx(truth.ppf(0.95), abs=0.02)


def test_ignorance_takes_out_the_noise_of_the_dice() -> None:
    """Equal parameters: all spread is dice, so the interval must shrink to (nearly) nothing."""
    rng = np.random.default_rng(3)
    low, high = ignorance_interval(histogram_of(np.full(500, 0.2), rng))
    raw = np.quantile(rng.binomial(K, np.full(500, 0.2)) / K, [0.05, 0.95])
    assert high - low < 0.25 * (raw[1] - raw[0])
    assert low - 0.01 < 0.2 < high + 0.01


def test_ignorance_holds_for_a_shape_that_is_not_beta() -> None:
    rng = np.random.default_rng(5)
    truth = 1.0 / (1.0 + np.exp(-rng.normal(-3.0, 1.2, 4_000)))
    low, high = ignorance_interval(histogram_of(truth, rng))
    assert low == pytest.approx(np.quantile(truth, 0.05), abs=0.01)
    assert high == pytest.approx(np.quantile(truth, 0.95), abs=0.04)


def test_ignorance_of_nothing_seen_is_a_small_upper_bound() -> None:
    low, high = ignorance_interval(histogram_of(np.zeros(100), np.random.default_rng(1)))
    assert low == 0.0
    assert 0.0 < high < 0.001


def test_too_few_draws_are_undefined() -> None:
    low, _ = ignorance_interval(histogram_of(np.full(5, 0.3), np.random.default_rng(1)))
    assert math.isnan(low)


@given(st.floats(0, 1), st.integers(1, 10**6))
def test_wilson_holds_its_estimate_and_stays_inside(p: float, n: int) -> None:
    low, high = wilson(p, 0.0, n)
    assert 0.0 <= low <= p + 1e-12
    assert p - 1e-12 <= high <= 1.0


def test_sampling_interval_covers_nine_times_in_ten() -> None:
    """Draws differ, so the naive binomial interval would cover far too seldom."""
    rng = np.random.default_rng(11)
    truth = stats.beta(1.0, 9.0)
    covered = 0
    for _ in range(400):
        counts = rng.binomial(K, truth.rvs(100, random_state=rng))
        cluster = ClusterMean(1)
        cluster.add((counts / K)[:, None], np.full(100, float(K)))
        low, high = wilson(float(cluster.mean()[0]), float(cluster.variance()[0]), 100 * K)
        covered += low <= 0.1 <= high
    assert 0.85 < covered / 400 < 0.95


@given(st.lists(st.floats(0, 1), min_size=2, max_size=40), st.integers(1, 39))
def test_cluster_means_do_not_depend_on_how_parts_are_split(values: list[float], cut: int) -> None:
    table = np.array(values)[:, None]
    weights = np.full(len(values), float(K))
    whole, parts = ClusterMean(1), ClusterMean(1)
    whole.add(table, weights)
    cut = min(cut, len(values) - 1)
    parts.add(table[:cut], weights[:cut])
    parts.add(table[cut:], weights[cut:])
    assert parts.mean() == pytest.approx(whole.mean())
    assert parts.variance() == pytest.approx(whole.variance(), abs=1e-12)
