"""From the campaign file of a case to the arrays that a campaign runs on."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.campaigns import Campaign
from jukushi.case.expressions import Step, parse
from jukushi.case.load import Case
from jukushi.doctrines.program import Operation
from jukushi.errors import UsageError, nearest
from jukushi.war.orders import Word
from jukushi.war.records import (
    FIELD,
    MOST_AREAS,
    MOST_AXES,
    MOST_DAYS,
    MOST_FORMATIONS,
    MOST_LINKS,
    MOST_OBJECTIVES,
    MOST_PHASES,
    MOST_PLACES,
    MOST_RULES,
    MOST_STEPS,
    PATH,
    PLAN,
    START,
    WAR,
    LinkKind,
    Order,
    Role,
)

__all__ = ["Theatre", "build_theatre", "find_campaign"]

_KINDS = {
    "rail": LinkKind.RAIL,
    "road": LinkKind.ROAD,
    "river": LinkKind.RIVER,
    "sea": LinkKind.SEA,
}
_BINARY = {
    "add": Operation.ADD, "subtract": Operation.SUBTRACT, "multiply": Operation.MULTIPLY,
    "divide": Operation.DIVIDE, "min": Operation.MINIMUM, "max": Operation.MAXIMUM,
    "less": Operation.LESS, "less_equal": Operation.LESS_EQUAL, "and": Operation.AND,
    "or": Operation.OR, "negate": Operation.NEGATE, "not": Operation.NOT,
    "log": Operation.LOG, "exp": Operation.EXP, "sqrt": Operation.SQRT, "abs": Operation.ABS,
    "where": Operation.CHOOSE,
}  # fmt: skip
#: Formations with this word in their name fight for another power and at its value.
_PUPPET = "puppet"


@dataclass(frozen=True)
class Theatre:
    """One campaign of a case, ready to run.

    Attributes
    ----------
    campaign : Campaign
    places, formations, axes : tuple of str
        Identifiers in the order of the arrays.
    sides : tuple of str
        Power that attacks, power that is attacked.
    totals : dict
        Divisions and aircraft of the order of battle, by side; men, tanks and guns of those
        formations alone that are there from the first day.
    field, plan, start : FIELD[1], PLAN[1], START[1]
    """

    campaign: Campaign
    places: tuple[str, ...]
    formations: tuple[str, ...]
    axes: tuple[str, ...]
    sides: tuple[str, str]
    totals: dict[str, tuple[float, float]]
    field: npt.NDArray[Any]
    plan: npt.NDArray[Any]
    start: npt.NDArray[Any]

    def memory(self) -> npt.NDArray[Any]:
        """Return the memory that one thread needs, WAR[1]."""
        return np.zeros(1, WAR)


def find_campaign(case: Case, name: str) -> Campaign:
    """Return a campaign of a case by name; raises UsageError with the nearest name."""
    if name in case.campaigns:
        return case.campaigns[name]
    if not case.campaigns:
        raise UsageError(f"the case {case.id!r} has no campaigns on the map")
    close = nearest(name, case.campaigns)
    raise UsageError(
        f"there is no campaign {name!r}",
        hint=f"did you mean {close!r}?" if close else "campaigns: " + ", ".join(case.campaigns),
    )


def build_theatre(case: Case, name: str) -> Theatre:
    """Compile one campaign of a case.

    Raises
    ------
    UsageError
        If there is no such campaign.
    """
    campaign = find_campaign(case, name)
    sides = (campaign.attacker, campaign.defender)
    places = tuple(row.id for row in case.tables["places"])
    holders = _holders(campaign, sides)
    rows = [
        row
        for row in case.tables["order_of_battle"]
        if row.order in campaign.orders_of_battle and row.role != "air"
    ]
    axes = tuple(axis.id for axis in campaign.axes)
    return Theatre(
        campaign=campaign,
        places=places,
        formations=tuple(row.formation for row in rows),
        axes=axes,
        sides=sides,
        totals=_totals(case, campaign, sides),
        field=_field(case, places),
        plan=_plan(case, campaign, places, axes, sides),
        start=_start(case, campaign, places, axes, sides, holders, rows),
    )


def _holders(campaign: Campaign, sides: tuple[str, str]) -> dict[str, int]:
    """Side of each holder of a place: the two powers, and those tied to one of them."""
    own = {power: side for side, power in enumerate(sides)}
    return own | {ally: own[power] for ally, power in campaign.allies.items()}


def _room(what: str, count: int, most: int) -> None:
    """Refuse what does not fit the records."""
    if count > most:
        raise UsageError(f"a campaign has room for {most} {what}, this one has {count}")


def _field(case: Case, places: tuple[str, ...]) -> npt.NDArray[Any]:
    """Lay out links, ports and the weather."""
    index = {place: number for number, place in enumerate(places)}
    links = case.tables["links"]
    areas = sorted({row.area for row in case.tables["weather"]})
    _room("places", len(places), MOST_PLACES)
    _room("links", len(links), MOST_LINKS)
    _room("areas of weather", len(areas), MOST_AREAS)
    field = np.zeros(1, FIELD)
    f = field[0]
    f["n_places"], f["n_links"] = len(places), len(links)
    columns: dict[str, Callable[[Any], float]] = {
        "origin": lambda row: index[row.origin],
        "destination": lambda row: index[row.destination],
        "kind": lambda row: _KINDS[row.kind],
        "area": lambda row: areas.index(row.area) if row.area else -1,
        "km": lambda row: row.km,
        "train_pairs": lambda row: row.train_pairs_per_day or 0.0,
        "crossing": lambda row: row.crossing,
        "rugged": lambda row: row.relief == "rugged",
        "flat": lambda row: row.relief == "flat",
        "wood": lambda row: row.cover == "wood",
        "bare": lambda row: row.cover == "bare",
        "desert": lambda row: row.cover == "desert",
    }
    for name, value in columns.items():
        f[name][: len(links)] = [value(row) for row in links]
    first, at = _links_by_place(
        f["origin"][: len(links)], f["destination"][: len(links)], len(places)
    )
    f["first_link"][: len(first)] = first
    f["links_at"][: len(at)] = at
    ports = {row.place: row for row in case.tables["ports"]}
    f["port"][: len(places)] = [ports[p].tons_per_day if p in ports else -1.0 for p in places]
    for name in ("ice_from", "ice_until"):
        f[name][: len(places)] = [_yearday_of(ports, p, name) for p in places]
    weather = {(row.month, row.area): row for row in case.tables["weather"]}
    for name, column in (("move_mechanised", "mechanised"), ("move_infantry", "infantry")):
        f[name][:, :] = 1.0
        for (month, area), row in weather.items():
            f[name][month - 1, areas.index(area)] = getattr(row, column)
    return field


def _yearday_of(ports: dict[str, Any], place: str, column: str) -> float:
    text = getattr(ports[place], column) if place in ports else None
    if text is None:
        return -1.0
    month, day = text.split("-")
    return float(
        date(1941, int(month), min(int(day), monthrange(1941, int(month))[1])).timetuple().tm_yday
    )


def _links_by_place(
    origin: npt.NDArray[np.int32], destination: npt.NDArray[np.int32], n_places: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """List the links at each place, place after place."""
    ends = np.concatenate([origin, destination])
    links = np.tile(np.arange(len(origin), dtype=np.int32), 2)
    order = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[order], np.arange(n_places + 1)).astype(np.int32)
    return first, np.ascontiguousarray(links[order])


class _RuleWriter:
    """Writes conditions as postfix programs over `Word`."""

    def __init__(self) -> None:
        self.program: list[tuple[int, int]] = []
        self.constants: list[float] = []
        self.start: list[int] = []
        self.stop: list[int] = []
        self.order: list[int] = []

    def rule(self, text: str, order: int = 0) -> int:
        """Append a condition; return its number."""
        expression = parse(text, {word.name.lower(): () for word in Word}, lambda day: 0.0)
        self.start.append(len(self.program))
        for step in expression.steps:
            self.program.append(self._step(step))
        self.stop.append(len(self.program))
        self.order.append(order)
        return len(self.start) - 1

    def _step(self, step: Step) -> tuple[int, int]:
        if step.operation == "constant":
            if step.number not in self.constants:
                self.constants.append(step.number)
            return int(Operation.CONSTANT), self.constants.index(step.number)
        if step.operation == "name":
            return int(Operation.STATE), int(Word[step.name.upper()])
        return int(_BINARY[step.operation]), 0


def _plan(
    case: Case,
    campaign: Campaign,
    places: tuple[str, ...],
    axes: tuple[str, ...],
    sides: tuple[str, str],
) -> npt.NDArray[Any]:
    """Write axes, phases and rules as arrays."""
    _room("axes", len(axes), MOST_AXES)
    _room("phases", len(campaign.phases), MOST_PHASES)
    plan = np.zeros(1, PLAN)
    p = plan[0]
    p["n_axes"], p["n_phases"] = len(axes), len(campaign.phases)
    for number, axis in enumerate(campaign.axes):
        p["axis_path"][number] = _padded(axis.path, places, PATH)
        p["axis_side"][number] = sides.index(axis.power)
        p["axis_then"][number] = axes.index(axis.then) if axis.then else -1
    p["objectives"] = _padded(campaign.objectives, places, MOST_OBJECTIVES)
    p["success"] = _padded(campaign.success.places, places, MOST_OBJECTIVES)
    p["success_yearday"] = campaign.success.by.timetuple().tm_yday
    p["mark_day"] = campaign.mark_day
    writer = _RuleWriter()
    for side, power in enumerate(sides):
        table = case.operations[campaign.rules[power]]
        numbers = [writer.rule(row.when, int(Order[row.order.upper()])) for row in table.rows]
        p["side_rules"][side] = numbers[0], numbers[-1] + 1
        p["breakdown_rule"][side] = writer.rule(table.breakdown.when)
    for number, phase in enumerate(campaign.phases):
        p["phase_side"][number] = sides.index(phase.power)
        p["phase_objectives"][number] = _padded(phase.objectives, places, MOST_OBJECTIVES)
        p["phase_rule"][number] = -1 if phase.when is None else writer.rule(phase.when)
        for name in phase.axes:
            p["phase_axes"][number, axes.index(name)] = 1
    _room("rules", len(writer.start), MOST_RULES)
    _room("steps of rules", len(writer.program), MOST_STEPS)
    p["rule_start"][: len(writer.start)] = writer.start
    p["rule_stop"][: len(writer.stop)] = writer.stop
    p["rule_order"][: len(writer.order)] = writer.order
    p["program"][: len(writer.program)] = writer.program
    p["constants"][: len(writer.constants)] = writer.constants
    return plan


def _padded(names: Sequence[str], places: tuple[str, ...], length: int) -> list[int]:
    """Write names of places as numbers, filled up with -1."""
    numbers = [places.index(name) for name in names][:length]
    return numbers + [-1] * (length - len(numbers))


def _start(
    case: Case,
    campaign: Campaign,
    places: tuple[str, ...],
    axes: tuple[str, ...],
    sides: tuple[str, str],
    holders: dict[str, int],
    rows: list[Any],
) -> npt.NDArray[Any]:
    """Write the order of battle, works and depots of the campaign's day as arrays."""
    _room("formations", len(rows), MOST_FORMATIONS)
    start = np.zeros(1, START)
    s = start[0]
    s["n_formations"] = len(rows)
    for number, row in enumerate(rows):
        f = s["formations"][number]
        f["side"] = sides.index(row.power)
        f["role"] = Role[row.role.upper()]
        f["place"] = places.index(row.place)
        f["axis"] = axes.index(row.axis) if row.axis else -1
        f["men"], f["tanks"], f["guns"] = row.men, row.tanks, row.guns
        f["motor"], f["arrives"] = row.motor, row.arrives_day
        f["worth"] = 0.0 if _PUPPET in row.formation else 1.0
    s["holder"][:] = -1
    s["holder"][: len(places)] = [holders.get(row.holder, -1) for row in case.tables["places"]]
    for row in case.tables["works"]:
        place = places.index(row.place)
        own = holders.get(row.power) == s["holder"][place]
        if row.since <= campaign.opens <= row.until and own:
            s["works"][place] = row.fortified
    for row in case.tables["depots"]:
        if row.since <= campaign.opens <= row.until and row.power in holders:
            s["stock"][holders[row.power], places.index(row.place)] = row.stock_tons
            s["inflow"][holders[row.power], places.index(row.place)] = row.tons_per_day
    month, yearday = _calendar(case)
    _room("days", len(month), MOST_DAYS)
    s["month"][: len(month)] = month
    s["yearday"][: len(month)] = yearday
    s["aircraft"] = [_aircraft(case, campaign, power) for power in sides]
    s["toll"] = campaign.attacker == case.power_of("hunter").id
    return start


