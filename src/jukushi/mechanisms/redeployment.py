"""Redeployment: once its great war is won, the prey brings divisions back by rail.

Theory: docs/mechanisms/redeployment.md

Reads: ally_defeated, redeployed, entered
Writes: redeployed
Draws: none
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week


@kernel
def redeployment(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Add a week of eastbound trains, after the ally's defeat and before the prey's attack."""
    for lane in range(first, last):
        moving = s.ally_defeated[lane] * (1.0 - s.entered[lane])
        s.redeployed[lane] = s.redeployed[lane] + p.eastbound_divisions * moving
