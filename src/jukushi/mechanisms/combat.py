"""The combat model: laws of one fight, from what is known before it.

One latent advantage x drives who wins, who bleeds and who gains ground; one intensity says
how bloody both sides find it. The same laws serve the border battles, the campaigns of 1941
and of 1945, and the observer who learns from a fight. Coefficients are fitted on battles of
1914-1982 and stand in the parameter record (`jukushi.world.combat`).

Theory: docs/mechanisms/combat.md
"""

from __future__ import annotations

from typing import NamedTuple

from jukushi.kernel import Scalar, kernel
from jukushi.mechanisms.types import Parameters
from jukushi.numerics import exp32, log32, sqrt32, where

__all__ = [
    "Conditions",
    "advance_rate",
    "break_off_hazard",
    "combat_power",
    "errors_of",
    "exchange",
    "ground",
    "intensity",
    "log_loss_attacker",
    "log_loss_defender",
    "mobility",
    "result_score",
    "share_lost_by",
]


class Conditions(NamedTuple):
    """What is known of a fight besides the strengths; switches are 0 to 1.

    Attributes
    ----------
    surprise : float
        Level, -3 to 3, positive for the attacker.
    air : float
        Air superiority, -1 to 1, positive for the attacker.
    prepared, fortified, delay : float
        Posture of the defender; all zero is a hasty defence.
    rugged, flat, wood, bare, desert : float
        Terrain; all zero is rolling and mixed.
    wet, winter, river : float
        Wet ground or rain, winter cold, a river to cross.
    """

    surprise: Scalar
    air: Scalar
    prepared: Scalar
    fortified: Scalar
    delay: Scalar
    rugged: Scalar
    flat: Scalar
    wood: Scalar
    bare: Scalar
    desert: Scalar
    wet: Scalar
    winter: Scalar
    river: Scalar


@kernel
def combat_power(men: float, tanks: float, guns: float, p: Parameters) -> float:
    """Power in men: a tank counts `tank_men` men and a gun `gun_men`."""
    return men + p.tank_men * tanks + p.gun_men * guns


@kernel
def exchange(z: Conditions, p: Parameters) -> float:
    """Advantage that the conditions give the attacker in the exchange of losses (log)."""
    posture = p.exchange_prepared * z.prepared + p.exchange_fortified * z.fortified
    posture = posture + p.exchange_delay * z.delay + p.exchange_river * z.river
    terrain = p.exchange_rugged * z.rugged + p.exchange_flat * z.flat + p.exchange_wood * z.wood
    terrain = terrain + p.exchange_bare * z.bare + p.exchange_desert * z.desert
    weather = p.exchange_wet * z.wet + p.exchange_winter * z.winter
    return p.exchange_surprise * z.surprise + p.exchange_air * z.air + posture + terrain + weather


@kernel
def ground(z: Conditions, p: Parameters) -> float:
    """What the conditions add for the ground beyond the exchange (log)."""
    posture = p.ground_prepared * z.prepared + p.ground_fortified * z.fortified
    posture = posture + p.ground_delay * z.delay + p.ground_river * z.river
    terrain = p.ground_rugged * z.rugged + p.ground_flat * z.flat + p.ground_wood * z.wood
    terrain = terrain + p.ground_bare * z.bare + p.ground_desert * z.desert
    weather = p.ground_wet * z.wet + p.ground_winter * z.winter
    return p.ground_surprise * z.surprise + p.ground_air * z.air + posture + terrain + weather


@kernel
def intensity(z: Conditions, log_size: float, p: Parameters) -> float:
    """How bloody the fight is for both sides (log); `log_size` is ln(sqrt(N_A N_D)/20000)."""
    posture = p.intensity_prepared * z.prepared + p.intensity_fortified * z.fortified
    posture = posture + p.intensity_delay * z.delay + p.intensity_river * z.river
    terrain = p.intensity_rugged * z.rugged + p.intensity_flat * z.flat
    terrain = terrain + p.intensity_wood * z.wood + p.intensity_bare * z.bare
    terrain = terrain + p.intensity_desert * z.desert
    weather = p.intensity_wet * z.wet + p.intensity_winter * z.winter
    sky = p.intensity_surprise * z.surprise + p.intensity_air * z.air
    return posture + terrain + weather + sky + p.size_intensity * log_size


