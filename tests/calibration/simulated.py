"""Battles of no real war: random conditions, and results drawn from known coefficients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jukushi.calibration.battles import Battles
from jukushi.calibration.combat_form import CORRELATIONS, correlation_matrix
from jukushi.calibration.shipped import Combat


def made_up(count: int, seed: int = 3) -> Battles:
    """Battles with random conditions between four armies on three theatres; no results."""
    rng = np.random.default_rng(seed)
    ratio, size = rng.normal(0.5, 0.6, count), rng.normal(0.0, 1.2, count)
    men_a, men_d = 20_000 * np.exp(size + ratio / 2), 20_000 * np.exp(size - ratio / 2)
    conditions = (rng.random((count, 13)) < 0.3).astype(np.float64)
    names = np.array(["North", "South", "East", "West"])
    attacker = rng.integers(0, 4, count)
    defender = (attacker + rng.integers(1, 4, count)) % 4
    place = rng.integers(0, 3, count)
    unknown = np.full(count, np.nan)
    return Battles(
        ids=tuple(str(k) for k in range(count)),
        families=tuple(str(k // 2) for k in range(count)),
        armies_attacker=tuple(names[attacker]),
        armies_defender=tuple(names[defender]),
        theatres=tuple(f"theatre {k}" for k in place),
        campaigns=tuple(f"campaign {k}" for k in rng.integers(0, 6, count)),
        men_attacker=men_a,
        men_defender=men_d,
        tanks_attacker=men_a * rng.exponential(0.004, count),
        tanks_defender=men_d * rng.exponential(0.004, count),
        guns_attacker=men_a * rng.exponential(0.008, count),
        guns_defender=men_d * rng.exponential(0.008, count),
        conditions=conditions,
        ww1=np.zeros(count),
        post45=np.zeros(count),
        density=np.exp(rng.normal(0.4, 1.0, count)),
        days=1.0 + rng.geometric(0.3, count),
        winner=unknown,
        loss_attacker=unknown,
        loss_defender=unknown,
        advance=unknown,
    )


def fight(battles: Battles, combat: Combat, seed: int = 5, gaps: float = 0.1) -> Battles:
    """Draw the results of battles from the combat model; a share of them stays unknown."""
    rng = np.random.default_rng(seed)
    m, v = combat.foretell(battles), combat.values
    correlation = correlation_matrix([v[f"corr_{pair}"] for pair in CORRELATIONS])
    e = rng.standard_normal((len(battles), 4)) @ np.linalg.cholesky(correlation).T
    score, half = m.result + e[:, 0], v["draw_half_width"]

    def hidden(values: np.ndarray) -> np.ndarray:
        return np.where(rng.random(len(battles)) < gaps, np.nan, values)

    return replace(
        battles,
        winner=hidden(np.where(score > half, 1.0, np.where(score < -half, -1.0, 0.0))),
        loss_attacker=hidden(m.attacker + v["sd_attacker"] * e[:, 1]),
        loss_defender=hidden(m.defender + v["sd_defender"] * e[:, 2]),
        advance=hidden(m.advance + v["sd_advance"] * e[:, 3]),
    )
