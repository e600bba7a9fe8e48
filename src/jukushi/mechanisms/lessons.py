"""Lessons: the border battles are fought with the combat model, and the hunter learns.

Khasan in 1938, the Japanese attack of July 1939 on the Khalkhin Gol and the Soviet one of
August are fights with the recorded forces. How long each lasts, what each side loses and who
wins come from the model's laws; what is learned is the posterior under the same model. One
currency for fighting quality, the log quality q: a man of quality q counts exp(q) men. The
observer learns the theatre's bloodiness together with quality, from the exchange of losses;
learning quality alone teaches nothing.

Theory: docs/mechanisms/lessons.md

Reads: lesson_quality, lesson_variance, lesson_blood, lesson_blood_variance, lesson_covariance,
    khasan_result, khalkhin_result, khasan_prey_losses, khasan_hunter_losses,
    khalkhin_prey_losses, khalkhin_hunter_losses
Writes: lesson_quality, lesson_variance, lesson_blood, lesson_blood_variance, lesson_covariance,
    khasan_result, khalkhin_result, khasan_prey_losses, khasan_hunter_losses,
    khalkhin_prey_losses, khalkhin_hunter_losses
Draws: khasan_result_noise, khasan_attacker, khasan_defender, khasan_command, khasan_days_u,
    yasuoka_result_noise, yasuoka_attacker, yasuoka_defender, yasuoka_days_u,
    khalkhin_result_noise, khalkhin_attacker, khalkhin_defender, khalkhin_days_u,
    fog_khasan, fog_yasuoka, fog_khalkhin, theatre_blood, khasan_blood, khalkhin_blood,
    yasuoka_blood
"""

from __future__ import annotations

from typing import NamedTuple

from jukushi.kernel import Scalar, kernel
from jukushi.mechanisms.combat import (
    Conditions,
    combat_power,
    errors_of,
    exchange,
    ground,
    intensity,
    log_loss_attacker,
    log_loss_defender,
    result_score,
)
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import clip, exp32, log32, normal_cdf32, sqrt32, where

#: Variance of what is seen of the enemy's losses: an error of half in their log.
FOG_VARIANCE = 0.25
#: No border battle is let run longer (assumption).
LONGEST_DAYS = 30.0


class Fight(NamedTuple):
    """One border battle as it stands before the first day.

    Attributes
    ----------
    sign : float
        1 if the prey attacks, -1 if the hunter does.
    power : float
        Log power of the attacker over the defender, quality apart.
    believed : float
        The same as the hunter takes it.
    quality : float
        True log quality of the prey less the hunter's.
    men_attacker, men_defender : float
    blood : float
        Bloodiness of this battle beyond what its conditions say.
    fought : float
        0 if the battle is left out.
    """

    sign: Scalar
    power: Scalar
    believed: Scalar
    quality: Scalar
    men_attacker: Scalar
    men_defender: Scalar
    blood: Scalar
    fought: Scalar


@kernel
def winner(score: float, draw_half_width: float) -> float:
    """Ordered outcome of the battle: 1 attacker, 0 draw, -1 defender."""
    return where(score > draw_half_width, 1.0, where(score < -draw_half_width, -1.0, 0.0))


@kernel
def days_fought(u: float, log_size: float, z: Conditions, score: float, p: Parameters) -> float:
    """Days that a battle lasts: a draw from the fitted hazard of breaking off."""
    scale = p.breakoff_constant + p.breakoff_size * log_size
    scale = scale + p.breakoff_prepared * z.prepared + p.breakoff_fortified * z.fortified
    scale = scale + p.breakoff_delay * z.delay + p.breakoff_rugged * z.rugged
    scale = scale + p.breakoff_certainty * abs(score)
    days = exp32(scale + log32(-log32(u)) / p.breakoff_shape)
    return clip(days, 1.0, LONGEST_DAYS)


@kernel
def learn(
    s: Block,
    lane: int,
    sign: float,
    surprise_attacker: float,
    surprise_defender: float,
    fought: float,
    p: Parameters,
) -> None:
    """Kalman step on (quality, blood) from two surprises in log losses.

    Loadings: attacker's losses (-slope, 1), defender's (+slope, 1), on the attacker's quality
    less the defender's; the prey's losses are seen through fog, and the battle has a
    bloodiness of its own that both sides share.
    """
    quality = s.lesson_variance[lane]
    blood = s.lesson_blood_variance[lane]
    both = s.lesson_covariance[lane]
    slope_a = -p.attacker_slope * sign
    slope_d = p.defender_slope * sign
    own = p.campaign_blood * p.campaign_blood
    fog_a = where(sign > 0.0, FOG_VARIANCE, 0.0)
    fog_d = FOG_VARIANCE - fog_a
    # Columns of (state covariance times loadings).
    quality_a = slope_a * quality + both
    quality_d = slope_d * quality + both
    blood_a = slope_a * both + blood
    blood_d = slope_d * both + blood
    # Innovation covariance.
    shared = own + p.corr_ad * p.sd_attacker * p.sd_defender
    aa = slope_a * quality_a + blood_a + p.sd_attacker * p.sd_attacker + own + fog_a
    dd = slope_d * quality_d + blood_d + p.sd_defender * p.sd_defender + own + fog_d
    ad = slope_a * quality_d + blood_d + shared
    determinant = aa * dd - ad * ad
    gain_qa = fought * (quality_a * dd - quality_d * ad) / determinant
    gain_qd = fought * (quality_d * aa - quality_a * ad) / determinant
    gain_ba = fought * (blood_a * dd - blood_d * ad) / determinant
    gain_bd = fought * (blood_d * aa - blood_a * ad) / determinant
    s.lesson_quality[lane] = (
        s.lesson_quality[lane] + gain_qa * surprise_attacker + gain_qd * surprise_defender
    )
    s.lesson_blood[lane] = (
        s.lesson_blood[lane] + gain_ba * surprise_attacker + gain_bd * surprise_defender
    )
    s.lesson_variance[lane] = quality - gain_qa * quality_a - gain_qd * quality_d
    s.lesson_blood_variance[lane] = blood - gain_ba * blood_a - gain_bd * blood_d
    s.lesson_covariance[lane] = both - gain_qa * blood_a - gain_qd * blood_d


