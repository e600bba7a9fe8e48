"""Reading a curve backward, and auditing its direction: known curves, known laws."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats
from scipy.special import betaincinv, expit
from sklearn.isotonic import isotonic_regression

from jukushi.questions.contours import contours
from jukushi.questions.intervals import CountHistogram, ignorance_interval
from jukushi.questions.inverse import (
    crossing,
    isotonic,
    passages,
    percentile_interval,
    resampled,
    threshold_of,
)
from jukushi.questions.monotonicity import Reversals, flagged, pair_errors

Array = npt.NDArray[np.float64]
X = np.linspace(0.0, 40.0, 21)
DICE = 128

curves = arrays.arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(2, 15)),
                       elements=st.floats(0, 1))  # fmt: skip


# Isotonic curves


@given(curves, st.booleans())
@settings(max_examples=200, deadline=None)
def test_isotonic_is_that_of_scikit_learn(given_curves: Array, rising: bool) -> None:
    ours = isotonic(given_curves, rising)
    theirs = [isotonic_regression(curve, increasing=rising) for curve in given_curves]
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@given(curves, st.booleans())
@settings(max_examples=100, deadline=None)
def test_isotonic_is_monotone_and_leaves_the_monotone_alone(curve: Array, rising: bool) -> None:
    sorted_ones = np.sort(curve, axis=1) if rising else -np.sort(-curve, axis=1)
    steps = np.diff(isotonic(curve, rising), axis=1)
    assert (steps >= 0).all() if rising else (steps <= 0).all()
    np.testing.assert_allclose(isotonic(sorted_ones, rising), sorted_ones, atol=1e-12)


# Crossings


def test_crossing_of_a_line_on_the_angular_scale_is_exact() -> None:
    x = np.array([0.0, 1.0, 3.0, 4.0])
    angle = 1.2 - 0.25 * x
    level = math.sin(1.2 - 0.25 * 2.2) ** 2
    found = crossing(x, (np.sin(angle) ** 2)[None, :], level, rising=False)
    assert found[0] == pytest.approx(2.2)
    mirrored = crossing(x, (np.sin(0.2 + 0.25 * x) ** 2)[None, :], level, rising=True)
    assert mirrored[0] == pytest.approx((1.2 - 0.25 * 2.2 - 0.2) / 0.25)


@given(st.floats(0.02, 0.98), st.floats(5, 35), st.floats(0.1, 1.0), st.booleans())
@settings(max_examples=100, deadline=None)
def test_crossing_has_the_level_between_its_neighbours(
    level: float, middle: float, slope: float, rising: bool
) -> None:
    sign = 1.0 if rising else -1.0
    curve = expit(sign * slope * (X - middle))
    found = float(crossing(X, curve[None, :], level, rising)[0])
    true = middle + sign * math.log(level / (1 - level)) / slope
    if math.isfinite(found):
        assert abs(found - true) <= X[1] - X[0]
    else:
        inside = X[0] + 1e-9 < true < X[-1] - 1e-9
        assert not inside


def test_beyond_the_grid_nothing_is_extrapolated() -> None:
    safe, unsafe = np.full((1, 21), 0.01), np.full((1, 21), 0.9)
    assert crossing(X, safe, 0.1, False)[0] == -math.inf  # already the smallest value deters
    assert crossing(X, unsafe, 0.1, False)[0] == math.inf  # not even the largest does
    assert crossing(X, safe, 0.1, True)[0] == math.inf  # even the largest is safe
    assert crossing(X, unsafe, 0.1, True)[0] == -math.inf  # not even the smallest is


@given(curves, st.booleans())
@settings(max_examples=100, deadline=None)
def test_thresholds_are_ordered_like_their_levels(curve: Array, rising: bool) -> None:
    x = np.arange(curve.shape[1], dtype=np.float64)
    smooth = isotonic(curve, rising)
    found = [crossing(x, smooth, level, rising) for level in (0.05, 0.1, 0.25, 0.5)]
    for strict, loose in pairwise(found):
        assert (strict <= loose + 1e-9).all() if rising else (strict >= loose - 1e-9).all()


def test_a_curve_that_turns_passes_twice() -> None:
    curve = np.array([0.3, 0.1, 0.02, 0.1, 0.3])
    found = passages(np.arange(5.0), curve, 0.05)
    assert len(found) == 2
    assert found[0] == pytest.approx(4 - found[1])
    assert passages(np.arange(5.0), curve, 0.5) == ()


def test_percentiles_of_a_mean_are_those_of_student() -> None:
    rng = np.random.default_rng(3)
    draws = 20
    values = rng.normal(size=draws)
    # A bootstrap mean is normal with the variance of the sample, without Bessel's correction.
    replicates = values.mean() + values.std() / math.sqrt(draws) * rng.normal(size=400_000)
    low, high = percentile_interval(replicates, draws)
    wanted = stats.t.interval(0.9, draws - 1, values.mean(), stats.sem(values))
    assert (low, high) == pytest.approx(wanted, abs=0.01)


# Coverage


@cache
def true_threshold(level: float) -> float:
    """Threshold of the chance averaged over draws: E[expit(a - 0.25 x)], a normal(3, 1)."""
    a = 3.0 + stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)

    def chance(x: float) -> float:
        return float(expit(a - 0.25 * x).mean())

    low, high = 0.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) > level else (low, middle)
    return low


def one_study(rng: np.random.Generator, draws: int) -> tuple[Array, Array]:
    """Counts on common dice: each history has one number against which the chance is held."""
    a = 3.0 + rng.normal(size=draws)
    chance = expit(a[:, None] - 0.25 * X)
    dice = rng.random((draws, DICE))
    counts = (dice[:, :, None] < chance[:, None, :]).sum(axis=1)
    return counts.astype(np.float64), np.full(draws, float(DICE))


@pytest.mark.parametrize(("draws", "least"), [(24, 0.85), (128, 0.86)])
def test_the_interval_covers_the_threshold_of_a_known_curve(draws: int, least: float) -> None:
    """90 % nominal; with 400 studies the error of a coverage is 1.5 points."""
    rng = np.random.default_rng(11)
    levels, studies = (0.05, 0.25), 400
    covered = dict.fromkeys(levels, 0)
    for _ in range(studies):
        counts, sizes = one_study(rng, draws)
        curve = counts.sum(axis=0) / sizes.sum()
        copies = isotonic(resampled(counts, sizes, 300, rng), False)
        for level in levels:
            found = threshold_of(X, curve, copies, level, False, draws)
            assert found.low <= found.value <= found.high
            covered[level] += found.low <= true_threshold(level) <= found.high
    for level in levels:
        assert least <= covered[level] / studies <= 0.96, covered


def test_the_interval_is_open_where_replicates_leave_the_grid() -> None:
    rng = np.random.default_rng(5)
    counts, sizes = one_study(rng, 30)
    cut = X <= 22.0  # the chance passes a quarter near the end of this grid
    curve = counts.sum(axis=0)[cut] / sizes.sum()
    copies = isotonic(resampled(counts[:, cut], sizes, 500, rng), False)
    level = float(curve[-1]) + 0.004
    found = threshold_of(X[cut], curve, copies, level, False, 30)
    assert math.isfinite(found.value)
    assert found.high == math.inf
    assert math.isfinite(found.low)


@pytest.mark.parametrize("weight", [6.0, 600.0])
def test_ignorance_of_the_threshold_is_read_off_the_quantiles_of_the_chance(
    weight: float,
) -> None:
    """Draws with chances of a known beta law, monotone in x: the range is theirs, dice taken out.

    Draw u has the chance betaincinv(a(x), b(x), u) at x, so that its threshold is known.
    """
    rng = np.random.default_rng(8)
    draws, level = 3_000, 0.10
    mean = expit(1.0 - 0.15 * X)
    shapes = mean * weight, (1.0 - mean) * weight
    u = rng.random(draws)
    chance = betaincinv(shapes[0], shapes[1], u[:, None])
    assert (np.diff(chance, axis=1) <= 1e-12).all()
    counts = rng.binomial(DICE, chance)
    edges = []
    for column in range(len(X)):
        histogram = CountHistogram(DICE)
        histogram.add(counts[:, column], np.full(draws, DICE))
        edges.append(ignorance_interval(histogram))
    bounds = isotonic(np.array(edges).T, False)
    found = crossing(X, bounds, level, False)
    known = [
        float(crossing(X, betaincinv(*shapes, q)[None, :], level, False)[0]) for q in (0.05, 0.95)
    ]
    # Where ignorance is small, thresholds of single draws show little but their dice.
    single = crossing(X, isotonic(counts / DICE, False), level, False)
    raw = np.quantile(single, [0.05, 0.95], method="inverted_cdf")
    assert found[1] == pytest.approx(known[1], abs=0.8)
    assert found[0] == pytest.approx(known[0], abs=0.8) or found[0] == known[0] == -math.inf
    assert weight < 600 or raw[1] - raw[0] > 1.2 * (found[1] - found[0])


# The audit


def noise(rng: np.random.Generator, draws: int, points: int) -> Array:
    """Means of draws along a grid on which nothing changes but single histories, both ways."""
    base = rng.beta(0.5, 4.0, size=(draws, 1))
    return np.clip(base + rng.normal(0, 0.01, size=(draws, points)), 0, 1)


def alarms(means: Array, rising: bool = False) -> npt.NDArray[np.bool_]:
    return flagged(pair_errors(means, np.full(len(means), float(DICE)), rising).wrong)


def test_the_audit_is_silent_on_noise() -> None:
    """At most 5 % of audits may raise any alarm where nothing is wrong."""
    rng = np.random.default_rng(2)
    audits = 400
    false = sum(bool(alarms(noise(rng, 32, 12)).any()) for _ in range(audits))
    assert false / audits <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / audits)


def test_the_audit_is_silent_on_a_few_single_histories() -> None:
    """Sparse counts: where three histories of 4,096 reverse, no normal law holds."""
    rng = np.random.default_rng(4)
    false = 0
    for _ in range(200):
        hits = rng.random((32, 12)) < 0.08
        false += bool(alarms(hits / DICE).any())
    assert false / 200 <= 0.08


def test_the_audit_finds_a_planted_reversal_and_where_it_is() -> None:
    rng = np.random.default_rng(6)
    means = noise(rng, 64, 12) - 0.004 * np.arange(12)
    means[:, 7] += 0.02
    sizes = np.full(64, float(DICE))
    pairs = pair_errors(means, sizes, rising=False)
    found = flagged(pairs.wrong)
    assert found.any()
    assert set(pairs.second[found]) == {7}
    assert not alarms(np.minimum.accumulate(means.mean(axis=0)) + 0 * means).any()


def test_the_audit_finds_a_slow_drift_that_no_single_step_shows() -> None:
    rng = np.random.default_rng(7)
    means = noise(rng, 64, 21) + 0.0006 * np.arange(21)
    sizes = np.full(64, float(DICE))
    pairs = pair_errors(means, sizes, rising=False)
    found = flagged(pairs.wrong)
    neighbours = pairs.second == pairs.first + 1
    assert found.any()
    assert not found[neighbours].any()
    assert not alarms(means, rising=True).any()


def by_trying_all(line: npt.NDArray[np.bool_], rising: bool) -> bool:
    """Whether a history has the event at a point and had not at an easier one, the slow way."""
    points = range(len(line))
    easier = [(i, j) for i in points for j in points if (i > j if rising else i < j)]
    return any(line[j] and not line[i] for i, j in easier)


@given(
    arrays.arrays(np.bool_, st.tuples(st.integers(1, 3), st.integers(2, 6), st.just(20))),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_reversals_are_those_found_by_trying_all_pairs(
    hits: npt.NDArray[np.bool_], rising: bool
) -> None:
    kept = Reversals(np.arange(hits.shape[1], dtype=np.float64), rising)
    kept.add(hits, np.array([0, 10]))
    slow = [any(by_trying_all(line[:, n], rising) for line in hits) for n in range(20)]
    answer = kept.answer()
    assert answer["reverse"]["estimate"] == pytest.approx(np.mean(slow))
    assert (answer["between"] is None) == (not any(slow))
    low, high = answer["reverse"]["sampling"]
    assert low <= answer["reverse"]["estimate"] <= high


def test_where_reversals_lie() -> None:
    hits = np.zeros((1, 6, 100), bool)
    hits[0, 0] = True
    hits[0, 4] = True  # quiet in between: attack again at more
    kept = Reversals(np.arange(10.0, 16.0), rising=False)
    kept.add(hits, np.array([0, 50]))
    assert kept.answer()["between"] == [14.0, 14.0]
    mirrored = Reversals(np.arange(10.0, 16.0), rising=True)
    mirrored.add(hits[:, ::-1], np.array([0, 50]))
    assert mirrored.answer()["between"] == [11.0, 11.0]


# Contours


def test_a_contour_of_a_plane_on_the_angular_scale_is_its_line() -> None:
    x, y = np.linspace(0, 4, 9), np.linspace(0, 2, 5)
    angle = 0.2 + 0.1 * x[None, :] + 0.2 * y[:, None]
    (line,) = contours(x, y, np.sin(angle) ** 2, math.sin(0.6) ** 2)
    along = np.array(line)
    np.testing.assert_allclose(0.1 * along[:, 0] + 0.2 * along[:, 1], 0.4, atol=1e-9)
    assert contours(x, y, np.sin(angle) ** 2, 0.99) == []
