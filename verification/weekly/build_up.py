"""docs/mechanisms/build_up.md."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np

from verification.weekly.laws import plus, share


def step(s: Names, p: Names, w: Names) -> None:
    """Shipping, mobilisation, divisions."""
    s.fleet = plus(p.fleet_1941 + w.fleet_change)
    s.shipping_free = (
        s.fleet
        - p.shipping_navy
        - (p.shipping_civil - p.civil_squeeze)
        - p.shipping_south * s.south_decided
    )
    carried = share(s.shipping_free / p.shipping_north)
    speed = (1.0 + 0.25 * p.china_settled) / p.mobilisation_weeks * carried
    ordered = w.week + 1.0 > p.mobilisation_order
    s.mobilisation = np.where(ordered, share(s.mobilisation + speed), s.mobilisation)
    s.ready_week = w.week + (1.0 - s.mobilisation) / np.maximum(speed, 0.02)
    f = w.drawdown
    s.hunter_divisions = (
        p.standing_force + (p.committed_force - p.standing_force) * s.mobilisation
    ) * f
    free = np.where(s.south_decided > 0, p.committed_force * f, p.attack_force * min(f, 1.0))
    s.available_divisions = p.china_settled * p.china_divisions + free
