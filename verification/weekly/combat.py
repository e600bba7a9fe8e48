"""docs/mechanisms/combat.md: advantage, result, losses, days of a fight."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace as Names

import numpy as np

from verification.weekly.laws import Array

BREAKOFF = ("prepared", "fortified", "delay", "rugged")


@dataclass
class Side:
    """Men, tanks and guns of one side."""

    men: Array
    tanks: Array
    guns: Array

    def power(self, p: Names) -> Array:
        """Men, with tanks and guns counted in men."""
        return self.men + p.tank_men * self.tanks + p.gun_men * self.guns


def dot(p: Names, effect: str, z: dict[str, Array]) -> Array:
    """Sum of conditions times coefficients."""
    return sum(getattr(p, f"{effect}_{name}") * value for name, value in z.items())


def size(attacker: Side, defender: Side) -> Array:
    """n, the log size of the fight."""
    return np.log(np.sqrt(attacker.men * defender.men) / 20000.0)


def expected_result(p: Names, x: Array, z: dict[str, Array]) -> Array:
    """E[W]."""
    return p.result_constant + p.result_slope * (x + dot(p, "ground", z))


def expected_losses(
    p: Names, x: Array, z: dict[str, Array], n: Array, u: Array
) -> tuple[Array, Array]:
    """Expected log losses of attacker and defender, without the days."""
    intensity = dot(p, "intensity", z) + p.size_intensity * n + u
    return (
        p.attacker_constant + intensity - p.attacker_slope * x,
        p.defender_constant + intensity + p.defender_slope * x,
    )


def errors(p: Names, a: Array, b: Array, c: Array) -> tuple[Array, Array, Array]:
    """Correlated errors of result, attacker's and defender's losses, each of sd 1."""
    second = np.sqrt(1.0 - p.corr_wa**2)
    mixed = (p.corr_ad - p.corr_wa * p.corr_wd) / second
    third = np.sqrt(1.0 - p.corr_wd**2 - mixed**2)
    return a, p.corr_wa * a + second * b, p.corr_wd * a + mixed * b + third * c


def days(p: Names, z: dict[str, Array], n: Array, result: Array, u: Array) -> Array:
    """Length of the fight, from a uniform die."""
    theta = p.breakoff_constant + p.breakoff_size * n + p.breakoff_certainty * np.abs(result)
    theta = theta + sum(getattr(p, f"breakoff_{name}") * z.get(name, 0.0) for name in BREAKOFF)
    return np.clip(np.exp(theta + np.log(-np.log(u)) / p.breakoff_shape), 1.0, 30.0)
