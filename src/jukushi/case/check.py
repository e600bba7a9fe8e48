"""Cross-checks of a case: names that must exist, dates that must fit, graphs that must hold.

Each check takes what could be read and adds its problems to one list; a section that could
not be read is skipped, so that one broken file does not hide the faults of the others.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from jukushi.case import (
    check_base_rates,
    check_campaigns,
    check_claims,
    check_hypotheses,
    check_levers,
    check_numbers,
    check_record,
    check_rules,
    check_tables,
    check_treaties,
)
from jukushi.case.check_rules import ParsedRules
from jukushi.case.checker import Checker, Documents, Models, Rows, Where
from jukushi.case.vocabulary import Vocabulary
from jukushi.errors import Problem, nearest

__all__ = ["cross_check"]


def cross_check(
    models: Models,
    tables: Rows,
    documents: Documents,
    vocabulary: Vocabulary,
    problems: list[Problem],
) -> ParsedRules:
    """Run every check; return the parsed expressions of gates and tables."""
    checker = Checker(models, tables, documents, vocabulary, problems)
    for check in (
        _unique_ids,
        _powers,
        _places_and_links,
        check_numbers.parameters,
        check_numbers.schedules,
        _dates,
        check_treaties.pacts,
        check_treaties.plans,
        _beliefs,
        _factors,
        check_tables.deciders_named,
        _outcomes,
        _weather,
        check_campaigns.campaigns,
        check_levers.levers,
        _changes_of_levers,
        check_record.record,
        check_claims.claims,
        check_base_rates.base_rates,
        _hypotheses,
    ):
        check(checker)
    parsed = ParsedRules()
    header = models.get("case.yaml")
    if header is not None:
        reader = check_rules.Reader(checker, header.period.start)
        check_rules.gates(reader, parsed)
        check_tables.tables(reader, parsed)
    return parsed


_LISTS = (
    ("parameters.yaml", "parameters"),
    ("schedules.yaml", "schedules"),
    ("pacts.yaml", "pacts"),
    ("plans.yaml", "plans"),
    ("beliefs.yaml", "beliefs"),
    ("factors.yaml", "factors"),
    ("outcomes.yaml", "outcomes"),
    ("doctrines.yaml", "gates"),
    ("campaigns.yaml", "tables"),
    ("campaigns.yaml", "campaigns"),
    ("levers.yaml", "levers"),
    ("record.yaml", "series"),
    ("record.yaml", "events"),
    ("claims.yaml", "claims"),
    ("base_rates.yaml", "opportunities"),
    ("hypotheses.yaml", "hypotheses"),
)


#: Lists inside lists; a second rule of one name would silently take the place of the first.
_NESTED = (
    ("pacts.yaml", "pacts", "clauses"),
    ("plans.yaml", "plans", "stages"),
    ("doctrines.yaml", "tables", "rows"),
    ("doctrines.yaml", "tables", "quantities"),
    ("decision_makers.yaml", "tables", "rows"),
    ("decision_makers.yaml", "tables", "quantities"),
    ("campaigns.yaml", "tables", "rows"),
    ("campaigns.yaml", "campaigns", "phases"),
)


def _unique_ids(check: Checker) -> None:
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


def _powers(check: Checker) -> None:
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


def _places_and_links(check: Checker) -> None:
    places = check.places()
    for line, link in check.tables["links"]:
        for end in (link.origin, link.destination):
            if places and end not in places:
                check.add_row(
                    "links", line, "link names an unknown place", end, nearest(end, places)
                )
        if link.origin == link.destination:
            check.add_row("links", line, "link leads from a place to itself", link.origin)


_CALENDAR_DATES = (
    "conferences_from", "recounts_from", "agent_from", "agent_until", "first_winter_from",
    "first_winter_until", "first_summer_until", "locks_from",
)  # fmt: skip


def _dates(check: Checker) -> None:
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


def _beliefs(check: Checker) -> None:
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


def _factors(check: Checker) -> None:
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
                    _change(check, file, at, change, parameters[change.parameter])


def _changes_of_levers(check: Checker) -> None:
    file = "levers.yaml"
    parameters = {item.id: item for item in check.items("parameters.yaml", "parameters")}
    for index, lever in check.numbered(file, "levers"):
        for key in ("also", "unseen"):
            for place, change in enumerate(getattr(lever, key)):
                if change.parameter in parameters:
                    at = ("levers", index, key, place)
                    _change(check, file, at, change, parameters[change.parameter])


def _hypotheses(check: Checker) -> None:
    check_hypotheses.hypotheses(check, _change)


def _change(check: Checker, file: str, at: Where, change: Any, parameter: Any) -> None:
    is_date = isinstance(change.set, date)
    if change.set is not None and is_date != (parameter.unit == "week"):
        expected = "an ISO date" if parameter.unit == "week" else "a number"
        check.add(file, at, f"setting of {parameter.id}", change.set, expected)
    pure = parameter.unit in ("probability", "share", "switch")
    if pure and isinstance(change.set, float | int) and not 0 <= change.set <= 1:
        check.add(file, at, f"a {parameter.unit} must lie between 0 and 1", change.set)


def _outcomes(check: Checker) -> None:
    header = check.models.get("case.yaml")
    if header is None:
        return
    period = header.period
    campaigns = {item.id: item for item in check.items("campaigns.yaml", "campaigns")}
    for index, outcome in check.numbered("outcomes.yaml", "outcomes"):
        _campaign_outcome(check, ("outcomes", index), outcome, campaigns)
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


def _campaign_outcome(check: Checker, at: Where, outcome: Any, campaigns: dict[str, Any]) -> None:
    """An outcome of a campaign names one that opens with an event, and a place it reports."""
    names = check.ids("campaigns.yaml", "campaigns")
    readable = check.models.get("campaigns.yaml") is not None
    if outcome.campaign is None or not (names or readable):
        return
    file = "outcomes.yaml"
    if not check.known(file, (*at, "campaign"), "unknown campaign", outcome.campaign, names):
        return
    if outcome.campaign not in campaigns:  # it is bad itself, and blamed for that
        return
    campaign = campaigns[outcome.campaign]
    if campaign.opens_with is None:
        what = "no event of a history opens this campaign"
        check.add(file, (*at, "campaign"), what, outcome.campaign)
    if outcome.place is not None:
        valid = campaign.objectives
        check.known(file, (*at, "place"), "not an objective of the campaign", outcome.place, valid)


def _weather(check: Checker) -> None:
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