def _totals(
    case: Case, campaign: Campaign, sides: tuple[str, str]
) -> dict[str, tuple[float, float]]:
    """Add up the order of battle by arm and side."""
    rows = [row for row in case.tables["order_of_battle"] if row.order in campaign.orders_of_battle]

    def total(arm: str, power: str) -> float:
        all_days = arm in ("divisions", "aircraft")
        return float(
            sum(
                getattr(row, arm) or 0.0
                for row in rows
                if row.power == power and (all_days or row.arrives_day == 0)
            )
        )

    return {
        arm: (total(arm, sides[0]), total(arm, sides[1]))
        for arm in ("divisions", "men", "tanks", "guns", "aircraft")
    }


def _aircraft(case: Case, campaign: Campaign, power: str) -> float:
    """Aircraft of a power in the theatre: those of its formations and of its air rows."""
    return sum(
        row.aircraft
        for row in case.tables["order_of_battle"]
        if row.order in campaign.orders_of_battle and row.power == power
    )


def _calendar(case: Case) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Month (from 0) and day of the year of every day of the case and the 400 days after."""
    start = case.header.period.start
    days = [start + timedelta(days=n) for n in range(7 * case.n_weeks + 410)]
    month = np.array([day.month - 1 for day in days], np.int32)
    return month, np.array([day.timetuple().tm_yday for day in days], np.float32)
