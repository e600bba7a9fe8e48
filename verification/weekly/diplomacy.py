"""docs/mechanisms/diplomacy.md."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np

from jukushi.world.state import NEVER
from verification.weekly.laws import clip, share


def embargo(s: Names, p: Names, w: Names, once: Names) -> None:
    """The move into Indochina and its answer."""
    since = p.freeze_week + clip(0.5 + 0.5 * once.embargo_lag, 0.0, 2.0)
    moved = (once.indochina_u < p.indochina_chance) & (once.embargo_u < p.embargo_chance)
    begins = moved & (w.week + 1.0 > since) & (s.settled < 0.5) & (s.embargo < 0.5)
    s.embargo_week = np.where(begins, w.week, s.embargo_week)
    s.embargo = np.where(begins, 1.0, s.embargo)


def south(s: Names, p: Names, w: Names, once: Names) -> None:
    """The southern war falls due: a settlement, or it opens."""
    due = s.south_choice_week + p.south_prepare
    falls = (s.south_decided > 0) & (s.south_war < 0.5) & (w.week + 1.0 > due)
    settles = falls & (once.settlement_u < p.settlement_chance) & (s.settled < 0.5)
    s.settled = np.where(settles, 1.0, s.settled)
    s.embargo = np.where(settles, 0.0, s.embargo)
    s.south_decided = np.where(settles, 0.0, s.south_decided)
    s.south_choice_week = np.where(settles, NEVER, s.south_choice_week)
    opens = falls & ~settles & (s.settled < 0.5) & (s.north_decided < 0.5)
    s.south_war_week = np.where(opens, w.week, s.south_war_week)
    s.south_war = np.where(opens, 1.0, s.south_war)


def ends(s: Names, p: Names, w: Names, once: Names) -> None:
    """Surrender of the hunter, opening of the attack, the pact."""
    date = p.surrender_week - p.surrender_mean_weeks * np.log(once.surrender_u)
    yields = (s.south_war > 0) & (w.week + 1.0 > date) & (s.hunter_surrendered < 0.5)
    s.hunter_surrender_week = np.where(yields, w.week, s.hunter_surrender_week)
    s.hunter_surrendered = np.where(yields, 1.0, s.hunter_surrendered)
    opens = (s.north_decided > 0) & (w.week + 1.0 > s.north_week)
    s.at_war = np.where(opens, 1.0, s.at_war)
    term = (w.week + 1.0 > p.pact_week) & (w.week < p.pact_expiry_week)
    s.pact_in_force = (term & (s.at_war < 0.5)).astype(float)


def step(s: Names, p: Names, w: Names, once: Names) -> None:
    """One week of diplomacy."""
    embargo(s, p, w, once)
    south(s, p, w, once)
    ends(s, p, w, once)
    near = share(1.0 - s.front_km / 900.0)
    s.alliance_pressure = np.where(s.axis_offensive > 0, 0.5 + 0.5 * near, 0.8 - 0.3 * near)
