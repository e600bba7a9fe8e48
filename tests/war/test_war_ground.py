"""Ground that changes hands: depots taken, columns that move in, defenders that fall back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workshop import Ground, formations, ground, parameters, station

from jukushi.war.ground import break_down, take_places
from jukushi.war.records import LinkKind, Status

laws = settings(deadline=None, max_examples=60, derandomize=True)
f32 = np.float32
P = parameters()[0]


def at_the_gate(own: float, theirs: float, refuge: bool = True) -> Ground:
    """A column that has covered the way to a depot of the enemy, who may have a refuge."""
    at = ground([0, 1, 1 if refuge else 0], [(0, 1, LinkKind.RAIL), (1, 2, LinkKind.ROAD)])
    at.w["places"]["stock"][1] = own, theirs
    at.w["places"]["source"][1, 1] = 1
    at.w["contacts"]["km"][0] = 100.0
    station(at, 0, 6e4, side=0, contact=0)
    station(at, 1, 2e4, side=1, stock_tons=700.0)
    return at


tons = st.sampled_from([0.0, 0.5, 90.0, 4e4, 3e6])


@laws
@given(tons, tons, st.booleans())
def test_a_captor_keeps_half_of_a_depot(own: float, theirs: float, refuge: bool) -> None:
    at = at_the_gate(own, theirs, refuge)
    take_places(at.w, at.f, P, f32(5))
    place = at.w["places"][1]
    assert place["holder"] == 0
    assert place["taken_day"] == 5.0
    assert place["stock"][0] == pytest.approx(own + 0.5 * theirs, rel=1e-6)
    assert place["stock"][1] == 0.0
    assert formations(at)["place"][0] == 1
    # It stays a source of its first owner only.
    assert place["source"][0] == 0
    assert place["source"][1] == 1


def test_a_depot_taken_and_retaken_keeps_a_quarter() -> None:
    at = at_the_gate(0.0, 800.0)
    take_places(at.w, at.f, P, f32(5))
    assert at.w["places"]["stock"][1] == pytest.approx([400.0, 0.0])
    back = station(at, 2, 9e4, side=1, contact=3)
    at.w["contacts"]["km"][3] = 100.0
    take_places(at.w, at.f, P, f32(9))
    assert at.w["places"]["holder"][1] == 1
    assert at.w["places"]["stock"][1] == pytest.approx([0.0, 200.0])
    assert formations(at)["place"][back] == 1


def test_nothing_changes_hands_before_the_column_is_there() -> None:
    at = at_the_gate(10.0, 800.0)
    at.w["contacts"]["km"][0] = 99.0
    before = at.w["places"].copy()
    take_places(at.w, at.f, P, f32(5))
    assert (at.w["places"] == before).all()


@pytest.mark.parametrize("refuge", [True, False])
def test_the_garrison_falls_back_or_lays_down_arms(refuge: bool) -> None:
    at = at_the_gate(0.0, 0.0, refuge)
    take_places(at.w, at.f, P, f32(5))
    garrison = formations(at)[1]
    if refuge:
        assert garrison["status"] == Status.MOVING
        assert garrison["place"] == garrison["bound_for"] == 2
        assert garrison["men"] == 2e4
    else:
        assert garrison["status"] == Status.GONE
        assert garrison["captured"] == 2e4
        assert garrison["men"] == garrison["stock_tons"] == 0.0


def test_a_breakdown_ends_one_army_only() -> None:
    at = at_the_gate(0.0, 0.0)
    break_down(at.w, 1, f32(6))
    own, other = formations(at)
    assert own["status"] == Status.PRESENT
    assert other["status"] == Status.GONE
    assert other["captured"] == 2e4
    assert list(at.w["sides"]["broken_day"]) == [-1.0, 6.0]
