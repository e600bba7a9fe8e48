"""Pairs of twins told apart: the first week in which anything differs, where, and what turned.

The first thing that differs is looked up in the traces of both worlds: the first week in which
any field of the state differs, and in it the earliest mechanism of the week that writes a
differing field. Of several fields of that mechanism the one is named that differs most for its
size.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.draws import LANES
from jukushi.engine.run import Engine, Trace
from jukushi.engine.settings import World
from jukushi.mechanisms.order import WEEK_ORDER
from jukushi.questions.interventions.worlds import Intervention, world_of
from jukushi.questions.odds import week_date
from jukushi.world.state import FIELD_INDEX, FIELDS

__all__ = ["TWINS", "TwinSearch", "tell_twins", "writer_of"]

#: Most pairs that are told.
TWINS = 20
#: Writes a field before any mechanism runs.
INTERVENTION = "intervention"
#: Notes of what a table did, which nothing reads: twins do not part in them.
_NOTES = [FIELD_INDEX[name] for name in ("hunter_row", "prey_row")]


class TwinSearch:
    """Notes the first pairs that changed, and the first whose date moved, as parts go by."""

    def __init__(self) -> None:
        self.changed: list[tuple[int, int, int]] = []
        self.moved: list[tuple[int, int, int]] = []

    def add(self, first: int, weeks: npt.NDArray[np.int64]) -> None:
        """Add one part: int64[2, n] weeks of the event in both worlds, -1 where it did not come."""
        came = weeks >= 0
        flipped = came[0] != came[1]
        moved = came[0] & came[1] & (weeks[0] != weeks[1])
        for rows, kept in ((flipped, self.changed), (moved, self.moved)):
            for row in np.flatnonzero(rows)[: TWINS - len(kept)]:
                kept.append((first + int(row), int(weeks[0, row]), int(weeks[1, row])))

    def found(self) -> list[tuple[int, int, int]]:
        """Return up to `TWINS` pairs (history, week in the baseline, week in the changed world).

        Pairs with the event in one world alone come first; others whose date moved fill up.
        """
        return (self.changed + self.moved)[:TWINS]


@cache
def writer_of(field: str) -> str:
    """Return the earliest mechanism of the week that writes a field, by the mechanisms' headers.

    What is decided belongs to the decisions, also where values were weighed for it; what no step
    of the week promises is a value that a policy weighs.
    """
    return _writers().get(field, "expected_value")


@cache
def _writers() -> dict[str, str]:
    promised = {step.name: _promised(step.name) for step in WEEK_ORDER}
    promised["expected_value"] -= promised["decisions"]
    writers: dict[str, str] = {}
    for mechanism, fields in promised.items():
        for name in fields:
            writers.setdefault(name, mechanism)
    return writers


def _promised(mechanism: str) -> set[str]:
    """Return the fields that a mechanism's header promises to write (a test proves it)."""
    layer = "doctrines" if mechanism == "expected_value" else "mechanisms"
    header = importlib.import_module(f"jukushi.{layer}.{mechanism}").__doc__ or ""
    found = re.search(r"^Writes:(.*?)^(?:Draws|Reads):", header, re.DOTALL | re.MULTILINE)
    return set(re.findall(r"[a-z_0-9]+", found[1])) if found else set()


def tell_twins(
    engine: Engine, asked: Intervention, search: TwinSearch, horizon: int
) -> list[dict[str, Any]]:
    """Tell what parted each pair that was found."""
    traces = _Traces(engine, asked, horizon)
    return [_twin(traces, *pair) for pair in search.found()]


