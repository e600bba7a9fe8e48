"""docs/mechanisms/garrison.md; O, B, E, H, T, C are those of the page."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np

from verification.weekly.laws import Array, clip, logistic, plus, share


def threat(s: Names, p: Names, w: Names, d: Names) -> None:
    """What Moscow thinks of an attack."""
    seen = s.build_up_belief + 0.5 * (s.mobilisation - s.build_up_belief)
    s.build_up_belief = share(seen + 0.05 * d.build_up_seen)
    told = w.agent_window & (d.all_clear_u < p.agent_hazard) & (s.north_decided < 0.5)
    s.all_clear = np.where(told, 1.0, s.all_clear)
    s.threat_belief = logistic(
        p.threat_base
        + p.threat_of_build_up * s.build_up_belief
        - p.threat_after_all_clear * s.all_clear
        - p.threat_in_winter * w.theatre_winter
        - p.threat_in_south_war * s.south_war
        - 0.8 * plus(w.war_weeks - 80.0) / 52.0
        + 0.4 * d.threat
    )


def need(s: Names, p: Names, w: Names) -> Array:
    """What the west asks for, 0 to 1.2."""
    required = p.needed_men + 1.2 * share(w.war_weeks / 60.0)
    pressed = np.where(s.axis_offensive > 0, 1.0, 0.35)
    return clip(
        0.35 * plus(1.0 - s.soviet_men / required)
        + 0.9 * clip(1.0 - s.front_km / p.danger_km, 0.0, 1.2) * pressed
        + 0.4 * s.south_km / 500.0,
        0.0,
        1.2,
    )


def departures(s: Names, p: Names, w: Names) -> Array:
    """Divisions that leave this week."""
    floor = p.floor_low + (p.floor_high - p.floor_low) * s.threat_belief
    men_floor = p.men_floor_1941 if w.war_weeks < 23 else p.men_floor_later
    spare = np.minimum(
        plus(s.old_divisions + s.new_quality - floor),
        plus(s.garrison_men - men_floor) / (1000.0 * p.men_per_division),
    )
    sent = np.minimum(p.transfer_rate * s.posture * need(s, p, w) * spare, p.rail_divisions)
    sent = np.minimum(sent, s.old_divisions + s.new_divisions)
    free = (s.collapsed < 0.5) & (s.ally_defeated < 0.5) & (s.at_war < 0.5)
    return np.where(free, sent, 0.0)


def call_up(s: Names, p: Names, sent: Array) -> None:
    """Divisions leave, new ones form and train."""
    old, new = s.old_divisions, s.new_divisions
    part = new / np.maximum(old + new, 1e-9)
    s.sent_total = s.sent_total + sent
    owed = plus(p.replacement_share * s.sent_total - (new + 0.5 * s.sent_total * part))
    formed = owed / p.forming_weeks + p.forming_trickle
    formed = np.where((s.collapsed > 0) | (old + new >= p.divisions_ceiling), 0.0, formed)
    s.old_divisions = plus(old - (1.0 - part) * sent)
    s.new_divisions = plus(new - part * sent) + formed
    taken = s.new_quality * part * sent / np.maximum(new, 1e-9)
    s.new_quality = plus(s.new_quality - taken) + formed * p.new_division_quality
    s.new_quality = s.new_quality + p.training_rate * plus(0.9 * s.new_divisions - s.new_quality)


def arms(s: Names, p: Names, w: Names, sent: Array) -> None:
    """Tanks, aircraft and men."""
    t, c, h = s.garrison_tanks, s.garrison_aircraft, s.garrison_men
    lost = p.tanks_per_division * sent * np.minimum(t / 2600.0, 1.3)
    s.garrison_tanks = plus(t - lost + p.tank_refill * clip((3300.0 - t) / 1000.0, 0.0, 1.0))
    lost = p.aircraft_per_division * sent * np.minimum(c / 3500.0, 1.2)
    s.garrison_aircraft = plus(c - lost + p.aircraft_refill * clip((4200.0 - c) / 1000.0, 0.0, 1.0))
    ceiling = p.men_ceiling_1942 if w.war_weeks < 54 else p.men_ceiling_later
    came = p.men_refill * np.maximum(1.0 - h / ceiling, -0.1) * (1.0 - s.collapsed)
    s.garrison_men = plus(h + came - 1000.0 * p.men_per_division * sent)


def step(s: Names, p: Names, w: Names, d: Names) -> None:
    """One week of the garrison."""
    threat(s, p, w, d)
    sent = departures(s, p, w)
    s.in_transit, s.sent_week = s.sent_week, sent
    call_up(s, p, sent)
    arms(s, p, w, sent)
