"""Necessity and sufficiency: tables counted by hand, bounds that hold for every table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jukushi
from jukushi.questions.causation import Causation, necessity_bounds, sufficiency_bounds

DRAW = 128
COUNTS = st.tuples(*(st.integers(0, 60) for _ in range(4)))


def twins(neither: int, without: int, with_: int, both: int) -> np.ndarray:
    """Twins by the worlds in which the event comes: none, only without the factor, ..."""
    present = np.repeat([False, False, True, True], [neither, without, with_, both])
    absent = np.repeat([False, True, False, True], [neither, without, with_, both])
    return np.stack([present, absent])


def tally(lattice: np.ndarray, draws: int = 10) -> Causation:
    """Add the same histories once for each of several parameter draws."""
    found = Causation(int(np.log2(len(lattice))))
    for _ in range(draws):
        found.add(lattice, np.array([0]))
    return found


def test_a_table_counted_by_hand() -> None:
    """60 quiet in both, 25 flip, 5 go the other way, 10 see the event in both."""
    found = tally(twins(60, 25, 5, 10))
    necessity, sufficiency = found.necessity(0), found.sufficiency(0)
    # p1 = 85/100, p0 = 65/100.
    assert necessity["estimate"] == pytest.approx(25 / 85)
    assert necessity["lower_bound"] == pytest.approx(20 / 85)
    assert necessity["upper_bound"] == pytest.approx(35 / 85)
    assert sufficiency["estimate"] == pytest.approx(25 / 35)
    assert sufficiency["lower_bound"] == pytest.approx(20 / 35)
    assert sufficiency["upper_bound"] == 1.0


def test_an_event_that_comes_more_often_than_not() -> None:
    """4 quiet in both, 6 flip, 10 the other way, 80 see it in both: p1 = 0.1, p0 = 0.14."""
    found = tally(twins(4, 6, 10, 80))
    necessity, sufficiency = found.necessity(0), found.sufficiency(0)
    assert (necessity["estimate"], necessity["lower_bound"]) == (pytest.approx(0.6), 0.0)
    assert necessity["upper_bound"] == 1.0
    assert sufficiency["estimate"] == pytest.approx(6 / 86)
    assert sufficiency["upper_bound"] == pytest.approx(10 / 86)


@given(COUNTS)
def test_the_bounds_hold_the_estimate(counts: tuple[int, int, int, int]) -> None:
    found = tally(twins(*counts)) if sum(counts) else None
    for row in (found.necessity(0), found.sufficiency(0)) if found else ():
        if row["reason"]:
            continue
        assert 0 <= row["lower_bound"] <= row["estimate"] <= row["upper_bound"] <= 1
        low, high = row["sampling"]
        assert low <= row["estimate"] <= high


@given(COUNTS)
def test_without_a_history_that_goes_the_other_way_it_is_the_lower_bound(
    counts: tuple[int, int, int, int],
) -> None:
    """Monotone: no history sees the event because of the factor."""
    neither, without, _, both = counts
    lattice = twins(neither, without, 0, both)
    found = tally(lattice) if lattice.shape[1] else None
    for row in (found.necessity(0), found.sufficiency(0)) if found else ():
        if not row["reason"]:
            assert row["estimate"] == row["lower_bound"]


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 200))
def test_bounds_are_sharp(quiet: int, quiet_without: int, more: int) -> None:
    """Some table of twins with the same two probabilities reaches each of them."""
    histories = max(quiet, quiet_without) + more
    events = histories - quiet_without
    most, least = min(quiet, events), max(0, quiet - quiet_without)
    for flips, side in ((least, 0), (most, 1)):
        neither, both = quiet - flips, events - flips
        other = histories - neither - flips - both
        assert min(neither, both, other) >= 0
        assert necessity_bounds(quiet, quiet_without, histories)[side] == flips / quiet
        assert sufficiency_bounds(quiet, quiet_without, histories)[side] == flips / events


@given(st.integers(0, 2**32 - 1))
def test_parts_add_up_and_factors_keep_apart(seed: int) -> None:
    lattice = np.random.default_rng(seed).random((8, 300)) < 0.4
    starts = np.arange(0, 300, 30)
    whole, parts = Causation(3), Causation(3)
    whole.add(lattice, starts)
    for first, last in ((0, 120), (120, 300)):
        parts.add(lattice[:, first:last], np.arange(0, last - first, 30))
    for factor in range(3):
        assert whole.necessity(factor) == parts.necessity(factor)
        assert whole.sufficiency(factor) == parts.sufficiency(factor)
        alone = Causation(1)
        alone.add(lattice[[0, 1 << factor]], starts)
        assert alone.necessity(0) == whole.necessity(factor)
        assert alone.sufficiency(0) == whole.sufficiency(factor)


def test_too_few_histories_are_refused_with_the_number_that_would_do() -> None:
    few = tally(twins(100, 1, 0, 0))
    assert few.necessity(0)["reason"] is None
    refused = few.sufficiency(0)
    assert refused["estimate"] is refused["lower_bound"] is refused["sampling"] is None
    assert "10 histories of 10 parameter draws" in refused["reason"]
    assert "about 2,020 histories" in refused["reason"]
    one_draw = tally(twins(100, 50, 0, 0), draws=1)
    assert "of 1 parameter draws" in one_draw.necessity(0)["reason"]
    never = tally(twins(100, 0, 0, 0))
    assert "would" not in never.sufficiency(0)["reason"]


def test_placebos_are_neither_necessary_nor_sufficient(tmp_path: Any) -> None:
    answer = jukushi.load("kantokuen").why(
        5_120, factors=["placebo_parameter", "placebo_dice", "german_stall"], out=tmp_path
    )
    p1 = 1.0 - answer["probability"]["estimate"]
    for row in answer["factors"]:
        kinds = (row["necessity"], row["sufficiency"])
        assert all(kind["reason"] is None for kind in kinds)
        for kind in kinds:
            assert kind["lower_bound"] <= kind["estimate"] <= kind["upper_bound"]
        if row["placebo"]:
            assert [kind["estimate"] for kind in kinds] == [0.0, 0.0]
            assert [kind["lower_bound"] for kind in kinds] == [0.0, 0.0]
            # With p0 = p1 the bounds leave all open that the two probabilities do not forbid.
            assert kinds[0]["upper_bound"] == pytest.approx(min(1.0, (1.0 - p1) / p1))
            assert kinds[1]["upper_bound"] == pytest.approx(min(1.0, p1 / (1.0 - p1)))
        else:
            assert kinds[0]["estimate"] > 0.0
            # The flips of the twins are the but-for effect and what goes the other way.
            assert kinds[0]["lower_bound"] == pytest.approx(row["but_for"] / p1)