class _Traces:
    """Traces of blocks in the worlds of an intervention, each run once."""

    def __init__(self, engine: Engine, asked: Intervention, horizon: int) -> None:
        self.engine = engine
        self.asked = asked
        self.horizon = horizon
        self._kept: dict[tuple[int, int], Trace] = {}

    def of(self, history: int, which: int, world: World, last: int) -> Trace:
        """Return the trace of the block of a history; `which` names the world."""
        key = (history // LANES, which)
        last = max(last, self.engine.first_running)  # a trace holds all scripted weeks
        if key not in self._kept or len(self._kept[key].state) <= last:
            self._kept[key] = self.engine.trace(history, world, last, self.asked.fate)
        return self._kept[key]

    def pair(self, history: int) -> tuple[Trace, Trace]:
        """Return the block of a history in both worlds, up to the last day asked about."""
        asked = self.asked
        return (
            self.of(history, -1, asked.baseline, self.horizon),
            self.of(history, -2, asked.changed, self.horizon),
        )

    def alone(self, history: int, part: int, last: int) -> Trace:
        """Return the same in the world of one part alone, up to some week."""
        world = world_of(self.asked.plan, self.asked.parts[part : part + 1], self.asked.week)
        return self.of(history, part, world, last)


def _twin(traces: _Traces, history: int, baseline: int, changed: int) -> dict[str, Any]:
    case = traces.engine.case
    return {
        "history": history,
        "baseline": week_date(case, baseline) if baseline >= 0 else None,
        "changed": week_date(case, changed) if changed >= 0 else None,
        "first_difference": _first_difference(traces, history),
        "turn": _turn(traces, history) if (baseline < 0) != (changed < 0) else None,
    }


def _first_difference(traces: _Traces, history: int) -> dict[str, Any] | None:
    """Return where two twins part; None if only the war on the map differs."""
    lane = history % LANES
    one, other = (trace.state[:, :, lane] for trace in traces.pair(history))
    differ = one != other
    differ[:, _NOTES] = False
    weeks = np.flatnonzero(differ.any(axis=1))
    if not len(weeks):
        return None
    week = int(weeks[0])
    rows = [int(row) for row in np.flatnonzero(differ[week])]
    mechanism, field = _named(traces, week, rows, one[week], other[week])
    row = FIELD_INDEX[field]
    return {
        "week": week_date(traces.engine.case, week),
        "mechanism": mechanism,
        "field": field,
        "unit": FIELDS[row].unit,
        "baseline": float(one[week, row]),
        "changed": float(other[week, row]),
        "items": list(_acting(traces, history, week)),
    }


def _named(
    traces: _Traces,
    week: int,
    rows: list[int],
    one: npt.NDArray[np.float32],
    other: npt.NDArray[np.float32],
) -> tuple[str, str]:
    """Return the mechanism and the field that stand for a difference."""
    shaken = {shock.field for shock in traces.asked.changed.shocks if shock.week == week}
    order = [INTERVENTION, *(step.name for step in WEEK_ORDER)]
    best: tuple[int, float, str] | None = None
    mechanism = INTERVENTION
    for row in rows:
        name = FIELDS[row].name
        writer = INTERVENTION if name in shaken else writer_of(name)
        a, b = float(one[row]), float(other[row])
        key = (order.index(writer), -abs(a - b) / (abs(a) + abs(b)), name)
        if best is None or key[:2] < best[:2]:
            best, mechanism = key, writer
    assert best is not None
    return mechanism, best[2]


def _acting(traces: _Traces, history: int, week: int) -> Iterator[str]:
    """Yield the items that alone make the twin differ by that week; none: only together."""
    parts = traces.asked.parts
    if len(parts) == 1:
        yield parts[0].text
        return
    lane = history % LANES
    own = traces.pair(history)[0].state[: week + 1, :, lane]
    for place, part in enumerate(parts):
        alone = traces.alone(history, place, week).state[: week + 1, :, lane]
        differ = own != alone
        differ[:, _NOTES] = False
        if differ.any():
            yield part.text


def _turn(traces: _Traces, history: int) -> dict[str, Any] | None:
    """Return when and by which rule one twin decided for the attack, and what held the other.

    None if the event is another, or if either world does not decide by a table.
    """
    asked = traces.asked
    if asked.plan.outcome.event != "north":
        return None
    lane = history % LANES
    pair = traces.pair(history)
    index = traces.engine.space.index
    for trace in pair:
        if any(trace.parameters[index[name]] > 0.5 for name in ("decider", "forced_north")):
            return None
    decided = [trace.state[:, FIELD_INDEX["north_decided"], lane] > 0.5 for trace in pair]
    came = 1 if decided[1].any() and not decided[0].any() else 0
    weeks = np.flatnonzero(decided[came] & ~decided[1 - came])
    if not len(weeks):
        return None
    week = int(weeks[0])
    rule = _rule(asked, came, int(pair[came].state[week, FIELD_INDEX["hunter_row"], lane]))
    gates = traces.engine.case.doctrines.gates
    margins = pair[1 - came].outputs[week, : len(gates), lane]
    named = set(re.findall(r"[a-z_0-9]+", rule.when))
    return {
        "week": week_date(traces.engine.case, week),
        "world": "changed" if came else "baseline",
        "rule": {"id": rule.id, "title": rule.title.model_dump()},
        "gates": [gate.id for gate in gates if gate.id in named],
        "shut_in_the_other": [
            gate.id
            for gate, margin in zip(gates, margins, strict=True)
            if margin < 0.0 and gate.id in named
        ],
    }


def _rule(asked: Intervention, which: int, number: int) -> Any:
    """Return a rule of the hunter's table in one of the two worlds, by its number from 1."""
    world = asked.changed if which else asked.baseline
    case = world.case or asked.plan.case
    return case.rule_tables("hunter")[world.hunter_table].rows[number - 1]
