"""Cross-checks of a case: names that must exist, dates that must fit, graphs that must hold.

Each check takes what could be read and adds its problems to one list; a section that could
not be read is skipped, so that one broken file does not hide the faults of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

from jukushi.case.documents import Document
from jukushi.case.expressions import Expression, ExpressionError, UnknownNameError, parse
from jukushi.case.graph import rail_capacity, reachable
from jukushi.case.items import readable_items
from jukushi.case.quantities import resolve_record
from jukushi.case.units import KNOWN_UNITS, Unit, parse_unit
from jukushi.case.vocabulary import Vocabulary
from jukushi.errors import Problem, nearest

__all__ = ["cross_check"]

Models: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, list[tuple[int, Any]]]
Documents: TypeAlias = Mapping[str, Document]
Where: TypeAlias = tuple[str | int, ...]


class _Checker:
    """Shared means of all checks: the models, the lines, and the list of problems."""

    def __init__(
        self,
        models: Models,
        tables: Rows,
        documents: Documents,
        vocabulary: Vocabulary,
        problems: list[Problem],
    ) -> None:
        self.models = models
        self.tables = tables
        self.documents = documents
        self.vocabulary = vocabulary
        self.problems = problems

    def add(
        self,
        file: str,
        where: Where,
        what: str,
        value: object = "",
        expected: str = "",
        near: str = "",
    ) -> None:
        line = self.documents[file].line(where)
        self.problems.append(Problem(file, line, what, str(value), expected, near))

    def add_row(self, table: str, line: int, what: str, value: object, near: str = "") -> None:
        self.problems.append(Problem(f"tables/{table}.csv", line, what, str(value), "", near))

    def numbered(self, file: str, attribute: str) -> list[tuple[int, Any]]:
        """Entries of a section that could be read, with their places in the file.

        One bad entry hides none of the others.
        """
        model = self.models.get(file)
        if model is not None:
            return list(enumerate(getattr(model, attribute)))
        return readable_items(self.documents[file], attribute)

    def items(self, file: str, attribute: str) -> list[Any]:
        """The same without places."""
        return [item for _, item in self.numbered(file, attribute)]

    def ids(self, file: str, attribute: str) -> set[str]:
        """Identifiers of a section; read from the raw data when the section did not validate."""
        if self.models.get(file) is not None:
            return {item.id for item in self.items(file, attribute)}
        return {str(item.get("id")) for item in self.raw(file, attribute)}

    def raw(self, file: str, attribute: str) -> list[dict[str, Any]]:
        """Unchecked entries of a section, so that one bad entry makes no echo elsewhere."""
        data = self.documents[file].data
        listed = data.get(attribute) if isinstance(data, dict) else None
        return (
            [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
        )

    def places(self) -> set[str]:
        """Identifiers of all places, those of bad rows included; empty if there is no table."""
        return {str(row.get("id")) for row in self.documents["tables/places.csv"].data or []}

    def whole(self, table: str) -> bool:
        """Whether every row of a table could be read, so that what is missing is not there."""
        document = self.documents[f"tables/{table}.csv"]
        good = len(self.tables[table])
        return not document.problems and good == len(document.data or []) > 0

    def known(self, file: str, where: Where, what: str, name: str, valid: Iterable[str]) -> bool:
        """Report `name` unless it is valid."""
        names = set(valid)
        if name in names:
            return True
        self.add(file, where, what, name, "", nearest(name, names))
        return False


def cross_check(
    models: Models,
    tables: Rows,
    documents: Documents,
    vocabulary: Vocabulary,
    problems: list[Problem],
) -> tuple[dict[str, Expression], dict[tuple[str, str], Expression]]:
    """Run every check; return the parsed margins of gates and conditions of rows."""
    checker = _Checker(models, tables, documents, vocabulary, problems)
    for check in (
        _unique_ids,
        _powers,
        _places_and_links,
        _parameters,
        _schedules,
        _dates,
        _pacts,
        _plans,
        _beliefs,
        _factors,
        _outcomes,
        _weather,
    ):
        check(checker)
    return _expressions(checker)


_LISTS = (
    ("parameters.yaml", "parameters"),
    ("schedules.yaml", "schedules"),
    ("pacts.yaml", "pacts"),
    ("plans.yaml", "plans"),
    ("beliefs.yaml", "beliefs"),
    ("factors.yaml", "factors"),
    ("outcomes.yaml", "outcomes"),
    ("doctrines.yaml", "gates"),
)


#: Lists inside lists; a second rule of one name would silently take the place of the first.
_NESTED = (
    ("pacts.yaml", "pacts", "clauses"),
    ("plans.yaml", "plans", "stages"),
    ("doctrines.yaml", "tables", "rows"),
)


def _unique_ids(check: _Checker) -> None:
    for file, attribute in _LISTS:
        seen: set[str] = set()
        for index, item in check.numbered(file, attribute):
            if item.id in seen:
                check.add(file, (attribute, index), "identifier is given twice", item.id)
            seen.add(item.id)
    for file, attribute, inner in _NESTED:
        for index, item in check.numbered(file, attribute):
            known: set[str] = set()
            for number, part in enumerate(getattr(item, inner)):
                if part.id in known:
                    where = (attribute, index, inner, number)
                    check.add(file, where, "identifier is given twice", part.id)
                known.add(part.id)
    for table in ("places",):
        named: set[str] = set()
        for line, row in check.tables[table]:
            if row.id in named:
                check.add_row(table, line, "identifier is given twice", row.id)
            named.add(row.id)


def _powers(check: _Checker) -> None:
    powers = check.items("case.yaml", "powers")
    if not powers:
        return
    for role in ("hunter", "prey"):
        count = sum(power.role == role for power in powers)
        if count != 1:
            check.add("case.yaml", ("powers",), f"a case needs exactly one {role}", count)
    ids = [power.id for power in powers]
    for index, name in enumerate(ids):
        if name in ids[:index]:
            check.add("case.yaml", ("powers", index), "a power is given twice", name)
    factors = check.ids("factors.yaml", "factors")
    header = check.models["case.yaml"]
    if header is None:
        return
    for index, name in enumerate(header.defaults.factors):
        where: Where = ("defaults", "factors", index)
        if factors:
            check.known("case.yaml", where, "default factor does not exist", name, factors)
    outcomes = check.ids("outcomes.yaml", "outcomes")
    if outcomes:
        name = header.defaults.outcome
        where = ("defaults", "outcome")
        check.known("case.yaml", where, "default outcome does not exist", name, outcomes)


def _places_and_links(check: _Checker) -> None:
    places = check.places()
    for line, link in check.tables["links"]:
        for end in (link.origin, link.destination):
            if places and end not in places:
                check.add_row(
                    "links", line, "link names an unknown place", end, nearest(end, places)
                )
        if link.origin == link.destination:
            check.add_row("links", line, "link leads from a place to itself", link.origin)


def _parameters(check: _Checker) -> None:
    file = "parameters.yaml"
    given = check.ids(file, "parameters")
    if not given:
        return
    needed = check.vocabulary.parameters
    for name, unit in needed.items():
        if name not in given:
            close = nearest(name, given - set(needed))
            check.add(
                file,
                ("parameters",),
                "a parameter that the model needs is missing",
                name,
                unit,
                close,
            )
    spare = len(given - set(needed))
    if spare > check.vocabulary.spare_parameters:
        limit = f"at most {check.vocabulary.spare_parameters} beyond those the model needs"
        check.add(file, ("parameters",), "too many parameters", spare, limit)
    for index, item in check.numbered(file, "parameters"):
        where = ("parameters", index)
        if not _unit(check, file, (*where, "unit"), item.unit):
            continue
        unit_needed = needed.get(item.id)
        if unit_needed and parse_unit(unit_needed) != parse_unit(item.unit):
            check.add(file, (*where, "unit"), f"unit of {item.id}", item.unit, unit_needed)
        if (item.unit == "week") != isinstance(item.value, date) and item.value is not None:
            expected = "an ISO date" if item.unit == "week" else "a number"
            check.add(file, (*where, "value"), f"value of {item.id}", item.value, expected)
        if item.record is not None:
            _record(check, file, (*where, "record"), item.record)
        if item.derived is not None:
            _derived(check, file, (*where, "derived"), item)


def _unit(check: _Checker, file: str, where: Where, text: str) -> bool:
    try:
        parse_unit(text)
    except ValueError as error:
        name = str(error)
        check.add(file, where, "unknown unit", text, "", nearest(name, KNOWN_UNITS))
        return False
    return True


def _record(check: _Checker, file: str, where: Where, record: Any) -> None:
    rows = [row for _, row in check.tables[record.table]]
    if not check.whole(record.table):
        return
    try:
        resolve_record(record, rows)
    except LookupError as error:
        check.add(file, where, str(error), f"{record.table} {record.date}")


def _derived(check: _Checker, file: str, where: Where, parameter: Any) -> None:
    derived = parameter.derived
    if derived.rail is not None:
        places = check.places()
        if not places or not check.whole("links"):
            return
        if not all(check.known(file, where, "unknown place", n, places) for n in derived.rail):
            return
        links = [row for _, row in check.tables["links"]]
        origin, destination = derived.rail
        if origin == destination or not rail_capacity(links, origin, destination):
            what = "no railway of known capacity leads there"
            check.add(file, where, what, f"{origin} to {destination}")
        return
    section, attribute = ("pacts.yaml", "pacts") if derived.pact else ("plans.yaml", "plans")
    items = {item.id: item for item in check.items(section, attribute)}
    if not items:
        return
    name = derived.pact or derived.plan
    if not check.known(file, where, f"unknown {attribute[:-1]}", name, items):
        return
    target = items[name]
    if derived.stage is not None:
        stages = {stage.id: stage for stage in target.stages}
        if not check.known(file, where, "unknown stage", derived.stage, stages):
            return
        target = stages[derived.stage]
    value = getattr(target, derived.field) if derived.field in type(target).model_fields else None
    if not isinstance(value, date if parameter.unit == "week" else float):
        expected = "a date" if parameter.unit == "week" else "a number"
        check.add(file, where, f"{name} has no such field", derived.field, expected)


def _schedules(check: _Checker) -> None:
    file = "schedules.yaml"
    items = check.ids(file, "schedules")
    if not items:
        return
    for name, unit in check.vocabulary.schedules.items():
        if name not in items:
            close = nearest(name, items)
            check.add(
                file,
                ("schedules",),
                "a schedule that the model needs is missing",
                name,
                unit,
                close,
            )
    for index, item in check.numbered(file, "schedules"):
        where = ("schedules", index)
        _unit(check, file, (*where, "unit"), item.unit)
        if item.column is not None and check.tables["front"]:
            columns = set(type(check.tables["front"][0][1]).model_fields)
            check.known(file, (*where, "column"), "unknown column", item.column, columns)


_CALENDAR_DATES = (
    "conferences_from", "recounts_from", "agent_from", "agent_until", "first_winter_from",
    "first_winter_until", "first_summer_until", "locks_from",
)  # fmt: skip


def _dates(check: _Checker) -> None:
    header = check.models.get("case.yaml")
    if header is None:
        return
    start, end = header.period.start, header.period.end

    def inside(file: str, where: Where, day: date) -> None:
        if not start <= day <= end:
            check.add(file, where, "date is outside the period", day, f"{start} to {end}")

    calendar = check.models.get("calendar.yaml")
    if calendar is not None:
        for name in ("conferences", "recounts"):
            for index, note in enumerate(getattr(calendar, name)):
                inside("calendar.yaml", (name, index, "date"), note.date)
        for name in _CALENDAR_DATES:
            inside("calendar.yaml", (name,), getattr(calendar, name))
        for battle, note in calendar.battles.items():
            inside("calendar.yaml", ("battles", battle), note.date)
        for battle in ("khasan", "khalkhin_gol"):
            if battle not in calendar.battles:
                check.add("calendar.yaml", ("battles",), "a battle is missing", battle)
        years = {window.year for window in calendar.windows}
        for year in range(header.period.runs_from.year, end.year + 1):
            if year not in years:
                check.add("calendar.yaml", ("windows",), "a year has no window", year)
    for index, item in check.numbered("parameters.yaml", "parameters"):
        if isinstance(item.value, date) and item.unit == "week":
            inside("parameters.yaml", ("parameters", index, "value"), item.value)
    for index, item in check.numbered("schedules.yaml", "schedules"):
        for number, point in enumerate(item.points or []):
            inside("schedules.yaml", ("schedules", index, "points", number), point.date)


def _pacts(check: _Checker) -> None:
    powers = {power.id for power in check.items("case.yaml", "powers")}
    parameters = check.ids("parameters.yaml", "parameters")
    for index, pact in check.numbered("pacts.yaml", "pacts"):
        where = ("pacts", index)
        for party in pact.parties:
            if powers:
                check.known("pacts.yaml", (*where, "parties"), "unknown power", party, powers)
        if pact.breach_cost is not None and parameters:
            cost = (*where, "breach_cost")
            check.known("pacts.yaml", cost, "unknown parameter", pact.breach_cost, parameters)
        clauses = {clause.id: clause.depends_on for clause in pact.clauses}
        for number, clause in enumerate(pact.clauses):
            for other in clause.depends_on:
                at: Where = (*where, "clauses", number, "depends_on")
                check.known("pacts.yaml", at, "clause depends on an unknown clause", other, clauses)
        circle = _circle(clauses)
        if circle:
            shown = " -> ".join(circle)
            at = (*where, "clauses", list(clauses).index(circle[0]), "depends_on")
            check.add("pacts.yaml", at, "clauses depend on one another in a circle", shown)


def _circle(graph: Mapping[str, list[str]]) -> list[str]:
    """Return one circle of a small directed graph, or an empty list."""
    done: set[str] = set()
    for start in graph:
        path = [start]
        stack = [iter(graph.get(start, []))]
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
                done.add(path.pop())
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following in graph and following not in done:
                path.append(following)
                stack.append(iter(graph[following]))
    return []


def _plans(check: _Checker) -> None:
    places = check.places()
    links = [row for _, row in check.tables["links"]]
    powers = {power.id for power in check.items("case.yaml", "powers")}
    if not places:
        return
    for index, plan in check.numbered("plans.yaml", "plans"):
        where = ("plans", index)
        if powers:
            check.known("plans.yaml", (*where, "power"), "unknown power", plan.power, powers)
        base = (*where, "base")
        if not check.known("plans.yaml", base, "unknown place", plan.base, places):
            continue
        within = reachable(links, plan.base, tuple(plan.by))
        for at, name in _objectives(plan, where):
            if not check.known("plans.yaml", at, "unknown place", name, places):
                continue
            if check.whole("links") and name not in within:
                ways = ", ".join(plan.by)
                check.add("plans.yaml", at, "objective cannot be reached from the base", name, ways)


def _objectives(plan: Any, where: Where) -> Iterable[tuple[Where, str]]:
    """List every objective of a plan and of its stages, with its place in the file."""
    for number, name in enumerate(plan.objectives):
        yield (*where, "objectives", number), name
    for index, stage in enumerate(plan.stages):
        for number, name in enumerate(stage.objectives):
            yield (*where, "stages", index, "objectives", number), name


def _beliefs(check: _Checker) -> None:
    powers = {power.id for power in check.items("case.yaml", "powers")}
    parameters = check.ids("parameters.yaml", "parameters")
    fields = check.vocabulary.all_fields
    for index, belief in check.numbered("beliefs.yaml", "beliefs"):
        where = ("beliefs", index)
        for key in ("power", "about"):
            if powers:
                name = getattr(belief, key)
                check.known("beliefs.yaml", (*where, key), "unknown power", name, powers)
        for key in ("field", "truth"):
            if name := getattr(belief, key):
                check.known("beliefs.yaml", (*where, key), "unknown state field", name, fields)
        for number, name in enumerate(belief.errs_by if parameters else []):
            at = (*where, "errs_by", number)
            check.known("beliefs.yaml", at, "unknown parameter", name, parameters)


def _factors(check: _Checker) -> None:
    file = "factors.yaml"
    parameters = {item.id: item for item in check.items("parameters.yaml", "parameters")}
    named = check.ids("parameters.yaml", "parameters")
    header = check.models.get("case.yaml")
    for index, factor in check.numbered(file, "factors"):
        names = [reading.id for reading in factor.readings]
        if len(names) != len(set(names)):
            check.add(file, ("factors", index, "readings"), "a reading is given twice", names)
        for number, reading in enumerate(factor.readings):
            where = ("factors", index, "readings", number)
            if header is not None:
                period = header.period
                if not period.start <= reading.since <= period.end:
                    check.add(file, (*where, "since"), "date is outside the period", reading.since)
            for place, change in enumerate(reading.changes):
                at = (*where, "changes", place)
                if not named:
                    continue
                known = check.known(file, at, "unknown parameter", change.parameter, named)
                if known and change.parameter in parameters:
                    _change(check, at, change, parameters[change.parameter])


def _change(check: _Checker, at: Where, change: Any, parameter: Any) -> None:
    is_date = isinstance(change.set, date)
    if change.set is not None and is_date != (parameter.unit == "week"):
        expected = "an ISO date" if parameter.unit == "week" else "a number"
        check.add("factors.yaml", at, f"setting of {parameter.id}", change.set, expected)
    pure = parameter.unit in ("probability", "share", "switch")
    if pure and isinstance(change.set, float | int) and not 0 <= change.set <= 1:
        check.add("factors.yaml", at, f"a {parameter.unit} must lie between 0 and 1", change.set)


def _outcomes(check: _Checker) -> None:
    header = check.models.get("case.yaml")
    if header is None:
        return
    period = header.period
    for index, outcome in check.numbered("outcomes.yaml", "outcomes"):
        if not period.runs_from <= outcome.by <= period.end:
            expected = f"{period.runs_from} to {period.end}"
            at = ("outcomes", index, "by")
            check.add(
                "outcomes.yaml",
                at,
                "outcome cannot be reached: its date is outside",
                outcome.by,
                expected,
            )


def _weather(check: _Checker) -> None:
    rows = check.tables["weather"]
    if not check.whole("weather"):
        return
    for area in ("east_manchuria_primorye", "european_russia"):
        found = sorted((row.month, line) for line, row in rows if row.area == area)
        months = [month for month, _ in found]
        if months != list(range(1, 13)):
            wrong = (line for number, (month, line) in enumerate(found, 1) if month != number)
            line = next(wrong, found[-1][1] if found else rows[-1][0])
            check.add_row("weather", line, f"area {area} needs each month once", months)


def _expressions(
    check: _Checker,
) -> tuple[dict[str, Expression], dict[tuple[str, str], Expression]]:
    margins: dict[str, Expression] = {}
    conditions: dict[tuple[str, str], Expression] = {}
    doctrines, header = check.models.get("doctrines.yaml"), check.models.get("case.yaml")
    if doctrines is None or header is None:
        return margins, conditions
    start: date = header.period.start
    roles = {power.id: power.role for power in header.powers}

    def week_of(day: date) -> float:
        return (day - start).days / 7.0

    _name_clashes(check, doctrines)
    hunter = {**_shared_names(check, "hunter"), **_units(check.vocabulary.fields["hunter"])}
    for index, gate in enumerate(doctrines.gates):
        where = ("gates", index, "margin")
        parsed = _parse(check, where, gate.margin, hunter, week_of)
        if parsed is not None and parsed.is_condition:
            check.add(
                "doctrines.yaml", where, "a margin must be a number, not a condition", gate.margin
            )
        if parsed is not None:
            margins[gate.id] = parsed
    gates = {gate.id: () for gate in doctrines.gates}
    for index, table in enumerate(doctrines.tables):
        role = roles.get(table.power, "")
        where = ("tables", index, "power")
        if role not in ("hunter", "prey"):
            check.add(
                "doctrines.yaml", where, "only the hunter and the prey have tables", table.power
            )
            continue
        names = {**_shared_names(check, role), **_units(check.vocabulary.fields[role])}
        if role == "hunter":
            names |= gates
        for number, row in enumerate(table.rows):
            at = ("tables", index, "rows", number)
            actions = check.vocabulary.actions[role]
            check.known("doctrines.yaml", (*at, "action"), "unknown action", row.action, actions)
            parsed = _parse(check, (*at, "when"), row.when, names, week_of)
            if parsed is not None and not parsed.is_condition and row.when.strip() != "1":
                truth = parsed.unit == () and len(parsed.names) == 1
                if not truth:
                    check.add("doctrines.yaml", (*at, "when"), "a row needs a condition", row.when)
            if parsed is not None:
                conditions[(table.power, row.id)] = parsed
    powers_with_tables = [table.power for table in doctrines.tables]
    if len(set(powers_with_tables)) != len(powers_with_tables):
        check.add("doctrines.yaml", ("tables",), "a power has two tables", powers_with_tables)
    return margins, conditions


def _units(names: Mapping[str, str]) -> dict[str, Unit]:
    return {name: parse_unit(unit) for name, unit in names.items()}


#: Groups of parameters that say how the world is, which the rules of a role may not read.
_SECRET_GROUPS = {
    "hunter": {"front", "garrison", "lessons", "intelligence"},
    "prey": {"intelligence", "lessons", "decision", "expected_value", "build_up"},
}


def _name_clashes(check: _Checker, doctrines: Any) -> None:
    """A parameter or gate named like a state field or a calendar word would be ambiguous."""
    taken = {**check.vocabulary.all_fields, **check.vocabulary.week}
    for index, item in enumerate(check.raw("parameters.yaml", "parameters")):
        if str(item.get("id")) in taken:
            where = ("parameters", index, "id")
            check.add("parameters.yaml", where, "name is taken by the model", str(item.get("id")))
    parameters = check.ids("parameters.yaml", "parameters")
    for index, gate in enumerate(doctrines.gates):
        if gate.id in taken or gate.id in parameters:
            check.add("doctrines.yaml", ("gates", index, "id"), "name is taken", gate.id)


def _shared_names(check: _Checker, role: str) -> dict[str, Unit]:
    """Calendar words, and the parameters that this role may know."""
    names = _units(check.vocabulary.week)
    for item in check.raw("parameters.yaml", "parameters"):
        if item.get("group") in _SECRET_GROUPS[role]:
            continue
        try:
            names[str(item.get("id"))] = parse_unit(str(item.get("unit")))
        except ValueError:
            names[str(item.get("id"))] = ()
    return names


def _parse(
    check: _Checker,
    where: Where,
    text: str,
    names: Mapping[str, Unit],
    week_of: Callable[[date], float],
) -> Expression | None:
    try:
        return parse(text, names, week_of)
    except ExpressionError as error:
        unknown = isinstance(error, UnknownNameError)
        if unknown and not check.raw("parameters.yaml", "parameters"):
            return None  # it may well be a parameter: that file is blamed already
        check.add(
            "doctrines.yaml", where, error.what, error.value, error.expected, error.nearest_name
        )
        return None
