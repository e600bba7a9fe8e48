"""docs/mechanisms/oil.md."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np

from verification.weekly.laws import clip, plus, share


def step(s: Names, p: Names, w: Names) -> None:
    """The stock, and how long it lasts."""
    at_war = s.south_war > 0
    use = p.oil_use * (1.0 - 0.15 * p.china_settled) * np.where(at_war, 1.1, 1.0)
    cut = s.embargo * (1.0 - s.settled)
    trade = np.where(at_war, 0.0, p.oil_import * (1.0 - p.embargo_cut * cut))
    weeks = w.week - s.south_war_week
    fields = at_war * p.southern_oil * share((weeks - 20.0) / 30.0) * w.tanker_share
    s.oil = plus(s.oil - use + p.oil_domestic + trade + fields)
    drain = np.maximum(use - p.oil_domestic - trade - fields, 0.01)
    s.oil_months = clip(s.oil / drain / 4.345, 0.0, 120.0)
