"""Movement behind the lines: trains, ways that are cut, arrivals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workshop import (
    CAMPAIGNS,
    Ground,
    films,
    formations,
    ground,
    jobs_of,
    parameters,
    station,
    theatre,
)

from jukushi.war.movement import arrive, free_trains, move_on, start_move
from jukushi.war.records import LinkKind, Status
from jukushi.war.supply import TROOP_SHARE, allocate_supply, week_of_links

laws = settings(deadline=None, max_examples=60, derandomize=True)
f32 = np.float32
P = parameters()[0]


def week(at: Ground) -> None:
    week_of_links(at.w, at.f, P, 6, f32(200), f32(0.7))


def railway(places: int = 5, pairs: float = 10.0, km: float = 300.0) -> Ground:
    """A railway of one side, with its week begun and no formations."""
    links = [(i, i + 1, LinkKind.RAIL) for i in range(places - 1)]
    at = ground([0] * places, links, km=[km] * (places - 1), pairs=[pairs] * (places - 1))
    week(at)
    return at


def carry(at: Ground, index: int, most: int = 400) -> int:
    """Move on day by day, week by week, until a formation stands; return the days."""
    for day in range(most):
        if day % 7 == 0:
            week(at)
        move_on(at.w, at.f, P)
        if formations(at)["status"][index] == Status.PRESENT:
            return day + 1
    raise AssertionError("it never arrives")


@laws
@given(st.integers(1, 6), st.sampled_from([5e3, 4e4, 2e5]), st.sampled_from([1.0, 8.0, 60.0]))
def test_troops_leave_their_share_of_the_trains_to_supplies(
    count: int, men: float, pairs: float
) -> None:
    at = railway(pairs=pairs)
    for number in range(count):
        start = int(number % 3)
        assert start_move(at.w, at.f, P, station(at, start, men), 4)
    for day in range(30):
        if day % 7 == 0:
            week(at)
        move_on(at.w, at.f, P)
        used, trains = at.w["links"]["trains_used"][:4], at.w["links"]["trains"][:4]
        assert (used >= 0).all()
        assert (used <= trains * TROOP_SHARE * (1 + 1e-5) + 1e-3).all()


@laws
@given(st.integers(1, 8), st.sampled_from([5e3, 4e4, 2e5]), st.integers(0, 3), st.integers(0, 20))
def test_nobody_is_lost_on_the_way(count: int, men: float, taken: int, day_taken: int) -> None:
    at = railway(pairs=5.0)
    for number in range(count):
        start_move(at.w, at.f, P, station(at, int(number % 2), men, tanks=men / 100), 4)
    before = formations(at)[["men", "tanks", "guns", "lost", "captured", "stock_tons"]].copy()
    for day in range(40):
        if day % 7 == 0:
            week(at)
        if day == day_taken:
            at.w["places"]["holder"][taken] = 1
        move_on(at.w, at.f, P)
    assert (
        formations(at)[["men", "tanks", "guns", "lost", "captured", "stock_tons"]] == before
    ).all()
    standing = np.isin(formations(at)["status"], [Status.PRESENT, Status.MOVING])
    assert standing.all()


def test_a_move_takes_its_trains_and_its_days() -> None:
    at = railway(pairs=10.0)
    index = station(at, 0, 30_000)
    assert start_move(at.w, at.f, P, index, 4)
    f = formations(at)[index]
    trains = 30 * float(P["theatre_troop_trains"])
    assert f["trains_left"] == pytest.approx(trains)
    assert f["travel_days"] == pytest.approx(1200 / float(P["theatre_rail_km"]), rel=1e-5)
    weekly = 70 * TROOP_SHARE
    loading = 7 * int(trains // weekly) + 1  # each week's trains leave on its first day
    assert carry(at, index) == loading + int(np.ceil(1200 / float(P["theatre_rail_km"])))
    assert formations(at)["place"][index] == 4


def test_who_is_quicker_on_foot_walks() -> None:
    at = railway(places=2, pairs=0.05, km=44.0)
    index = station(at, 0, 60_000)
    assert start_move(at.w, at.f, P, index, 1)
    f = formations(at)[index]
    assert f["trains_left"] == 0.0
    assert f["travel_days"] == pytest.approx(44 / float(P["theatre_march_foot"]), rel=1e-5)
    motor = station(at, 0, 60_000, motor=1.0)
    assert start_move(at.w, at.f, P, motor, 1)
    assert formations(at)["travel_days"][motor] < f["travel_days"]


def test_there_is_no_way_through_the_enemy() -> None:
    at = railway()
    at.w["places"]["holder"][2] = 1
    index = station(at, 0, 1e4)
    before = at.w["formations"][index].copy()
    assert not start_move(at.w, at.f, P, index, 4)
    assert at.w["formations"][index] == before


def test_who_is_there_need_not_go() -> None:
    at = railway()
    index = station(at, 3, 1e4)
    assert start_move(at.w, at.f, P, index, 3)
    assert formations(at)["status"][index] == Status.PRESENT


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("taken", [1, 2, 3, 4])
def test_a_way_that_is_cut_leaves_the_formation_where_it_was(after: int, taken: int) -> None:
    at = railway(pairs=3.0)
    index = station(at, 0, 9e4)
    assert start_move(at.w, at.f, P, index, 4)
    for _ in range(after):
        move_on(at.w, at.f, P)
    at.w["places"]["holder"][taken] = 1
    move_on(at.w, at.f, P)
    (f,) = formations(at)
    assert f["status"] == Status.PRESENT
    assert f["place"] == 0
    assert f["men"] == f32(9e4)


def test_a_way_that_is_cut_is_changed_for_another() -> None:
    links = [(0, 1), (1, 3), (0, 2), (2, 3)]
    at = ground([0] * 4, [(a, b, LinkKind.RAIL) for a, b in links], km=[100, 100, 400, 400])
    week(at)
    index = station(at, 0, 2e4)
    assert start_move(at.w, at.f, P, index, 3)
    assert at.w["path"][index, 0] == 0
    at.w["places"]["holder"][1] = 1
    move_on(at.w, at.f, P)
    assert formations(at)["status"][index] == Status.MOVING
    assert at.w["path"][index, 0] == 2
    carry(at, index)
    assert formations(at)["place"][index] == 3


def test_arrivals_wait_for_their_day_and_their_place() -> None:
    at = railway()
    index = station(at, 2, 1e4, status=Status.WAITING, arrives=5.0)
    at.w["places"]["holder"][2] = 1
    for day in range(12):
        at.w["places"]["holder"][2] = 1 if day < 9 else 0
        arrive(at.w, f32(day))
        expected = Status.WAITING if day < 9 else Status.PRESENT
        assert formations(at)["status"][index] == expected
    assert formations(at)["settled_days"][index] == 0.0  # it gets orders at once


# --- trains for supplies and for troops -----------------------------------------------------


def trains_taken(at: Ground) -> tuple[Any, Any, Any]:
    """Trains of each link's week: what there are, what supplies take, what troops take."""
    links = at.w["links"][: int(at.w["n_links"])]
    rail = at.f["kind"][: len(links)] == LinkKind.RAIL
    loaded = links["tons_used"].astype(np.float64) / float(P["theatre_train_tons"])
    return links["trains"][rail], loaded[rail], links["trains_used"][rail]


