"""Diplomacy: the pact, Indochina and the embargo, settlement, the start of the southern war.

Theory: docs/mechanisms/diplomacy.md

Reads: embargo, embargo_week, settled, south_decided, south_choice_week, south_war,
    south_war_week, hunter_surrendered, hunter_surrender_week, north_week, at_war,
    north_decided, axis_offensive, front_km
Writes: south_decided, south_choice_week, pact_in_force, embargo, embargo_week, settled,
    south_war, south_war_week, alliance_pressure, hunter_surrendered, hunter_surrender_week,
    at_war
Draws: indochina_u, embargo_u, embargo_lag, settlement_u, surrender_u
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import clip, log32, share, where


@kernel
def embargo_start(freeze_week: float, lag_normal: float, moved: bool, answered: bool) -> float:
    """Week in which the oil stops, or never if there was no move or no answer to it."""
    return where(moved and answered, freeze_week + clip(0.5 + 0.5 * lag_normal, 0.0, 2.0), 9999.0)


@kernel
def surrender_delay_weeks(uniform: float, mean_weeks: float) -> float:
    """Exponential waiting time after the date on which the record has the surrender."""
    return -mean_weeks * log32(uniform)


@kernel
def diplomacy(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Turn what was decided, and what others do, into pacts, embargo and open war."""
    pact_term = where((c.week + 1.0 > p.pact_week) and (c.week < p.pact_expiry_week), 1.0, 0.0)
    for lane in range(first, last):
        moved = o.indochina_u[lane] < p.indochina_chance
        answered = o.embargo_u[lane] < p.embargo_chance
        start = embargo_start(p.freeze_week, o.embargo_lag[lane], moved, answered)
        begins = (s.embargo[lane] < 0.5) and (c.week + 1.0 > start) and (s.settled[lane] < 0.5)
        s.embargo[lane] = where(begins, 1.0, s.embargo[lane])
        s.embargo_week[lane] = where(begins, c.week, s.embargo_week[lane])

    for lane in range(first, last):
        # When the southern war falls due, a settlement may come instead; with the embargo
        # lifted the choice of the South is withdrawn.
        war_week = where(
            s.south_decided[lane] > 0.5, s.south_choice_week[lane] + p.south_prepare, 9999.0
        )
        due = (c.week + 1.0 > war_week) and (s.south_war[lane] < 0.5)
        peace = o.settlement_u[lane] < p.settlement_chance
        settles = where(due and peace, 1.0, 0.0)
        free = (1.0 - s.settled[lane]) * (1.0 - s.north_decided[lane])
        opens = where(due, 1.0, 0.0) * (1.0 - settles) * free
        s.settled[lane] = max(s.settled[lane], settles)
        s.embargo[lane] = s.embargo[lane] * (1.0 - settles)
        s.south_decided[lane] = s.south_decided[lane] * (1.0 - settles)
        s.south_choice_week[lane] = where(settles > 0.5, 9999.0, s.south_choice_week[lane])
        s.south_war[lane] = max(s.south_war[lane], opens)
        s.south_war_week[lane] = where(opens > 0.5, c.week, s.south_war_week[lane])

    for lane in range(first, last):
        last_week = p.surrender_week + surrender_delay_weeks(
            o.surrender_u[lane], p.surrender_mean_weeks
        )
        over = where(c.week + 1.0 > last_week, 1.0, 0.0)
        gives_up = over * s.south_war[lane] * (1.0 - s.hunter_surrendered[lane])
        s.hunter_surrendered[lane] = s.hunter_surrendered[lane] + gives_up
        s.hunter_surrender_week[lane] = where(gives_up > 0.5, c.week, s.hunter_surrender_week[lane])

    for lane in range(first, last):
        strikes = where(c.week + 1.0 > s.north_week[lane], 1.0, 0.0)
        at_war = max(s.at_war[lane], strikes)
        pressed = share(1.0 - s.front_km[lane] / 900.0)
        attacking = s.axis_offensive[lane] > 0.5
        s.at_war[lane] = at_war
        s.pact_in_force[lane] = pact_term * (1.0 - at_war)
        s.alliance_pressure[lane] = where(attacking, 0.5 + 0.5 * pressed, 0.8 - 0.3 * pressed)