@kernel
def learn_from_winner(
    s: Block,
    lane: int,
    sign: float,
    expected_score: float,
    result: float,
    fought: float,
    p: Parameters,
) -> None:
    """Truncated-normal step on quality and blood from who won (a draw teaches nothing).

    The score was believed to be normal about `expected_score`; knowing on which side of zero
    it fell moves the quality, and what goes with it, by the covariance with the score.
    """
    variance = s.lesson_variance[lane]
    both = s.lesson_covariance[lane]
    slope = p.result_slope * sign
    spread = sqrt32(1.0 + slope * slope * variance)
    t = result * expected_score / spread
    mills = 0.3989422804 * exp32(-0.5 * t * t) / max(normal_cdf32(t), 0.000001)
    taught = fought * abs(result)
    gain = slope * variance / spread
    gain_blood = slope * both / spread
    shrink = taught * mills * (mills + t)
    s.lesson_quality[lane] = s.lesson_quality[lane] + taught * result * gain * mills
    s.lesson_blood[lane] = s.lesson_blood[lane] + taught * result * gain_blood * mills
    s.lesson_variance[lane] = variance - shrink * gain * gain
    s.lesson_covariance[lane] = both - shrink * gain * gain_blood
    s.lesson_blood_variance[lane] = s.lesson_blood_variance[lane] - shrink * gain_blood * gain_blood


@kernel
def battle(
    s: Block,
    lane: int,
    fight: Fight,
    z: Conditions,
    days_u: float,
    noise_result: float,
    noise_attacker: float,
    noise_defender: float,
    fog: float,
    p: Parameters,
) -> tuple[Scalar, Scalar, Scalar]:
    """Fight one battle and teach the hunter.

    Returns
    -------
    result, men lost by the attacker, men lost by the defender
        The result is the attacker's: 1 won, 0 drawn, -1 lost.
    """
    log_size = 0.5 * log32(fight.men_attacker * fight.men_defender) - 9.9034876  # ln 20000
    favour = exchange(z, p)
    beyond = ground(z, p)
    advantage = fight.power + favour + fight.sign * fight.quality
    mean_score = result_score(advantage, beyond, p)
    days = days_fought(days_u, log_size, z, mean_score, p)
    log_days = log32(days)
    bloody = intensity(z, log_size, p)
    w, error_a, error_d, _ = errors_of(noise_result, noise_attacker, noise_defender, 0.0, p)
    # The daily losses of a battle add up to the first day's times the days to a power.
    lost_a = log_loss_attacker(advantage, bloody + fight.blood, p) + p.attacker_days * log_days
    lost_d = log_loss_defender(advantage, bloody + fight.blood, p) + p.defender_days * log_days
    lost_a = min(lost_a + p.sd_attacker * error_a, 0.0)
    lost_d = min(lost_d + p.sd_defender * error_d, 0.0)
    believed = fight.believed + favour + fight.sign * s.lesson_quality[lane]
    known = bloody + s.lesson_blood[lane]
    expected_a = log_loss_attacker(believed, known, p) + p.attacker_days * log_days
    expected_d = log_loss_defender(believed, known, p) + p.defender_days * log_days
    seen_a = lost_a + where(fight.sign > 0.0, 0.5 * fog, 0.0)
    seen_d = lost_d + where(fight.sign > 0.0, 0.0, 0.5 * fog)
    learn(s, lane, fight.sign, seen_a - expected_a, seen_d - expected_d, fight.fought, p)
    result = winner(mean_score + w, p.draw_half_width)
    foreseen = result_score(believed, beyond, p)
    learn_from_winner(s, lane, fight.sign, foreseen, result, fight.fought, p)
    return (
        fight.fought * result,
        fight.fought * exp32(lost_a) * fight.men_attacker,
        fight.fought * exp32(lost_d) * fight.men_defender,
    )


