"""Naive forecasts of dated events: a hazard for each month until they come.

* `no_change`: it does not come.
* `constant_hazard`: a hazard a month that is constant and unknown, with Jeffreys' prior
  Beta(1/2, 1/2), learned from the months before the split, in which it had not come, and from each
  month since: 1/2 over the number of months so far and one.
* `base_rate`: of an entry into a war. Months and entries of powers that could have joined a war and
  whose window had closed by the split, the event's own case left out. They were picked by their
  outcome; entrants and others are weighed so that as many enter as of all wars of a list.
* `rule`: the documented rule on the figures of the record, without any simulation: yes or no.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from jukushi.calibration.naive import value_of
from jukushi.calibration.predictive import Months
from jukushi.case.base_rates import Condition, Opportunity, RuleOfThumb
from jukushi.case.load import Case
from jukushi.case.targets import record_of

__all__ = ["NAIVE_EVENTS", "base_rate", "constant_hazard", "naive_hazards"]

#: Names of the forecasts, in the order of pages.
NAIVE_EVENTS = ("no_change", "constant_hazard", "base_rate", "rule")
_MONTH = 365.25 / 12.0


def naive_hazards(
    case: Case, months: Months, centres: Mapping[str, float]
) -> dict[str, list[float] | None]:
    """Return the hazard of each month by each naive forecast, None where there is none.

    Parameters
    ----------
    case : Case
    months : Months
    centres : mapping of str to float
        Central value of each parameter, for rules that name one.
    """
    number = len(months.ends)
    rate = base_rate(case, months.event.id)
    rules = [rule for rule in case.base_rates.rules if rule.event == months.event.id]
    begin, until = case.header.period.runs_from, record_of(case).split.until
    before = (until - begin).days / _MONTH
    return {
        "no_change": [0.0] * number,
        "constant_hazard": [constant_hazard(before + month) for month in range(number)],
        "base_rate": None if rate is None else [rate] * number,
        "rule": [float(_holds(case, rules[0], end, centres)) for end in months.ends]
        if rules
        else None,
    }


def constant_hazard(months: float) -> float:
    """Return the chance of the next month after so many months without it."""
    return 0.5 / (months + 1.0)


def base_rate(case: Case, event: str) -> float | None:
    """Return entries a month among powers that could have joined a war, None if it is no entry."""
    rates = case.base_rates
    entry = next((item for item in rates.war_entries if item.event == event), None)
    until = record_of(case).split.until
    pool = [
        item
        for item in rates.opportunities
        if entry is not None and item.id not in entry.own and item.closes <= until
    ]
    entrants = [item for item in pool if item.entered_on is not None]
    if rates.joining is None or not entrants or len(entrants) == len(pool):
        return None
    picked, true = len(entrants) / len(pool), rates.joining.share
    weights = {True: true / picked, False: (1.0 - true) / (1.0 - picked)}
    months = sum(weights[item.entered_on is not None] * _months_at_risk(item) for item in pool)
    return weights[True] * len(entrants) / months


def _months_at_risk(item: Opportunity) -> float:
    last = item.entered_on or item.closes
    return ((last - item.opens).days + 1) / _MONTH


def _holds(case: Case, rule: RuleOfThumb, day: date, centres: Mapping[str, float]) -> bool:
    """Tell whether all conditions of a rule hold on the figures on record by a day."""
    return all(_condition(case, item, day, centres) for item in rule.conditions)


def _condition(case: Case, item: Condition, day: date, centres: Mapping[str, float]) -> bool:
    if item.since is not None:
        return day >= item.since
    record = record_of(case)
    if item.event is not None:
        event = next(row for row in record.events if row.id == item.event)
        wait = timedelta(weeks=sum(centres[name] for name in item.weeks))
        return event.happened_on is not None and event.happened_on + wait <= day
    series = next(row for row in record.series if row.id == item.series)
    rows = [row for row in record.observations if row.series == series.id and row.date <= day]
    if not rows:
        return False
    value = value_of(case, series, max(rows, key=lambda row: row.date))
    limit = item.at_most if item.at_most is not None else item.at_least
    number = centres[limit] if isinstance(limit, str) else float(limit or 0.0)
    return value <= number if item.at_most is not None else value >= number
