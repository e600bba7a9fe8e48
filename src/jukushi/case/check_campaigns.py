"""Checks of campaigns: places that exist and are joined, forces, tables, rules that parse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jukushi.case.checker import Checker, Where
from jukushi.case.expressions import ExpressionError, parse
from jukushi.errors import nearest

__all__ = ["OPERATIONAL_WORDS", "campaigns"]

_FILE = "campaigns.yaml"

#: Words of operational rules, phases and breakdowns: all pure numbers (days, shares, ratios).
OPERATIONAL_WORDS: tuple[str, ...] = (
    "odds", "threat", "strength", "supply", "stock", "cut", "battle_days", "rest", "day",
    "frost", "mobility", "held", "lost", "cut_share", "enemy_cut_share", "phase", "reserve",
    "enemy_lost", "enemy_held", "adrift",
)  # fmt: skip
_OF_A_SIDE = ("day", "frost", "held", "lost", "supply", "cut_share", "enemy_cut_share",
              "phase", "enemy_lost", "enemy_held", "adrift")  # fmt: skip


def campaigns(check: Checker) -> None:
    """Check ``campaigns.yaml`` and the tables that belong to it."""
    _ground(check)
    _orders_of_battle(check)
    _tables(check)
    _surface(check)
    joined = _joined(check)
    events: list[str] = []
    for index, campaign in check.numbered(_FILE, "campaigns"):
        at: Where = ("campaigns", index)
        _one(check, at, campaign, joined)
        if campaign.opens_with in events:
            where = (*at, "opens_with")
            check.add(_FILE, where, "two campaigns open with one event", campaign.opens_with)
        if campaign.opens_with:
            events.append(campaign.opens_with)


def _ground(check: Checker) -> None:
    """Works, ports and depots lie at places and belong to powers; areas have weather."""
    places, powers = check.places(), check.ids("case.yaml", "powers")
    for table in ("works", "ports", "depots"):
        for line, row in check.tables[table]:
            _place(check, table, line, row.place, places)
            power = getattr(row, "power", None)
            if power is not None and powers and power not in powers:
                check.add_row(table, line, "unknown power", power, nearest(power, powers))
            since = getattr(row, "since", None)
            if since is not None and row.until < since:
                check.add_row(table, line, "ends before it begins", row.until)
    areas = {row.area for _, row in check.tables["weather"]}
    for line, link in check.tables["links"]:
        if link.area is not None and areas and link.area not in areas:
            check.add_row("links", line, "unknown area", link.area, nearest(link.area, areas))


def _place(check: Checker, table: str, line: int, name: str, places: set[str]) -> None:
    if places and name not in places:
        check.add_row(table, line, "unknown place", name, nearest(name, places))


def _orders_of_battle(check: Checker) -> None:
    places, powers = check.places(), check.ids("case.yaml", "powers")
    seen: set[tuple[str, str]] = set()
    for line, row in check.tables["order_of_battle"]:
        _place(check, "order_of_battle", line, row.place, places)
        if powers and row.power not in powers:
            close = nearest(row.power, powers)
            check.add_row("order_of_battle", line, "unknown power", row.power, close)
        if (row.order, row.formation) in seen:
            check.add_row("order_of_battle", line, "formation is given twice", row.formation)
        seen.add((row.order, row.formation))
        if row.role != "air" and row.men <= 0:
            check.add_row("order_of_battle", line, "formation has no men", row.men)


def _tables(check: Checker) -> None:
    for index, table in check.numbered(_FILE, "tables"):
        for number, row in enumerate(table.rows):
            _condition(check, ("tables", index, "rows", number, "when"), row.when)
        if table.rows[-1].when.strip() != "1":
            where = ("tables", index, "rows", len(table.rows) - 1, "when")
            check.add(_FILE, where, "the last rule must always hold", table.rows[-1].when, "1")
        _condition(check, ("tables", index, "breakdown", "when"), table.breakdown.when, _OF_A_SIDE)


def _surface(check: Checker) -> None:
    """The staff's estimate is of a campaign of the case, and has each of its coefficients once."""
    file, surface = "surface.yaml", check.models.get("surface.yaml")
    if surface is None:
        return
    names = check.ids(_FILE, "campaigns")
    if names or check.models.get(_FILE) is not None:
        check.known(file, ("campaign",), "unknown campaign", surface.campaign, names)
    terms = check.vocabulary.surface_terms
    for name in surface.coefficients:
        where = ("coefficients", name)
        check.known(file, where, "unknown coefficient", name, terms)
    for name in terms:
        if name not in surface.coefficients:
            check.add(file, ("coefficients",), "coefficient is missing", name)


def _condition(
    check: Checker, where: Where, text: str, words: Sequence[str] = OPERATIONAL_WORDS
) -> None:
    try:
        parse(text, dict.fromkeys(words, ()), lambda day: 0.0)
    except ExpressionError as error:
        check.add(_FILE, where, error.what, error.value, error.expected, error.nearest_name)


def _joined(check: Checker) -> set[frozenset[str]]:
    """Pairs of places that a link joins; empty if a link cannot be read."""
    if not check.whole("links"):
        return set()
    return {frozenset((row.origin, row.destination)) for _, row in check.tables["links"]}


