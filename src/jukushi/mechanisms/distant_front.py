"""The distant front: operations that start, run on their supply, and halt; and collapse.

Theory: docs/mechanisms/distant_front.md

Reads: mobility, in_transit, front_km, south_km, axis_men, soviet_men, axis_supply,
    soviet_supply, front_momentum, axis_offensive, axis_drive, soviet_offensive, soviet_drive,
    collapsed, collapse_week, ally_defeated, ally_defeat_week
Writes: front_ratio, axis_advance, soviet_advance, front_km, south_km, axis_men, soviet_men,
    axis_supply, soviet_supply, front_momentum, axis_offensive, axis_drive, soviet_offensive,
    soviet_drive, axis_pace, encirclement, collapsed, collapse_week, ally_defeated,
    ally_defeat_week
Draws: momentum, soviet_losses, soviet_inflow, axis_strength, axis_drive_noise,
    soviet_drive_noise, encirclement_u, collapse_u, southern_axis_u
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import clip, exp32, log32, share, sqrt32, where


@kernel
def by_year(year: float, in_1941: float, in_1942: float, in_1943: float, later: float) -> float:
    """Pick a value by the year of the war (0, 1, 2, 3 and more)."""
    early = where(year < 0.5, in_1941, in_1942)
    late = where(year < 2.5, in_1943, later)
    return where(year < 1.5, early, late)


@kernel
def strained_share(depth_km: float, reach_km: float) -> float:
    """Share of the attacker's strength left at `depth_km` from his bases."""
    stretch = depth_km / reach_km
    return 1.0 / (1.0 + stretch * stretch)


@kernel
def fighting_ratio(
    axis_men: float, axis_share: float, soviet_men: float, soviet_quality: float
) -> float:
    """Log ratio of fighting strength, attacker over defender (men in millions)."""
    return log32(axis_men * axis_share / (soviet_quality * max(soviet_men, 0.05)))


@kernel
def pace_km_per_week(
    full_km_per_week: float, drive: float, movement_share: float, advantage: float, scale: float
) -> float:
    """Advance of an offensive: saturates with the advantage (a log ratio)."""
    return full_km_per_week * drive * movement_share * (1.0 - exp32(-max(advantage, 0.0) / scale))


@kernel
def collapse_hazard_per_week(
    front_km: float,
    soviet_men: float,
    gates_km: float,
    gates_per_week: float,
    beyond_per_week: float,
) -> float:
    """Chance that the defending state collapses this week; zero while the front stands far.

    `gates_per_week` applies within `gates_km` of the capital, `beyond_per_week` once it has
    fallen (and grows with the distance beyond); both rise as the field army melts.
    """
    beyond = beyond_per_week + 0.0003 * max(-front_km, 0.0)
    at_gates = where(front_km < gates_km, gates_per_week, 0.0)
    weakness = clip(3.0 / max(soviet_men, 0.05), 0.3, 2.0)
    return where(front_km < 0.0, beyond, at_gates) * weakness


@kernel
def capital_resistance(front_km: float, zone_km: float, full: float) -> float:
    """Extra log strength of the defence before its capital: none at `zone_km`, `full` at 0."""
    return full * clip(1.0 - front_km / zone_km, 0.0, 1.0)


@kernel
def soviet_loss_share(
    axis_km: float, soviet_km: float, encircled: float, standing: float, p: Parameters
) -> float:
    """Share of the field army lost this week: position war, retreat, pocket, own attack."""
    retreat = p.loss_in_retreat * min(axis_km / 100.0, 1.6)
    attack = p.loss_in_attack * min(soviet_km / 60.0, 1.5)
    return standing + retreat + attack + p.loss_in_encirclement * encircled


