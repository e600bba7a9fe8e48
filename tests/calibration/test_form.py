"""The combat model's form: its laws, its likelihood, and whether a fit finds what was put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from simulated import fight, made_up

from jukushi.calibration.battles import CONDITIONS, Battles
from jukushi.calibration.breakoff import BREAKOFF_NAMES, fit_breakoff, log_survival
from jukushi.calibration.combat_fit import fit_combat, log_likelihood, patterns_of
from jukushi.calibration.combat_form import correlation_matrix, design
from jukushi.calibration.combat_prior import Layout
from jukushi.calibration.forecast import foretell_combat, win_chance
from jukushi.calibration.shipped import Combat, read_combat

FINITE = {"allow_nan": False, "allow_infinity": False}


@pytest.fixture(scope="module")
def combat() -> Combat:
    return read_combat()


@given(more=st.floats(1.0, 20.0, **FINITE), seed=st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_more_attackers_never_hurt_the_attacker(more: float, seed: int) -> None:
    """More men, at the same density of the defence, win oftener and cost the defender more."""
    combat = read_combat()
    few = made_up(20, seed)
    many = replace(few, men_attacker=few.men_attacker * more)
    one, other = foretell_combat(combat, few), foretell_combat(combat, many)
    assert (other.winner >= one.winner - 1e-12).all()
    size = combat.values["size_intensity"] * 0.5 * np.log(more)
    for name, sign in (("loss_attacker", -1.0), ("loss_defender", 1.0)):
        change = (getattr(other, name) - getattr(one, name) - size) * sign
        assert (change >= -1e-12).all()


def test_roles_are_symmetric_but_for_the_constants(combat: Combat) -> None:
    """Exchanged sides have the opposite advantage when no condition favours either."""
    one = replace(made_up(50), conditions=np.zeros((50, 13)))
    other = replace(
        one,
        men_attacker=one.men_defender,
        men_defender=one.men_attacker,
        tanks_attacker=one.tanks_defender,
        tanks_defender=one.tanks_attacker,
        guns_attacker=one.guns_defender,
        guns_defender=one.guns_attacker,
        armies_attacker=one.armies_defender,
        armies_defender=one.armies_attacker,
    )
    a, b = combat.foretell(one), combat.foretell(other)
    np.testing.assert_allclose(a.advantage, -b.advantage, atol=1e-9)
    total = combat.values["result_constant"] * 2.0
    np.testing.assert_allclose(a.result + b.result, total, atol=1e-9)


def test_the_log_exchange_is_the_advantage_times_both_slopes(combat: Combat) -> None:
    """Intensity is shared: it cancels in the ratio of the shares lost."""
    battles = replace(made_up(50), days=np.ones(50))
    m, v = combat.foretell(battles), combat.values
    slopes = v["attacker_slope"] + v["defender_slope"]
    constant = v["defender_constant"] - v["attacker_constant"]
    np.testing.assert_allclose(m.defender - m.attacker, constant + slopes * m.advantage)


def test_unknown_armies_and_places_count_nothing(combat: Combat) -> None:
    battles = made_up(30)
    other = replace(battles, armies_attacker=("Atlantis",) * 30, theatres=("Mars",) * 30)
    np.testing.assert_array_equal(
        combat.foretell(battles).attacker, combat.foretell(other).attacker
    )


def test_chances_of_both_sides_add_up_even_far_out() -> None:
    score = np.array([-40.0, -3.0, 0.0, 3.0, 40.0])
    both = win_chance(score, 0.14) + win_chance(-score, 0.14)
    np.testing.assert_allclose(both, 1.0)


@given(z=st.lists(st.floats(-5.0, 5.0, **FINITE), min_size=6, max_size=6))
def test_any_six_numbers_make_a_correlation_matrix(z: list[float]) -> None:
    layout = Layout((), (), ())
    free = layout.prior()[0]
    free[-6:] = z
    matrix = correlation_matrix(layout.unpack(free)["corr"])
    assert np.linalg.eigvalsh(matrix)[0] > -1e-12
    assert np.abs(matrix).max() <= 1.0 + 1e-12


def test_the_likelihood_adds_up_over_the_winner() -> None:
    """Summed over who won, the joint density is the marginal of losses and advance."""
    layout = Layout(("North",), ("theatre 0",), ())
    values = layout.unpack(layout.prior()[0] + 0.1)
    one = fight(made_up(1), read_combat(), gaps=0.0)
    total = 0.0
    for winner in (-1.0, 0.0, 1.0):
        total += np.exp(_likelihood(replace(one, winner=np.array([winner])), values))
    unknown = replace(one, winner=np.array([np.nan]))
    assert total == pytest.approx(np.exp(_likelihood(unknown, values)))


def test_a_single_known_loss_is_normal() -> None:
    layout = Layout(("North",), ("theatre 0",), ())
    values = layout.unpack(layout.prior()[0])
    nothing = np.array([np.nan])
    battle = replace(made_up(1), loss_attacker=np.array([-3.0]), loss_defender=nothing)
    from jukushi.calibration.combat_form import means

    mean = means(values, design(battle, ("North",), ("theatre 0",))).attacker[0]
    expected = stats.norm(mean, values["sd_attacker"]).logpdf(-3.0)
    assert _likelihood(battle, values) == pytest.approx(expected)


def _likelihood(battles: Battles, values: dict[str, object]) -> float:
    d = design(battles, ("North",), ("theatre 0",))
    return float(log_likelihood(values, d, patterns_of(battles), np))


@pytest.mark.slow
def test_known_coefficients_are_recovered(combat: Combat) -> None:
    """Battles drawn from the shipped coefficients give them back within their errors."""
    found = fit_combat(fight(made_up(2500), combat))
    wanted = dict(combat.values)
    pulls, wide = [], []
    for name, value, sd in zip(found.names, found.values, found.sd(), strict=True):
        if name in wanted and "_ww1" not in name and "_post45" not in name:
            pulls.append((value - wanted[name]) / sd)
            wide.append(name)
    spread = float(np.sqrt(np.mean(np.square(pulls))))
    assert len(pulls) > 60
    assert 0.6 < spread < 1.4
    worst = int(np.argmax(np.abs(pulls)))
    assert abs(pulls[worst]) < 4.5, wide[worst]


def test_the_break_off_is_recovered(combat: Combat) -> None:
    battles = made_up(3000)
    d = design(battles, (), ())
    result = combat.foretell(battles).result
    shape = combat.values["breakoff_shape"]
    beta = np.array([combat.values[n] for n in BREAKOFF_NAMES if n != "breakoff_shape"])
    from jukushi.calibration.breakoff import breakoff_regressors

    theta = breakoff_regressors(d, result) @ beta
    u = np.random.default_rng(9).random(3000)
    days = np.ceil(np.exp(theta) * (-np.log(u)) ** (1.0 / shape))
    found = fit_breakoff(replace(battles, days=np.maximum(days, 1.0)), d, result)
    wanted = np.array([combat.values[n] for n in BREAKOFF_NAMES])
    pull = (found.values - wanted) / np.sqrt(np.diag(found.covariance))
    assert np.abs(pull).max() < 4.0
    assert found.gradient_norm < 0.05


def test_survival_falls_from_one() -> None:
    days = np.arange(0.0, 50.0)
    chance = np.exp(log_survival(days, np.full(50, 1.0), 0.9))
    assert chance[0] == 1.0
    assert (np.diff(chance) < 0.0).all()


def test_conditions_have_their_thirteen_names() -> None:
    assert len(CONDITIONS) == len(set(CONDITIONS)) == 13
