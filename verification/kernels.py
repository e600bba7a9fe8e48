"""Small processes on the dice of the project, for what the weekly engine cannot express.

The duel uses the laws of combat themselves. Sites above 0xFE00 belong to no place of the model.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jukushi.dice import four_units
from jukushi.kernel import kernel
from jukushi.mechanisms.combat import log_loss_attacker, log_loss_defender, share_lost_by
from jukushi.mechanisms.types import Parameters
from jukushi.numerics import exp32, log32

BIRTH_DEATH_SITE = 0xFE01
DUEL_SITE = 0xFE02


@kernel
def birth_death(
    left: npt.NDArray[np.int64], seed: int, start: int, birth: float, death: float, horizon: float
) -> None:
    """How many are alive at the horizon, event by event (Gillespie), one path a history."""
    for path in range(left.shape[0]):
        alive = start
        time = np.float32(0.0)
        event = 0
        while alive > 0 and event < 65000:
            u, v, _, _ = four_units(seed, np.uint64(path), event, BIRTH_DEATH_SITE, 0)
            time = time - log32(u) / ((birth + death) * np.float32(alive))
            if time > horizon:
                break
            alive = alive + (1 if v * (birth + death) < birth else -1)
            event = event + 1
        left[path] = alive


@kernel
def duel(
    left: npt.NDArray[np.int64], seed: int, attackers: int, defenders: int, p: Parameters
) -> None:
    """Survivors of a duel to the end, man by man; negative if the defender survives.

    Who falls next is drawn by the loss rates of the combat model at the present strengths.
    """
    for path in range(left.shape[0]):
        a = attackers
        d = defenders
        event = 0
        while a > 0 and d > 0:
            x = log32(np.float32(a)) - log32(np.float32(d))
            rate_a = np.float32(a) * exp32(log_loss_attacker(x, 0.0, p))
            rate_d = np.float32(d) * exp32(log_loss_defender(x, 0.0, p))
            u, _, _, _ = four_units(seed, np.uint64(path), event, DUEL_SITE, 0)
            if u * (rate_a + rate_d) < rate_a:
                a = a - 1
            else:
                d = d - 1
            event = event + 1
        left[path] = a - d


@kernel
def attrition(
    kept: npt.NDArray[np.float64], steps_a_day: int, attackers: float, defenders: float,
    p: Parameters,
) -> None:  # fmt: skip
    """Strengths of both sides at the end of each day, float64[days, 2], by small steps."""
    a = attackers
    d = defenders
    step = 1.0 / np.float32(steps_a_day)
    for day in range(kept.shape[0]):
        for _ in range(steps_a_day):
            x = log32(np.float32(a / d))
            share_a = share_lost_by(log_loss_attacker(x, 0.0, p), step, p.attacker_days)
            share_d = share_lost_by(log_loss_defender(x, 0.0, p), step, p.defender_days)
            a = a * np.exp(-np.float64(share_a))
            d = d * np.exp(-np.float64(share_d))
        kept[day, 0] = a
        kept[day, 1] = d
