"""docs/mechanisms/distant_front.md; the symbols are those of the page."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np

from verification.weekly.laws import Array, clip, plus, share

AXIS_LATER_SUPPLY = (1.2, 0.8, 0.3)
#: Advance of a week, in hundreds of km, beyond which pockets and losses grow no more.
POCKETS_AT = 1.6


def balance(s: Names, p: Names, w: Names) -> Array:
    """Strength of the Axis over the Soviets, log ratio."""
    q = p.soviet_quality_1945 - (p.soviet_quality_1945 - p.soviet_quality_1941) * np.exp(
        -w.war_weeks / p.soviet_learning_weeks
    )
    d = (p.front_start_km - s.front_km) * (1.0 if w.year == 0 else p.rail_rebuilt_share)
    k = 1.0 / (1.0 + (d / p.axis_reach_km) ** 2)
    gains = (p.summer_gain_1941, p.summer_gain_1942, p.summer_gain_1943, p.summer_gain_later)
    near = clip(1.0 - s.front_km / p.capital_zone_km, 0.0, 1.0)
    return (
        np.log(s.axis_men * k / (q * s.soviet_men))
        + gains[min(w.year, 3)] * w.summer
        + s.front_momentum
        - p.first_winter_shock * w.first_winter
        + p.collapse_bonus * s.collapsed
        - p.capital_defence * near * (1.0 - s.collapsed)
    )


def axis(s: Names, p: Names, w: Names, d: Names) -> Array:
    """The Axis offensive of this week; returns its advance (km)."""
    r, m = s.front_ratio, s.mobility
    scale = p.axis_supply_scale_1941 if w.year == 0 else AXIS_LATER_SUPPLY[min(w.year, 3) - 1]
    s.axis_supply = np.minimum(s.axis_supply + p.axis_supply_rate * scale, p.axis_supply_cap)
    near = np.minimum(1.0, np.maximum(s.front_km, 30.0) / 300.0) if w.year == 0 else 1.0
    season = (w.year == 0) | (w.campaign_season > 0) | (s.collapsed > 0)
    starts = (s.axis_supply > p.axis_start_km * near) & (r > 0.05) & (m >= p.mud_limit) & season
    goes_on = (s.axis_supply >= p.axis_halt_km) & (r >= 0.0) & (m >= p.mud_limit)
    ran = s.axis_offensive > 0
    on = np.where(ran, goes_on, starts)
    s.axis_drive = np.where(
        on & ~ran, np.exp(p.operation_spread * d.axis_drive_noise), s.axis_drive
    )
    s.axis_offensive = on.astype(float)
    pace = p.axis_pace_km * s.axis_drive * m * (1.0 - np.exp(-plus(r) / 0.6))
    pace = pace * np.minimum(1.0, s.axis_supply / p.axis_supply_full_km)
    v = on * pace * (1.0 if w.year == 0 else p.later_pace_share)
    s.axis_supply = plus(s.axis_supply - v)
    return v


def soviet(s: Names, p: Names, w: Names, d: Names) -> Array:
    """The Soviet offensive of this week; returns its advance (km)."""
    r = s.front_ratio
    s.soviet_supply = s.soviet_supply + p.soviet_supply_rate * w.soviet_supply
    starts = (s.soviet_supply > p.soviet_start_share * w.soviet_start_km) & (r < -0.12)
    goes_on = (s.soviet_supply > 8.0) & (r < -0.05)
    ran = s.soviet_offensive > 0
    on = np.where(ran, goes_on, starts) & (s.collapsed < 0.5)
    noise = np.exp(p.operation_spread * d.soviet_drive_noise)
    s.soviet_drive = np.where(on & ~ran, noise, s.soviet_drive)
    s.soviet_offensive = on.astype(float)
    pace = p.soviet_pace_km * s.soviet_drive * (0.4 + 0.6 * s.mobility)
    v = on * np.minimum(s.soviet_supply, pace * (1.0 - np.exp(-plus(-r - 0.05) / 0.5)))
    s.soviet_supply = s.soviet_supply - v
    return v


def move(s: Names, p: Names, w: Names, once: Names, v_a: Array, v_s: Array) -> None:
    """Move both axes."""
    south = (w.year == 1) & (once.southern_axis_u < p.southern_axis_chance)
    back = np.minimum(s.south_km, 3.0 * v_s)
    s.south_km = s.south_km + v_a * south - back
    net = v_a * ~south - v_s + back / 3.0
    s.axis_pace = net + 0.5 * v_a * south
    s.front_km = clip(s.front_km - net, -400.0, p.front_end_km)
    s.axis_advance, s.soviet_advance = v_a, v_s


def men(s: Names, p: Names, w: Names, d: Names) -> None:
    """Losses, inflow and arrivals."""
    v_a, v_s = s.axis_advance, s.soviet_advance
    pace = np.minimum(v_a / 100.0, POCKETS_AT)
    pocket = d.encirclement_u < p.encirclement_chance * pace
    s.encirclement = pocket.astype(float)
    loss = p.loss_standing + (p.loss_first_summer if w.first_summer else p.loss_later)
    loss = loss + p.loss_in_retreat * pace + p.loss_in_attack * np.minimum(v_s / 60.0, 1.5)
    loss = loss + p.loss_in_encirclement * pocket
    inflow = p.soviet_inflow_scale * w.soviet_inflow * np.exp(0.08 * d.soviet_inflow)
    inflow = inflow * np.sqrt(plus(p.soviet_men_ceiling - s.soviet_men) / 2.2)
    left = s.soviet_men * (1.0 - share(loss * np.exp(0.2 * d.soviet_losses)))
    came = inflow * (1.0 - s.collapsed) + p.men_per_division * s.in_transit
    s.soviet_men = np.maximum(left + came, 0.05)
    drawn = s.axis_men + 0.10 * (p.allied_share * w.axis_trend - s.axis_men)
    s.axis_men = drawn * (1.0 + 0.01 * d.axis_strength)


def ends(s: Names, p: Names, w: Names, d: Names) -> None:
    """Collapse of the prey, surrender of the ally."""
    x = s.front_km
    weak = clip(3.0 / s.soviet_men, 0.3, 2.0)
    beyond = p.collapse_beyond + 0.0003 * np.abs(x)
    base = np.where(x >= p.collapse_gates_km, 0.0, np.where(x >= 0, p.collapse_at_gates, beyond))
    falls = (d.collapse_u < p.collapse_scale * weak * base) & (s.collapsed < 0.5)
    s.collapse_week = np.where(falls, w.week, s.collapse_week)
    s.collapsed = np.where(falls, 1.0, s.collapsed)
    beaten = (x >= p.ally_defeat_km) & (s.ally_defeated < 0.5)
    s.ally_defeat_week = np.where(beaten, w.week, s.ally_defeat_week)
    s.ally_defeated = np.where(beaten, 1.0, s.ally_defeated)


def step(s: Names, p: Names, w: Names, d: Names, once: Names) -> None:
    """One week of the great war."""
    s.front_momentum = p.front_memory * s.front_momentum + p.front_noise * d.momentum
    s.front_ratio = balance(s, p, w)
    v_a = axis(s, p, w, d)
    v_s = soviet(s, p, w, d)
    move(s, p, w, once, v_a, v_s)
    men(s, p, w, d)
    ends(s, p, w, d)
