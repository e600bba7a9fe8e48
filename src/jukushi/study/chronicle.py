"""A history as a list of events: what happened, who believed what, which rule fired.

Events carry a key and values, no words; `jukushi.views.words` says them in a language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.doctrines import Table
from jukushi.case.load import Case
from jukushi.doctrines.compile import CompiledTables, compile_tables
from jukushi.engine.run import Engine, Trace, World
from jukushi.world.parameters import ParameterSpace
from jukushi.world.state import FIELD_INDEX

__all__ = ["Event", "History", "chronicle"]

_WORTH_TELLING_KM = 5.0
_SET_BY_DECISIONS = {
    "north_decided",
    "south_decided",
    "south_choice_week",
    "pact_denounced",
    "posture",
    "entered",
}
_SCRIPTED_KINDS = ("battle", "pact", "decision")


@dataclass(frozen=True)
class Event:
    """Something that happened in a week.

    Attributes
    ----------
    week : int
    key : str
        Names the sentence in ``views/texts``.
    values : dict
        Numbers and identifiers the sentence needs.
    weight : int
        2 for turning points, 1 for the course of things, 0 for detail.
    """

    week: int
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    weight: int = 1


class History:
    """One history of a world, with the state after each week.

    Parameters
    ----------
    engine : Engine
    number : int
        Number of the history.
    world : World
    horizon : int, optional
        Last week.
    """

    def __init__(
        self, engine: Engine, number: int, world: World, horizon: int | None = None
    ) -> None:
        self.engine = engine
        self.number = number
        self.world = world
        trace: Trace = engine.trace(number, world, horizon)
        self.lane = number - trace.first_history
        self._state = trace.state[:, :, self.lane]
        self._outputs = trace.outputs[:, :, self.lane]
        self.parameters = trace.parameters

    @property
    def case(self) -> Case:
        """The case it is a history of."""
        return self.engine.case

    @cached_property
    def tables(self) -> CompiledTables:
        """The tables by which its powers decide."""
        world = self.world
        return compile_tables(self.case, self.engine.space, world.hunter_table, world.prey_table)

    @property
    def n_weeks(self) -> int:
        """Weeks that were run."""
        return len(self._state)

    def at(self, name: str, week: int) -> float:
        """Return a state field after `week`."""
        return float(self._state[week, FIELD_INDEX[name]])

    def series(self, name: str) -> npt.NDArray[np.float32]:
        """Return a state field for every week."""
        return np.asarray(self._state[:, FIELD_INDEX[name]])

    def states(self) -> npt.NDArray[np.float32]:
        """Return all state fields after every week, ``[n_weeks, n_fields]``."""
        return np.asarray(self._state)

    def parameter(self, name: str) -> float:
        """Return a parameter of this history."""
        return float(self.parameters[self.engine.space.index[name]])

    def margin(self, gate: int, week: int) -> float:
        """Return the margin of a gate in `week` (open when not negative)."""
        return float(self._outputs[week, gate])

    def margins(self) -> npt.NDArray[np.float32]:
        """Return the margins of all gates, ``[n_weeks, n_gates]``."""
        return np.asarray(self._outputs[:, : len(self.case.doctrines.gates)])

    def value(self, name: str, week: int, role: str = "hunter") -> float:
        """Return anything a rule may name: gate, quantity, parameter, calendar word or field.

        `role` says whose rule it is; `week` must be one in which its table was consulted.
        """
        gates = [gate.id for gate in self.case.doctrines.gates]
        if name in gates:
            return self.margin(gates.index(name), week)
        hunters = role == "hunter"
        own = self.tables.hunter_quantities if hunters else self.tables.prey_quantities
        if name in own:
            return float(self._outputs[week, own[name]])
        space: ParameterSpace = self.engine.space
        if name in space.index:
            return self.parameter(name)
        if name in (self.engine.weeks.dtype.names or ()):
            return float(self.engine.weeks[week][name])
        # What a decision sets is read as it was before the decision of the same week.
        return self.at(name, week - 1 if name in _SET_BY_DECISIONS else week)

    def ends(self) -> int:
        """Return the last week that is reported: the attack's opening, or the last run."""
        at_war = np.flatnonzero(self.series("at_war") > 0.5)
        return int(at_war[0]) if len(at_war) else self.n_weeks - 1


def chronicle(history: History) -> list[Event]:
    """Return the events of a history in order, up to the attack that ends it."""
    ends = history.ends()
    events: list[Event] = []
    for source in (
        _record, _battles, _front, _garrison, _estimates, _diplomacy, _decisions, _prey,
    ):  # fmt: skip
        events += [event for event in source(history) if event.week <= ends]
    return sorted(events, key=lambda event: event.week)