@kernel
def khasan(s: Block, p: Parameters, o: Once, lane: int) -> None:
    """Lake Khasan: the Soviet corps assault of August 1938."""
    prey = combat_power(p.khasan_soviet_men, p.khasan_soviet_tanks, p.khasan_soviet_guns, p)
    hunter = combat_power(p.khasan_japan_men, 0.0, p.khasan_japan_guns, p)
    power = log32(prey / hunter)
    fight = Fight(
        1.0,
        power,
        power - p.khasan_underestimate,
        p.true_quality + p.khasan_command + 0.1 * o.khasan_command[lane],
        p.khasan_soviet_men,
        p.khasan_japan_men,
        p.theatre_blood + 0.2 * o.theatre_blood[lane] + p.campaign_blood * o.khasan_blood[lane],
        p.khasan_fought,
    )
    z = Conditions(
        0.0, p.khasan_air, 1.0 - p.khasan_fortified, p.khasan_fortified, 0.0, p.khasan_rugged,
        0.0, 0.0, 0.0, 0.0, p.khasan_wet, 0.0, 0.0,
    )  # fmt: skip
    result, lost_prey, lost_hunter = battle(
        s, lane, fight, z, o.khasan_days_u[lane], o.khasan_result_noise[lane],
        o.khasan_attacker[lane], o.khasan_defender[lane], o.fog_khasan[lane], p,
    )  # fmt: skip
    s.khasan_result[lane] = result
    s.khasan_prey_losses[lane] = 0.001 * lost_prey
    s.khasan_hunter_losses[lane] = 0.001 * lost_hunter


@kernel
def yasuoka(s: Block, p: Parameters, o: Once, lane: int) -> None:
    """The Japanese attack of July 1939 across and along the Khalkhin Gol."""
    hunter = combat_power(p.yasuoka_japan_men, p.yasuoka_japan_tanks, p.yasuoka_japan_guns, p)
    prey = combat_power(p.yasuoka_soviet_men, p.yasuoka_soviet_tanks, p.yasuoka_soviet_guns, p)
    power = log32(hunter / prey)
    fight = Fight(
        -1.0,
        power,
        power + p.khalkhin_underestimate,
        p.true_quality,
        p.yasuoka_japan_men,
        p.yasuoka_soviet_men,
        p.theatre_blood + 0.2 * o.theatre_blood[lane] + p.campaign_blood * o.yasuoka_blood[lane],
        p.khalkhin_fought,
    )
    z = Conditions(
        0.0, p.yasuoka_air, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, p.khalkhin_bare, 0.0, 0.0, 0.0, 0.0
    )
    _, lost_hunter, lost_prey = battle(
        s, lane, fight, z, o.yasuoka_days_u[lane], o.yasuoka_result_noise[lane],
        o.yasuoka_attacker[lane], o.yasuoka_defender[lane], o.fog_yasuoka[lane], p,
    )  # fmt: skip
    s.khalkhin_prey_losses[lane] = 0.001 * lost_prey
    s.khalkhin_hunter_losses[lane] = 0.001 * lost_hunter


@kernel
def khalkhin_gol(s: Block, p: Parameters, o: Once, lane: int) -> None:
    """The Soviet double envelopment of August 1939."""
    prey = combat_power(p.khalkhin_soviet_men, p.khalkhin_soviet_tanks, p.khalkhin_soviet_guns, p)
    hunter = combat_power(p.khalkhin_japan_men, p.khalkhin_japan_tanks, p.khalkhin_japan_guns, p)
    power = log32(prey / hunter)
    fight = Fight(
        1.0,
        power + p.khalkhin_shift,
        power - p.khalkhin_underestimate,
        p.true_quality,
        p.khalkhin_soviet_men,
        p.khalkhin_japan_men,
        p.theatre_blood + 0.2 * o.theatre_blood[lane] + p.campaign_blood * o.khalkhin_blood[lane],
        p.khalkhin_fought,
    )
    z = Conditions(
        p.khalkhin_surprise, p.khalkhin_air, p.khalkhin_prepared, 0.0, 0.0, 0.0, 0.0, 0.0,
        p.khalkhin_bare, 0.0, 0.0, 0.0, 0.0,
    )  # fmt: skip
    result, lost_prey, lost_hunter = battle(
        s, lane, fight, z, o.khalkhin_days_u[lane], o.khalkhin_result_noise[lane],
        o.khalkhin_attacker[lane], o.khalkhin_defender[lane], o.fog_khalkhin[lane], p,
    )  # fmt: skip
    s.khalkhin_result[lane] = result
    s.khalkhin_prey_losses[lane] = s.khalkhin_prey_losses[lane] + 0.001 * lost_prey
    s.khalkhin_hunter_losses[lane] = s.khalkhin_hunter_losses[lane] + 0.001 * lost_hunter


@kernel
def lessons(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Fight Khasan, or both battles on the Khalkhin Gol, in their weeks; else nothing happens."""
    if c.khasan > 0.5:
        for lane in range(first, last):
            khasan(s, p, o, lane)
    if c.khalkhin > 0.5:
        for lane in range(first, last):
            yasuoka(s, p, o, lane)
        for lane in range(first, last):
            khalkhin_gol(s, p, o, lane)
