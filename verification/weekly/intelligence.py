"""docs/mechanisms/intelligence.md."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np

from verification.weekly.laws import Array, clip, logistic, plus, share


def sightings(s: Names, p: Names, w: Names, d: Names) -> None:
    """Trains seen this week."""
    seen = p.sighting_share * s.sent_week * np.exp(0.25 * d.sighting)
    seen = seen + (w.war_weeks < 3) * p.spring_departures / 3.0
    s.believed_departed = s.believed_departed + seen
    s.believed_divisions = np.maximum(s.believed_divisions - seen, 1.0)
    s.believed_variance = s.believed_variance + p.count_drift**2


def recount(s: Names, p: Names, w: Names, d: Names) -> None:
    """Armies counted anew."""
    spring = share((w.war_weeks + 1.0) / 3.0)
    counted = (
        p.counted_at_start
        - spring * p.spring_departures
        - p.departures_counted * s.sent_total
        + p.new_counted * s.new_divisions
    )
    anchor = 1.0 - np.exp(-p.anchor_rate * plus(w.war_weeks - 28.0))
    present = p.count_level_later * (s.old_divisions + s.new_divisions)
    found = counted + anchor * (present - counted) + p.count_noise * d.count_divisions
    v, noise = s.believed_variance, p.count_noise**2
    gain = v / (v + noise)
    s.believed_divisions = s.believed_divisions + gain * (
        np.maximum(found, 1.0) - s.believed_divisions
    )
    s.believed_variance = v * noise / (v + noise)
    s.believed_tanks = arms(
        s, s.believed_tanks, d.count_tanks, p.tanks_counted_at_start, spring * p.spring_tanks,
        p.tank_departures_counted, p.tanks_per_division,
        s.garrison_tanks - p.garrison_tanks_start, p.refill_counted,
    )  # fmt: skip
    s.believed_aircraft = arms(
        s, s.believed_aircraft, d.count_aircraft, p.aircraft_counted_at_start,
        spring * p.spring_aircraft, p.aircraft_departures_counted, p.aircraft_per_division,
        s.garrison_aircraft - p.garrison_aircraft_start, p.refill_counted,
    )  # fmt: skip


def arms(
    s: Names, believed: Array, noise: Array, start: Array, spring: Array, counted: Array,
    per_division: Array, change: Array, refill_counted: Array,
) -> Array:  # fmt: skip
    """Tanks or aircraft after a recount."""
    refill = plus(change + per_division * s.sent_total)
    found = start - spring - counted * per_division * s.sent_total + refill_counted * refill
    found = np.maximum(found, 0.1 * start) * np.exp(0.08 * noise)
    return believed + 0.6 * (found - believed)


def front(s: Names, p: Names, w: Names, d: Names) -> None:
    """The ally's war as reported."""
    pace = np.where(p.perfect_front > 0, s.axis_pace, s.pace_lag_2 + 10.0 * d.front_report)
    x = np.where(p.perfect_front > 0, s.front_km, s.front_lag_2)
    s.pace_seen = pace
    s.deepest_km = np.minimum(s.deepest_km, x)
    base = p.optimism - p.retreat_weight * clip((x - s.deepest_km) / 100.0, 0.0, 10.0)
    news = p.pace_weight * (pace - p.quick_victory_pace * s.mobility) / 100.0
    s.victory_logit = clip(base + 0.88 * (s.victory_logit - base) + news, -8.0, 8.0)
    known = (s.collapsed > 0) & (w.week >= s.collapse_week + 2.0) & (p.collapse_trigger > 0)
    s.collapse_known = np.where(known, 1.0, s.collapse_known)
    s.victory_belief = np.where(s.collapse_known > 0, 0.98, logistic(s.victory_logit))
    s.front_lag_2, s.front_lag_1 = s.front_lag_1, s.front_km
    s.pace_lag_2, s.pace_lag_1 = s.pace_lag_1, s.axis_pace


def step(s: Names, p: Names, w: Names, d: Names) -> None:
    """One week of reports."""
    s.believed_before = s.believed_divisions
    sightings(s, p, w, d)
    if w.recount:
        recount(s, p, w, d)
    perfect = p.perfect_intelligence > 0
    truth = s.old_divisions + s.new_quality
    s.believed_divisions = np.where(perfect, truth, s.believed_divisions)
    s.believed_tanks = np.where(perfect, s.garrison_tanks, s.believed_tanks)
    s.believed_aircraft = np.where(perfect, s.garrison_aircraft, s.believed_aircraft)
    change = clip(s.believed_divisions - s.believed_before, -3.0, 3.0)
    s.believed_trend = s.believed_trend + 0.25 * (change - s.believed_trend)
    front(s, p, w, d)
