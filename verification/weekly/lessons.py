"""docs/mechanisms/lessons.md: three border fights and what the hunter learns from them."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace as Names

import numpy as np
from scipy.special import ndtr

from verification.weekly import combat
from verification.weekly.combat import Side
from verification.weekly.laws import Array

LEARNT = (
    "lesson_quality", "lesson_variance", "lesson_blood", "lesson_blood_variance",
    "lesson_covariance", "khasan_result", "khalkhin_result", "khasan_prey_losses",
    "khasan_hunter_losses", "khalkhin_prey_losses", "khalkhin_hunter_losses",
)  # fmt: skip


@dataclass
class Fight:
    """One border fight: its forces, conditions and dice."""

    prey: Side
    hunter: Side
    z: dict[str, Array]
    sign: float
    underestimate: Array
    command: Array
    blood: Array
    noise: tuple[Array, Array, Array]
    days_u: Array
    fog: Array

    @property
    def sides(self) -> tuple[Side, Side]:
        """Attacker, defender."""
        return (self.prey, self.hunter) if self.sign > 0 else (self.hunter, self.prey)


def side(p: Names, name: str, power: str) -> Side:
    """Forces of one side from the parameters; what is not declared is zero."""
    return Side(
        *(getattr(p, f"{name}_{power}_{kind}", np.zeros_like(p.true_quality))
          for kind in ("men", "tanks", "guns"))
    )  # fmt: skip


def blood(p: Names, once: Names, die: Array) -> Array:
    """Bloodiness of one fight: the theatre's and its own."""
    return p.theatre_blood + 0.2 * once.theatre_blood + p.campaign_blood * die


def khasan(p: Names, once: Names) -> Fight:
    """6-11 August 1938."""
    z = {name: getattr(p, f"khasan_{name}") for name in ("air", "fortified", "wet", "rugged")}
    z["prepared"] = 1.0 - p.khasan_fortified
    noise = (once.khasan_result_noise, once.khasan_attacker, once.khasan_defender)
    return Fight(
        side(p, "khasan", "soviet"), side(p, "khasan", "japan"), z, 1.0, p.khasan_underestimate,
        p.khasan_command + 0.1 * once.khasan_command, blood(p, once, once.khasan_blood), noise,
        once.khasan_days_u, once.fog_khasan,
    )  # fmt: skip


def july(p: Names, once: Names) -> Fight:
    """2-5 July 1939: the hunter attacks."""
    z = {"air": p.yasuoka_air, "bare": p.khalkhin_bare}
    noise = (once.yasuoka_result_noise, once.yasuoka_attacker, once.yasuoka_defender)
    return Fight(
        side(p, "yasuoka", "soviet"), side(p, "yasuoka", "japan"), z, -1.0,
        p.khalkhin_underestimate, 0.0, blood(p, once, once.yasuoka_blood), noise,
        once.yasuoka_days_u, once.fog_yasuoka,
    )  # fmt: skip


def august(p: Names, once: Names) -> Fight:
    """20-31 August 1939."""
    z = {name: getattr(p, f"khalkhin_{name}") for name in ("air", "surprise", "prepared", "bare")}
    noise = (once.khalkhin_result_noise, once.khalkhin_attacker, once.khalkhin_defender)
    return Fight(
        side(p, "khalkhin", "soviet"), side(p, "khalkhin", "japan"), z, 1.0,
        p.khalkhin_underestimate, p.khalkhin_shift,
        blood(p, once, once.khalkhin_blood), noise, once.khalkhin_days_u, once.fog_khalkhin,
    )  # fmt: skip


def fought(p: Names, fight: Fight) -> tuple[Array, Array, Array, Array, Array]:
    """Result, losses in thousands (prey, hunter), log losses without days (attacker, defender)."""
    attacker, defender = fight.sides
    n = combat.size(attacker, defender)
    x = np.log(attacker.power(p) / defender.power(p)) + combat.dot(p, "exchange", fight.z)
    x = x + fight.sign * (p.true_quality + fight.command)
    e_w, e_a, e_d = combat.errors(p, *fight.noise)
    mean = combat.expected_result(p, x, fight.z)
    score = mean + e_w
    wide = p.draw_half_width
    result = np.where(score > wide, 1.0, np.where(score < -wide, -1.0, 0.0))
    days = combat.days(p, fight.z, n, mean, fight.days_u)
    y_a, y_d = combat.expected_losses(p, x, fight.z, n, fight.blood)
    y_a, y_d = y_a + p.sd_attacker * e_a, y_d + p.sd_defender * e_d
    y_a = np.minimum(y_a, -p.attacker_days * np.log(days))
    y_d = np.minimum(y_d, -p.defender_days * np.log(days))
    lost_a = attacker.men * np.exp(y_a) * days**p.attacker_days / 1000.0
    lost_d = defender.men * np.exp(y_d) * days**p.defender_days / 1000.0
    prey, hunter = (lost_a, lost_d) if fight.sign > 0 else (lost_d, lost_a)
    return result, prey, hunter, y_a, y_d