def share_out(at: Ground) -> None:
    """Begin a week and share out the supplies of both sides."""
    week(at)
    for side in range(2):
        allocate_supply(at.w, at.f, side, f32(0), P)


def at_war(seed: int) -> Ground:
    """A network of two sides with depots, hungry formations, and moves under way."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 12))
    links = [(int(rng.integers(0, i)), i) for i in range(1, n)]
    for _ in range(int(rng.integers(0, n))):
        a, b = rng.choice(n, 2, replace=False)
        links.append((int(a), int(b)))
    m = len(links)
    kinds = rng.choice(list(LinkKind), m, p=[0.7, 0.2, 0.05, 0.05])
    at = ground(
        np.where(rng.random(n) < 0.15, 1, 0).tolist(),
        [(a, b, LinkKind(kind)) for (a, b), kind in zip(links, kinds, strict=True)],
        rng.uniform(100, 900, m).tolist(),
        rng.choice([0.5, 2.0, 8.0, 40.0], m).tolist(),
    )
    for place in rng.integers(0, n, 4):
        at.w["places"]["stock"][place] = rng.choice([50.0, 2e4, 1e6])
    for place in rng.integers(0, n, int(rng.integers(2, 9))):
        side = int(at.w["places"]["holder"][place])
        station(at, int(place), float(rng.choice([5e3, 6e4, 2e5])), side=side)
    return at


@laws
@given(st.integers(0, 10**9))
def test_trains_are_conserved(seed: int) -> None:
    """What supplies and troops take together never exceeds the week's trains."""
    rng = np.random.default_rng(seed)
    at = at_war(seed)
    n = int(at.w["n_places"])
    for day in range(28):
        if day % 7 == 0:
            share_out(at)
        for index, f in enumerate(formations(at)):
            if f["status"] == Status.PRESENT and rng.random() < 0.5:
                start_move(at.w, at.f, P, index, int(rng.integers(0, n)))
        if rng.random() < 0.1:
            at.w["places"]["holder"][rng.integers(0, n)] = rng.integers(0, 2)
        move_on(at.w, at.f, P)
        trains, loaded, troops = trains_taken(at)
        assert (troops >= 0).all()
        assert (loaded + troops <= trains * (1 + 1e-5) + 1e-3).all()


