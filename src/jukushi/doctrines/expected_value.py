"""Expected value with a quantal response: the hunter weighs north, south and waiting.

At each conference the values of the three are compared, each with a passing leaning
(taste) that lasts from conference to conference; the largest wins. Between conferences
nothing is valued.

Theory: docs/mechanisms/expected_value.md

Reads: theatre_later, north_decided, south_decided, believed_divisions, believed_trend,
    believed_tanks, believed_aircraft, available_divisions, lesson_quality, arms_share,
    victory_belief, oil_months, pact_in_force, embargo, opening_week, shipping_free,
    collapse_known, collapse_week, taste_north, taste_south, north_week, north_trigger,
    south_choice_week, value_north, value_south, value_wait, settled
Writes: value_north, value_south, value_wait, taste_north, taste_south, north_decided,
    north_week, north_trigger, south_decided, south_choice_week
Draws: taste_north_noise, taste_south_noise
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.staff import believed_success
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import clip, exp32, log32, normal_cdf32, sqrt32, where

#: Taste kept from one conference to the next (assumed; the stationary spread is kept).
TASTE_KEPT = 0.7
TASTE_FRESH = 0.714


@kernel
def oil_need(months: float) -> float:
    """How pressing the oil question is: 0 at 30 months of stock, 1 at none."""
    return clip((30.0 - months) / 30.0, 0.0, 1.0)


@kernel
def chance_north(ratio: float, even_ratio: float) -> float:
    """Believed chance of winning in the north at a strength ratio (hunter over prey)."""
    return normal_cdf32(log32(max(ratio, 0.01) / even_ratio) / 0.35)


@kernel
def chance_of(
    s: Block, lane: int, left: float, opening_week: float, enemy: float, p: Parameters
) -> float:
    """Believed chance of success of an attack that opens in a week.

    The staff's estimate where the case has one (a share `left` of the believed divisions, tanks
    and aircraft then faces the plan), else a curve of the ratio of strengths.
    """
    by_ratio = chance_north(s.available_divisions[lane] / enemy, p.even_ratio)
    by_staff = believed_success(
        s.available_divisions[lane],
        s.believed_divisions[lane] * left,
        s.believed_tanks[lane] * left,
        s.believed_aircraft[lane] * left,
        s.lesson_quality[lane],
        opening_week,
        p,
    )
    return where(p.surface_known > 0.5, by_staff, by_ratio)


@kernel
def value_of_north(
    chance: float, ally_wins: float, p: Parameters, need: float, in_season: float, gone: float
) -> float:
    """Utility of attacking: gain, cost of failure, the oil left unwon, the late start."""
    gain = chance * p.north_gain * (0.5 + 0.5 * ally_wins)
    cost = (1.0 - chance) * p.north_cost * (1.0 - 0.7 * gone)
    # The staff's estimate knows the season already; a curve of the ratio does not.
    late = p.winter_penalty * (1.0 - in_season) * (1.0 - 0.5 * gone) * (1.0 - p.surface_known)
    return gain - cost - p.oil_value * (1.0 + p.oil_worry) * need - late


@kernel
def value_of_south(months: float, p: Parameters) -> float:
    """Utility of the southern war; its chance declines as the stock of oil runs down."""
    left = clip(months / 22.0, 0.0, 1.0)
    chance = p.south_chance * exp32(0.8 * log32(max(left, 0.001)))
    return chance * p.south_gain - (1.0 - chance) * p.south_cost


@kernel
def best_of_three(a: float, b: float, c: float, scale: float) -> float:
    """Expected maximum of three values under a quantal response of that scale."""
    top = max(max(a, b), c)
    total = exp32((a - top) / scale) + exp32((b - top) / scale) + exp32((c - top) / scale)
    return top + scale * log32(total)


@kernel
def expected_value(
    s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int
) -> None:
    """At a conference, value the three courses and take the best."""
    if c.conference < 0.5:
        return
    to_spring = max(c.next_spring - c.week, 1.0)
    for lane in range(first, last):
        value = exp32(s.lesson_quality[lane]) * p.division_strength_ratio
        arms = 0.55 + 0.45 * sqrt32(s.arms_share[lane])
        gone = s.collapse_known[lane]
        decay = exp32(-p.collapse_decay * max(c.week - s.collapse_week[lane], 0.0) * gone)
        enemy = max(s.believed_divisions[lane] * decay * value * arms, 0.1)
        need = oil_need(s.oil_months[lane])
        bound = p.pact_utility * s.pact_in_force[lane]
        bound = bound + p.navy_resistance * (0.5 + 0.5 * s.embargo[lane]) * (1.0 - 0.5 * gone)
        in_season = where(s.opening_week[lane] <= c.season_deadline, 1.0, 0.0)
        chance = chance_of(s, lane, decay, s.opening_week[lane], enemy, p)
        north = value_of_north(chance, s.victory_belief[lane], p, need, in_season, gone) - bound
        south = value_of_south(s.oil_months[lane], p)
        nothing = -p.oil_value * need

        # Waiting: the same choice eight weeks from now, or next spring, at the seen trend.
        trend = min(s.believed_trend[lane], 0.0)
        drain = where(s.embargo[lane] > 0.5, 1.0, 0.0)
        soon_enemy = max(
            enemy * (1.0 + 8.0 * trend / max(s.believed_divisions[lane], 1.0)), 0.4 * enemy
        )
        soon_chance = chance_of(
            s, lane, decay * soon_enemy / enemy, s.opening_week[lane] + 8.0, soon_enemy, p
        )
        soon_season = where(s.opening_week[lane] + 8.0 <= c.season_deadline, 1.0, 0.0)
        soon_need = oil_need(s.oil_months[lane] - 1.84 * drain)
        soon = best_of_three(
            value_of_north(soon_chance, s.victory_belief[lane], p, soon_need, soon_season, gone)
            - bound,
            value_of_south(s.oil_months[lane] - 1.84 * drain, p),
            -p.oil_value * soon_need,
            p.response_scale,
        )
        spring_enemy = max(
            enemy * (1.0 + to_spring * trend / max(s.believed_divisions[lane], 1.0)), 0.4 * enemy
        )
        spring_chance = chance_of(
            s, lane, decay * spring_enemy / enemy, c.next_spring, spring_enemy, p
        )
        spring_need = oil_need(s.oil_months[lane] - to_spring / 4.345 * drain)
        spring = best_of_three(
            value_of_north(spring_chance, s.victory_belief[lane], p, spring_need, 1.0, gone)
            - bound,
            value_of_south(s.oil_months[lane] - to_spring / 4.345 * drain, p),
            -p.oil_value * spring_need,
            p.response_scale,
        )
        soon = exp32(log32(p.yearly_discount) * 8.0 / 52.0) * soon
        spring = exp32(log32(p.yearly_discount) * to_spring / 52.0) * spring
        wait = max(soon + nothing * 8.0 / 52.0, spring + nothing * to_spring / 52.0)

        s.value_north[lane] = north
        s.value_south[lane] = south
        s.value_wait[lane] = wait

    scale = p.response_scale
    for lane in range(first, last):
        taste_n = TASTE_KEPT * s.taste_north[lane] + TASTE_FRESH * scale * d.taste_north_noise[lane]
        taste_s = TASTE_KEPT * s.taste_south[lane] + TASTE_FRESH * scale * d.taste_south_noise[lane]
        u_north = s.value_north[lane] + taste_n
        u_south = s.value_south[lane] + taste_s
        wait = s.value_wait[lane]
        undecided = (1.0 - s.north_decided[lane]) * (1.0 - s.south_decided[lane])
        ships = where(s.shipping_free[lane] >= p.shipping_north, 1.0, 0.0)
        passable = where(s.theatre_later[lane] >= p.opening_mobility, 1.0, 0.0)
        best_north = where((u_north > u_south) and (u_north > wait), 1.0, 0.0)
        best_south = where((u_south >= u_north) and (u_south > wait), 1.0, 0.0)
        go_north = undecided * ships * passable * best_north
        # After a settlement the South is not chosen again.
        go_south = undecided * best_south * p.south_possible * (1.0 - s.settled[lane])
        s.taste_north[lane] = taste_n
        s.taste_south[lane] = taste_s
        s.north_decided[lane] = s.north_decided[lane] + go_north
        s.north_week[lane] = where(go_north > 0.5, s.opening_week[lane], s.north_week[lane])
        s.north_trigger[lane] = where(
            go_north > 0.5, 1.0 + s.collapse_known[lane], s.north_trigger[lane]
        )
        s.south_decided[lane] = s.south_decided[lane] + go_south
        s.south_choice_week[lane] = where(go_south > 0.5, c.week, s.south_choice_week[lane])
