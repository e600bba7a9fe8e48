"""Twins: worlds share all dice, so that they part only where an intervention parts them."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from jukushi.case.schema import Change
from jukushi.engine.run import Engine, Trace, World
from jukushi.world.state import FIELD_INDEX, FIELDS
from jukushi.world.vocabulary import open_case

BASE = World("base")
OUTCOME = "attack_by_end_1942"
HISTORIES = 2048


def world(**settings: float) -> World:
    """Return a world in which some parameters are set."""
    changes = tuple(Change(parameter=name, set=value) for name, value in settings.items())
    return World(" ".join(settings), changes)


@cache
def engine(seed: int = 11) -> Engine:
    return Engine(open_case("kantokuen"), seed, threads=1)


@cache
def trace(of: World, history: int = 0, seed: int = 11) -> Trace:
    return engine(seed).trace(history, of)


def rows(trace_: Trace, *without: str) -> npt.NDArray[np.uint32]:
    """The state of every week as bytes, without some fields."""
    kept = [index for name, index in FIELD_INDEX.items() if name not in without]
    return np.ascontiguousarray(trace_.state[:, kept]).view(np.uint32)


def first_difference(one: Trace, other: Trace) -> int | None:
    """First week in which two traces differ in any field, None if in none."""
    weeks = np.flatnonzero((rows(one) != rows(other)).any(axis=(1, 2)))
    return int(weeks[0]) if len(weeks) else None


@pytest.mark.parametrize("history", [0, 128, 6400])
def test_a_placebo_moves_nothing_but_the_placebo(history: int) -> None:
    one, other = trace(BASE, history), trace(world(placebo_dice=1.0), history)
    assert (rows(one, "placebo") == rows(other, "placebo")).all()
    assert (one.outputs == other.outputs).all()
    placebo = FIELD_INDEX["placebo"]
    running = engine().first_running
    assert (one.state[running:, placebo] != other.state[running:, placebo]).all()


@pytest.mark.parametrize(
    ("parameter", "value", "from_day"),
    [
        ("loss_later", 0.05, "1941-11-02"),
        ("first_winter_shock", 0.0, "1941-11-24"),
        ("summer_gain_1942", 1.5, "1941-12-29"),
        ("men_ceiling_later", 3000.0, "1942-06-29"),
        ("summer_gain_1943", 1.5, "1942-12-28"),
        ("pact_expiry_week", 300.0, "1942-09-28"),
    ],
)
def test_what_acts_late_leaves_the_weeks_before_alone(
    parameter: str, value: float, from_day: str
) -> None:
    earliest = int(engine().case.week_of(date.fromisoformat(from_day)))
    parted = first_difference(trace(BASE), trace(world(**{parameter: value})))
    assert parted is not None, "the change acts at some time"
    assert parted >= earliest
    assert parted <= earliest + 30


def test_a_longer_preparation_acts_only_when_the_first_war_is_due() -> None:
    one, other = trace(BASE), trace(world(south_prepare=20.0))
    parted = (rows(one) != rows(other)).any(axis=1)
    wars = np.flatnonzero(one.state[-1, FIELD_INDEX["south_war"]] > 0.5)
    assert len(wars) > 0
    for lane in wars:
        first = np.flatnonzero(parted[:, lane])[0]
        assert first == one.state[-1, FIELD_INDEX["south_war_week"], lane]
    never = (one.state[:, FIELD_INDEX["south_decided"]] < 0.5).all(axis=0)
    assert not parted[:, never].any()


def test_a_battle_not_fought_leaves_what_came_before() -> None:
    battle = int(engine().case.week_of(date(1939, 8, 31)))
    one, other = trace(BASE), trace(world(khalkhin_fought=0.0))
    assert first_difference(one, other) == battle
    assert (other.state[:, FIELD_INDEX["khalkhin_result"]] == 0.0).all()
    khasan = FIELD_INDEX["khasan_result"]
    assert (one.state[:, khasan] == other.state[:, khasan]).all()


def test_another_seed_is_another_history() -> None:
    one, other = trace(BASE), trace(BASE, seed=12)
    assert (
        one.state[-1, FIELD_INDEX["front_km"]] != other.state[-1, FIELD_INDEX["front_km"]]
    ).any()
    assert (one.parameters != other.parameters).any()


def test_histories_of_one_block_differ() -> None:
    placebo = trace(BASE).state[-1, FIELD_INDEX["placebo"]]
    assert len(np.unique(placebo)) == len(placebo)
    momentum = trace(BASE).state[240, FIELD_INDEX["front_momentum"]]
    assert len(np.unique(momentum)) == len(momentum)


def test_a_trace_is_its_own_twin() -> None:
    again = engine().trace(0, BASE)
    assert again.state.tobytes() == trace(BASE).state.tobytes()
    assert again.state.shape[1] == len(FIELDS)


WORLDS = (
    BASE,
    world(embargo_chance=0.0),
    world(khalkhin_fought=0.0),
    world(placebo_dice=1.0),
    world(decider=1.0),
)


def test_a_further_world_does_not_change_the_others() -> None:
    few = engine().run(WORLDS[:2], 0, HISTORIES, OUTCOME)
    many = engine().run(WORLDS, 0, HISTORIES, OUTCOME)
    assert few.outcome.tobytes() == many.outcome.tobytes()
    assert (few.events == many.events[:2]).all()


def test_the_order_of_worlds_does_not_matter() -> None:
    order = [3, 1, 4, 0, 2]
    one = engine().run(WORLDS, 0, HISTORIES, OUTCOME)
    other = engine().run([WORLDS[i] for i in order], 0, HISTORIES, OUTCOME)
    assert (one.events[order] == other.events).all()
    for place, i in enumerate(order):
        alone = engine().run([WORLDS[i]], 0, HISTORIES, OUTCOME)
        assert (alone.events[0] == other.events[place]).all()


def test_worlds_differ_where_they_should() -> None:
    events = engine().run(WORLDS, 0, HISTORIES, OUTCOME).events
    assert (events[0] == events[3]).all(), "the placebo"
    for number in (1, 2, 4):
        assert (events[0] != events[number]).any()


def test_the_watched_world_is_the_traced_one() -> None:
    outcome = engine().run([BASE], 0, 64, "soviet_entry").outcome
    last = trace(BASE).state[-1]
    at_war = last[FIELD_INDEX["at_war"]] > 0.5
    opened = np.where(at_war, np.floor(last[FIELD_INDEX["north_week"]]), -1)
    assert (outcome["north_week"] == opened).all()
    assert (outcome["khasan"] == last[FIELD_INDEX["khasan_result"]]).all()