def _weeks(on: npt.NDArray[np.bool_]) -> list[int]:
    """Return the weeks in which something holds."""
    return [int(week) for week in np.flatnonzero(on)]


def _rises(
    series: npt.NDArray[np.float32] | npt.NDArray[np.bool_], first: int
) -> Iterator[tuple[int, bool]]:
    """Yield (week, on) for each change of a switch from week `first` on."""
    on = series > 0.5
    for week in range(max(first, 1), len(on)):
        if on[week] != on[week - 1]:
            yield week, bool(on[week])


def _record(history: History) -> Iterator[Event]:
    """What the record scripts before the world runs by itself."""
    case = history.case
    period = case.header.period
    for row in case.tables["timeline"]:
        if period.start <= row.date < period.runs_from and row.kind in _SCRIPTED_KINDS:
            values = {"en": row.event_en, "fr": row.event_fr, "date": row.date}
            yield Event(int(case.week_of(row.date)), "record", values, 0)


def _battles(history: History) -> Iterator[Event]:
    strength = history.parameter("division_strength_ratio")
    for key, field_name, place in (
        ("khasan", "khasan_result", "khasan"),
        ("khalkhin_gol", "khalkhin_result", "khalkhin"),
    ):
        week = int(np.flatnonzero(history.engine.weeks[place] > 0.5)[0])
        if week < 1 or history.parameter(f"{place}_fought") < 0.5:
            continue
        yield Event(
            week,
            f"{key}_{int(history.at(field_name, week)):+d}".replace("+0", "0"),
            {
                "before": float(np.exp(history.at("lesson_quality", week - 1)) * strength),
                "after": float(np.exp(history.at("lesson_quality", week)) * strength),
            },
            2 if key == "khalkhin_gol" else 1,
        )


def _front(history: History) -> Iterator[Event]:
    first = history.engine.first_running
    km = history.series("front_km")
    yield Event(first, "invasion", {"km": float(km[first])}, 2)
    yield from _offensives(history, "axis", -1.0)
    yield from _offensives(history, "soviet", 1.0)
    for week in _weeks(history.series("encirclement") > 0.5):
        yield Event(week, "encirclement", {"men": history.at("soviet_men", week)}, 0)
    for name, key in (("collapsed", "collapse"), ("collapse_known", "collapse_known")):
        for week, _ in list(_rises(history.series(name), first))[:1]:
            yield Event(week, key, {"km": float(km[week])}, 2)


def _offensives(history: History, side: str, sign: float) -> Iterator[Event]:
    """Starts and halts of one side's offensives, on the main axis or on the southern one."""
    first = history.engine.first_running
    km, south = history.series("front_km"), history.series("south_km")
    start = first - 1
    for week, on in _rises(history.series(f"{side}_offensive"), first + 1):
        if on:
            start = week - 1
            yield Event(week, f"{side}_starts", {"km": float(km[start])})
            continue
        gained = sign * float(km[week] - km[start])
        southern = -sign * float(south[week] - south[start])
        values = {"km": float(km[week]), "gained": gained, "south": southern}
        place = "_south" if southern > gained else ""
        if max(gained, southern) < _WORTH_TELLING_KM:
            place = "_idle"
        yield Event(week, f"{side}_halts{place}", values, 2 if side == "axis" else 1)


def _garrison(history: History) -> Iterator[Event]:
    sent = history.series("sent_total")
    for level in range(5, 65, 5):
        weeks = np.flatnonzero(sent >= level)
        if len(weeks):
            week = int(weeks[0])
            yield Event(
                week,
                "transfers",
                {
                    "sent": level,
                    "left": history.at("old_divisions", week),
                    "raised": history.at("new_divisions", week),
                },
            )
    for week, _ in list(_rises(history.series("all_clear"), history.engine.first_running))[:1]:
        yield Event(week, "all_clear", {"threat": history.at("threat_belief", week)})
    row = history.series("prey_row")
    table = _table(history, "prey")
    for week in range(history.engine.first_running + 1, history.n_weeks):
        if row[week] != row[week - 1] and row[week] > 0.5:
            fired = table.rows[int(row[week]) - 1]
            if fired.action in ("strip_garrison", "hold_garrison", "transfer"):
                values = _rule(history, table, int(row[week]) - 1, week, "prey")
                yield Event(week, "prey_rule", values, 0)


def _estimates(history: History) -> Iterator[Event]:
    for week in _weeks(history.engine.weeks["recount"] > 0.5):
        if history.engine.first_running <= week < history.n_weeks:
            yield Event(
                week,
                "recount",
                {
                    "believed": history.at("believed_divisions", week),
                    "true": history.at("old_divisions", week) + history.at("new_divisions", week),
                    "trigger": history.at("trigger_divisions", week),
                    "ratio": history.at("ratio", week),
                    "arms": history.at("arms_share", week),
                    "victory": history.at("victory_belief", week),
                },
                1 if history.engine.weeks["year"][week] < 0.5 else 0,
            )


