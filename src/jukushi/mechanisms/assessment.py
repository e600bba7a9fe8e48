"""Assessment: the hunter's staff turns beliefs into one ratio, D* = K / (rho v).

Ripeness is one currency: the believed garrison against what the available force can beat.
The force K carries China and mobilisation, rho is the two-to-one rule, v is the value of a
Soviet division in Japanese ones, learned in the border battles.

Theory: docs/mechanisms/assessment.md

Reads: lesson_quality, pact_in_force, alliance_pressure, available_divisions,
    believed_divisions, believed_tanks, believed_aircraft, collapse_known, collapse_week,
    ready_week, resolve, success_belief, true_success, north_decided, collapsed, old_divisions,
    new_divisions, new_quality, garrison_men, garrison_tanks, garrison_aircraft
Writes: trigger_divisions, ratio, collapse_ratio, arms_share, opening_week, success_belief,
    true_success, consent_draw, rule_form, opportunity_draw, resolve, placebo
Draws: resolve_noise, opportunity_u, consent_u, rule_form_u, placebo_a, placebo_b
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.staff import believed_success, true_success
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import exp32, where


@kernel
def division_value(log_quality: float, strength_ratio: float) -> float:
    """Value v of a division of the prey in divisions of the hunter."""
    return exp32(log_quality) * strength_ratio


@kernel
def beatable_divisions(force_divisions: float, required_ratio: float, value: float) -> float:
    """Divisions D* of the prey that `force_divisions` can beat at the required ratio."""
    return force_divisions / max(required_ratio * value, 0.01)


@kernel
def assessment(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Compute what the tables of rules ask about."""
    sees_all = p.perfect_intelligence > 0.5
    tanks_start = where(sees_all, p.garrison_tanks_start, p.tanks_counted_at_start)
    planes_start = where(sees_all, p.garrison_aircraft_start, p.aircraft_counted_at_start)
    counted_ratio = where(sees_all, p.initial_divisions / p.counted_at_start, 1.0)
    for lane in range(first, last):
        value = division_value(s.lesson_quality[lane], p.division_strength_ratio)
        boldness = (1.0 + p.staff_weight / 3.0) * exp32(
            p.pressure_weight * (s.alliance_pressure[lane] - 0.5)
            - p.pact_cost * s.pact_in_force[lane]
        )
        trigger = beatable_divisions(s.available_divisions[lane], p.required_ratio, value)
        # A staff that saw the truth would have set its trigger from the true start.
        trigger = trigger * boldness * counted_ratio
        believed = s.believed_divisions[lane]
        weeks = max(c.week - s.collapse_week[lane], 0.0)
        decayed = believed * exp32(-p.collapse_decay * weeks)
        s.trigger_divisions[lane] = trigger
        s.ratio[lane] = believed / max(trigger, 0.1)
        s.collapse_ratio[lane] = where(
            s.collapse_known[lane] > 0.5, decayed / max(p.collapse_margin * trigger, 0.1), 9.0
        )
        s.arms_share[lane] = 0.5 * (
            s.believed_tanks[lane] / tanks_start + s.believed_aircraft[lane] / planes_start
        )
        s.opening_week[lane] = max(
            max(c.week + p.decision_lead, s.ready_week[lane]),
            where(s.collapse_known[lane] > 0.5, c.week, c.season_open),
        )
        s.consent_draw[lane] = o.consent_u[lane]
        s.rule_form[lane] = o.rule_form_u[lane]
        s.opportunity_draw[lane] = d.opportunity_u[lane]
        # The mood is that of a conference and holds until the next one.
        s.resolve[lane] = where(
            c.conference > 0.5, p.decision_noise * d.resolve_noise[lane], s.resolve[lane]
        )
        s.placebo[lane] = where(p.placebo_dice > 0.5, d.placebo_b[lane], d.placebo_a[lane])
    # The staff works out its plan's chance for a conference; the estimate holds until the next.
    if (c.conference > 0.5) and (p.surface_known > 0.5):
        for lane in range(first, last):
            weeks = max(c.week - s.collapse_week[lane], 0.0)
            decay = exp32(-p.collapse_decay * weeks * s.collapse_known[lane])
            s.success_belief[lane] = believed_success(
                s.available_divisions[lane],
                s.believed_divisions[lane] * decay,
                s.believed_tanks[lane] * decay,
                s.believed_aircraft[lane] * decay,
                s.lesson_quality[lane],
                s.opening_week[lane],
                p,
            )
            # What the plan's chance is: nobody decides by it, questions weigh decisions with it.
            so_left = exp32(-p.collapse_decay * weeks * s.collapsed[lane])
            so = true_success(s, lane, so_left, s.opening_week[lane], p)
            s.true_success[lane] = where(s.north_decided[lane] > 0.5, s.true_success[lane], so)
