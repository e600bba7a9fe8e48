"""Branches: the past of a history is kept to the bit, its future is redrawn or intervened in."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jukushi.case.schema import Change, Range
from jukushi.draws import LANES
from jukushi.engine.run import Engine, World
from jukushi.engine.settings import Fate, Later, Order, Shock
from jukushi.errors import UsageError
from jukushi.mechanisms.decisions import Action
from jukushi.world.state import FIELD_INDEX
from jukushi.world.vocabulary import open_case

BASE = World("base")


@cache
def engine(seed: int = 5) -> Engine:
    return Engine(open_case("kantokuen"), seed, threads=1)


def week(text: str) -> int:
    return int(engine().case.week_of(date.fromisoformat(text)))


@settings(max_examples=6, deadline=None)
@given(
    st.sampled_from(["1941-07-07", "1941-08-11", "1942-01-05", "1942-08-03", "1944-01-03"]),
    st.integers(1, 5),
)
def test_redrawn_fate_keeps_the_past(day: str, redraw: int) -> None:
    at = week(day)
    own = engine().trace(70, BASE)
    other = engine().trace(70, BASE, fate=Fate(at, redraw))
    assert (own.state[:at] == other.state[:at]).all()
    assert (own.state[at:] != other.state[at:]).any(axis=(0, 1)).all()  # in every lane


def test_redraw_zero_is_the_history_itself() -> None:
    own = engine().trace(3, BASE)
    same = engine().trace(3, BASE, fate=Fate(week("1941-08-11"), 0))
    assert (own.state == same.state).all()


def test_futures_share_one_past_and_differ_after_it() -> None:
    at, history = week("1941-10-06"), 777
    own = engine().trace(history, BASE)
    futures = engine().trace(0, BASE, fate=Fate(at, 1, past=history))
    kept = own.state[:at, :, history % LANES]
    assert (futures.state[:at] == kept[:, :, None]).all()
    front = futures.state[at + 20, FIELD_INDEX["front_km"]]
    assert len(np.unique(front)) == LANES


def test_futures_of_another_block_differ() -> None:
    fate = Fate(week("1941-10-06"), 1, past=777)
    ahead = week("1942-03-02")
    seen = engine().observe(BASE, 0, 4 * LANES, ["front_km"], [ahead], ahead, fate)
    assert len(np.unique(seen)) == 4 * LANES


def test_change_from_a_week_on_leaves_the_weeks_before() -> None:
    at = week("1941-09-01")
    change = (Change(parameter="transfer_rate", times=3.0),)
    own = engine().trace(0, BASE)
    later = engine().trace(0, World("later", later=(Later(at, change),)))
    always = engine().trace(0, World("always", change))
    sent = FIELD_INDEX["sent_total"]
    assert (own.state[:at] == later.state[:at]).all()
    assert (own.state[at, sent] != later.state[at, sent]).any()
    assert (own.state[:at, sent] != always.state[:at, sent]).any()


def test_change_from_the_first_week_is_a_change() -> None:
    change = (Change(parameter="axis_start_km", times=0.5),)
    one = engine().trace(0, World("from the start", change))
    other = engine().trace(0, World("from", later=(Later(engine().first_running, change),)))
    assert (one.state == other.state).all()


@pytest.mark.parametrize(("how", "amount"), [("add", 5.0), ("times", 2.0), ("set", 40.0)])
def test_shock_moves_its_field_in_its_week(how: str, amount: float) -> None:
    at = week("1941-07-21")
    own = engine().trace(0, BASE)
    shaken = engine().trace(0, World("shaken", shocks=(Shock(at, "oil", how, amount),)))
    oil = FIELD_INDEX["oil"]
    before = own.state[at - 1, oil]
    wanted = {"add": before + amount, "times": before * amount, "set": 0 * before + amount}[how]
    used = before - own.state[at, oil]  # a week's use, the same with other stocks
    assert (own.state[:at] == shaken.state[:at]).all()
    np.testing.assert_allclose(shaken.state[at, oil], wanted - used, rtol=1e-5)


def test_shock_of_nothing_changes_nothing() -> None:
    own = engine().trace(0, BASE)
    shaken = engine().trace(0, World("no", shocks=(Shock(week("1941-07-21"), "oil", "add", 0.0),)))
    assert (own.state == shaken.state).all()


def script(*orders: Order) -> World:
    changes = (Change(parameter="decider", set=2), Change(parameter="prey_decider", set=2))
    return World("script", changes, orders=orders)


def test_script_is_obeyed_and_nothing_else_is_decided() -> None:
    at = week("1941-07-21")
    quiet = engine().trace(0, script())
    assert (quiet.state[-1, FIELD_INDEX["north_decided"]] == 0).all()
    assert (quiet.state[-1, FIELD_INDEX["south_decided"]] == 0).all()
    war = engine().trace(0, script(Order(at, "hunter", Action.OPEN_NORTH)))
    decided = war.state[:, FIELD_INDEX["north_decided"]]
    assert (decided[at - 1] == 0).all()
    assert (decided[at] == 1).all()
    assert (war.state[at, FIELD_INDEX["north_week"]] >= at).all()


def test_a_script_of_the_prey_sets_its_pace() -> None:
    at = week("1941-07-21")
    strips = engine().trace(0, script(Order(at, "prey", Action.STRIP_GARRISON)))
    holds = engine().trace(0, script(Order(at, "prey", Action.HOLD_GARRISON)))
    late, sent = week("1941-12-01"), FIELD_INDEX["sent_total"]
    assert (strips.state[late, sent] > holds.state[late, sent]).all()


def test_worlds_of_other_rules_run_on_the_same_dice() -> None:
    """Base, a script and a change in one run: each as if it were run alone."""
    worlds = [
        BASE,
        script(Order(week("1941-07-21"), "hunter", Action.OPEN_NORTH)),
        World("changed", (Change(parameter="axis_start_km", times=0.5),)),
    ]
    asked = ("attack_by_end_1942",)
    together = engine().run(worlds, 128, 256, *asked)
    for row, world in enumerate(worlds):
        alone = engine().run([world], 128, 256, *asked)
        assert (together.events[row] == alone.events[0]).all()
    assert (together.outcome == engine().run([BASE], 128, 256, *asked).outcome).all()
    assert (together.events[1] >= 0).all()


def test_points_are_worlds() -> None:
    """The same parameters as a point and as a world give the same events."""
    case = engine().case
    points = engine().space.draw(engine().seed, np.arange(2))
    found = engine().run_points(points, "attack_by_end_1942", 128, 0)
    own = engine().run([BASE], 0, 128, "attack_by_end_1942")
    assert (found[0] == own.events[0]).all()
    assert found.shape == (2, 128)
    mapped = next(name for name, item in case.outcomes.items() if item.campaign)
    with pytest.raises(UsageError):
        engine().run_points(points, mapped)


def test_a_change_of_distribution_keeps_the_quantiles() -> None:
    space = engine().space
    draws = np.arange(400)
    base = space.draw(5, draws)
    column = space.index["axis_start_km"]
    item = space.case.parameters["axis_start_km"]
    same = space.changed(base, [Change(parameter=item.id, range=item.range)], 5, draws)
    np.testing.assert_array_equal(same, base)
    wide = Change(parameter=item.id, range=Range(uniform=(10.0, 20.0)))
    moved = space.changed(base, [wide], 5, draws)[:, column]
    assert (np.argsort(moved) == np.argsort(base[:, column])).all()
    assert moved.min() >= 10.0
    assert moved.max() <= 20.0
    others = np.delete(np.arange(space.width), column)
    np.testing.assert_array_equal(space.changed(base, [wide], 5, draws)[:, others], base[:, others])


def test_what_follows_is_scaled_alike() -> None:
    space = engine().space
    base = space.draw(5, np.arange(5))
    changes = [
        Change(parameter="initial_divisions", set=10.0),
        Change(parameter="counted_at_start", follows="initial_divisions"),
    ]
    moved = space.changed(base, changes)
    divisions, counted = (space.index[name] for name in ("initial_divisions", "counted_at_start"))
    np.testing.assert_allclose(
        moved[:, counted] / base[:, counted], 10.0 / base[:, divisions], rtol=1e-12
    )


def test_ordered_departures_leave_by_their_day() -> None:
    share = 0.4
    changes = (
        Change(parameter="departure_ordered", set=1),
        Change(parameter="departure_share", set=share),
    )
    trace = engine().trace(0, World("ordered", changes))
    gone = trace.state[week("1941-08-10"), FIELD_INDEX["sent_total"]]
    start = engine().trace(0, BASE).parameters[engine().space.index["initial_divisions"]]
    np.testing.assert_allclose(gone, share * start, rtol=1e-4)