def _diplomacy(history: History) -> Iterator[Event]:
    first = history.engine.first_running
    for name, key, weight in (
        ("embargo", "embargo", 2),
        ("settled", "settled", 2),
        ("south_war", "south_war", 2),
        ("ally_defeated", "ally_defeated", 2),
        ("hunter_surrendered", "hunter_surrendered", 2),
    ):
        for week, on in list(_rises(history.series(name), first))[:1]:
            if on:
                values = {"oil": history.at("oil", week), "months": history.at("oil_months", week)}
                yield Event(week, key, values, weight)
    for week, _ in list(_rises(history.series("mobilisation") >= 0.995, first))[:1]:
        yield Event(week, "mobilised", {"divisions": history.at("hunter_divisions", week)})


def _decisions(history: History) -> Iterator[Event]:
    """Conferences: which rule fired, on what values, or which gates held it back."""
    case, first = history.case, history.engine.first_running
    table = _table(history, "hunter")
    by_table = history.parameter("decider") < 0.5
    by_script = 1.5 < history.parameter("decider") < 2.5
    gates = case.doctrines.gates
    north, south = history.series("north_decided"), history.series("south_decided")
    for week in range(first, history.n_weeks):
        went_north = north[week] > 0.5 and north[week - 1] < 0.5
        went_south = south[week] > 0.5 and south[week - 1] < 0.5
        if went_north:
            yield Event(week, "north_decided", {"opens": history.at("north_week", week)}, 2)
        if went_south:
            yield Event(week, "south_decided", {"oil": history.at("oil_months", week)}, 2)
        row = int(history.at("hunter_row", week)) - 1
        if by_table and row < 0:
            continue  # the question decided, not the table
        if by_script:
            continue  # dated acts weigh nothing
        if by_table and (went_north or went_south):
            yield Event(
                week,
                "hunter_rule",
                _rule(history, table, row, week),
            )
        elif not by_table and (went_north or went_south):
            names = ("value_north", "value_south", "value_wait")
            yield Event(week, "values", {name: history.at(name, week) for name in names})
        elif history.engine.weeks["conference"][week] > 0.5 and north[week] < 0.5:
            closed = [
                (gate.id, history.margin(index, week))
                for index, gate in enumerate(gates)
                if history.margin(index, week) < 0.0
            ]
            early = history.engine.weeks["year"][week] < 0.5 and south[week] < 0.5
            values = {
                "closed": closed,
                "ratio": history.at("ratio", week),
                "row": row if by_table else -1,
            }
            yield Event(week, "conference", values, 1 if early else 0)
            if by_table:
                yield from _voices(history, table, week, 1 if early else 0)
    for week, _ in list(_rises(history.series("at_war"), first))[:1]:
        yield Event(week, "attack", {"trigger": int(history.at("north_trigger", week))}, 2)


def _voices(history: History, table: Table, week: int, weight: int) -> Iterator[Event]:
    """Which of a table's named conditions held at a conference: who proposed, who said no."""
    conditions = [
        quantity.id
        for quantity in table.quantities
        if history.case.quantities[table.power, table.id, quantity.id].is_condition
    ]
    held = [name for name in conditions if history.value(name, week) > 0.5]
    if held:
        values = {"power": table.power, "table": table.id, "held": held}
        yield Event(week, "voices", values, weight)


def _prey(history: History) -> Iterator[Event]:
    first = history.engine.first_running
    for week, _ in list(_rises(history.series("pact_denounced"), first))[:1]:
        yield Event(week, "denounced", {"km": history.at("front_km", week)}, 2)
    for week, _ in list(_rises(history.series("entered"), first))[:1]:
        yield Event(week, "entered", {"divisions": history.at("redeployed", week)}, 2)


def _table(history: History, role: str) -> Table:
    """The table by which a power decides in the world of a history."""
    world = history.world
    chosen = world.hunter_table if role == "hunter" else world.prey_table
    return history.case.rule_tables(role)[chosen]


def _rule(
    history: History, table: Table, row: int, week: int, role: str = "hunter"
) -> dict[str, Any]:
    """The rule that fired and the value of everything its condition names."""
    rule = table.rows[row]
    condition = history.case.conditions[table.power, table.id, rule.id]
    return {
        "power": table.power,
        "table": table.id,
        "row": row,
        "id": rule.id,
        "when": rule.when,
        "names": {name: history.value(name, week, role) for name in condition.names},
    }
