"""docs/mechanisms/redeployment.md."""

from __future__ import annotations

from types import SimpleNamespace as Names


def step(s: Names, p: Names) -> None:
    """Divisions brought back from Europe."""
    runs = (s.ally_defeated > 0) & (s.entered < 0.5)
    s.redeployed = s.redeployed + p.eastbound_divisions * runs
