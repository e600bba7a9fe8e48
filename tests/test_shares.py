"""Dividing a difference: Shapley shares, pairs and smallest sets on games with known answers."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jukushi.questions import shares

GAMES = st.integers(1, 5).flatmap(
    lambda n: arrays(np.float64, 1 << n, elements=st.floats(0, 1, width=32))
)


def by_permutations(values: np.ndarray) -> np.ndarray:
    """Shapley's own definition: the mean marginal over all orders (slow twin)."""
    n = int(np.log2(len(values)))
    total = np.zeros(n)
    orders = list(permutations(range(n)))
    for order in orders:
        subset = 0
        for factor in order:
            total[factor] += values[subset | 1 << factor] - values[subset]
            subset |= 1 << factor
    return total / len(orders)


@given(GAMES)
def test_shares_are_the_mean_over_all_orders(values: np.ndarray) -> None:
    assert np.allclose(shares.shapley(values), by_permutations(values), atol=1e-9)


@given(GAMES)
def test_shares_add_up_to_the_difference(values: np.ndarray) -> None:
    assert (shares.shapley(values)).sum() == pytest.approx(values[-1] - values[0], abs=1e-9)


@given(GAMES, st.integers(0, 4))
def test_a_factor_that_changes_nothing_gets_nothing(values: np.ndarray, which: int) -> None:
    n = int(np.log2(len(values)))
    dummy = which % n
    index = np.arange(len(values))
    flat = values[index & ~(1 << dummy)]
    assert (shares.shapley(flat))[dummy] == 0.0
    assert (shares.but_for(flat))[dummy] == 0.0


def test_pairs_of_an_additive_game_do_not_interact() -> None:
    weights = np.array([0.1, 0.2, 0.3, 0.05])
    members = (np.arange(16)[:, None] >> np.arange(4)) & 1
    assert np.allclose(shares.interactions(members @ weights), 0.0)


def test_a_pair_that_needs_both_interacts_fully() -> None:
    both = np.array([0.0, 0.0, 0.0, 1.0])
    assert shares.interactions(both) == pytest.approx([1.0])
    assert shares.shapley(both) == pytest.approx([0.5, 0.5])


@given(arrays(np.bool_, (8, 20)))
def test_smallest_sets_against_brute_force(hits: np.ndarray) -> None:
    hits[0] = False
    fewest, minimal = shares.minimal_sets(hits)
    expected = np.zeros(8, np.int64)
    for history in range(hits.shape[1]):
        reached = [s for s in range(8) if hits[s, history]]
        assert fewest[history] == min((s.bit_count() for s in reached), default=4)
        for s in reached:
            smaller = [t for t in reached if t != s and t & s == t]
            expected[s] += not smaller
    assert (minimal.sum(axis=1) == expected).all()