def learn(s: Names, p: Names, fight: Fight, result: Array, y_a: Array, y_d: Array) -> None:
    """The Kalman step of the losses, then the step of who won."""
    attacker, defender = fight.sides
    believed = np.log(attacker.power(p) / defender.power(p)) - fight.sign * fight.underestimate
    believed = believed + combat.dot(p, "exchange", fight.z)
    n = combat.size(attacker, defender)
    x = believed + fight.sign * s.lesson_quality
    m_a, m_d = combat.expected_losses(p, x, fight.z, n, s.lesson_blood)
    fog = 0.5 * fight.fog
    s_a = y_a - m_a + (fog if fight.sign > 0 else 0.0)
    s_d = y_d - m_d + (0.0 if fight.sign > 0 else fog)
    kalman(s, p, fight.sign, s_a, s_d)
    winner(s, p, fight.sign, combat.expected_result(p, x, fight.z), result)


def kalman(s: Names, p: Names, sign: float, s_a: Array, s_d: Array) -> None:
    """Update (q, u) by two surprises at once."""
    v, c, b = s.lesson_variance, s.lesson_covariance, s.lesson_blood_variance
    prior = np.stack([np.stack([v, c], -1), np.stack([c, b], -1)], -2)
    one = np.ones_like(v)
    load = np.stack(
        [np.stack([-sign * p.attacker_slope * one, one], -1),
         np.stack([sign * p.defender_slope * one, one], -1)], -2,
    )  # fmt: skip
    shared = p.campaign_blood**2
    fog_a, fog_d = (0.25, 0.0) if sign > 0 else (0.0, 0.25)
    cross = p.corr_ad * p.sd_attacker * p.sd_defender + shared
    noise = np.stack(
        [np.stack([p.sd_attacker**2 + shared + fog_a, cross], -1),
         np.stack([cross, p.sd_defender**2 + shared + fog_d], -1)], -2,
    )  # fmt: skip
    turned = np.swapaxes(load, -1, -2)
    gain = prior @ turned @ np.linalg.inv(load @ prior @ turned + noise)
    step = (gain @ np.stack([s_a, s_d], -1)[..., None])[..., 0]
    after = prior - gain @ load @ prior
    s.lesson_quality, s.lesson_blood = (
        s.lesson_quality + step[..., 0],
        s.lesson_blood + step[..., 1],
    )
    s.lesson_variance, s.lesson_covariance = after[..., 0, 0], after[..., 0, 1]
    s.lesson_blood_variance = after[..., 1, 1]


def winner(s: Names, p: Names, sign: float, m: Array, w: Array) -> None:
    """Update (q, u) by the side of zero on which the score fell."""
    a = sign * p.result_slope
    v, c = s.lesson_variance, s.lesson_covariance
    scale = np.sqrt(1.0 + a * a * v)
    t = w * m / scale
    h = np.exp(-0.5 * t * t) / np.sqrt(2.0 * np.pi) / np.maximum(ndtr(t), 1e-6)
    told = np.abs(w)
    gain_q, gain_u = a * v / scale, a * c / scale
    s.lesson_quality = s.lesson_quality + w * h * gain_q
    s.lesson_blood = s.lesson_blood + w * h * gain_u
    shrink = told * h * (h + t)
    s.lesson_variance = v - shrink * gain_q**2
    s.lesson_covariance = c - shrink * gain_q * gain_u
    s.lesson_blood_variance = s.lesson_blood_variance - shrink * gain_u**2


def keep(s: Names, learnt: Names, fought: Array) -> None:
    """Take over what a battle taught and cost, where it was fought."""
    for name in LEARNT:
        setattr(s, name, np.where(fought > 0, getattr(learnt, name), getattr(s, name)))


def step(s: Names, p: Names, w: Names, once: Names) -> None:
    """The two weeks in which a border battle ends."""
    learnt = Names(**{name: getattr(s, name) for name in LEARNT})
    if w.khasan:
        fight = khasan(p, once)
        result, prey, hunter, y_a, y_d = fought(p, fight)
        learnt.khasan_result = result
        learnt.khasan_prey_losses, learnt.khasan_hunter_losses = prey, hunter
        learn(learnt, p, fight, result, y_a, y_d)
        keep(s, learnt, p.khasan_fought)
    if w.khalkhin:
        for fight in (july(p, once), august(p, once)):
            result, prey, hunter, y_a, y_d = fought(p, fight)
            learnt.khalkhin_result = result
            learnt.khalkhin_prey_losses = learnt.khalkhin_prey_losses + prey
            learnt.khalkhin_hunter_losses = learnt.khalkhin_hunter_losses + hunter
            learn(learnt, p, fight, result, y_a, y_d)
        keep(s, learnt, p.khalkhin_fought)
