"""The garrison: divisions leave by rail for the distant front; men refill, tanks hardly.

Theory: docs/mechanisms/garrison.md

Reads: front_km, south_km, axis_offensive, soviet_men, collapsed, ally_defeated, at_war,
    mobilisation, all_clear, north_decided, south_war, old_divisions, new_divisions,
    new_quality, garrison_tanks, garrison_aircraft, garrison_men, sent_week, sent_total,
    build_up_belief, posture
Writes: threat_belief, build_up_belief, all_clear, old_divisions, new_divisions, new_quality,
    garrison_tanks, garrison_aircraft, garrison_men, sent_week, sent_total, in_transit
Draws: threat, build_up_seen, all_clear_u
"""

from __future__ import annotations

import numpy as np

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import clip, logistic32, share, where


@kernel
def western_need(
    soviet_men: float,
    needed_men: float,
    front_km: float,
    danger_km: float,
    under_attack: float,
    south_km: float,
) -> float:
    """How badly the distant front needs divisions, 0 to 1.2 (men in millions)."""
    shortage = 0.35 * max(1.0 - soviet_men / needed_men, 0.0)
    danger = clip(1.0 - front_km / danger_km, 0.0, 1.2) * where(under_attack > 0.5, 1.0, 0.35)
    return clip(shortage + 0.9 * danger + 0.4 * south_km / 500.0, 0.0, 1.2)


@kernel
def spare_divisions(
    effective_divisions: float,
    floor_divisions: float,
    men_k: float,
    floor_men_k: float,
    men_k_each: float,
) -> float:
    """Divisions above the floor in divisions and, at `men_k_each`, above the floor in men."""
    by_strength = max(effective_divisions - floor_divisions, 0.0)
    by_men = max(men_k - floor_men_k, 0.0) / men_k_each
    return min(by_strength, by_men)


@kernel
def garrison(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Judge the threat, send divisions west, raise new ones, refill arms."""
    men_each = 1000.0 * p.men_per_division
    needed_men = p.needed_men + 1.2 * share(c.war_weeks / 60.0)
    floor_men = where(c.war_weeks < 23.0, p.men_floor_1941, p.men_floor_later)
    men_ceiling = where(c.war_weeks < 54.0, p.men_ceiling_1942, p.men_ceiling_later)
    # A question may order a share of the garrison west by a day, whatever the rails carry.
    weeks_to_go = max(np.ceil(p.departure_week - (c.week - c.war_weeks)), 1.0)
    at_pace = p.departure_share * p.initial_divisions / weeks_to_go
    ordered = where((p.departure_ordered > 0.5) and (c.war_weeks < weeks_to_go), 1.0, 0.0)
    for lane in range(first, last):
        seen = s.build_up_belief[lane]
        seen = share(seen + 0.5 * (s.mobilisation[lane] - seen) + 0.05 * d.build_up_seen[lane])
        clear = (
            (s.all_clear[lane] < 0.5)
            and (c.agent_window > 0.5)
            and (d.all_clear_u[lane] < p.agent_hazard)
            and (s.north_decided[lane] < 0.5)
        )
        all_clear = where(clear, 1.0, s.all_clear[lane])
        threat = logistic32(
            p.threat_base
            + p.threat_of_build_up * seen
            - p.threat_after_all_clear * all_clear
            - p.threat_in_winter * c.theatre_winter
            - p.threat_in_south_war * s.south_war[lane]
            - 0.8 * max(c.war_weeks - 80.0, 0.0) / 52.0
            + 0.4 * d.threat[lane]
        )
        floor = p.floor_low + (p.floor_high - p.floor_low) * threat

        old = s.old_divisions[lane]
        new = s.new_divisions[lane]
        quality = s.new_quality[lane]
        need = western_need(
            s.soviet_men[lane],
            needed_men,
            s.front_km[lane],
            p.danger_km,
            s.axis_offensive[lane],
            s.south_km[lane],
        )
        spare = spare_divisions(old + quality, floor, s.garrison_men[lane], floor_men, men_each)
        free = (1.0 - s.collapsed[lane]) * (1.0 - s.ally_defeated[lane]) * (1.0 - s.at_war[lane])
        wanted = p.transfer_rate * s.posture[lane] * need * spare
        carried = min(wanted, p.rail_divisions)
        sent = free * min(where(ordered > 0.5, at_pace, carried), old + new)
        part_new = new / max(old + new, 0.1)
        quality_each = quality / max(new, 0.1)

        # Local call-up follows what has left, some weeks behind, and a trickle besides.
        total = s.sent_total[lane] + sent
        owed = max(p.replacement_share * total - (new + 0.5 * total * part_new), 0.0)
        formed = (1.0 - s.collapsed[lane]) * (owed / p.forming_weeks + p.forming_trickle)
        formed = where(old + new > p.divisions_ceiling, 0.0, formed)
        new_left = max(new - sent * part_new, 0.0) + formed
        quality_left = max(quality - sent * part_new * quality_each, 0.0)
        quality_left = quality_left + formed * p.new_division_quality
        quality_left = quality_left + p.training_rate * max(0.9 * new_left - quality_left, 0.0)

        tanks = s.garrison_tanks[lane]
        loss_t = p.tanks_per_division * sent * min(tanks / 2600.0, 1.3)
        gain_t = p.tank_refill * clip((3300.0 - tanks) / 1000.0, 0.0, 1.0)
        planes = s.garrison_aircraft[lane]
        loss_p = p.aircraft_per_division * sent * min(planes / 3500.0, 1.2)
        gain_p = p.aircraft_refill * clip((4200.0 - planes) / 1000.0, 0.0, 1.0)
        men = s.garrison_men[lane]
        gain_m = p.men_refill * max(1.0 - men / men_ceiling, -0.1) * (1.0 - s.collapsed[lane])

        s.build_up_belief[lane] = seen
        s.all_clear[lane] = all_clear
        s.threat_belief[lane] = threat
        s.in_transit[lane] = s.sent_week[lane]
        s.sent_week[lane] = sent
        s.sent_total[lane] = total
        s.old_divisions[lane] = max(old - sent * (1.0 - part_new), 0.0)
        s.new_divisions[lane] = new_left
        s.new_quality[lane] = quality_left
        s.garrison_tanks[lane] = max(tanks - loss_t + gain_t, 0.0)
        s.garrison_aircraft[lane] = max(planes - loss_p + gain_p, 0.0)
        s.garrison_men[lane] = max(men + gain_m - men_each * sent, 0.0)
