"""docs/mechanisms/decisions.md: gates, tables, and what their acts do."""

from __future__ import annotations

from types import SimpleNamespace as Names
from typing import Any

import numpy as np

from verification.weekly import expected_value
from verification.weekly.expressions import evaluate, truth
from verification.weekly.laws import Array

POSTURES = {"transfer": None, "strip_garrison": "posture_strip", "hold_garrison": "posture_hold"}


class Tables:
    """The gates and the documented table of each power."""

    def __init__(self, doctrines: dict[str, Any], start: Any) -> None:
        self.start = start
        self.gates = {gate["id"]: gate["margin"] for gate in doctrines["gates"]}
        self.rows = {table["power"]: table["rows"] for table in doctrines["tables"]}

    def fired(self, power: str, s: Names, p: Names, w: Names) -> Array:
        """Number of the first row that is true, from 1."""
        names = {**vars(p), **vars(w), **vars(s)}
        if power == "japan":
            for gate, margin in self.gates.items():
                names[gate] = evaluate(margin, names, self.start) >= 0.0
        row = np.zeros(len(s.front_km))
        for number, line in reversed(list(enumerate(self.rows[power], 1))):
            holds = truth(evaluate(line["when"], names, self.start))
            row = np.where(holds, float(number), row)
        return row

    def act(self, power: str, row: Array, action: str) -> Array:
        """Histories in which a row with this action fired."""
        places = [n for n, line in enumerate(self.rows[power], 1) if line["action"] == action]
        return np.isin(row, places)


def hunter(tables: Tables, s: Names, p: Names, w: Names, by_table: Array) -> None:
    """The hunter's act; his table acts at conferences only."""
    row = np.where(by_table, s.hunter_row, 0.0)
    for trigger, action in ((1.0, "open_north"), (2.0, "open_north_collapse")):
        opens = tables.act("japan", row, action) & (s.north_decided < 0.5)
        s.north_week = np.where(opens, s.opening_week, s.north_week)
        s.north_trigger = np.where(opens, trigger, s.north_trigger)
        s.north_decided = np.where(opens, 1.0, s.north_decided)
    chosen = tables.act("japan", row, "choose_south") & (p.south_possible > 0)
    chosen = chosen & (s.south_decided < 0.5) & (s.north_decided < 0.5)
    s.south_choice_week = np.where(chosen, w.week, s.south_choice_week)
    s.south_decided = np.where(chosen, 1.0, s.south_decided)


def prey(tables: Tables, s: Names, p: Names, w: Names) -> None:
    """The prey's act."""
    row = s.prey_row
    for action, name in POSTURES.items():
        level = 1.0 if name is None else getattr(p, name)
        s.posture = np.where(tables.act("ussr", row, action), level, s.posture)
    denounces = tables.act("ussr", row, "denounce_pact")
    s.pact_denounced = np.where(denounces, 1.0, s.pact_denounced)
    strikes = tables.act("ussr", row, "strike") & (s.entered < 0.5)
    s.entry_week = np.where(strikes, w.week, s.entry_week)
    s.entered = np.where(strikes, 1.0, s.entered)


def step(tables: Tables, s: Names, p: Names, w: Names, d: Names) -> None:
    """Both tables are read before either power acts."""
    by_table = p.decider == 0.0
    if w.conference:
        s.hunter_row = np.where(by_table, tables.fired("japan", s, p, w), s.hunter_row)
    s.prey_row = tables.fired("ussr", s, p, w)
    expected_value.step(s, p, w, d)
    if w.conference:
        hunter(tables, s, p, w, by_table)
    prey(tables, s, p, w)
