"""Build-up of the hunter: stages, shipping as a hard resource, what China leaves free.

Theory: docs/mechanisms/build_up.md

Reads: mobilisation, south_decided
Writes: mobilisation, hunter_divisions, available_divisions, fleet, shipping_free, ready_week
Draws: none
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import share, where


@kernel
def shipping_left_mt(
    fleet_mt: float, navy_mt: float, civil_mt: float, squeeze_mt: float, south_mt: float
) -> float:
    """Shipping that a northern war could get, million tons; negative when overbooked."""
    return fleet_mt - navy_mt - (civil_mt - squeeze_mt) - south_mt


@kernel
def build_up(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Advance the mobilisation and count what could be brought to bear."""
    freed = p.china_settled * p.china_divisions
    for lane in range(first, last):
        fleet = max(p.fleet_1941 + c.fleet_change, 0.0)
        south = p.shipping_south * s.south_decided[lane]
        free = shipping_left_mt(fleet, p.shipping_navy, p.shipping_civil, p.civil_squeeze, south)
        ordered = c.week + 1.0 > p.mobilisation_order
        carried = share(free / p.shipping_north)
        speed = (1.0 + 0.25 * p.china_settled) / p.mobilisation_weeks
        progress = where(ordered, s.mobilisation[lane] + speed * carried, 0.0)
        progress = share(progress)
        left = (1.0 - progress) / max(speed * carried, 0.02)

        # After the choice of the South only the standing army of the North is left, and
        # from 1943 its divisions are shipped away.
        committed = p.committed_force * c.drawdown
        uncommitted = p.attack_force * min(c.drawdown, 1.0)
        s.mobilisation[lane] = progress
        s.hunter_divisions[lane] = (
            p.standing_force + (p.committed_force - p.standing_force) * progress
        ) * c.drawdown
        s.available_divisions[lane] = freed + where(
            s.south_decided[lane] > 0.5, committed, uncommitted
        )
        s.fleet[lane] = fleet
        s.shipping_free[lane] = free
        s.ready_week[lane] = c.week + left
