"""Orders: rules as programs, the first true row, reserves, axes and phases."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from workshop import (
    CAMPAIGNS,
    Ground,
    case,
    films,
    formations,
    ground,
    parameters,
    station,
    theatre,
)

from jukushi.war.fight import gather
from jukushi.war.movement import arrive
from jukushi.war.orders import Word, give_orders, open_phases, truth
from jukushi.war.plan import _RuleWriter
from jukushi.war.records import MOST_WORDS, PLAN, LinkKind, Order, Role, Status
from jukushi.war.supply import allocate_supply, week_of_links

laws = settings(deadline=None, max_examples=200, derandomize=True)
f32 = np.float32
P = parameters()[0]
WORDS = tuple(word.name.lower() for word in Word)


def write(plan: Any, writer: _RuleWriter) -> None:
    """Put the rules of a writer into a plan."""
    count = len(writer.start)
    plan["rule_start"][:count] = writer.start
    plan["rule_stop"][:count] = writer.stop
    plan["rule_order"][:count] = writer.order
    plan["program"][: len(writer.program)] = writer.program
    plan["constants"][: len(writer.constants)] = writer.constants


def plan_of(*texts: tuple[str, Order], side: int = 0) -> Any:
    """Return a plan with one table of rules for a side; the other only holds."""
    plan = np.zeros(1, PLAN)[0]
    writer = _RuleWriter()
    for text, order in texts:
        writer.rule(text, int(order))
    writer.rule("1", int(Order.HOLD))
    write(plan, writer)
    plan["side_rules"][side] = 0, len(texts)
    plan["side_rules"][1 - side] = len(texts), len(texts) + 1
    for name in ("axis_path", "axis_then", "phase_objectives", "objectives", "success"):
        plan[name] = -1
    return plan


# --- the evaluator ------------------------------------------------------------------------

numbers = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(["0", "0.5", "1", "2", "0.25", "10", "3.75"]),
)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = st.tuples(inner, inner)
    condition = st.one_of(
        st.tuples(inner, st.sampled_from(["<", "<=", ">", ">="]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
    )
    both = st.tuples(condition, st.sampled_from(["and", "or"]), condition).map(
        lambda t: f"({t[0]} {t[1]} {t[2]})"
    )
    condition = st.one_of(condition, both, condition.map(lambda c: f"(not {c})"))
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        two.map(lambda t: f"min({t[0]}, {t[1]})"),
        two.map(lambda t: f"max({t[0]}, {t[1]})"),
        st.tuples(st.sampled_from(["log", "exp", "sqrt", "abs", "-"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(condition, inner, inner).map(lambda t: f"where({t[0]}, {t[1]}, {t[2]})"),
    )


expressions = st.recursive(numbers, _wider, max_leaves=10)
comparisons = st.tuples(expressions, st.sampled_from(["<", "<=", ">", ">="]), expressions).map(
    lambda t: f"({t[0]} {t[1]} {t[2]})"
)
rules = st.recursive(
    comparisons,
    lambda c: st.one_of(
        st.tuples(c, st.sampled_from(["and", "or"]), c).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        c.map(lambda t: f"(not {t})"),
    ),
    max_leaves=4,
)

_NAMES: dict[str, Any] = {
    "min": min, "max": max, "abs": abs,
    "log": lambda x: math.log(max(x, 1e-30)),
    "exp": lambda x: math.exp(min(max(x, -87), 88)),
    "sqrt": lambda x: math.sqrt(max(x, 0)),
    "where": lambda c, a, b: a if c else b,
}  # fmt: skip


def by_python(text: str, values: Any) -> bool:
    return bool(eval(text, {"__builtins__": {}}, _NAMES | dict(zip(WORDS, values, strict=True))))


@laws
@given(
    rules,
    st.lists(
        st.sampled_from([0.0, 0.1, 0.5, 1.0, 1.7, 3.0, 12.0, 40.0]),
        min_size=len(WORDS),
        max_size=len(WORDS),
    ),
)
def test_a_rule_says_what_python_says(text: str, values: list[float]) -> None:
    assume(len(text) <= 600)
    try:
        expected = by_python(text, values)
        # Rounding may decide a close call: such a rule proves nothing.
        for nudge in (1e-5, -1e-5):
            moved = [v * (1 + nudge * (i % 3 - 1)) for i, v in enumerate(values)]
            assume(by_python(text, moved) == expected)
    except (ZeroDivisionError, OverflowError):
        assume(False)
    plan = plan_of((text, Order.HOLD))
    words, stack = np.zeros(MOST_WORDS, f32), np.zeros(MOST_WORDS, f32)
    words[: len(values)] = values
    close = truth(plan, 0, words, stack)
    if close != expected:
        # An exact tie, or a difference of huge numbers, falls otherwise in single precision.
        single = by_python(text, [f32(v) for v in values])
        assume(single == expected)
    assert close == expected, text


@pytest.mark.parametrize("text", ["day >= 3", "not day < 3", "where(day >= 3, 1, 0) > 0.5"])
def test_a_rule_in_three_spellings(text: str) -> None:
    plan = plan_of((text, Order.HOLD))
    words, stack = np.zeros(MOST_WORDS, f32), np.zeros(MOST_WORDS, f32)
    for day in range(6):
        words[Word.DAY] = day
        assert truth(plan, 0, words, stack) == (day >= 3)


def test_every_rule_of_the_case_says_what_python_says() -> None:
    rng = np.random.default_rng(3)
    stack = np.zeros(MOST_WORDS, f32)
    for table in case().operations.values():
        for row in (*table.rows, table.breakdown):
            plan = plan_of((row.when, Order.HOLD))
            for _ in range(60):
                words = np.zeros(MOST_WORDS, f32)
                # Grid values in between the levels that rules speak of.
                words[: len(WORDS)] = rng.choice([0.013, 0.31, 0.57, 0.83, 1.37, 6.3, 14.7], 20)
                words[Word.FROST] *= rng.choice([-1, 1])
                values = [float(v) for v in words[: len(WORDS)]]
                assert truth(plan, 0, words, stack) == by_python(row.when, values), row.when


# --- orders -------------------------------------------------------------------------------


def front(**more: Any) -> Ground:
    """Own places 0 - 1, the enemy in 2 and 3, and a formation of ours in place 1 on axis 0."""
    links = [(0, 1, LinkKind.RAIL), (1, 2, LinkKind.ROAD), (2, 3, LinkKind.RAIL)]
    at = ground([0, 0, 1, 1], links, km=[100.0, 80.0, 100.0])
    at.w["places"]["stock"][0, 0] = 1e6
    station(at, 1, 5e4, side=0, **({"axis": 0} | more))
    station(at, 3, 1e4, side=1)
    at.w["axis_open"][0] = 1
    for index in range(2):
        at.w["formations"]["stock_tons"][index] = 1e4
    return at


def with_axis(plan: Any, *path: int) -> Any:
    plan["n_axes"] = 1
    plan["axis_path"][0, : len(path)] = path
    return plan


def order(at: Ground, plan: Any, day: int = 0) -> Any:
    """Begin a week, gather, and give the orders of a day; return the first formation."""
    week_of_links(at.w, at.f, P, 6, f32(200), f32(0.7))
    for side in range(2):
        allocate_supply(at.w, at.f, side, f32(0), P)
    gather(at.w, at.f, P)
    zero = f32(0)
    give_orders(at.w, at.f, plan, P, day, 6, f32(100), zero, zero, zero)
    return formations(at)[0]


ORDERS = st.sampled_from([Order.HOLD, Order.ATTACK, Order.COUNTER_ATTACK])


@settings(deadline=None, max_examples=80, derandomize=True)
@given(st.lists(st.tuples(st.booleans(), ORDERS), min_size=1, max_size=8), st.integers(0, 30))
def test_the_first_true_row_is_the_order(table: list[tuple[bool, Order]], third: int) -> None:
    day = 3 * third  # formation 0 is asked every third day
    texts = [(f"day {'>=' if true else '<'} {day}", what) for true, what in table]
    at = front()
    found = order(at, with_axis(plan_of(*texts), 0, 1, 2, 3), day)
    expected = next((what for true, what in table if true), Order.HOLD)
    assert found["order"] == expected
    attacks = expected in (Order.ATTACK, Order.COUNTER_ATTACK)
    assert found["contact"] == (2 if attacks else -1)


def test_without_a_true_row_but_the_last_it_holds() -> None:
    for rows in ([("0", Order.ATTACK)], [("0", Order.ATTACK), ("1", Order.HOLD)]):
        at = front(contact=2, order=Order.ATTACK)
        found = order(at, with_axis(plan_of(*rows), 0, 1, 2))
        assert found["order"] == Order.HOLD
        assert found["contact"] == -1


def test_formations_are_asked_every_third_day_or_when_they_have_just_come() -> None:
    plan = with_axis(plan_of(("1", Order.ATTACK)), 0, 1, 2)
    assert order(front(), plan, day=1)["order"] == Order.HOLD
    assert order(front(), plan, day=3)["order"] == Order.ATTACK
    assert order(front(settled_days=1.0), plan, day=1)["order"] == Order.ATTACK


def test_all_formations_get_orders_on_day_0() -> None:
    plan = with_axis(plan_of(("1", Order.ATTACK)), 0, 1, 2)
    for day, asked in [(0, {0, 2, 3, 4, 5}), (1, {2, 5}), (2, {4}), (3, {0, 3})]:
        at = front()
        for _ in range(4):
            station(at, 1, 2e4, side=0, axis=0, stock_tons=1e4)
        order(at, plan, day)
        own = [n for n, f in enumerate(formations(at)) if f["side"] == 0]
        assert own == [0, 2, 3, 4, 5]
        told = {n for n in own if formations(at)["order"][n] == Order.ATTACK}
        assert told == asked, day


def test_newcomers_get_orders_on_arrival() -> None:
    plan = with_axis(plan_of(("1", Order.ATTACK)), 0, 1, 2)
    for day in range(1, 7):
        at = front(status=Status.WAITING, arrives=float(day))
        arrive(at.w, f32(day - 1))
        assert order(at.copy(), plan, day - 1)["order"] == Order.HOLD
        arrive(at.w, f32(day))
        assert order(at, plan, day)["order"] == Order.ATTACK, day


def test_a_reserve_waits_is_committed_and_then_attacks() -> None:
    rows = [("reserve > 0 and day >= 6", Order.COMMIT), ("day >= 0", Order.ATTACK)]
    plan = with_axis(plan_of(*rows), 0, 1, 2)
    at = front(role=Role.RESERVE)
    for day in (0, 3):
        found = order(at, plan, day)
        assert found["committed"] == 0.0
        assert found["contact"] == -1, "a reserve has no contact before it is committed"
    found = order(at, plan, 6)
    assert found["order"] == Order.COMMIT
    assert found["committed"] == 1.0
    found = order(at, plan, 9)
    assert found["order"] == Order.ATTACK
    assert found["contact"] == 2


def test_an_axis_that_is_cut_at_its_base_holds() -> None:
    plan = with_axis(plan_of(("odds > 0", Order.ATTACK)), 0, 1, 2)
    assert order(front(), plan)["order"] == Order.ATTACK
    at = front()
    at.w["places"]["holder"][0] = 1
    found = order(at, plan)
    assert found["order"] == Order.HOLD
    assert found["contact"] == -1
    assert found["status"] == Status.PRESENT
    assert found["place"] == 1


def test_an_axis_that_is_not_open_holds() -> None:
    plan = with_axis(plan_of(("odds > 0", Order.ATTACK)), 0, 1, 2)
    at = front()
    at.w["axis_open"][0] = 0
    assert order(at, plan)["order"] == Order.HOLD


def test_who_stands_elsewhere_goes_to_the_head_of_the_axis() -> None:
    plan = with_axis(plan_of(("odds > 0", Order.ATTACK)), 0, 1, 2)
    at = front()
    at.w["formations"]["place"][0] = 0
    found = order(at, plan)
    assert found["status"] == Status.MOVING
    assert found["bound_for"] == 1


def test_an_axis_goes_on_along_the_next() -> None:
    plan = with_axis(plan_of(("odds > 0", Order.ATTACK)), 0, 1)
    plan["n_axes"] = 2
    plan["axis_then"][0] = 1
    plan["axis_path"][1, :3] = 1, 2, 3
    at = front()
    assert order(at.copy(), plan)["contact"] == -1
    at.w["axis_open"][1] = 1
    found = order(at, plan)
    assert found["axis"] == 1
    assert found["contact"] == 2


def test_a_counter_attack_goes_for_lost_ground() -> None:
    plan = plan_of(("1", Order.COUNTER_ATTACK))
    at = front(axis=-1)
    assert order(at.copy(), plan)["contact"] == -1
    at.w["places"]["first_holder"][2] = 0
    assert order(at, plan)["contact"] == 2


def test_who_withdraws_falls_back_toward_supply() -> None:
    plan = plan_of(("threat > 0", Order.WITHDRAW))
    at = front(axis=-1)
    station(at, 2, 9e4, side=1)
    found = order(at, plan)
    assert found["order"] == Order.WITHDRAW
    assert found["status"] == Status.MOVING
    assert found["bound_for"] == 0
    assert found["retreating"] == 1.0


# --- phases -------------------------------------------------------------------------------


def test_phases_open_when_their_condition_holds_and_stay_open() -> None:
    plan = plan_of(("0", Order.HOLD))
    writer = _RuleWriter()
    rules_of = [writer.rule(text) for text in ("day >= 6", "held >= 0.5")]
    write(plan, writer)
    plan["n_axes"], plan["n_phases"] = 3, 3
    plan["phase_rule"][:3] = -1, *rules_of
    for phase in range(3):
        plan["phase_axes"][phase, phase] = 1
    plan["phase_objectives"][0, :2] = 2, 3
    plan["objectives"][:2] = 2, 3  # what a side is measured by before it has a phase open
    at = front()
    at.w["axis_open"][:] = 0

    def opened(day: int) -> list[int]:
        open_phases(at.w, plan, f32(day), f32(100))
        assert at.w["sides"]["phases"][0] == at.w["phase_open"][:3].sum()
        assert (at.w["axis_open"][:3] == at.w["phase_open"][:3]).all()
        return [int(v) for v in at.w["phase_open"][:3]]

    assert opened(0) == [1, 0, 0]
    assert opened(3) == [1, 0, 0]
    assert opened(6) == [1, 1, 0]
    at.w["places"]["holder"][2] = 0
    assert opened(9) == [1, 1, 1]
    at.w["places"]["holder"][2] = 1
    assert opened(12) == [1, 1, 1]


def phases_of(*texts: str, sides: tuple[int, ...] | None = None) -> Any:
    """Return a plan with phases of these conditions ("" for none), each opening its own axis."""
    plan = plan_of(("0", Order.HOLD))
    writer = _RuleWriter()
    numbers = [writer.rule(text) if text else -1 for text in texts]
    if max(numbers) >= 0:
        write(plan, writer)
    count = len(texts)
    plan["n_axes"], plan["n_phases"] = count, count
    plan["phase_rule"][:count] = numbers
    plan["phase_side"][:count] = sides or (0,) * count
    for phase in range(count):
        plan["phase_axes"][phase, phase] = 1
    return plan


def opened_by(plan: Any, days: Any) -> list[list[int]]:
    """The open phases on the evenings of days."""
    at, found = front(), []
    at.w["axis_open"][:] = 0
    for day in days:
        open_phases(at.w, plan, f32(day), f32(100))
        open_now = at.w["phase_open"][: int(plan["n_phases"])]
        assert (at.w["axis_open"][: len(open_now)] == open_now).all()
        found.append([int(n) for n in np.flatnonzero(open_now)])
    return found


def test_a_phase_waits_for_no_other() -> None:
    plan = phases_of("", "day >= 9", "day >= 3", "day < 6")
    # The third holds before the second, and the last holds from the start and stays open.
    assert opened_by(plan, [0, 3, 6, 9]) == [[0, 3], [0, 2, 3], [0, 2, 3], [0, 1, 2, 3]]


def test_phases_that_hold_at_once_open_at_once() -> None:
    plan = phases_of("", "day >= 3", "day >= 3")
    assert opened_by(plan, [0, 3]) == [[0], [0, 1, 2]]


def test_the_sides_do_not_wait_for_each_other() -> None:
    plan = phases_of("day >= 9", "day >= 3", "day >= 9", "", sides=(0, 1, 0, 1))
    assert opened_by(plan, [0, 3, 9]) == [[3], [1, 3], [0, 1, 2, 3]]


@laws
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(["", "day >= 3", "day >= 6", "day < 6"])),
        min_size=1,
        max_size=8,
    )
)
def test_phases_open_each_on_its_condition(table: list[tuple[int, str]]) -> None:
    plan = phases_of(*(text for _, text in table), sides=tuple(side for side, _ in table))
    expected: set[int] = set()
    days = (0, 3, 6, 9)
    for day, found in zip(days, opened_by(plan, days), strict=True):
        for number, (_, text) in enumerate(table):
            if not text or eval(text, {"day": day}):
                expected.add(number)
        assert found == sorted(expected), day


def _held(campaign: Any, places: Any, film: Any, day: int, side: int, power: str) -> float:
    """Share of the objectives of a power's open phases that it held on the evening of a day."""
    shares = []
    for number, phase in enumerate(campaign.phases):
        if phase.power == power and film["phase_open"][day, number] and phase.objectives:
            holders = [film["places"]["holder"][day, places.index(p)] for p in phase.objectives]
            shares.append(np.mean([holder == side for holder in holders]))
    if shares:
        return float(np.mean(shares))
    holders = [film["places"]["holder"][day, places.index(p)] for p in campaign.objectives]
    return float(np.mean([holder == side for holder in holders]))


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_phases_of_the_case_open_on_their_conditions(name: str) -> None:
    """A phase opens on a third day, when its condition holds of the evening before, not else."""
    there = theatre(name)
    seen = 0
    for film in films(name, 3):
        for number, phase in enumerate(there.campaign.phases):
            side = there.sides.index(phase.power)
            is_open = film["phase_open"][:, number]
            assert (np.diff(is_open) >= 0).all()
            if phase.when is None:
                assert is_open[0] == 1
                continue
            first = int(np.argmax(is_open)) if is_open.any() else len(is_open)
            for day in range(3, min(first + 1, len(is_open)), 3):
                sides = film["sides"][day - 1]
                values = dict.fromkeys(WORDS, math.nan) | {
                    "day": day,
                    "held": _held(there.campaign, there.places, film, day - 1, side, phase.power),
                    "enemy_lost": float(sides["lost_share"][1 - side]),
                    "lost": float(sides["lost_share"][side]),
                }
                true = bool(eval(phase.when, {"__builtins__": {}}, values))
                assert true == (day == first), (phase.id, day, first)
                seen += true
            assert not is_open.any() or first % 3 == 0
    assert seen > 0


def test_the_phases_of_the_plan_open_in_order() -> None:
    there = theatre("kantokuen_22")
    numbers = [n for n, phase in enumerate(there.campaign.phases) if phase.power == "japan"]
    for film in films("kantokuen_22", 3):
        days = [int(np.argmax(film["phase_open"][:, n])) for n in numbers]
        opened = [bool(film["phase_open"][-1, n]) for n in numbers]
        assert opened == sorted(opened, reverse=True)
        reached = [day for day, ok in zip(days, opened, strict=True) if ok]
        assert reached == sorted(reached)