def _one(check: Checker, at: Where, campaign: Any, joined: set[frozenset[str]]) -> None:
    """Check one campaign."""
    powers = check.ids("case.yaml", "powers")
    for key in ("attacker", "defender"):
        if powers:
            check.known(_FILE, (*at, key), "unknown power", getattr(campaign, key), powers)
    plans = check.ids("plans.yaml", "plans")
    if campaign.plan and plans:
        check.known(_FILE, (*at, "plan"), "unknown plan", campaign.plan, plans)
    parameters = check.ids("parameters.yaml", "parameters")
    for key in ("surprise", "quality", "air_quality", "sea"):
        if parameters:
            name = getattr(campaign, key)
            check.known(_FILE, (*at, key), "unknown parameter", name, parameters)
    for ally, power in campaign.allies.items():
        sides = (campaign.attacker, campaign.defender)
        check.known(_FILE, (*at, "allies", ally), "power is not at war here", power, sides)
    tables = check.ids(_FILE, "tables")
    for power, name in campaign.rules.items():
        check.known(_FILE, (*at, "rules", power), "unknown table of rules", name, tables)
    _forces(check, at, campaign)
    _axes(check, at, campaign, joined)
    _phases(check, at, campaign)
    _record(check, at, campaign)
    places = check.places()
    for key, names in (
        ("objectives", campaign.objectives),
        ("success", campaign.success.places),
    ):
        for number, name in enumerate(names):
            where = (*at, key, number) if key == "objectives" else (*at, key, "places", number)
            if places:
                check.known(_FILE, where, "unknown place", name, places)
    header = check.models.get("case.yaml")
    if header is not None and not header.period.start <= campaign.opens <= header.period.end:
        check.add(_FILE, (*at, "opens"), "date is outside the period", campaign.opens)
    if campaign.success.by < campaign.opens:
        where = (*at, "success", "by")
        check.add(_FILE, where, "success cannot be reached: its day is past", campaign.success.by)


def _forces(check: Checker, at: Where, campaign: Any) -> None:
    rows = [row for _, row in check.tables["order_of_battle"]]
    known = {row.order for row in rows}
    sides = (campaign.attacker, campaign.defender)
    document = check.documents["tables/order_of_battle.csv"]
    all_read = not document.problems and len(rows) == len(document.data or [])
    for number, name in enumerate(campaign.orders_of_battle if all_read else ()):
        where = (*at, "orders_of_battle", number)
        check.known(_FILE, where, "unknown order of battle", name, known)
    chosen = [row for row in rows if row.order in campaign.orders_of_battle]
    axes = {axis.id: axis for axis in campaign.axes}
    for row in chosen:
        where = (*at, "orders_of_battle")
        if row.power not in sides:
            check.add(_FILE, where, "a formation of neither side", row.formation)
        if row.axis is not None and row.axis not in axes:
            close = nearest(row.axis, axes)
            what = f"formation {row.formation} names an unknown axis"
            check.add(_FILE, where, what, row.axis, "", close)
        elif row.axis is not None and axes[row.axis].power != row.power:
            check.add(_FILE, where, f"formation {row.formation} is on an enemy axis", row.axis)


def _axes(check: Checker, at: Where, campaign: Any, joined: set[frozenset[str]]) -> None:
    places = check.places()
    sides = (campaign.attacker, campaign.defender)
    named = [axis.id for axis in campaign.axes]
    for number, axis in enumerate(campaign.axes):
        where = (*at, "axes", number)
        if axis.id in named[:number]:
            check.add(_FILE, where, "identifier is given twice", axis.id)
        check.known(_FILE, (*where, "power"), "power is not at war here", axis.power, sides)
        if axis.then is not None:
            check.known(_FILE, (*where, "then"), "unknown axis", axis.then, named)
        for step, place in enumerate(axis.path):
            if places:
                check.known(_FILE, (*where, "path", step), "unknown place", place, places)
        for step, (a, b) in enumerate(zip(axis.path, axis.path[1:], strict=False), 1):
            if joined and frozenset((a, b)) not in joined:
                what = f"no link joins {a} and {b}: the axis cannot be followed"
                check.add(_FILE, (*where, "path", step), what, b)
    _no_circle(check, at, {axis.id: axis.then for axis in campaign.axes})


def _no_circle(check: Checker, at: Where, then: Mapping[str, str | None]) -> None:
    for start in then:
        here, steps = then[start], 0
        while here is not None and steps <= len(then):
            here, steps = then.get(here), steps + 1
        if here is not None:
            check.add(_FILE, (*at, "axes"), "axes lead in a circle", start)
            return


def _phases(check: Checker, at: Where, campaign: Any) -> None:
    axes = {axis.id: axis.power for axis in campaign.axes}
    places = check.places()
    for number, phase in enumerate(campaign.phases):
        where = (*at, "phases", number)
        for step, name in enumerate(phase.axes):
            known = check.known(_FILE, (*where, "axes", step), "unknown axis", name, axes)
            if known and axes[name] != phase.power:
                check.add(_FILE, (*where, "axes", step), "axis of the other power", name)
        for step, name in enumerate(phase.objectives):
            if places:
                check.known(_FILE, (*where, "objectives", step), "unknown place", name, places)
        if phase.when is not None:
            _condition(check, (*where, "when"), phase.when, _OF_A_SIDE)


def _record(check: Checker, at: Where, campaign: Any) -> None:
    """A record speaks of a side, an objective or an axis of its campaign."""
    known = {
        "power": ("power is not at war here", (campaign.attacker, campaign.defender)),
        "place": ("place is no objective of this campaign", tuple(campaign.objectives)),
        "axis": ("unknown axis", tuple(axis.id for axis in campaign.axes)),
    }
    seen: set[str] = set()
    for number, row in enumerate(campaign.record):
        where = (*at, "record", number)
        if row.id in seen:
            check.add(_FILE, where, "identifier is given twice", row.id)
        seen.add(row.id)
        for key, (what, names) in known.items():
            name = getattr(row, key)
            if name is not None:
                check.known(_FILE, (*where, key), what, name, names)
