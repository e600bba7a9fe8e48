"""docs/mechanisms/expected_value.md."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np
from scipy.special import ndtr

from verification.weekly.assessment import plan_chance, thinning
from verification.weekly.laws import Array, clip

MONTH = 4.345
SOON = 8.0  # weeks


def chance(s: Names, p: Names, left: Array, opening: Array) -> Array:
    """Chance of the plan with a share of the believed garrison left."""
    from_surface = plan_chance(
        p, s.available_divisions, s.believed_divisions * left * p.theatre_believed_men,
        s.believed_tanks * left, s.believed_aircraft * left, s.lesson_quality, opening,
    )  # fmt: skip
    v = np.exp(s.lesson_quality) * p.division_strength_ratio
    worth = s.believed_divisions * left * v * (0.55 + 0.45 * np.sqrt(s.arms_share))
    odds = s.available_divisions / np.maximum(worth, 0.1) / p.even_ratio
    return np.where(p.surface_known > 0, from_surface, ndtr(np.log(odds) / 0.35))


def values(
    s: Names, p: Names, w: Names, c: Array, months: Array, in_time: Array
) -> tuple[Array, Array, Array]:
    """U_N, U_S, U_0 for a chance, a stock of oil, and an opening in time or not."""
    need = clip((30.0 - months) / 30.0, 0.0, 1.0)
    z, belief = s.collapse_known, s.victory_belief
    north = (
        c * p.north_gain * (0.5 + 0.5 * belief)
        - (1.0 - c) * p.north_cost * (1.0 - 0.7 * z)
        - p.oil_value * (1.0 + p.oil_worry) * need
        - p.winter_penalty * (1.0 - in_time) * (1.0 - 0.5 * z) * (1.0 - p.surface_known)
        - p.pact_utility * s.pact_in_force
        - p.navy_resistance * (0.5 + 0.5 * s.embargo) * (1.0 - 0.5 * z)
    )
    won = p.south_chance * clip(months / 22.0, 0.001, 1.0) ** 0.8
    south = won * p.south_gain - (1.0 - won) * p.south_cost
    return north, south, -p.oil_value * need


def waiting(
    s: Names, p: Names, w: Names, weeks: float, opening: Array, in_time: Array, idle: Array
) -> Array:
    """Value of one later date."""
    falling = np.minimum(s.believed_trend, 0.0) * weeks / np.maximum(s.believed_divisions, 0.1)
    left = np.maximum(1.0 + falling, 0.4) * thinning(s, p, w, s.collapse_known)
    drawn = 1.84 if weeks == SOON else weeks / MONTH
    months = np.maximum(s.oil_months - s.embargo * drawn, 0.0)
    three = values(s, p, w, chance(s, p, left, opening), months, in_time)
    tau = p.response_scale
    best = np.max(three, axis=0)
    soft = best + tau * np.log(sum(np.exp((value - best) / tau) for value in three))
    return p.yearly_discount ** (weeks / 52.0) * soft + idle * weeks / 52.0


def value_all(s: Names, p: Names, w: Names) -> None:
    """The three values of this conference."""
    left = thinning(s, p, w, s.collapse_known)
    in_time = np.where(s.opening_week <= w.season_deadline, 1.0, 0.0)
    c = chance(s, p, left, s.opening_week)
    s.value_north, s.value_south, idle = values(s, p, w, c, s.oil_months, in_time)
    soon_in_time = np.where(s.opening_week + SOON <= w.season_deadline, 1.0, 0.0)
    soon = waiting(s, p, w, SOON, s.opening_week + SOON, soon_in_time, idle)
    spring = waiting(s, p, w, w.next_spring - w.week, w.next_spring, 1.0, idle)
    s.value_wait = np.maximum(soon, spring)


def step(s: Names, p: Names, w: Names, d: Names) -> None:
    """One conference of the expected-value hunter."""
    if not w.conference:
        return
    acts = p.decider == 1.0
    kept = {name: getattr(s, name) for name in ("value_north", "value_south", "value_wait")}
    value_all(s, p, w)
    for name, old in kept.items():
        setattr(s, name, np.where(acts, getattr(s, name), old))
    for name in ("north", "south"):
        noise = 0.714 * p.response_scale * getattr(d, f"taste_{name}_noise")
        taste = getattr(s, f"taste_{name}")
        setattr(s, f"taste_{name}", np.where(acts, 0.7 * taste + noise, taste))
    free = acts & (s.north_decided < 0.5) & (s.south_decided < 0.5)
    north, south = s.value_north + s.taste_north, s.value_south + s.taste_south
    may_north = free & (s.shipping_free >= p.shipping_north)
    may_north = may_north & (s.theatre_later >= p.opening_mobility)
    may_south = free & (p.south_possible > 0) & (s.settled < 0.5)
    s.may_north = np.where(acts, may_north, s.may_north)
    s.may_south = np.where(acts, may_south, s.may_south)
    opens = may_north & (north > south) & (north > s.value_wait)
    chosen = may_south & (south >= north) & (south > s.value_wait)
    s.north_week = np.where(opens, s.opening_week, s.north_week)
    s.north_trigger = np.where(opens, 1.0 + s.collapse_known, s.north_trigger)
    s.north_decided = np.where(opens, 1.0, s.north_decided)
    s.south_choice_week = np.where(chosen, w.week, s.south_choice_week)
    s.south_decided = np.where(chosen, 1.0, s.south_decided)
