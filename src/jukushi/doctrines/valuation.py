"""What a course is worth to the hunter: as it sees it, and as it is.

The expected-value decision-maker compares the believed values; a policy found by simulation
reads them too. The true worth is what the same act would bring against the garrison, the
quality and the front as they are; nobody decides by it, a policy is judged by it.

Theory: docs/mechanisms/expected_value.md
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.staff import believed_success, true_success
from jukushi.mechanisms.types import Block, Parameters, Week
from jukushi.numerics import clip, exp32, log32, normal_cdf32, sqrt32, where

__all__ = ["true_worth", "value_courses"]


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
def value_courses(s: Block, p: Parameters, c: Week, first: int, last: int) -> None:
    """Value north, south and waiting as the hunter sees them; say which it may choose."""
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
        ships = s.shipping_free[lane] >= p.shipping_north
        passable = s.theatre_later[lane] >= p.opening_mobility
        free = (s.north_decided[lane] < 0.5) and (s.south_decided[lane] < 0.5)
        s.may_north[lane] = where(free and ships and passable, 1.0, 0.0)
        # After a settlement the South is not chosen again.
        may_south = free and (p.south_possible > 0.5) and (s.settled[lane] < 0.5)
        s.may_south[lane] = where(may_south, 1.0, 0.0)


@kernel
def true_chance(s: Block, lane: int, left: float, opening_week: float, p: Parameters) -> float:
    """Chance of success against the garrison as it is; `left` as in `true_success`."""
    arms = 0.5 * (
        s.garrison_tanks[lane] / p.garrison_tanks_start
        + s.garrison_aircraft[lane] / p.garrison_aircraft_start
    )
    worth = s.old_divisions[lane] + s.new_quality[lane]
    value = exp32(p.true_quality) * p.division_strength_ratio
    enemy = max(worth * left * value * (0.55 + 0.45 * sqrt32(arms)), 0.1)
    by_ratio = chance_north(s.available_divisions[lane] / enemy, p.even_ratio)
    by_staff = true_success(s, lane, left, opening_week, p)
    return where(p.surface_known > 0.5, by_staff, by_ratio)


@kernel
def true_worth(s: Block, p: Parameters, c: Week, first: int, last: int) -> None:
    """Value the courses by what is so.

    `worth_north` is the value if the ally does not win, `worth_ally` what an ally's victory
    adds: whether it wins is known only at the end of a history.
    """
    for lane in range(first, last):
        gone = s.collapsed[lane]
        decay = exp32(-p.collapse_decay * max(c.week - s.collapse_week[lane], 0.0) * gone)
        need = oil_need(s.oil_months[lane])
        bound = p.pact_utility * s.pact_in_force[lane]
        bound = bound + p.navy_resistance * (0.5 + 0.5 * s.embargo[lane]) * (1.0 - 0.5 * gone)
        in_season = where(s.opening_week[lane] <= c.season_deadline, 1.0, 0.0)
        chance = true_chance(s, lane, decay, s.opening_week[lane], p)
        s.worth_north[lane] = value_of_north(chance, 0.0, p, need, in_season, gone) - bound
        s.worth_ally[lane] = 0.5 * chance * p.north_gain
        s.worth_south[lane] = value_of_south(s.oil_months[lane], p)