def test_the_trains_that_troops_may_take() -> None:
    """The lesser of their share and of what supplies leave, less what they have taken."""
    at = railway(places=2, pairs=10.0)
    link, per_train = at.w["links"][0], float(P["theatre_train_tons"])
    for loaded, taken, free in [
        (0.0, 0.0, 70 * TROOP_SHARE),
        (20.0, 0.0, 70 * TROOP_SHARE),
        (50.0, 0.0, 20.0),
        (50.0, 15.0, 5.0),
        (70.0, 0.0, 0.0),
        (65.0, 15.0, 0.0),
    ]:
        link["tons_used"], link["trains_used"] = loaded * per_train, taken
        assert float(free_trains(at.w, 0, P)) == pytest.approx(free, abs=1e-4)


def hungry_railway(men: float = 3e5) -> Ground:
    """A narrow railway from a full depot to an army that wants more than it carries."""
    at = railway(pairs=3.0, km=2000.0)
    at.w["places"]["stock"][0, 0] = 1e6
    station(at, 4, men)
    return at


def test_supplies_have_the_first_claim_on_trains() -> None:
    """Troops that move take nothing from supplies, and wait where supplies take all."""
    given_tons = []
    for moves in (False, True):
        at = hungry_railway()
        if moves:
            share_out(at)
            full = station(at, 0, 2e4, stock_tons=1e6)
            at.w["formations"][full]["bound_for"] = 4
            at.w["formations"][full]["status"] = Status.MOVING
            at.w["formations"][full]["trains_left"] = 20.0
            at.w["path"][full, :5] = 0, 1, 2, 3, -1
        total = 0.0
        for day in range(14):
            if day % 7 == 0:
                share_out(at)
                total += float(at.w["sides"]["tons_given"][0])
            move_on(at.w, at.f, P)
            trains, loaded, troops = trains_taken(at)
            assert loaded == pytest.approx(trains, rel=1e-5)
            assert troops == pytest.approx(np.zeros(4), abs=1e-3)
        given_tons.append(total)
        if moves:
            assert formations(at)[full]["trains_left"] == pytest.approx(20.0, abs=0.01)
    # The week shared out before the move began is not counted.
    assert given_tons[0] > 0.0
    assert given_tons[1] == pytest.approx(given_tons[0], rel=1e-5)


def test_troops_take_the_trains_that_supplies_leave() -> None:
    at = hungry_railway(men=2e4)
    share_out(at)
    trains, loaded, _ = trains_taken(at)
    left = float((trains - loaded).min())
    assert 0.0 < left < TROOP_SHARE * float(trains[0])
    index = station(at, 0, 3e4, stock_tons=1e6)
    assert start_move(at.w, at.f, P, index, 4)
    wanted = float(formations(at)[index]["trains_left"])
    assert wanted > left
    move_on(at.w, at.f, P)
    assert formations(at)[index]["trains_left"] == pytest.approx(wanted - left, rel=1e-4)
    move_on(at.w, at.f, P)
    assert formations(at)[index]["trains_left"] == pytest.approx(wanted - left, rel=1e-4)


# --- on film ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_real_campaigns_keep_to_their_trains(name: str) -> None:
    moved = False
    per_train = jobs_of(name, 2).parameters["theatre_train_tons"].astype(np.float64)
    for number, film in enumerate(films(name, 2)):
        links = film["links"][:, : int(theatre(name).field["n_links"][0])]
        assert (links["trains_used"] <= links["trains"] * TROOP_SHARE * (1 + 1e-5) + 1e-3).all()
        rail = theatre(name).field["kind"][0][: links.shape[1]] == LinkKind.RAIL
        loaded = links["tons_used"].astype(np.float64) / per_train[number]
        both = np.where(rail, loaded, 0.0) + links["trains_used"]
        assert (both <= links["trains"] * (1 + 1e-5) + 1e-3)[:, rail].all()
        moved |= bool((links["trains_used"] > 0).any())
    assert moved


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_real_arrivals_enter_only_what_is_theirs(name: str) -> None:
    start = theatre(name).start[0]
    n = int(start["n_formations"])
    for film in films(name, 2):
        status: Any = film["formations"]["status"][:, :n]
        for index in range(n):
            entered = np.flatnonzero(status[:, index] != Status.WAITING)
            first = start["formations"][index]
            if len(entered) and entered[0] > 0:
                assert entered[0] >= first["arrives"]
                before = film["places"]["holder"][entered[0] - 1, first["place"]]
                assert before == first["side"]
        waiting = (status == Status.WAITING).astype(int)
        assert (np.diff(waiting, axis=0) <= 0).all()