@kernel
def balance(s: Block, p: Parameters, c: Week, d: Dice, first: int, last: int) -> None:
    """Log ratio of strength at the front: men, quality, distance, season, luck, the capital."""
    quality = p.soviet_quality_1945 - (p.soviet_quality_1945 - p.soviet_quality_1941) * (
        exp32(-c.war_weeks / p.soviet_learning_weeks)
    )
    season_gain = c.summer * by_year(
        c.year, p.summer_gain_1941, p.summer_gain_1942, p.summer_gain_1943, p.summer_gain_later
    )
    rebuilt = where(c.year < 0.5, 1.0, p.rail_rebuilt_share)
    for lane in range(first, last):
        front = s.front_km[lane]
        collapsed = s.collapsed[lane]
        momentum = p.front_memory * s.front_momentum[lane] + p.front_noise * d.momentum[lane]
        left = strained_share((p.front_start_km - front) * rebuilt, p.axis_reach_km)
        s.front_momentum[lane] = momentum
        s.front_ratio[lane] = (
            fighting_ratio(s.axis_men[lane], left, s.soviet_men[lane], quality)
            + season_gain
            + momentum
            - p.first_winter_shock * c.first_winter
            + p.collapse_bonus * collapsed
            - capital_resistance(front, p.capital_zone_km, p.capital_defence) * (1.0 - collapsed)
        )


@kernel
def attack(s: Block, p: Parameters, c: Week, d: Dice, first: int, last: int) -> None:
    """The attacker's offensive: starts when stocked, halts when spent, stuck or outweighed."""
    supply_scale = by_year(c.year, p.axis_supply_scale_1941, 1.2, 0.8, 0.3)
    later_pace = where(c.year < 0.5, 1.0, p.later_pace_share)
    for lane in range(first, last):
        ratio = s.front_ratio[lane]
        supply = min(s.axis_supply[lane] + p.axis_supply_rate * supply_scale, p.axis_supply_cap)
        near = where(c.year < 0.5, min(1.0, max(s.front_km[lane], 30.0) / 300.0), 1.0)
        passable = s.mobility[lane] >= p.mud_limit
        in_season = (c.year < 0.5) or (c.campaign_season > 0.5) or (s.collapsed[lane] > 0.5)
        starts = (supply > p.axis_start_km * near) and (ratio > 0.05) and passable and in_season
        runs = (supply >= p.axis_halt_km) and (ratio >= 0.0) and passable
        was = s.axis_offensive[lane]
        attacking = where(was > 0.5, where(runs, 1.0, 0.0), where(starts, 1.0, 0.0))
        fresh = where((attacking > 0.5) and (was < 0.5), 1.0, 0.0)
        drive = where(
            fresh > 0.5, exp32(p.operation_spread * d.axis_drive_noise[lane]), s.axis_drive[lane]
        )
        forward = attacking * later_pace * min(1.0, supply / p.axis_supply_full_km)
        forward = forward * pace_km_per_week(p.axis_pace_km, drive, s.mobility[lane], ratio, 0.6)
        s.axis_offensive[lane] = attacking
        s.axis_drive[lane] = drive
        s.axis_advance[lane] = forward
        s.axis_supply[lane] = max(supply - forward, 0.0)


@kernel
def counter_attack(s: Block, p: Parameters, c: Week, d: Dice, first: int, last: int) -> None:
    """The defender's offensive: waits for the stocks of a whole operation, not of a week."""
    for lane in range(first, last):
        ratio = s.front_ratio[lane]
        supply = s.soviet_supply[lane] + p.soviet_supply_rate * c.soviet_supply
        starts = (supply > p.soviet_start_share * c.soviet_start_km) and (ratio < -0.12)
        runs = (supply > 8.0) and (ratio < -0.05)
        was = s.soviet_offensive[lane]
        striking = where(was > 0.5, where(runs, 1.0, 0.0), where(starts, 1.0, 0.0))
        striking = striking * (1.0 - s.collapsed[lane])
        fresh = where((striking > 0.5) and (was < 0.5), 1.0, 0.0)
        drive = where(
            fresh > 0.5,
            exp32(p.operation_spread * d.soviet_drive_noise[lane]),
            s.soviet_drive[lane],
        )
        back = pace_km_per_week(
            p.soviet_pace_km, drive, 0.4 + 0.6 * s.mobility[lane], -ratio - 0.05, 0.5
        )
        back = striking * min(supply, back)
        s.soviet_offensive[lane] = striking
        s.soviet_drive[lane] = drive
        s.soviet_advance[lane] = back
        s.soviet_supply[lane] = supply - back


