"""docs/mechanisms/assessment.md."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np

from jukushi.world.surface import FEATURES
from verification.weekly.laws import Array, clip, logistic

RANGES = {
    "force": (-0.7, 0.7),
    "men": (-2.0, 0.7),
    "tanks": (-2.3, 0.7),
    "aircraft": (-2.3, 0.7),
    "quality": (-0.8, 1.2),
    "season": (-np.inf, np.inf),
}


def season_left(p: Names, opening: Array) -> Array:
    """Log of the hundreds of days from the opening to the day of success, plus a tenth."""
    yearday = (p.surface_first_yearday + 7.0 * opening) % 365.25
    return np.log(clip((p.surface_yearday - yearday) / 100.0, 0.0, 1.6) + 0.1)


def chance(p: Names, features: dict[str, Array]) -> Array:
    """The surface: a logistic quadratic in six features."""
    held = {name: clip(features[name], *RANGES[name]) for name in FEATURES}
    odds = p.surface_one + sum(getattr(p, f"surface_{name}") * held[name] for name in FEATURES)
    for place, one in enumerate(FEATURES):
        for two in FEATURES[place:]:
            odds = odds + getattr(p, f"surface_{one}_{two}") * held[one] * held[two]
    return logistic(odds)


def plan_chance(
    p: Names, k: Array, men: Array, tanks: Array, aircraft: Array, quality: Array, opening: Array
) -> Array:
    """Chance of the plan for given forces, quality of the prey and opening."""

    def log(x: Array) -> Array:
        return np.log(np.maximum(x, 1e-30))

    return chance(
        p,
        {
            "force": log(k / p.surface_divisions),
            "men": log(men / p.surface_prey_men),
            "tanks": log(tanks / p.surface_prey_tanks),
            "aircraft": log(aircraft / p.surface_prey_aircraft),
            "quality": -quality,
            "season": season_left(p, opening),
        },
    )


def believed_chance(s: Names, p: Names, opening: Array, g: Array) -> Array:
    """What the staff thinks of an opening, with a garrison thinned to a share g."""
    return plan_chance(
        p, s.available_divisions, s.believed_divisions * g * p.theatre_believed_men,
        s.believed_tanks * g, s.believed_aircraft * g, s.lesson_quality, opening,
    )  # fmt: skip


def thinning(s: Names, p: Names, w: Names, since: Array) -> Array:
    """exp(-collapse_decay weeks since the collapse), 1 while there is none to reckon with."""
    weeks = np.where(since > 0, w.week - s.collapse_week, 0.0)
    return np.exp(-p.collapse_decay * weeks)


def true_chance(s: Names, p: Names, g: Array) -> Array:
    """The same as things are."""
    quality = (s.old_divisions + s.new_quality) / np.maximum(s.old_divisions + s.new_divisions, 0.1)
    men = s.garrison_men * 1000.0 * p.theatre_fighting_share * quality
    return plan_chance(
        p, s.available_divisions, men * g, s.garrison_tanks * g, s.garrison_aircraft * g,
        p.true_quality, s.opening_week,
    )  # fmt: skip


def ratio(s: Names, p: Names, w: Names) -> None:
    """D* and the ratios."""
    v = np.exp(s.lesson_quality) * p.division_strength_ratio
    bold = (1.0 + p.staff_weight / 3.0) * np.exp(
        p.pressure_weight * (s.alliance_pressure - 0.5) - p.pact_cost * s.pact_in_force
    )
    star = s.available_divisions / np.maximum(p.required_ratio * v, 0.01) * bold
    perfect = p.initial_divisions / p.counted_at_start
    s.trigger_divisions = star * np.where(p.perfect_intelligence > 0, perfect, 1.0)
    s.ratio = s.believed_divisions / np.maximum(s.trigger_divisions, 0.1)
    left = s.believed_divisions * thinning(s, p, w, s.collapse_known)
    after = left / np.maximum(p.collapse_margin * s.trigger_divisions, 0.1)
    s.collapse_ratio = np.where(s.collapse_known > 0, after, 9.0)


def step(s: Names, p: Names, w: Names, d: Names, once: Names) -> None:
    """One week of the staff."""
    ratio(s, p, w)
    perfect = p.perfect_intelligence > 0
    tanks = np.where(perfect, p.garrison_tanks_start, p.tanks_counted_at_start)
    aircraft = np.where(perfect, p.garrison_aircraft_start, p.aircraft_counted_at_start)
    s.arms_share = 0.5 * (s.believed_tanks / tanks + s.believed_aircraft / aircraft)
    season = np.where(s.collapse_known > 0, w.week, w.season_open)
    s.opening_week = np.maximum(np.maximum(w.week + p.decision_lead, s.ready_week), season)
    s.consent_draw, s.rule_form = once.consent_u, once.rule_form_u
    s.opportunity_draw = d.opportunity_u
    s.placebo = np.where(p.placebo_dice > 0, d.placebo_b, d.placebo_a)
    if w.conference:
        s.resolve = p.decision_noise * d.resolve_noise
        known, true = (thinning(s, p, w, since) for since in (s.collapse_known, s.collapsed))
        s.success_belief = p.surface_known * believed_chance(s, p, s.opening_week, known)
        now = p.surface_known * true_chance(s, p, true)
        s.true_success = np.where(s.north_decided > 0, s.true_success, now)
