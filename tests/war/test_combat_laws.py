"""Laws of the combat model: signs, sums over days, errors, and a plain twin of one battle day."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workshop import drawn, formations, ground, parameters, station

from jukushi.dice import Site, four_units
from jukushi.mechanisms import combat
from jukushi.mechanisms.combat import Conditions
from jukushi.numerics import normal_quantile32
from jukushi.war.fight import _battle_day, conditions_at, gather
from jukushi.war.records import LinkKind
from jukushi.world.combat import CONDITIONS

laws = settings(deadline=None, max_examples=120, derandomize=True)
f32 = np.float32
P = parameters()[0]
DRAWN = drawn(64)
EFFECTS = ("exchange", "ground", "intensity", "mobility")


def number(low: float, high: float) -> st.SearchStrategy[Any]:
    return st.floats(f32(low).item(), f32(high).item(), width=32).map(f32)


def conditions_of(values: Any) -> Conditions:
    return Conditions(*(f32(value) for value in values))


CALM = conditions_of([0.0] * len(CONDITIONS))
conditions = st.lists(number(-1, 1), min_size=13, max_size=13).map(conditions_of)
rows = st.integers(0, len(DRAWN) - 1).map(lambda n: DRAWN[n])


def apply(effect: str, z: Conditions, p: Any) -> float:
    if effect == "intensity":
        return float(combat.intensity(z, f32(0.0), p))
    return float(getattr(combat, effect)(z, p))


@laws
@given(number(0, 1e6), number(0, 1e4), number(0, 1e4), number(0, 1e5), rows)
def test_power_grows_with_every_arm(men: Any, tanks: Any, guns: Any, more: Any, p: Any) -> None:
    base = combat.combat_power(men, tanks, guns, p)
    assert combat.combat_power(men + more, tanks, guns, p) >= base
    assert combat.combat_power(men, tanks + more, guns, p) >= base
    assert combat.combat_power(men, tanks, guns + more, p) >= base


@laws
@given(conditions, rows, st.sampled_from(EFFECTS))
def test_opposite_conditions_have_opposite_effects(z: Conditions, p: Any, effect: str) -> None:
    opposite = conditions_of([-value for value in z])
    assert apply(effect, CALM, p) == 0.0
    assert apply(effect, opposite, p) == pytest.approx(-apply(effect, z, p), abs=1e-6)


@laws
@given(conditions, rows, st.sampled_from(EFFECTS))
def test_conditions_add_up(z: Conditions, p: Any, effect: str) -> None:
    parts = 0.0
    for number_of, value in enumerate(z):
        alone = [0.0] * len(z)
        alone[number_of] = value
        parts += apply(effect, conditions_of(alone), p)
    expected = sum(
        float(p[f"{effect}_{name}"]) * float(value)
        for name, value in zip(CONDITIONS, z, strict=True)
    )
    assert parts == pytest.approx(expected, abs=1e-5)
    assert apply(effect, z, p) == pytest.approx(expected, abs=1e-5)


@laws
@given(number(-4, 4), number(-4, 4), number(-2, 2), rows)
def test_more_advantage_wins_and_bleeds_the_other(one: Any, other: Any, also: Any, p: Any) -> None:
    less, more = sorted((one, other))
    assert combat.result_score(less, also, p) <= combat.result_score(more, also, p)
    assert combat.log_loss_attacker(less, also, p) >= combat.log_loss_attacker(more, also, p)
    assert combat.log_loss_defender(less, also, p) <= combat.log_loss_defender(more, also, p)


@laws
@given(number(-4, 4), conditions, rows)
def test_the_score_agrees_with_plain_numpy(x: Any, z: Conditions, p: Any) -> None:
    on_the_ground = sum(
        np.float64(p[f"ground_{name}"]) * np.float64(value)
        for name, value in zip(CONDITIONS, z, strict=True)
    )
    expected = np.float64(p["result_constant"]) + np.float64(p["result_slope"]) * (
        np.float64(x) + on_the_ground
    )
    found = combat.result_score(x, combat.ground(z, p), p)
    assert float(found) == pytest.approx(expected, abs=5e-6 * (1 + abs(float(x)) + 13))


@laws
@given(number(-9, -1), st.integers(1, 60), number(0.2, 1.2))
def test_daily_losses_add_up_to_the_fitted_total(y: Any, days: int, exponent: Any) -> None:
    shares = [float(combat.share_lost_by(y, f32(t), exponent)) for t in range(days + 1)]
    assert shares[0] == 0.0
    assert all(b >= a for a, b in pairwise(shares))
    total = sum(b - a for a, b in pairwise(shares))
    assert total == pytest.approx(math.exp(y) * days ** float(exponent), rel=2e-5)


@laws
@given(rows, conditions, number(-3, 3), number(-3, 3))
def test_break_off_is_a_distribution_of_lengths(
    p: Any, z: Conditions, score: Any, log_size: Any
) -> None:
    z = Conditions(*(abs(value) for value in z))
    lasts, ended = 1.0, 0.0
    for day in range(1, 121):
        hazard = float(combat.break_off_hazard(f32(day), log_size, z, score, p))
        assert 0.0 <= hazard <= 1.0
        ended += lasts * hazard
        lasts *= 1.0 - hazard
    assert ended + lasts == pytest.approx(1.0, abs=1e-9)
    scale = float(p["breakoff_constant"]) + float(p["breakoff_size"]) * float(log_size)
    for name in ("prepared", "fortified", "delay", "rugged"):
        scale += float(p[f"breakoff_{name}"]) * float(getattr(z, name))
    scale += float(p["breakoff_certainty"]) * abs(float(score))
    shape = float(p["breakoff_shape"])
    assert lasts == pytest.approx(math.exp(-((120 / math.exp(scale)) ** shape)), abs=2e-4)


def test_a_usual_battle_may_end_on_any_day_and_need_not() -> None:
    for day in range(1, 61):
        assert 0.0 < combat.break_off_hazard(f32(day), f32(0), CALM, f32(0.2), P) < 1.0


@laws
@given(number(-2, 2), number(-2, 2), number(0.1, 60))
def test_the_advance_grows_with_the_score(one: Any, other: Any, days: Any) -> None:
    less, more = sorted((one, other))
    calm = (f32(0), f32(0), f32(0))
    slow = combat.advance_rate(less, *calm, days, f32(0), P)
    fast = combat.advance_rate(more, *calm, days, f32(0), P)
    assert -0.1 <= slow <= fast * (1 + 1e-6) + 1e-6 <= np.exp(5.001)


def test_errors_have_the_fitted_correlations() -> None:
    """Moments of 20,000 draws: each correlation has a sampling error of at most 0.007."""
    rng = np.random.default_rng(11)
    drawn_errors = np.array(
        [combat.errors_of(*row, P) for row in rng.standard_normal((20_000, 4)).astype(f32)]
    )
    found = np.corrcoef(drawn_errors.T)
    pairs = {"wa": (0, 1), "wd": (0, 2), "wv": (0, 3), "ad": (1, 2), "av": (1, 3), "dv": (2, 3)}
    for name, (i, j) in pairs.items():
        assert found[i, j] == pytest.approx(float(P[f"corr_{name}"]), abs=0.03), name
    assert drawn_errors.std(axis=0) == pytest.approx(np.ones(4), abs=0.02)
    assert drawn_errors.mean(axis=0) == pytest.approx(np.zeros(4), abs=0.03)


@pytest.mark.parametrize("row", range(8))
def test_every_draw_of_the_correlations_has_errors_of_unit_size(row: int) -> None:
    """The factor is exact: its rows have length one and their products are the correlations."""
    p = DRAWN[row]
    factor = np.array([combat.errors_of(*axis, p) for axis in np.eye(4, dtype=f32)]).T
    together = factor @ factor.T
    assert np.diag(together) == pytest.approx(np.ones(4), abs=1e-4)
    assert together[0, 1] == pytest.approx(float(p["corr_wa"]), abs=1e-5)
    assert together[1, 2] == pytest.approx(float(p["corr_ad"]), abs=1e-5)
    assert together[2, 3] == pytest.approx(float(p["corr_dv"]), abs=1e-4)


@laws
@given(number(-2, 2), conditions, number(-2, 2), rows)
def test_two_half_battles_differ_from_one_by_the_terms_of_size(
    x: Any, z: Conditions, log_size: Any, p: Any
) -> None:
    """Half the men on both sides: ln 2 less in size, and nothing else changes."""
    ln2 = math.log(2)
    half = f32(log_size - ln2)
    whole_bloody, half_bloody = combat.intensity(z, log_size, p), combat.intensity(z, half, p)
    for loss in (combat.log_loss_attacker, combat.log_loss_defender):
        difference = float(loss(x, half_bloody, p)) - float(loss(x, whole_bloody, p))
        assert difference == pytest.approx(-float(p["size_intensity"]) * ln2, abs=2e-5)
    score = f32(0.1)
    rate = [
        math.log(combat.advance_rate(score, f32(0), size, f32(0.4), f32(2), f32(0), p) + 0.1)
        for size in (log_size, half)
    ]
    assert rate[1] - rate[0] == pytest.approx(-float(p["size_advance"]) * ln2, abs=1e-4)
    # The hazard of the first day is 1 - exp(-(1/theta)^shape), and theta scales with size.
    lasting = [
        math.log(-math.log1p(-float(combat.break_off_hazard(f32(1), size, CALM, score, P))))
        for size in (f32(0), f32(-ln2))
    ]
    shape, size = float(P["breakoff_shape"]), float(P["breakoff_size"])
    assert lasting[1] - lasting[0] == pytest.approx(shape * size * ln2, abs=1e-4)


# --- one battle day against a twin in plain double precision -----------------------------


def _norm(u: Any) -> float:
    return float(normal_quantile32(f32(u)))


class Twin:
    """One first day of battle, in double precision, written from the theory."""

    def __init__(self, men_a: float, men_d: float, shared: float, contact: int) -> None:
        p = {name: float(P[name]) for name in P.dtype.names if name != "spare"}
        met = shared * (1 - (1 - p["theatre_dispersal"]) * shared)
        self.met = met
        n_a, n_d = men_a, men_d * met
        size = 0.5 * math.log(n_a * n_d) - math.log(20000)
        z = {name: float(value) for name, value in zip(CONDITIONS, HERE, strict=True)}

        def effect(name: str) -> float:
            return sum(p[f"{name}_{key}"] * value for key, value in z.items())

        self.x = math.log(n_a / n_d) + effect("exchange")
        score = p["result_constant"] + p["result_slope"] * (self.x + effect("ground"))
        bloody = effect("intensity") + p["size_intensity"] * size
        _, a, d, v = combat.errors_of(
            *(f32(_norm(u)) for u in four_units(SEED, HISTORY, 1, Site.CAMPAIGN_BATTLE, contact)),
            P,
        )
        y_a = p["attacker_constant"] + bloody - p["attacker_slope"] * self.x
        y_d = p["defender_constant"] + bloody + p["defender_slope"] * self.x
        day = four_units(SEED, HISTORY, 0, Site.CAMPAIGN_DAY, contact)
        fresh_a = _norm(day[0])
        fresh_d = 0.4 * fresh_a + 0.9165 * _norm(day[1])
        self.expected_a, self.expected_d = math.exp(y_a), math.exp(y_d)
        rate_a = math.exp(y_a + p["sd_attacker"] * float(a) + 0.27 * 0.9165 * fresh_a)
        rate_d = math.exp(y_d + p["sd_defender"] * float(d) + 0.27 * 0.9165 * fresh_d)
        self.lost_a = men_a * (1 - math.exp(-rate_a))
        self.lost_d = men_d * met * (1 - math.exp(-rate_d))
        density = math.log(n_d / 1000 / max(p["theatre_front_km"] * n_a / 1000, 1))
        speed = p["advance_constant"] + p["advance_result"] * score + effect("mobility")
        speed += p["size_advance"] * size + p["advance_density"] * density
        speed += p["sd_advance"] * float(v)
        self.km = min(max(math.exp(min(speed, 5)) - 0.1, 0), MARCH)


SEED, HISTORY = np.uint64(4), np.uint64(9)
MARCH = 25.0
HERE = Conditions(*(f32(v) for v in (0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))


def fight(sizes: tuple[float, ...], defender: float) -> tuple[Any, list[Twin]]:
    """Fight one day on as many links as there are attackers, all toward the last place."""
    n = len(sizes)
    links = [(i, n, LinkKind.ROAD) for i in range(n)]
    at = ground([0] * n + [1], links, km=[40.0] * n)
    for i, men in enumerate(sizes):
        station(at, i, men, side=0, contact=2 * i)
    station(at, n, defender, side=1)
    gather(at.w, at.f, P)
    zero = f32(0)
    for i in range(n):
        z = conditions_at(at.w, at.f, P, 2 * i, 0, zero, zero, zero, zero)
        assert tuple(z) == pytest.approx(tuple(HERE))
        _battle_day(
            at.w, at.f, P, 2 * i, 0, z, zero, zero, f32(MARCH), False, 0, SEED, HISTORY
        )  # fmt: skip
    twins = [Twin(men, defender, men / sum(sizes), 2 * i) for i, men in enumerate(sizes)]
    return at, twins


def test_a_battle_day_is_what_the_theory_says() -> None:
    at, (twin,) = fight((60_000.0,), 50_000.0)
    lost = formations(at)["lost"]
    assert lost[0] == pytest.approx(twin.lost_a, rel=2e-5)
    assert lost[1] == pytest.approx(twin.lost_d, rel=2e-5)
    assert at.w["contacts"]["battle_km"][0] == pytest.approx(twin.km, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("broken", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("works", [0.0, 0.6])
def test_a_defence_digs_in_again_after_quiet_days(broken: float, works: float) -> None:
    """Driven from its line it is hasty for four days without battle; then it is prepared."""
    at = ground([0, 1], [(0, 1, LinkKind.ROAD)], km=[40.0])
    station(at, 0, 6e4, side=0, contact=0)
    station(at, 1, 5e4, side=1)
    at.w["places"]["works"][1] = works
    contact = at.w["contacts"][0]
    contact["broken"], contact["last_fought"], contact["km"] = broken, 10.0, 39.0
    zero = f32(0)
    for day in range(10, 30):
        at.w["day"] = day
        z = conditions_at(at.w, at.f, P, 0, 0, zero, zero, zero, zero)
        standing = works * (0.3 if broken else 1.0)  # the line it has lost is not built again
        dug_in = not broken or day - 10 > 4
        assert float(z.fortified) == pytest.approx(standing, rel=1e-6)
        assert float(z.prepared) == pytest.approx((1 - standing) * dug_in, rel=1e-6), day


def test_a_battle_day_is_remembered() -> None:
    at, _ = fight((60_000.0,), 50_000.0)
    assert at.w["contacts"]["last_fought"][0] == at.w["day"]
    at.w["day"] = 17.0
    zero = f32(0)
    z = conditions_at(at.w, at.f, P, 0, 0, zero, zero, zero, zero)
    _battle_day(at.w, at.f, P, 0, 0, z, zero, zero, f32(MARCH), False, 17, SEED, HISTORY)
    assert at.w["contacts"]["last_fought"][0] == 17.0


def test_two_half_contacts_are_what_the_theory_says() -> None:
    """Two columns meet more of the garrison than one; the rest is the size of the fight."""
    at, twins = fight((30_000.0, 30_000.0), 50_000.0)
    (whole,) = fight((60_000.0,), 50_000.0)[1]
    lost = formations(at)["lost"]
    assert lost[0] == pytest.approx(twins[0].lost_a, rel=2e-5)
    # The second column finds the garrison as it was counted in the morning, less the dead.
    after = 1 - twins[0].lost_d / 50_000.0
    assert lost[2] == pytest.approx(twins[0].lost_d + after * twins[1].lost_d, rel=2e-5)
    spread = float(P["theatre_dispersal"])
    assert whole.met == pytest.approx(spread)
    assert twins[0].met == pytest.approx(0.25 + 0.25 * spread)
    # Mean shares lost on the first day, one to the other, in closed form.
    odds = math.log(0.5 * spread / twins[0].met)
    size = 0.5 * math.log(0.5 * twins[0].met / spread)
    assert twins[0].x - whole.x == pytest.approx(odds, abs=1e-6)
    for side, sign in (("attacker", -1), ("defender", 1)):
        name = f"expected_{side[0]}"
        change = math.log(getattr(twins[0], name) / getattr(whole, name))
        slope = sign * float(P[f"{side}_slope"])
        expected = slope * odds + float(P["size_intensity"]) * size
        assert change == pytest.approx(expected, abs=1e-6)