@kernel
def mobility(z: Conditions, p: Parameters) -> float:
    """How the conditions change the rate of advance (log)."""
    posture = p.mobility_prepared * z.prepared + p.mobility_fortified * z.fortified
    posture = posture + p.mobility_delay * z.delay + p.mobility_river * z.river
    terrain = p.mobility_rugged * z.rugged + p.mobility_flat * z.flat
    terrain = terrain + p.mobility_wood * z.wood + p.mobility_bare * z.bare
    terrain = terrain + p.mobility_desert * z.desert
    weather = p.mobility_wet * z.wet + p.mobility_winter * z.winter
    return p.mobility_surprise * z.surprise + p.mobility_air * z.air + posture + terrain + weather


@kernel
def result_score(advantage: float, on_the_ground: float, p: Parameters) -> float:
    """Mean of the score W; the attacker wins above `draw_half_width`, loses below its negative."""
    return p.result_constant + p.result_slope * (advantage + on_the_ground)


@kernel
def log_loss_attacker(advantage: float, bloodiness: float, p: Parameters) -> float:
    """Log share of the attacker's men lost in the first day."""
    return p.attacker_constant + bloodiness - p.attacker_slope * advantage


@kernel
def log_loss_defender(advantage: float, bloodiness: float, p: Parameters) -> float:
    """Log share of the defender's men lost in the first day."""
    return p.defender_constant + bloodiness + p.defender_slope * advantage


@kernel
def share_lost_by(log_first_day: float, days: float, exponent: float) -> float:
    """Share of a side lost by the end of day `days`, before the cap: exp(y) days^exponent."""
    return where(days > 0.0, exp32(log_first_day + exponent * log32(max(days, 0.01))), 0.0)


@kernel
def advance_rate(
    score: float, conditions: float, log_size: float, log_density: float, days: float,
    error: float, p: Parameters,
) -> float:  # fmt: skip
    """Mean advance over `days` days, km a day (below zero the attacker is thrown back).

    `log_density` is ln of thousands of defenders per km of front.
    """
    rate = p.advance_constant + p.advance_result * score + conditions
    rate = rate + p.size_advance * log_size + p.advance_density * log_density
    rate = rate + p.advance_days * log32(max(days, 0.1)) + p.sd_advance * error
    return exp32(min(rate, 5.0)) - 0.1


@kernel
def break_off_hazard(
    day: float, log_size: float, z: Conditions, score: float, p: Parameters
) -> float:
    """Chance that a fight which has lasted to the start of day `day` (1, 2, ...) ends on it."""
    scale = p.breakoff_constant + p.breakoff_size * log_size
    scale = scale + p.breakoff_prepared * z.prepared + p.breakoff_fortified * z.fortified
    scale = scale + p.breakoff_delay * z.delay + p.breakoff_rugged * z.rugged
    scale = scale + p.breakoff_certainty * abs(score)
    shape = p.breakoff_shape
    before = where(day > 1.0, exp32(shape * (log32(max(day - 1.0, 0.5)) - scale)), 0.0)
    after = exp32(shape * (log32(day) - scale))
    return 1.0 - exp32(before - after)


@kernel
def errors_of(
    w: float, a: float, d: float, v: float, p: Parameters
) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Turn four independent normals into the fight's errors (result, losses, advance).

    Cholesky factor of the fitted correlations; all four have standard deviation one.
    """
    a1 = p.corr_wa
    a2 = sqrt32(1.0 - a1 * a1)
    d1 = p.corr_wd
    d2 = (p.corr_ad - a1 * d1) / max(a2, 0.05)
    d3 = sqrt32(1.0 - d1 * d1 - d2 * d2)
    v1 = p.corr_wv
    v2 = (p.corr_av - a1 * v1) / max(a2, 0.05)
    v3 = (p.corr_dv - d1 * v1 - d2 * v2) / max(d3, 0.05)
    v4 = sqrt32(1.0 - v1 * v1 - v2 * v2 - v3 * v3)
    error_a = a1 * w + a2 * a
    error_d = d1 * w + d2 * a + d3 * d
    error_v = v1 * w + v2 * a + v3 * d + v4 * v
    return w, error_a, error_d, error_v
