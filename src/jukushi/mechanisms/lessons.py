"""Lessons: two border battles drawn from the combat model, and what the hunter learns.

One currency for fighting quality, the log quality q of the combat model: a man of quality
q counts exp(q) men. The observer learns the theatre's bloodiness together with quality,
from the exchange of losses; learning quality alone teaches nothing.

Theory: docs/mechanisms/lessons.md

Reads: lesson_quality, lesson_variance, lesson_blood, lesson_blood_variance, lesson_covariance,
    khasan_result, khalkhin_result
Writes: lesson_quality, lesson_variance, lesson_blood, lesson_blood_variance, lesson_covariance,
    khasan_result, khalkhin_result
Draws: khasan_result_noise, khasan_attacker, khasan_defender, khasan_command,
    khalkhin_result_noise, khalkhin_attacker, khalkhin_defender, fog_khasan, fog_khalkhin,
    theatre_blood
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import exp32, normal_cdf32, sqrt32, where

# Coefficients of the combat model fitted on 274 battles of 1914-1982 (CDB90, ODC-BY);
# docs/mechanisms/lessons.md gives the form, the sample and the errors.
RESULT_CONSTANT = -0.17
RESULT_SLOPE = 0.60
DRAW_HALF_WIDTH = 0.14
ATTACKER_CONSTANT = -3.13
ATTACKER_DAYS = 0.55
ATTACKER_SLOPE = -0.55
ATTACKER_SD = 0.73
DEFENDER_CONSTANT = -3.42
DEFENDER_DAYS = 0.77
DEFENDER_SLOPE = 0.70
DEFENDER_SD = 0.74
LOSS_CORRELATION = 0.24
RESULT_ATTACKER = -0.24
RESULT_DEFENDER = 0.26
FOG_VARIANCE = 0.25


@kernel
def attacker_log_loss(advantage: float, log_days: float, intensity: float) -> float:
    """Expected log share of the attacker's men lost (x is a log ratio, days as their log)."""
    return ATTACKER_CONSTANT + intensity + ATTACKER_DAYS * log_days + ATTACKER_SLOPE * advantage


@kernel
def defender_log_loss(advantage: float, log_days: float, intensity: float) -> float:
    """Expected log share of the defender's men lost."""
    return DEFENDER_CONSTANT + intensity + DEFENDER_DAYS * log_days + DEFENDER_SLOPE * advantage


@kernel
def winner(score: float) -> float:
    """Ordered outcome of the battle: 1 attacker, 0 draw, -1 defender."""
    return where(score > DRAW_HALF_WIDTH, 1.0, where(score < -DRAW_HALF_WIDTH, -1.0, 0.0))


@kernel
def learn(
    s: Block, lane: int, surprise_attacker: float, surprise_defender: float, fought: float
) -> None:
    """Kalman step on (quality, blood) from two surprises in log losses.

    Loadings: attacker's losses (-0.55, 1), defender's (+0.70, 1); the attacker's are seen
    through fog, which adds `FOG_VARIANCE`.
    """
    quality = s.lesson_variance[lane]
    blood = s.lesson_blood_variance[lane]
    both = s.lesson_covariance[lane]
    # Columns of (state covariance times loadings).
    quality_a = ATTACKER_SLOPE * quality + both
    quality_d = DEFENDER_SLOPE * quality + both
    blood_a = ATTACKER_SLOPE * both + blood
    blood_d = DEFENDER_SLOPE * both + blood
    # Innovation covariance.
    noise = LOSS_CORRELATION * ATTACKER_SD * DEFENDER_SD
    aa = ATTACKER_SLOPE * quality_a + blood_a + ATTACKER_SD * ATTACKER_SD + FOG_VARIANCE
    dd = DEFENDER_SLOPE * quality_d + blood_d + DEFENDER_SD * DEFENDER_SD
    ad = ATTACKER_SLOPE * quality_d + blood_d + noise
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
    s: Block, lane: int, expected_score: float, result: float, fought: float
) -> None:
    """Truncated-normal step on quality from who won (a draw teaches nothing).

    The score was believed to be normal about `expected_score`; knowing on which side of zero
    it fell moves the quality by its covariance with the score. Winners teach little.
    """
    variance = s.lesson_variance[lane]
    spread = sqrt32(1.0 + RESULT_SLOPE * RESULT_SLOPE * variance)
    t = result * expected_score / spread
    mills = 0.3989422804 * exp32(-0.5 * t * t) / max(normal_cdf32(t), 0.000001)
    taught = fought * abs(result)
    gain = RESULT_SLOPE * variance / spread
    s.lesson_quality[lane] = s.lesson_quality[lane] + taught * result * gain * mills
    s.lesson_variance[lane] = variance - taught * gain * gain * mills * (mills + t)


