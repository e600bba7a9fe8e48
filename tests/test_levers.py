"""Levers: what a value changes, what follows, what goes unnoticed, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jukushi.case.load import Case
from jukushi.engine.run import Engine, World
from jukushi.errors import UsageError
from jukushi.questions.grids import axes_of
from jukushi.questions.levers import base_value, lever_changes, lever_of, quantity_of
from jukushi.world.parameters import ParameterSpace
from jukushi.world.state import FIELD_INDEX
from jukushi.world.vocabulary import open_case

CASE = open_case("kantokuen")
SPACE = ParameterSpace(CASE)
DRAWS = np.arange(40)
BASE = SPACE.draw(5, DRAWS)
WITH_A_BASE = [name for name, lever in CASE.levers.items() if not lever.also]
#: What Tokyo's picture of the garrison is made of.
COUNTS = ("counted_at_start", "tanks_counted_at_start", "aircraft_counted_at_start",
          "spring_departures", "spring_tanks", "spring_aircraft")  # fmt: skip


def changed(name: str, value: float, noticed: bool = True) -> npt.NDArray[np.float64]:
    return SPACE.changed(BASE, lever_changes(CASE, name, value, noticed), 5, DRAWS)


def column(values: npt.NDArray[np.float64], name: str) -> npt.NDArray[np.float64]:
    return values[:, SPACE.index[name]]


def test_the_case_has_the_levers_that_its_documents_name() -> None:
    assert next(iter(CASE.levers)) == "soviet_garrison"
    assert {"departed_by_august", "oil_weeks", "required_ratio"} <= set(CASE.levers)


@pytest.mark.parametrize("name", WITH_A_BASE)
def test_the_value_of_the_case_changes_nothing_to_the_bit(name: str) -> None:
    value = base_value(CASE, CASE.levers[name])
    assert value is not None
    np.testing.assert_array_equal(changed(name, value), BASE)
    low, high = CASE.levers[name].range
    assert low <= value <= high


def test_the_value_of_the_case_changes_no_history() -> None:
    engine = Engine(CASE, 5, threads=1)
    worlds = [World("base")]
    for name in WITH_A_BASE:
        value = base_value(CASE, CASE.levers[name])
        assert value is not None
        worlds.append(World(name, lever_changes(CASE, name, value)))
    events = engine.run(worlds, 0, 256, "attack_by_end_1942").events
    assert (events == events[0]).all()
    assert (events[0] >= 0).any()


@given(st.sampled_from(WITH_A_BASE), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_followers_follow_in_proportion_and_others_stay(name: str, part: float) -> None:
    lever = CASE.levers[name]
    value = lever.range[0] + part * (lever.range[1] - lever.range[0])
    moved = changed(name, value)
    parameter = lever.parameter
    touched = {parameter, *lever.scaled, *lever.seen}
    for other in set(SPACE.index) - touched:
        np.testing.assert_array_equal(column(moved, other), column(BASE, other))
    if lever.shift:
        np.testing.assert_allclose(column(moved, parameter) - column(BASE, parameter), value)
    if lever.scale:
        times = value / base_value(CASE, lever)
        for other in touched:
            np.testing.assert_allclose(column(moved, other), times * column(BASE, other))


def test_a_value_of_a_scaled_lever_is_its_central_value() -> None:
    lever = CASE.levers["soviet_garrison"]
    centres = SPACE.changed(SPACE.centres(), lever_changes(CASE, lever.id, 20.0))
    assert centres[0, SPACE.index["initial_divisions"]] == pytest.approx(20.0)
    oil = SPACE.changed(SPACE.centres(), lever_changes(CASE, "oil_weeks", 52.0))
    stock, use = (oil[0, SPACE.index[name]] for name in ("oil_start", "oil_use"))
    assert stock / use == pytest.approx(52.0)


def test_a_date_is_moved_by_weeks() -> None:
    moved = SPACE.changed(SPACE.centres(), lever_changes(CASE, "embargo_date", 3.0))
    assert moved[0, SPACE.index["freeze_week"]] == CASE.week_of(date(1941, 8, 18))


# What goes unnoticed


@pytest.mark.parametrize("name", ["soviet_garrison", "soviet_arms"])
def test_a_passive_opponent_keeps_what_it_saw(name: str) -> None:
    lever = CASE.levers[name]
    hidden = changed(name, lever.grid.low, noticed=False)
    seen = changed(name, lever.grid.low)
    for count in COUNTS:
        np.testing.assert_array_equal(column(hidden, count), column(BASE, count))
    for other in (lever.parameter, *lever.scaled):
        np.testing.assert_array_equal(column(hidden, other), column(seen, other))
    assert any((column(seen, count) != column(BASE, count)).all() for count in COUNTS)


def test_a_passive_opponent_sees_no_departures() -> None:
    """Beliefs stay those of a garrison that nobody left, whatever the share that is gone."""
    engine = Engine(CASE, 5, threads=1)
    fields, week = ["believed_divisions", "believed_departed"], int(CASE.week_of(date(1941, 8, 4)))
    found = [
        engine.observe(
            World(str(share), lever_changes(CASE, "departed_by_august", share, noticed)),
            0, 256, fields, [week], week,
        )
        for share, noticed in ((0.0, False), (0.6, False), (0.6, True))
    ]  # fmt: skip
    np.testing.assert_allclose(found[1][0, 1], found[0][0, 1], atol=1e-5)
    assert (found[2][0, 1] > found[0][0, 1]).all()
    # New divisions are raised for those that left, and are counted as before.
    assert (found[1][0, 0] >= found[0][0, 0] - 1e-4).all()
    assert found[2][0, 0].mean() < found[0][0, 0].mean() - 5


def test_a_larger_garrison_is_believed_only_where_it_is_noticed() -> None:
    engine = Engine(CASE, 5, threads=1)
    week = CASE.first_running_week
    first = {
        noticed: engine.trace(0, World("x", lever_changes(CASE, "soviet_garrison", 44.0, noticed)))
        for noticed in (True, False)
    }
    base = engine.trace(0, World("base"))
    believed, real = FIELD_INDEX["believed_divisions"], FIELD_INDEX["old_divisions"]
    # More of them leave in the first week, and those that leave are seen.
    hidden = first[False].state[week, believed] - base.state[week, believed]
    assert (np.abs(hidden) < 0.5).all()
    assert (first[True].state[week, believed] > base.state[week, believed] + 8).all()
    assert (first[False].state[week, real] > base.state[week, real]).all()


# What is refused


@pytest.mark.parametrize(
    ("name", "near"),
    [("soviet_garison", "soviet_garrison"), ("required_ration", "required_ratio")],
)
def test_the_nearest_lever_is_offered(name: str, near: str) -> None:
    for ask in (lever_of, quantity_of, lambda case, wrong: lever_changes(case, wrong, 1.0)):
        with pytest.raises(UsageError) as caught:
            ask(CASE, name)
        assert near in caught.value.hint


def test_a_parameter_is_no_lever_but_may_be_varied() -> None:
    with pytest.raises(UsageError, match="no lever") as caught:
        lever_of(CASE, "optimism")
    assert "plain parameter" in caught.value.cause
    moved = changed("optimism", 1.5)
    assert (column(moved, "optimism") == 1.5).all()
    quantity = quantity_of(CASE, "optimism")
    assert quantity.kind == "parameter"
    assert (quantity.low, quantity.high) == pytest.approx((0.3 - 0.5 * 3.0902, 0.3 + 0.5 * 3.0902),
                                                          abs=1e-3)  # fmt: skip


def test_a_value_beyond_the_range_is_refused() -> None:
    with pytest.raises(UsageError, match="outside the range"):
        lever_changes(CASE, "soviet_garrison", 400.0)


def test_what_nobody_can_miss_cannot_go_unnoticed() -> None:
    with pytest.raises(UsageError, match="cannot go unnoticed"):
        lever_changes(CASE, "required_ratio", 2.5, noticed=False)


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ("soviet_garrison=40:8", "is no grid"),
        ("soviet_garrison=8:40:2", "is no grid"),
        ("soviet_garrison=8:40:many", "is no grid"),
        ("soviet_garrison=8:40:9:9", "is no grid"),
        ("soviet_garrison=8", "is no grid"),
        ("soviet_garrison=8:inf", "is no grid"),
        ("soviet_garrison=1:40", "outside the range"),
        ("soviet_garrison,oil_weeks,shipping", "names 3 quantities"),
        ("soviet_garrison,initial_divisions", "both quantities move"),
        ("required_ratio,required_ratio", "both quantities move"),
        ("decider", "gives 'decider' no range"),
        ("khalkin_gol", "no lever and no parameter"),
    ],
)
def test_grids_that_make_no_sense_are_refused_with_a_next_step(vary: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        axes_of(CASE, vary)
    assert caught.value.hint or caught.value.cause or "both" in words


def test_grids(kantokuen: Case) -> None:
    (usual,) = axes_of(kantokuen, None)
    assert usual.quantity.id == "soviet_garrison"
    assert 32.0 in usual.values
    (given_one,) = axes_of(kantokuen, "oil_weeks=50:100:6")
    np.testing.assert_allclose(given_one.values, [50, 60, 70, 80, 90, 100])
    two = axes_of(kantokuen, "soviet_garrison, freeze_week=-2:6:5")
    assert [len(axis.values) for axis in two] == [11, 5]
    assert two[1].quantity.kind == "parameter"


def test_a_case_without_levers_asks_for_a_name(copy: object) -> None:
    (copy / "levers.yaml").unlink()  # type: ignore[operator]
    case = open_case(copy)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="has no lever"):
        axes_of(case, None)
    assert axes_of(case, "required_ratio")[0].quantity.kind == "parameter"


@pytest.mark.parametrize("name", list(CASE.levers))
def test_every_lever_of_the_case_asks_at_its_own_value(name: str) -> None:
    """A grid without the value as it was would leave its diamond out."""
    quantity = quantity_of(CASE, name)
    values = np.linspace(quantity.first, quantity.last, quantity.points)
    if quantity.base is not None and name not in ("oil_weeks", "soviet_arms"):
        assert np.abs(values - quantity.base).min() < 1e-9
    assert 15 <= quantity.points <= 25
