"""Differences of twins against published and simulated truth; grades by distance."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukushi.case.schema import Change, Range
from jukushi.draws import DICE_PER_DRAW
from jukushi.questions.differences import PairedDifference, mover, pulled_quantiles
from jukushi.questions.grades import FAR, distance, left_behind
from jukushi.questions.intervals import wilson
from jukushi.world.parameters import ParameterSpace
from jukushi.world.vocabulary import open_case

Hits = npt.NDArray[np.bool_]


def starts(histories: int) -> npt.NDArray[np.int64]:
    return np.arange(0, histories, DICE_PER_DRAW, dtype=np.int64)


def tallied(baseline: Hits, changed: Hits) -> PairedDifference:
    """All draws added in one part: float arrays of shape [draws, DICE_PER_DRAW]."""
    found = PairedDifference()
    found.add(baseline.reshape(-1), changed.reshape(-1), starts(baseline.size))
    return found


def simulated(
    rng: np.random.Generator, gains: npt.NDArray[np.float64], losses: float
) -> PairedDifference:
    """Pairs whose event is gained with a chance that varies by draw, and lost with a fixed one."""
    u = rng.random((len(gains), DICE_PER_DRAW))
    gained, lost = u < gains[:, None], u > 1.0 - losses
    return tallied(lost, gained)


def test_published_interval_of_a_difference() -> None:
    """Newcombe 1998, Interval estimation for the difference, table II (a), method 10."""
    z = 1.959964
    one = wilson(56 / 70, 0.8 * 0.2 / 70, 70, z)
    two = wilson(48 / 80, 0.6 * 0.4 / 80, 80, z)
    low, high = mover((56 / 70, *one), (48 / 80, *two), 0.0)
    assert low == pytest.approx(0.0524, abs=5e-5)
    assert high == pytest.approx(0.3339, abs=5e-5)


def test_pairs_are_counted_and_add_up() -> None:
    baseline = np.tile([True, True, False, False], 20 * DICE_PER_DRAW // 4)
    changed = np.tile([True, False, True, False], 20 * DICE_PER_DRAW // 4)
    found = tallied(baseline, changed)
    assert list(found.pairs) == [640, 640, 640, 640]
    answer = found.answer()
    assert answer["estimate"] == 0.0
    assert answer["sampling"][0] < 0.0 < answer["sampling"][1]


def test_equal_worlds_differ_by_nothing_and_unchanged_pairs_by_little() -> None:
    hits = np.random.default_rng(1).random((20, DICE_PER_DRAW)) < 0.3
    nothing = {"estimate": 0.0, "sampling": [0.0, 0.0], "ignorance": [0.0, 0.0]}
    found = tallied(hits, hits)
    assert found.answer(nothing=True) == nothing
    low, high = found.answer()["sampling"]
    assert low == -high
    # Three of all histories, the usual bound of what was never seen.
    assert 0.0 < high < 4.0 / hits.size
    assert found.answer()["ignorance"] == [-3.0 / hits.size, 3.0 / hits.size]


@pytest.mark.parametrize("losses", [0.0, 0.02])
def test_sampling_interval_covers_the_truth(losses: float) -> None:
    rng = np.random.default_rng(7)
    a, b = 0.6, 14.4  # a skewed spread of effects between draws, mean 4 %
    covered = 0
    for _ in range(300):
        gains = rng.beta(a, b, 64)
        low, high = simulated(rng, gains, losses).answer()["sampling"]
        covered += low <= a / (a + b) - losses <= high
    assert 0.84 < covered / 300 < 0.97


@pytest.mark.parametrize("together", [True, False])
def test_with_many_changed_pairs_it_is_the_normal_interval_of_draws(together: bool) -> None:
    """Whether draws that gain many pairs also lose many, or few, is taken into account."""
    rng = np.random.default_rng(5)
    gains = rng.beta(4.0, 16.0, 256)
    losses = 0.8 * gains if together else 0.3 - 0.8 * np.minimum(gains, 0.35)
    u = rng.random((256, DICE_PER_DRAW))
    changed, baseline = u < gains[:, None], u > 1.0 - losses[:, None]
    found = tallied(baseline, changed).answer()
    means = (changed.mean(axis=1) - baseline.mean(axis=1)).astype(np.float64)
    half = 1.6449 * means.std(ddof=1) / 16.0
    low, high = found["sampling"]
    assert (low + high) / 2 == pytest.approx(means.mean(), abs=0.1 * half)
    assert (high - low) / 2 == pytest.approx(half, rel=0.06)


def test_ignorance_interval_finds_the_spread_between_draws() -> None:
    rng = np.random.default_rng(8)
    from scipy.stats import beta

    a, b, losses = 1.5, 13.5, 0.02
    truth = beta.ppf([0.05, 0.95], a, b) - losses
    found = np.mean(
        [simulated(rng, rng.beta(a, b, 128), losses).answer()["ignorance"] for _ in range(60)],
        axis=0,
    )
    assert found == pytest.approx(truth, abs=0.012)


def test_without_ignorance_the_interval_is_far_narrower_than_the_dice() -> None:
    rng = np.random.default_rng(9)
    found = [simulated(rng, np.full(128, 0.05), 0.03).answer() for _ in range(40)]
    widths = [answer["ignorance"][1] - answer["ignorance"][0] for answer in found]
    of_dice = 2 * 1.645 * math.sqrt(0.08 / DICE_PER_DRAW)
    assert np.median(widths) < 0.2 * of_dice
    assert min(widths) == 0.0


@given(st.lists(st.floats(-0.3, 0.3), min_size=20, max_size=60), st.floats(0.0, 0.1))
def test_pulled_quantiles_stay_within_those_observed(values: list[float], noise: float) -> None:
    array = np.array(values)
    low, high = pulled_quantiles(array, noise)
    tiny = 1e-9
    assert np.quantile(array, 0.05) - tiny <= low or low == pytest.approx(array.mean())
    assert high <= max(float(np.quantile(array, 0.95)), float(array.mean())) + tiny


def test_a_short_draw_counts_for_the_estimate_alone() -> None:
    rng = np.random.default_rng(3)
    baseline = rng.random(20 * DICE_PER_DRAW + 50) < 0.2
    changed = baseline | (rng.random(len(baseline)) < 0.05)
    found = PairedDifference()
    found.add(baseline, changed, starts(len(baseline)))
    assert found.net.sum() == 20
    assert found.answer()["estimate"] == pytest.approx(changed.mean() - baseline.mean())


# Grades


@cache
def space() -> ParameterSpace:
    return ParameterSpace(open_case("kantokuen"))


@pytest.mark.parametrize(
    ("change", "sds"),
    [
        (Change(parameter="transfer_rate", times=math.exp(0.225)), 1.0),
        (Change(parameter="transfer_rate", times=math.exp(-0.45)), 2.0),
        (Change(parameter="transfer_rate", times=1.0), 0.0),
        (Change(parameter="transfer_rate", set=0.32 * math.exp(0.225)), 1.0),
        (Change(parameter="attack_force", add=3.0), 2.0),
        (Change(parameter="attack_force", set=21.0), 1.0),
        (Change(parameter="sighting_share", set=0.75), 0.0),
        (Change(parameter="sighting_share", set=0.2), FAR),
        (Change(parameter="attack_force", range=Range(normal=3.0)), 1.6449),
        (Change(parameter="attack_force", range=Range(normal=1.5)), 0.0),
        (Change(parameter="attack_force", set=24.0, range=Range(fixed=True)), 1.0),
        (Change(parameter="khalkhin_shift", set=-2.5), None),
        (Change(parameter="collapse_trigger", set=0.0), None),
    ],
)
def test_distance_in_standard_deviations_of_the_prior(change: Change, sds: float | None) -> None:
    found = distance(space(), change)
    assert found is None if sds is None else found == pytest.approx(sds, abs=1e-4)


def test_numbers_of_one_record_are_left_behind() -> None:
    left = left_behind(
        space().case, ("initial_divisions",), {"initial_divisions", "garrison_tanks_start"}
    )
    assert "counted_at_start" in left
    assert "garrison_men_start" in left
    assert "garrison_tanks_start" not in left
    assert left_behind(space().case, ("transfer_rate",), {"transfer_rate"}) == []
