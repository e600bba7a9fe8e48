"""Intelligence of the hunter: trains are sighted, armies are recounted, fronts are reported.

Departures are seen within the week; formations, tanks and aircraft are recounted at the
dates on which the record has an estimate. What is raised behind the border is mostly missed.

Theory: docs/mechanisms/intelligence.md

Reads: sent_week, sent_total, old_divisions, new_divisions, new_quality, garrison_tanks,
    garrison_aircraft, believed_divisions, believed_variance, believed_trend, believed_tanks,
    believed_aircraft, believed_departed, victory_logit, deepest_km, axis_pace, pace_lag_1,
    pace_lag_2, mobility, front_km, collapsed, collapse_week, front_lag_1, front_lag_2
Writes: believed_divisions, believed_before, believed_variance, believed_trend, believed_tanks,
    believed_aircraft, believed_departed, victory_logit, victory_belief, deepest_km, pace_seen,
    pace_lag_1, pace_lag_2, collapse_known, front_lag_1, front_lag_2
Draws: count_divisions, count_tanks, count_aircraft, sighting, front_report
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import clip, exp32, logistic32, share, where


@kernel
def formations_counted(
    start: float, departed: float, raised: float, level: float, anchor_share: float
) -> float:
    """What a recount of divisions finds before noise.

    `start` less the departures it noticed plus the new formations it noticed; with the
    years the count is anchored more and more to a share of what is there (`level`).
    """
    counted = start - departed + raised
    return counted + anchor_share * (level - counted)


@kernel
def arms_counted(start: float, departed: float, refill: float) -> float:
    """Tanks or aircraft found by a recount, never less than a tenth of the start."""
    return max(start - departed + refill, 0.1 * start)


@kernel
def victory_update(
    log_odds: float, base: float, pace_km: float, needed_km: float, weight: float
) -> float:
    """New log odds of the ally's victory after a week at `pace_km` (logit per 100 km)."""
    return base + 0.88 * (log_odds - base) + weight * (pace_km - needed_km) / 100.0


@kernel
def count_the_garrison(
    s: Block, p: Parameters, c: Week, d: Dice, lane: int, anchor: float, spring: float
) -> None:
    """Recount divisions, tanks and aircraft: the estimate moves toward what was counted."""
    gone = s.sent_total[lane]
    raised = s.new_divisions[lane]
    level = p.count_level_later * (s.old_divisions[lane] + raised)
    found = formations_counted(
        p.counted_at_start,
        spring * p.spring_departures + p.departures_counted * gone,
        p.new_counted * raised,
        level,
        anchor,
    )
    found = max(found + p.count_noise * d.count_divisions[lane], 1.0)
    variance = s.believed_variance[lane]
    gain = variance / (variance + p.count_noise * p.count_noise)
    s.believed_divisions[lane] = s.believed_divisions[lane] + gain * (
        found - s.believed_divisions[lane]
    )
    s.believed_variance[lane] = variance * (1.0 - gain)

    tanks_gone = p.tanks_per_division * gone
    refill = max(s.garrison_tanks[lane] - p.garrison_tanks_start + tanks_gone, 0.0)
    tanks = arms_counted(
        p.tanks_counted_at_start,
        spring * p.spring_tanks + p.tank_departures_counted * tanks_gone,
        p.refill_counted * refill,
    )
    tanks = tanks * exp32(0.08 * d.count_tanks[lane])
    s.believed_tanks[lane] = s.believed_tanks[lane] + 0.6 * (tanks - s.believed_tanks[lane])
    planes_gone = p.aircraft_per_division * gone
    regained = max(s.garrison_aircraft[lane] - p.garrison_aircraft_start + planes_gone, 0.0)
    planes = arms_counted(
        p.aircraft_counted_at_start,
        spring * p.spring_aircraft + p.aircraft_departures_counted * planes_gone,
        p.refill_counted * regained,
    )
    planes = planes * exp32(0.08 * d.count_aircraft[lane])
    s.believed_aircraft[lane] = s.believed_aircraft[lane] + 0.6 * (
        planes - s.believed_aircraft[lane]
    )


@kernel
def intelligence(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Update what the hunter believes about the garrison and about the distant war."""
    spring = share((c.war_weeks + 1.0) / 3.0)
    spring_now = where(c.war_weeks < 2.5, 1.0 / 3.0, 0.0)
    anchor = 1.0 - exp32(-p.anchor_rate * max(c.war_weeks - 28.0, 0.0))
    for lane in range(first, last):
        # Weekly sightings of trains, added up until the next recount.
        seen = p.sighting_share * s.sent_week[lane] * exp32(0.25 * d.sighting[lane])
        seen = seen + spring_now * p.spring_departures
        before = s.believed_divisions[lane]
        s.believed_departed[lane] = s.believed_departed[lane] + seen
        s.believed_divisions[lane] = max(before - seen, 1.0)
        s.believed_variance[lane] = s.believed_variance[lane] + p.count_drift * p.count_drift
        s.believed_before[lane] = before

    if c.recount > 0.5:
        for lane in range(first, last):
            count_the_garrison(s, p, c, d, lane, anchor, spring)

    sees_all = p.perfect_intelligence > 0.5
    for lane in range(first, last):
        true_strength = s.old_divisions[lane] + s.new_quality[lane]
        s.believed_divisions[lane] = where(sees_all, true_strength, s.believed_divisions[lane])
        s.believed_tanks[lane] = where(sees_all, s.garrison_tanks[lane], s.believed_tanks[lane])
        s.believed_aircraft[lane] = where(
            sees_all, s.garrison_aircraft[lane], s.believed_aircraft[lane]
        )
        change = clip(s.believed_divisions[lane] - s.believed_before[lane], -3.0, 3.0)
        s.believed_trend[lane] = s.believed_trend[lane] + 0.25 * (change - s.believed_trend[lane])

    sees_front = p.perfect_front > 0.5
    for lane in range(first, last):
        # The front is reported two weeks late and roughly, unless all of it is seen.
        late_pace = s.pace_lag_2[lane] + 10.0 * d.front_report[lane]
        pace = where(sees_front, s.axis_pace[lane], late_pace)
        reported = where(sees_front, s.front_km[lane], s.front_lag_2[lane])
        deepest = min(s.deepest_km[lane], reported)
        base = p.optimism - p.retreat_weight * clip((reported - deepest) / 100.0, 0.0, 10.0)
        logit = victory_update(
            s.victory_logit[lane],
            base,
            pace,
            p.quick_victory_pace * s.mobility[lane],
            p.pace_weight,
        )
        logit = clip(logit, -8.0, 8.0)
        known = (s.collapsed[lane] > 0.5) and (c.week >= s.collapse_week[lane] + 2.0)
        known = known and (p.collapse_trigger > 0.5)
        s.collapse_known[lane] = where(known, 1.0, 0.0)
        s.victory_logit[lane] = logit
        s.victory_belief[lane] = where(known, 0.98, logistic32(logit))
        s.deepest_km[lane] = deepest
        s.pace_seen[lane] = pace
        s.pace_lag_2[lane] = s.pace_lag_1[lane]
        s.pace_lag_1[lane] = s.axis_pace[lane]
        s.front_lag_2[lane] = s.front_lag_1[lane]
        s.front_lag_1[lane] = s.front_km[lane]