@kernel
def battle(
    s: Block,
    lane: int,
    power: float,
    believed_power: float,
    conditions: float,
    ground: float,
    quality: float,
    log_days: float,
    fought: float,
    blood: float,
    noise_result: float,
    noise_attacker: float,
    noise_defender: float,
    fog: float,
) -> float:
    """Draw one battle in which the prey attacks, teach the hunter, return the result.

    `power` and `believed_power` are log power ratios, as they were and as the hunter took
    them; `conditions` and `ground` are the sums of the situation's terms for the exchange and,
    beyond it, for the ground; `quality` is the true difference.
    """
    advantage = power + conditions + quality
    # Cholesky factor of the correlations of (winner, attacker's, defender's losses).
    error_a = RESULT_ATTACKER * noise_result + 0.9708 * noise_attacker
    error_d = RESULT_DEFENDER * noise_result + 0.3115 * noise_attacker + 0.9140 * noise_defender
    lost_a = attacker_log_loss(advantage, log_days, blood) + ATTACKER_SD * error_a
    lost_d = defender_log_loss(advantage, log_days, blood) + DEFENDER_SD * error_d
    lost_a = min(lost_a, 0.0)
    lost_d = min(lost_d, 0.0)
    believed = believed_power + conditions + s.lesson_quality[lane]
    expected_a = attacker_log_loss(believed, log_days, s.lesson_blood[lane])
    expected_d = defender_log_loss(believed, log_days, s.lesson_blood[lane])
    learn(s, lane, lost_a + 0.5 * fog - expected_a, lost_d - expected_d, fought)
    score = RESULT_CONSTANT + RESULT_SLOPE * (advantage + ground) + noise_result
    result = winner(score)
    foreseen = RESULT_CONSTANT + RESULT_SLOPE * (believed + ground)
    learn_from_winner(s, lane, foreseen, result, fought)
    return fought * result


@kernel
def lessons(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Fight Khasan or Khalkhin Gol in their weeks; in all others nothing happens."""
    if c.khasan > 0.5:
        for lane in range(first, last):
            s.khasan_result[lane] = battle(
                s,
                lane,
                p.khasan_power,
                p.khasan_power - p.khasan_underestimate,
                p.khasan_conditions,
                p.khasan_ground,
                p.true_quality + p.khasan_command + 0.1 * o.khasan_command[lane],
                p.khasan_log_days,
                p.khasan_fought,
                p.theatre_blood + 0.2 * o.theatre_blood[lane],
                o.khasan_result_noise[lane],
                o.khasan_attacker[lane],
                o.khasan_defender[lane],
                o.fog_khasan[lane],
            )
    if c.khalkhin > 0.5:
        for lane in range(first, last):
            s.khalkhin_result[lane] = battle(
                s,
                lane,
                p.khalkhin_power + p.khalkhin_shift,
                p.khalkhin_power - p.khalkhin_underestimate,
                p.khalkhin_conditions,
                p.khalkhin_ground,
                p.true_quality,
                p.khalkhin_log_days,
                p.khalkhin_fought,
                p.theatre_blood + 0.2 * o.theatre_blood[lane],
                o.khalkhin_result_noise[lane],
                o.khalkhin_attacker[lane],
                o.khalkhin_defender[lane],
                o.fog_khalkhin[lane],
            )