@kernel
def movement(s: Block, p: Parameters, c: Week, o: Once, first: int, last: int) -> None:
    """Move the front; in 1942 the attack may go south, and what it gained there is lost first."""
    in_1942 = where((c.year > 0.5) and (c.year < 1.5), 1.0, 0.0)
    for lane in range(first, last):
        forward, back = s.axis_advance[lane], s.soviet_advance[lane]
        south = s.south_km[lane]
        chosen = where(o.southern_axis_u[lane] < p.southern_axis_chance, 1.0, 0.0)
        southward = in_1942 * chosen
        lost_south = min(south, 3.0 * back)
        moved = (1.0 - southward) * forward - (back - lost_south / 3.0)
        s.south_km[lane] = south + southward * forward - lost_south
        s.front_km[lane] = clip(s.front_km[lane] - moved, -400.0, p.front_end_km)
        s.axis_pace[lane] = moved + southward * 0.5 * forward


@kernel
def men(s: Block, p: Parameters, c: Week, d: Dice, first: int, last: int) -> None:
    """Losses by what happened, a pocket as an event, inflow by the record's schedule."""
    standing = p.loss_standing + where(c.first_summer > 0.5, p.loss_first_summer, p.loss_later)
    for lane in range(first, last):
        forward, back = s.axis_advance[lane], s.soviet_advance[lane]
        fast = min(forward / 100.0, 1.6)
        pocket = where(d.encirclement_u[lane] < p.encirclement_chance * fast, 1.0, 0.0)
        loss = soviet_loss_share(forward, back, pocket, standing, p)
        army = s.soviet_men[lane]
        raised = p.soviet_inflow_scale * c.soviet_inflow * (1.0 - s.collapsed[lane])
        raised = (
            raised
            * exp32(0.08 * d.soviet_inflow[lane])
            * sqrt32((p.soviet_men_ceiling - army) / 2.2)
        )
        army = army - army * share(loss * exp32(0.2 * d.soviet_losses[lane]))
        axis = s.axis_men[lane] + 0.10 * (p.allied_share * c.axis_trend - s.axis_men[lane])
        s.encirclement[lane] = pocket
        s.soviet_men[lane] = max(army + raised + p.men_per_division * s.in_transit[lane], 0.05)
        s.axis_men[lane] = max(axis * (1.0 + 0.01 * d.axis_strength[lane]), 0.05)


@kernel
def fate(s: Block, p: Parameters, c: Week, d: Dice, first: int, last: int) -> None:
    """Does the defending state collapse, or the attacker surrender?"""
    for lane in range(first, last):
        hazard = p.collapse_scale * collapse_hazard_per_week(
            s.front_km[lane],
            s.soviet_men[lane],
            p.collapse_gates_km,
            p.collapse_at_gates,
            p.collapse_beyond,
        )
        falls = (s.collapsed[lane] < 0.5) and (d.collapse_u[lane] < hazard)
        beaten = (s.ally_defeated[lane] < 0.5) and (s.front_km[lane] >= p.ally_defeat_km)
        s.collapsed[lane] = where(falls, 1.0, s.collapsed[lane])
        s.collapse_week[lane] = where(falls, c.week, s.collapse_week[lane])
        s.ally_defeated[lane] = where(beaten, 1.0, s.ally_defeated[lane])
        s.ally_defeat_week[lane] = where(beaten, c.week, s.ally_defeat_week[lane])


@kernel
def distant_front(
    s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int
) -> None:
    """Move the front by one week."""
    balance(s, p, c, d, first, last)
    attack(s, p, c, d, first, last)
    counter_attack(s, p, c, d, first, last)
    movement(s, p, c, o, first, last)
    men(s, p, c, d, first, last)
    fate(s, p, c, d, first, last)
