"""Laws: what each mechanism must obey whatever its numbers, alone and in runs of the real case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from jukushi.case.schema import Change
from jukushi.dice import DICE, LANES, ONCE
from jukushi.doctrines import valuation as values
from jukushi.engine.run import Engine, Trace, World
from jukushi.mechanisms import (
    assessment,
    build_up,
    combat,
    diplomacy,
    distant_front,
    garrison,
    intelligence,
    lessons,
    oil,
    season,
    staff,
)
from jukushi.numerics import exp32, normal_quantile32
from jukushi.world.parameters import PARAMETERS
from jukushi.world.state import FIELD_INDEX, FIELDS, NEVER, STATE
from jukushi.world.vocabulary import open_case

# The same examples every time; no long explanations, since a counterexample says enough.
PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
settings.register_profile("laws", deadline=None, max_examples=150, derandomize=True, phases=PHASES)
settings.load_profile("laws")


def number(low: float, high: float) -> st.SearchStrategy[Any]:
    """Single-precision numbers of an interval: what the engine itself works with."""
    plain = st.floats(np.float32(low).item(), np.float32(high).item(), width=32)
    return plain.map(np.float32)


# --- season -----------------------------------------------------------------------------


@given(number(0, 1), number(0, 1), number(0, 1), number(-3, 3))
def test_a_shifted_season_stays_between_its_neighbours(
    before: Any, now: Any, after: Any, late: Any
) -> None:
    found = season.shifted(before, now, after, late)
    near = (now, before) if late > 0 else (now, after)
    assert min(near) - 1e-6 <= found <= max(near) + 1e-6


@given(number(0, 1), number(0, 1), number(0, 1))
def test_a_season_on_time_is_not_shifted(before: Any, now: Any, after: Any) -> None:
    assert season.shifted(before, now, after, np.float32(0)) == now
    assert season.shifted(before, now, after, np.float32(9)) == pytest.approx(before, abs=1e-6)
    assert season.shifted(before, now, after, np.float32(-9)) == pytest.approx(after, abs=1e-6)


@given(number(0, 1), number(0, 1))
def test_a_softened_season_lies_between_itself_and_summer(movement: Any, severity: Any) -> None:
    found = season.softened(movement, severity)
    assert movement - 1e-6 <= found <= 1.0
    assert season.softened(movement, np.float32(0)) == 1.0
    assert season.softened(movement, np.float32(1)) == pytest.approx(movement, abs=1e-6)


# --- distant front ----------------------------------------------------------------------


@given(number(0, 3000), number(0, 3000), number(100, 3000))
def test_strength_falls_with_depth(one: Any, other: Any, reach: Any) -> None:
    near, far = sorted((one, other))
    at_far = distant_front.strained_share(far, reach)
    assert 0.0 < at_far <= distant_front.strained_share(near, reach) <= 1.0
    assert distant_front.strained_share(reach, reach) == pytest.approx(0.5)


def hazard(front: Any, men: Any, gates: float = 15.0) -> Any:
    """Weekly hazard of collapse at 0.3 % at the gates and 1.5 % beyond them."""
    numbers = (np.float32(gates), np.float32(0.003), np.float32(0.015))
    return distant_front.collapse_hazard_per_week(front, men, *numbers)


@given(number(0, 2000), number(0, 15), number(0, 60))
def test_no_collapse_far_from_the_capital(beyond: Any, men: Any, gates: Any) -> None:
    assert hazard(gates + beyond, men, gates) == 0.0


@given(number(-400, 2000), number(-400, 2000), number(0, 15))
def test_the_hazard_of_collapse_grows_toward_the_capital(one: Any, other: Any, men: Any) -> None:
    near, far = sorted((one, other))
    assert 0.0 <= hazard(far, men) <= hazard(near, men) <= 1.0


@given(number(-400, 2000), number(0, 15), number(0, 15))
def test_a_weaker_army_collapses_no_later(front: Any, one: Any, other: Any) -> None:
    weak, strong = sorted((one, other))
    assert hazard(front, weak) >= hazard(front, strong)


@given(number(-400, 2000), number(-400, 2000), number(10, 600), number(0, 2))
def test_resistance_grows_toward_the_capital(one: Any, other: Any, zone: Any, full: Any) -> None:
    near, far = sorted((one, other))
    resistance = distant_front.capital_resistance
    assert 0.0 <= resistance(far, zone, full) <= resistance(near, zone, full) <= full
    assert resistance(zone, zone, full) == 0.0
    assert resistance(np.float32(0), zone, full) == full


@given(number(0, 200), number(0, 3), number(0, 1), number(-5, 5), number(0.1, 2))
def test_the_pace_is_bounded_by_the_full_pace(
    full: Any, drive: Any, movement: Any, advantage: Any, scale: Any
) -> None:
    pace = distant_front.pace_km_per_week(full, drive, movement, advantage, scale)
    assert 0.0 <= pace <= float(full) * float(drive) * float(movement) * (1 + 1e-5)
    if advantage <= 0:
        assert pace == 0.0


@given(number(0, 200), number(-5, 5), number(-5, 5))
def test_the_pace_grows_with_the_advantage(full: Any, one: Any, other: Any) -> None:
    less, more = sorted((one, other))
    unit = np.float32(1)
    pace = distant_front.pace_km_per_week
    # A polynomial exponential is monotone but for its last bits.
    assert pace(full, unit, unit, less, unit) <= pace(full, unit, unit, more, unit) + 1e-6 * full


@given(number(0.05, 15), number(0.01, 1), number(0.05, 15), number(0.1, 3), number(1.1, 4))
def test_the_fighting_ratio_is_a_log_ratio(
    axis: Any, left: Any, men: Any, quality: Any, factor: Any
) -> None:
    ratio = distant_front.fighting_ratio
    base = ratio(axis, left, men, quality)
    log = float(np.log(factor))
    assert ratio(axis * factor, left, men, quality) == pytest.approx(base + log, abs=2e-5)
    assert ratio(axis, left, men, quality * factor) == pytest.approx(base - log, abs=2e-5)


@pytest.mark.parametrize(("year", "expected"), [(0, 1), (1, 2), (2, 3), (3, 4), (4, 4), (9, 4)])
def test_a_value_by_year(year: int, expected: int) -> None:
    choices = [np.float32(i) for i in (1, 2, 3, 4)]
    assert distant_front.by_year(np.float32(year), *choices) == expected


@given(number(0, 300), number(0, 300), number(0, 0.2))
def test_a_quiet_week_costs_the_standing_share(axis: Any, soviet: Any, standing: Any) -> None:
    p, zero = centre(), np.float32(0)
    quiet = distant_front.soviet_loss_share(zero, zero, zero, standing, p)
    assert quiet == standing
    busy = distant_front.soviet_loss_share(axis, soviet, zero, standing, p)
    pocket = distant_front.soviet_loss_share(axis, soviet, np.float32(1), standing, p)
    assert standing <= busy < pocket


# --- garrison ---------------------------------------------------------------------------


@given(number(0, 60), number(0, 2000), number(0, 60), number(0, 2000))
def test_spare_divisions_end_at_the_floor(
    divisions: Any, men: Any, floor: Any, floor_men: Any
) -> None:
    each = np.float32(12)
    spare = garrison.spare_divisions(divisions, floor, men, floor_men, each)
    assert 0.0 <= spare <= max(float(divisions) - float(floor), 0.0) + 1e-5
    assert float(spare) * 12.0 <= max(float(men) - float(floor_men), 0.0) + 1e-2
    assert garrison.spare_divisions(floor, floor, men, floor_men, each) == 0.0
    assert garrison.spare_divisions(divisions, floor, floor_men, floor_men, each) == 0.0


@given(number(0.1, 15), number(3, 8), number(-400, 1500), number(100, 900), number(0, 900))
def test_western_need_is_bounded_and_grows_under_attack(
    men: Any, needed: Any, front: Any, danger: Any, south: Any
) -> None:
    calm = garrison.western_need(men, needed, front, danger, np.float32(0), south)
    pressed = garrison.western_need(men, needed, front, danger, np.float32(1), south)
    assert 0.0 <= calm <= pressed <= 1.2 + 1e-6


# --- build-up, diplomacy, oil -------------------------------------------------------------


@given(number(0, 10), number(0, 5), number(0, 5), number(0, 2), number(0, 5))
def test_shipping_balances(fleet: Any, navy: Any, civil: Any, squeeze: Any, south: Any) -> None:
    left = build_up.shipping_left_mt(fleet, navy, civil, squeeze, south)
    used = float(navy) + float(civil) - float(squeeze) + float(south)
    assert float(left) + used == pytest.approx(float(fleet), abs=1e-5)


@given(number(200, 400), number(-6, 6), st.booleans(), st.booleans())
def test_no_embargo_without_a_move_and_an_answer(
    freeze: Any, lag: Any, moved: bool, answered: bool
) -> None:
    start = diplomacy.embargo_start(freeze, lag, moved, answered)
    if moved and answered:
        assert freeze <= start <= freeze + 2.0
    else:
        assert start == NEVER


@given(number(1e-4, 0.9999), number(1e-4, 0.9999), number(1, 60))
def test_the_delay_of_surrender_is_exponential(one: Any, other: Any, mean: Any) -> None:
    small, large = sorted((one, other))
    delay = diplomacy.surrender_delay_weeks
    assert delay(small, mean) >= delay(large, mean) > 0.0
    assert delay(small, mean) == pytest.approx(
        -float(mean) * float(np.log(small)), rel=1e-3, abs=1e-4
    )


@given(number(0, 100), number(0, 100), number(-1, 3))
def test_months_of_oil(one: Any, other: Any, drain: Any) -> None:
    less, more = sorted((one, other))
    assert 0.0 <= oil.months_left(less, drain) <= oil.months_left(more, drain) <= 120.0
    assert oil.months_left(np.float32(0), drain) == 0.0
    if less > 0 and drain <= 0:
        assert oil.months_left(np.float32(50), drain) == 120.0


@given(number(0.1, 3), number(0, 1))
def test_war_burns_a_tenth_more(base: Any, china: Any) -> None:
    peace = oil.weekly_use_mbbl(base, china, np.float32(0))
    war = oil.weekly_use_mbbl(base, china, np.float32(1))
    assert war == pytest.approx(1.1 * peace, rel=1e-5)
    assert 0.85 * base * (1 - 1e-5) <= peace <= base


# --- intelligence, assessment -------------------------------------------------------------


@given(number(1, 60), number(0, 40), number(0, 40), number(0, 60), number(0, 1))
def test_a_recount_moves_from_sightings_to_what_is_there(
    start: Any, departed: Any, raised: Any, level: Any, anchor: Any
) -> None:
    counted = intelligence.formations_counted
    sighted = float(start) - float(departed) + float(raised)
    assert counted(start, departed, raised, level, np.float32(0)) == pytest.approx(
        sighted, abs=1e-4
    )
    whole = counted(start, departed, raised, level, np.float32(1))
    assert whole == pytest.approx(float(level), abs=1e-4)
    between = counted(start, departed, raised, level, anchor)
    assert min(sighted, level) - 1e-4 <= between <= max(sighted, level) + 1e-4


@given(number(1, 5000), number(0, 9000), number(0, 3000))
def test_arms_are_never_counted_below_a_tenth(start: Any, departed: Any, refill: Any) -> None:
    assert intelligence.arms_counted(start, departed, refill) >= 0.1 * start * (1 - 1e-6)


@given(number(-8, 8), number(-3, 3), number(-100, 200), number(0, 100), number(0, 5))
def test_a_front_as_expected_leaves_only_the_pull_to_the_base(
    odds: Any, base: Any, pace: Any, needed: Any, weight: Any
) -> None:
    update = intelligence.victory_update
    assert update(base, base, needed, needed, weight) == pytest.approx(base, abs=1e-6)
    faster = update(odds, base, pace + np.float32(10), needed, weight)
    assert faster >= update(odds, base, pace, needed, weight)
    still = update(odds, base, needed, needed, weight)
    assert abs(still - base) <= abs(odds - base) + 1e-5


def test_the_documented_trigger_is_fifteen_divisions() -> None:
    """22.5 divisions at two to one, a Soviet division worth 0.75: half of thirty."""
    value = assessment.division_value(np.float32(0), np.float32(0.75))
    assert value == pytest.approx(0.75)
    found = assessment.beatable_divisions(np.float32(22.5), np.float32(2), value)
    assert found == pytest.approx(22.5 / (2 * 0.75)) == pytest.approx(15.0)


@given(number(0, 60), number(0.5, 4), number(0.1, 4), number(1.1, 3))
def test_a_better_enemy_lowers_the_trigger(
    force: Any, required: Any, value: Any, factor: Any
) -> None:
    beatable = assessment.beatable_divisions
    assert beatable(force, required, value * factor) <= beatable(force, required, value)
    assert beatable(force * factor, required, value) >= beatable(force, required, value)


# --- expected value -----------------------------------------------------------------------


@given(number(0, 10), number(0, 10), number(0.2, 4))
def test_the_chance_in_the_north_grows_with_strength(one: Any, other: Any, even: Any) -> None:
    weak, strong = sorted((one, other))
    below = values.chance_north(weak, even)
    assert 0.0 - 1e-6 <= below <= values.chance_north(strong, even) + 1e-6 <= 1.0 + 2e-6
    assert values.chance_north(even, even) == pytest.approx(0.5, abs=1e-5)


@given(number(-10, 120), number(-10, 120))
def test_the_value_of_the_south_grows_with_oil(one: Any, other: Any) -> None:
    p = centre()
    less, more = sorted((one, other))
    assert values.value_of_south(less, p) <= values.value_of_south(more, p) + 1e-5
    assert values.value_of_south(np.float32(22), p) == values.value_of_south(np.float32(99), p)


@given(number(-10, 130))
def test_the_need_for_oil_is_a_share(months: Any) -> None:
    assert 0.0 <= values.oil_need(months) <= 1.0
    assert values.oil_need(np.float32(30)) == 0.0
    assert values.oil_need(np.float32(0)) == 1.0


@given(number(-5, 5), number(-5, 5), number(-5, 5), number(0.05, 2))
def test_the_best_of_three_is_worth_at_least_the_best(a: Any, b: Any, c: Any, scale: Any) -> None:
    best = values.best_of_three(a, b, c, scale)
    top = max(a, b, c)
    assert top - 1e-5 <= best <= top + float(scale) * np.log(3) + 1e-4


@given(number(0, 1), number(0, 1), number(0, 1), number(0, 1), number(0, 1))
def test_a_better_chance_makes_the_north_worth_more(
    one: Any, other: Any, wins: Any, need: Any, gone: Any
) -> None:
    p, season_open = centre(), np.float32(1)
    low, high = sorted((one, other))
    worth = values.value_of_north
    assert worth(low, wins, p, need, season_open, gone) <= (
        worth(high, wins, p, need, season_open, gone) + 1e-4
    )


# --- lessons ------------------------------------------------------------------------------


def believer(
    variance: float = 0.25, blood: float = 0.25, covariance: float = 0.0
) -> npt.NDArray[Any]:
    """A block whose hunter holds the given belief."""
    state = np.zeros(1, STATE)
    state["lesson_variance"] = variance
    state["lesson_blood_variance"] = blood
    state["lesson_covariance"] = covariance
    return state


def taught(
    state: npt.NDArray[Any],
    attacker: float,
    defender: float,
    fought: float = 1.0,
    sign: float = 1.0,
    p: Any = None,
) -> Any:
    """Teach lane 0 two surprises (log losses of the attacker, of the defender).

    With `sign` 1 the prey attacks, with -1 the hunter.
    """
    numbers = (np.float32(sign), np.float32(attacker), np.float32(defender), np.float32(fought))
    lessons.learn(state[0], 0, *numbers, centre() if p is None else p)
    return state


def told_who_won(
    state: npt.NDArray[Any],
    expected: float,
    result: float,
    sign: float = 1.0,
    fought: float = 1.0,
) -> Any:
    """Teach lane 0 who won a battle of the given expected score."""
    numbers = (np.float32(sign), np.float32(expected), np.float32(result), np.float32(fought))
    lessons.learn_from_winner(state[0], 0, *numbers, centre())
    return state


def held(belief: tuple[Any, Any, Any]) -> npt.NDArray[Any]:
    """A believer of two variances and a correlation."""
    quality, blood, correlation = belief
    return believer(quality, blood, correlation * np.sqrt(quality * blood))


def covariance_matrix(state: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    both = state["lesson_covariance"][0, 0]
    quality = state["lesson_variance"][0, 0]
    return np.array([[quality, both], [both, state["lesson_blood_variance"][0, 0]]], np.float64)


beliefs = st.tuples(number(0.01, 1), number(0.01, 1), number(-0.9, 0.9))


signs = st.sampled_from((1.0, -1.0))


@given(beliefs, signs)
def test_a_battle_as_expected_moves_no_mean(belief: tuple[Any, Any, Any], sign: float) -> None:
    state = taught(held(belief), 0.0, 0.0, sign=sign)
    assert state["lesson_quality"][0, 0] == 0.0
    assert state["lesson_blood"][0, 0] == 0.0


@given(number(0.01, 1), number(0.01, 1), number(0.05, 3), signs)
def test_losing_more_than_expected_teaches_respect(
    quality: Any, blood: Any, more: Any, sign: float
) -> None:
    """Whoever attacks: the hunter's own losses teach respect, the prey's teach contempt."""
    own = (0.0, more) if sign > 0 else (more, 0.0)
    state = taught(believer(quality, blood), *own, sign=sign)
    assert state["lesson_quality"][0, 0] > 0.0
    assert state["lesson_blood"][0, 0] > 0.0
    state = taught(believer(quality, blood), *reversed(own), sign=sign)
    assert state["lesson_quality"][0, 0] < 0.0
    assert state["lesson_blood"][0, 0] > 0.0


@given(beliefs, number(-3, 3), number(-3, 3), st.integers(1, 4), signs)
def test_every_lesson_narrows_the_belief(
    belief: tuple[Any, Any, Any], attacker: Any, defender: Any, times: int, sign: float
) -> None:
    state = held(belief)
    before = covariance_matrix(state)
    for _ in range(times):
        taught(state, attacker, defender, sign=sign)
        after = covariance_matrix(state)
        assert np.linalg.eigvalsh(after).min() > 0.0, "still a covariance"
        shrunk = np.linalg.eigvalsh(before - after).min()
        assert shrunk > -1e-5, "no direction of the belief became vaguer"
        before = after


@given(beliefs, number(-3, 3), number(-3, 3), signs)
def test_a_battle_that_was_not_fought_teaches_nothing(
    belief: tuple[Any, Any, Any], attacker: Any, defender: Any, sign: float
) -> None:
    state = held(belief)
    before = state.copy()
    # By value: a covariance of -0 may become 0.
    assert (taught(state, attacker, defender, 0.0, sign) == before).all()
    assert (told_who_won(state, attacker, 1.0, sign, 0.0) == before).all()


@given(beliefs, number(-3, 3), number(-3, 3))
def test_a_lesson_asks_whose_losses_they_are_and_not_who_attacked(
    belief: tuple[Any, Any, Any], prey: Any, hunter: Any
) -> None:
    """With the laws of attack and defence exchanged, an attack teaches what a defence did."""
    mirror = np.array(centre(), PARAMETERS)
    for one, other in (("attacker_slope", "defender_slope"), ("sd_attacker", "sd_defender")):
        mirror[one], mirror[other] = centre()[other], centre()[one]
    attacked = taught(held(belief), prey, hunter, sign=1.0, p=mirror.reshape(-1)[0])
    defended = taught(held(belief), hunter, prey, sign=-1.0)
    for name in STATE.names or ():
        assert attacked[name] == pytest.approx(defended[name], rel=1e-4, abs=1e-5), name


@given(beliefs, number(-3, 3), st.sampled_from((-1.0, 1.0)), st.integers(1, 4), signs)
def test_a_winner_narrows_the_belief(
    belief: tuple[Any, Any, Any], expected: Any, result: float, times: int, sign: float
) -> None:
    state = held(belief)
    before = covariance_matrix(state)
    for _ in range(times):
        told_who_won(state, expected, result, sign)
        after = covariance_matrix(state)
        assert np.linalg.eigvalsh(after).min() > 0.0, "still a covariance"
        assert np.linalg.eigvalsh(before - after).min() > -1e-5
        before = after


@given(beliefs, number(-3, 3), signs)
def test_a_victory_teaches_respect_of_the_victor(
    belief: tuple[Any, Any, Any], expected: Any, sign: float
) -> None:
    """Whoever attacked: what moves the hunter is which side won."""
    prey_won = told_who_won(held(belief), expected, sign, sign)
    hunter_won = told_who_won(held(belief), expected, -sign, sign)
    assert prey_won["lesson_quality"][0, 0] > 0.0 > hunter_won["lesson_quality"][0, 0]
    # The same battle told from the other side is the same lesson.
    mirrored = told_who_won(held(belief), -expected, -sign, -sign)
    assert (mirrored == prey_won).all()


@given(beliefs, number(-3, 3), signs)
def test_a_draw_teaches_nothing(belief: tuple[Any, Any, Any], expected: Any, sign: float) -> None:
    state = held(belief)
    before = state.copy()
    assert (told_who_won(state, expected, 0.0, sign) == before).all()


@given(beliefs, number(0, 3), number(0.1, 3), signs)
def test_a_foregone_victory_teaches_less_than_a_surprise(
    belief: tuple[Any, Any, Any], expected: Any, more: Any, sign: float
) -> None:
    usual, foregone = (
        told_who_won(held(belief), score, 1.0, sign) for score in (expected, expected + more)
    )
    moved = [abs(float(state["lesson_quality"][0, 0])) for state in (usual, foregone)]
    assert moved[1] < moved[0]


@given(number(-3, 3), number(-3, 3), number(-3, 3))
def test_the_stronger_loses_less(one: Any, other: Any, blood: Any) -> None:
    assume(abs(float(one) - float(other)) > 1e-3)
    less, more = sorted((one, other))
    attacker, defender, p = combat.log_loss_attacker, combat.log_loss_defender, centre()
    assert attacker(more, blood, p) < attacker(less, blood, p)
    assert defender(more, blood, p) > defender(less, blood, p)


@given(number(-3, 3), number(0.01, 1))
def test_a_battle_is_won_lost_or_drawn(score: Any, width: Any) -> None:
    result = lessons.winner(score, width)
    assert result in (-1.0, 0.0, 1.0)
    assert lessons.winner(-score, width) == -result
    assert (result == 0.0) == (abs(score) <= width)
    assert lessons.winner(np.float32(0.1), np.float32(centre()["draw_half_width"])) == 0.0


def fight_of(**conditions: float) -> combat.Conditions:
    """Conditions of a fight, all zero but those given."""
    given_ = {name: np.float32(conditions.get(name, 0.0)) for name in combat.Conditions._fields}
    return combat.Conditions(**given_)


@given(number(0.001, 0.999), number(-3, 2), number(-3, 3), number(0, 1), number(0, 1))
def test_a_border_battle_lasts_as_the_law_of_breaking_off_says(
    u: Any, log_size: Any, score: Any, prepared: Any, rugged: Any
) -> None:
    """One draw of the length agrees with the daily hazard that campaigns use."""
    p, z = centre(), fight_of(prepared=prepared, rugged=rugged)
    days = float(lessons.days_fought(u, log_size, z, score, p))
    assert 1.0 <= days <= lessons.LONGEST_DAYS
    lasting = 1.0  # the chance that it lasts beyond a day
    for day in range(1, 30):
        hazard_of_day = combat.break_off_hazard(np.float32(day), log_size, z, score, p)
        lasting *= 1.0 - float(hazard_of_day)
        if lasting < 1e-4 or abs(lasting - u) < 1e-3:
            continue
        assert (days > day) == (float(u) < lasting), (day, lasting)


# --- the staff's estimate ------------------------------------------------------------------


@given(
    number(0, 60), number(0, 80), number(0, 9000), number(0, 9000), number(-2, 2), number(0, 470)
)
def test_an_estimate_is_a_probability(
    force: Any, enemy: Any, tanks: Any, aircraft: Any, quality: Any, week: Any
) -> None:
    chance = staff.believed_success(force, enemy, tanks, aircraft, quality, week, centre())
    assert 0.0 <= chance <= 1.0


@given(st.tuples(*(number(-4, 4) for _ in range(6))))
def test_an_estimate_is_held_inside_what_was_simulated(logs: tuple[Any, ...]) -> None:
    limits = ((-0.7, 0.7), (-2.0, 0.7), (-2.3, 0.7), (-2.3, 0.7), (-0.8, 1.2), (0.0, 1.6))
    inside = [np.float32(np.clip(x, *limit)) for x, limit in zip(logs, limits, strict=True)]
    p = centre()
    assert staff.success_chance(*logs, p) == pytest.approx(
        staff.success_chance(*inside, p), abs=1e-6
    )


@given(st.dates(date(1941, 1, 1), date(1945, 12, 31)))
def test_the_season_left_is_counted_to_the_day_of_success(opens: date) -> None:
    case = engine().case
    assert case.surface is not None
    left = 100.0 * float(staff.season_left(np.float32(case.week_of(opens)), centre()))
    day = case.surface.by.replace(year=opens.year)
    assert left == pytest.approx(max((day - opens).days, 0.0), abs=2.0)


@given(number(0.5, 40), number(0.5, 60), number(-1, 1), number(234, 300), number(0.1, 1))
def test_without_an_estimate_the_chance_is_a_curve_of_the_ratio(
    force: Any, enemy: Any, quality: Any, week: Any, left: Any
) -> None:
    state = np.zeros(1, STATE)
    state["available_divisions"], state["believed_divisions"] = force, enemy
    state["believed_tanks"], state["believed_aircraft"] = 3000.0, 3000.0
    state["lesson_quality"] = quality
    blind = np.array(centre(), PARAMETERS)
    blind["surface_known"] = 0.0
    p = blind.reshape(-1)[0]
    found = values.chance_of(state[0], 0, left, week, enemy, p)
    assert found == values.chance_north(force / enemy, p["even_ratio"])
    seen = values.chance_of(state[0], 0, left, week, enemy, centre())
    arms = (enemy * left, np.float32(3000) * left, np.float32(3000) * left)
    told = staff.believed_success(force, *arms, quality, week, centre())
    assert seen == pytest.approx(told, abs=1e-6)


def test_the_estimate_holds_from_conference_to_conference() -> None:
    weeks = engine().weeks[engine().first_running :]
    silent = weeks["conference"] < 0.5
    moved = 0
    for of in traces():
        changes = np.diff(running(of, "success_belief"), axis=0)
        assert (changes[silent] == 0.0).all()
        moved += int((changes[~silent] != 0.0).sum())
    assert moved > 0


@given(number(1e-3, 0.999))
def test_numbers_of_the_dice_are_normal(uniform: Any) -> None:
    """The tails of the dice are symmetric, and exp of a normal is positive."""
    normal = normal_quantile32(uniform)
    assert exp32(normal) > 0.0
    assert np.sign(normal) == np.sign(float(uniform) - 0.5)


# --- runs of the real case ----------------------------------------------------------------


@cache
def engine() -> Engine:
    return Engine(open_case("kantokuen"), seed=3)


@cache
def centre() -> Any:
    """The record of central parameter values."""
    flat = np.ascontiguousarray(engine().space.centres(), np.float32)
    return flat.view(PARAMETERS).reshape(-1)[0]


def world(name: str, **changes: float) -> World:
    """Return a world that sets parameters (``x``) or scales them (``times_x``)."""
    found = []
    for parameter, value in changes.items():
        scaled = parameter.removeprefix("times_")
        key = "set" if scaled == parameter else "times"
        found.append(Change(**{"parameter": scaled, key: value}))
    return World(name, tuple(found))


WORLDS = (
    World("as it was"),
    world("no new divisions", forming_trickle=0.0, replacement_share=0.0),
    world("weighs values", decider=1.0),
    world("a weak prey", times_soviet_men_start=0.5, collapse_scale=20.0),
)


@cache
def trace(number_of_world: int, history: int) -> Trace:
    return engine().trace(history, WORLDS[number_of_world])


def traces() -> Iterator[Trace]:
    for number_of_world in range(len(WORLDS)):
        for history in (0, 256):
            yield trace(number_of_world, history)


def running(of: Trace, name: str) -> npt.NDArray[np.float64]:
    """A field from the last scripted week on, in double precision: [weeks, lanes]."""
    return of.state[engine().first_running - 1 :, FIELD_INDEX[name]].astype(np.float64)


def parameter(of: Trace, name: str) -> float:
    return float(np.float32(of.parameters[engine().space.index[name]]))


def test_divisions_are_conserved_when_none_are_raised() -> None:
    for history in (0, 256):
        of = trace(1, history)
        assert (running(of, "new_divisions") == 0.0).all()
        total = running(of, "old_divisions") + running(of, "sent_total")
        assert total == pytest.approx(parameter(of, "initial_divisions"), rel=1e-5)


def test_departures_add_up() -> None:
    for of in traces():
        total = running(of, "sent_week").cumsum(axis=0)
        assert running(of, "sent_total") == pytest.approx(total, rel=1e-4, abs=1e-4)
        assert (np.diff(running(of, "sent_total"), axis=0) >= 0.0).all()


def test_trains_arrive_two_weeks_after_they_left() -> None:
    """A division sent in week w is in transit after w + 1 and fights in w + 2."""
    for of in traces():
        sent = running(of, "sent_week")
        assert (running(of, "in_transit")[1:] == sent[:-1]).all()
    situation = np.zeros(2, STATE)
    situation["in_transit"][1] = 3.0
    for block in situation:
        block["soviet_men"], block["axis_men"], block["front_km"] = 4.0, 3.0, 400.0
        week, zeros = engine().weeks[engine().first_running], np.zeros(1, DICE)[0]
        once = np.zeros(1, ONCE)[0]
        distant_front.distant_front(block, centre(), week, zeros, once, 0, LANES)
    arrived = situation["soviet_men"][1] - situation["soviet_men"][0]
    assert arrived == pytest.approx(3.0 * float(centre()["men_per_division"]), abs=1e-5)


def test_the_garrison_sends_no_more_than_the_railway_carries() -> None:
    for of in traces():
        assert running(of, "sent_week").max() <= parameter(of, "rail_divisions") * (1 + 1e-6)


def test_oil_balances_week_by_week() -> None:
    """Stock = stock before - use + own wells + imports + conquered wells, from the record."""
    weeks = engine().weeks[engine().first_running :]
    for of in traces():
        war = running(of, "south_war")[1:]
        cut = running(of, "embargo")[1:] * (1.0 - running(of, "settled")[1:])
        settled_china = parameter(of, "china_settled")
        use = parameter(of, "oil_use") * (1.0 - 0.15 * settled_china) * np.where(war > 0, 1.1, 1.0)
        imports = parameter(of, "oil_import") * (1.0 - war)
        imports = imports * (1.0 - parameter(of, "embargo_cut") * cut)
        since = np.maximum(weeks["week"][:, None] - running(of, "south_war_week")[1:], 0.0)
        wells = war * parameter(of, "southern_oil") * np.clip((since - 20.0) / 30.0, 0.0, 1.0)
        wells = wells * weeks["tanker_share"][:, None]
        stock = running(of, "oil")
        expected = stock[:-1] - use + parameter(of, "oil_domestic") + imports + wells
        assert stock[1:] == pytest.approx(np.maximum(expected, 0.0), abs=1e-3)


def test_mobilisation_never_goes_back() -> None:
    for of in traces():
        progress = running(of, "mobilisation")
        assert (np.diff(progress, axis=0) >= 0.0).all()
        assert progress.min() >= 0.0
        assert progress.max() <= 1.0
        ordered = parameter(of, "mobilisation_order")
        before = engine().weeks["week"][engine().first_running - 1 :] + 1.0 <= ordered
        assert (progress[before] == 0.0).all()


def test_the_front_stays_within_its_limits() -> None:
    for of in traces():
        front = running(of, "front_km")
        assert front.min() >= -400.0
        assert front.max() <= parameter(of, "front_end_km") * (1 + 1e-6)
        assert (np.diff(running(of, "deepest_km"), axis=0) <= 0.0).all()


def test_what_has_happened_stays_so() -> None:
    lasting = (
        "collapsed", "ally_defeated", "north_decided", "at_war", "south_war", "settled",
        "all_clear", "pact_denounced", "hunter_surrendered", "entered",
    )  # fmt: skip
    dated = {
        "collapsed": "collapse_week",
        "ally_defeated": "ally_defeat_week",
        "north_decided": "north_week",
        "south_decided": "south_choice_week",
        "south_war": "south_war_week",
        "hunter_surrendered": "hunter_surrender_week",
        "entered": "entry_week",
    }
    for of in traces():
        for name in lasting:
            assert (np.diff(running(of, name), axis=0) >= 0.0).all(), name
        for switch, date_of in dated.items():
            happened = running(of, switch) > 0.5
            assert ((running(of, date_of) < NEVER) == happened).all(), switch


def test_the_choice_of_the_south_is_withdrawn_only_by_a_settlement() -> None:
    for of in traces():
        back = np.diff(running(of, "south_decided"), axis=0) < 0.0
        assert (running(of, "settled")[1:][back] == 1.0).all()
        assert not (back & (running(of, "south_war")[1:] > 0.5)).any()


def test_open_war_follows_a_decision() -> None:
    for of in traces():
        assert (running(of, "at_war") <= running(of, "north_decided")).all()
        assert (running(of, "south_war") <= running(of, "south_decided")).all()
        prepared = running(of, "south_war_week") - running(of, "south_choice_week")
        waged = running(of, "south_war") > 0.5
        assert (prepared[waged] > parameter(of, "south_prepare") - 1.0).all()


def test_shares_switches_and_stocks_keep_their_limits() -> None:
    for of in traces():
        for field in FIELDS:
            found = of.state[:, FIELD_INDEX[field.name]]
            if field.stock:
                assert found.min() >= 0.0, field.name
            if field.unit in ("switch", "share", "probability") and field.stock:
                assert found.max() <= 1.0, field.name
            if field.unit == "switch":
                assert np.isin(found, (0.0, 1.0)).all(), field.name


def test_a_posture_is_one_of_three() -> None:
    for of in traces():
        allowed = [1.0, parameter(of, "posture_strip"), parameter(of, "posture_hold")]
        assert np.isin(running(of, "posture"), allowed).all()


# --- monotone answers of studies ------------------------------------------------------------

HISTORIES = 16384
TRIGGER_RIPE = 1


def attacks(*worlds: World, trigger: int | None = None) -> list[int]:
    """Count attacks by the end of 1941 in each world, alone watched, with the same dice."""
    found = []
    for one in worlds:
        outcome = engine().run([one], 0, HISTORIES, "attack_by_end_1941").outcome
        counted = outcome["north_week"] >= 0
        if trigger is not None:
            counted &= outcome["north_trigger"] == trigger
        found.append(int(counted.sum()))
    return found


def test_a_stronger_garrison_is_attacked_less() -> None:
    strong = world("strong", times_initial_divisions=1.3, times_counted_at_start=1.3)
    weak = world("weak", times_initial_divisions=0.7, times_counted_at_start=0.7)
    few, some, many = attacks(strong, WORLDS[0], weak, trigger=TRIGGER_RIPE)
    assert few <= some <= many
    assert few < many


def test_a_bolder_rule_attacks_more() -> None:
    bold = world("bold", times_required_ratio=0.7)
    timid = world("timid", times_required_ratio=1.5)
    few, some, many = attacks(timid, WORLDS[0], bold, trigger=TRIGGER_RIPE)
    assert few <= some <= many
    assert few < many


def test_no_ships_no_ripe_attack() -> None:
    (found,) = attacks(world("no ships", shipping_north=99.0), trigger=TRIGGER_RIPE)
    assert found == 0


def test_no_collapse_no_attack_on_a_collapsed_state() -> None:
    safe = engine().run([world("safe", collapse_scale=0.0)], 0, HISTORIES, "attack_by_end_1941")
    assert (safe.outcome["collapse_week"] == -1).all()
    assert (safe.outcome["north_trigger"] != 2).all()


def test_a_fragile_state_collapses_more_often() -> None:
    def collapses(scale: float) -> int:
        one = world("fragile", collapse_scale=scale)
        outcome = engine().run([one], 0, HISTORIES, "attack_by_end_1941").outcome
        return int((outcome["collapse_week"] >= 0).sum())

    assert 0 == collapses(0.0) < collapses(1.0) < collapses(5.0)


def test_without_embargo_the_south_is_chosen_less() -> None:
    free = engine().run([world("free", embargo_chance=0.0)], 0, HISTORIES, "south_by_end_1941")
    bound = engine().run([world("bound", embargo_chance=1.0)], 0, HISTORIES, "south_by_end_1941")
    chosen = [(results.outcome["south_choice_week"] >= 0).sum() for results in (free, bound)]
    assert chosen[0] < chosen[1]


def test_a_south_that_is_impossible_is_never_chosen() -> None:
    for decider in (0.0, 1.0):
        barred = world("barred", south_possible=0.0, decider=decider)
        outcome = engine().run([barred], 0, HISTORIES, "south_by_end_1941").outcome
        assert (outcome["south_choice_week"] == -1).all()
        assert (outcome["south_week"] == -1).all()


def test_battles_not_fought_have_no_result() -> None:
    peace = world("peace", khasan_fought=0.0, khalkhin_fought=0.0)
    outcome = engine().run([peace], 0, LANES * 8, "attack_by_end_1941").outcome
    assert (outcome["khasan"] == 0).all()
    assert (outcome["khalkhin_gol"] == 0).all()
    of = engine().trace(0, peace)
    for name in LOSSES:
        assert (of.state[:, FIELD_INDEX[name]] == 0.0).all(), name
    for name in ("lesson_quality", "lesson_variance", "lesson_blood", "lesson_blood_variance"):
        assert (of.state[:, FIELD_INDEX[name]] == of.state[0, FIELD_INDEX[name]]).all(), name


LOSSES = {
    "khasan_prey_losses": ("khasan_soviet_men",),
    "khasan_hunter_losses": ("khasan_japan_men",),
    "khalkhin_prey_losses": ("khalkhin_soviet_men", "yasuoka_soviet_men"),
    "khalkhin_hunter_losses": ("khalkhin_japan_men", "yasuoka_japan_men"),
}


def test_a_battle_costs_both_sides_some_of_the_men_they_brought() -> None:
    for of in (trace(0, 0), trace(0, 256)):
        for name, brought in LOSSES.items():
            lost = of.state[:, FIELD_INDEX[name]].astype(np.float64)
            most = 0.001 * sum(parameter(of, men) for men in brought)
            assert (lost[-1] > 0.0).all(), name
            assert lost.max() <= most * (1 + 1e-5), name
            assert (np.diff(lost, axis=0) >= 0.0).all(), name
            fought = (np.diff(lost, axis=0) > 0.0).any(axis=1)
            assert fought.sum() == 1, "all in one week"


def test_an_attack_that_is_done_opens_on_its_day_whatever_is_believed() -> None:
    """It changes the world, never the dice; and nothing that is believed before the order."""
    week = engine().case.week_of(date(1941, 8, 29))
    done = world("done", forced_north=1.0, forced_north_week=week)
    outcome = engine().run([done], 0, HISTORIES, "attack_by_end_1941").outcome
    assert (outcome["north_week"] == int(week)).all()
    assert (outcome["south_choice_week"] == -1).all()
    forced, free = engine().trace(0, done), trace(0, 0)
    assert (running(forced, "at_war")[-1] == 1.0).all()
    assert (running(forced, "south_war") == 0.0).all()
    # A free history is the same until either its own decision or the order.
    decided = running(free, "north_decided") + running(free, "south_decided")
    decided = decided + running(forced, "north_decided") > 0.0
    before = np.cumsum(decided, axis=0) == 0
    assert before.any(axis=1).sum() > 4
    for field in FIELDS:
        one, other = running(forced, field.name), running(free, field.name)
        # No row of its table fires in a hunter that is made to act.
        if field.name not in ("north_week", "south_choice_week", "hunter_row"):
            assert (one[before] == other[before]).all(), field.name
