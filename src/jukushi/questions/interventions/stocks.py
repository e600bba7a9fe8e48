"""Forces and stocks that may be added to at a date.

A stock stands here if what is added stays: the week reads the field before it writes it. What
each week works out anew from parameters stands in `WORKED_OUT`, with the parameter to set.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jukushi.case.load import Case
from jukushi.engine.settings import Shock
from jukushi.errors import UsageError, nearest
from jukushi.questions.interventions.grammar import Item
from jukushi.questions.interventions.parts import Part
from jukushi.world.state import FIELD_INDEX, FIELDS

__all__ = ["STOCKS", "WORKED_OUT", "Stock", "stock_part"]


@dataclass(frozen=True)
class Stock:
    """A field that may be added to.

    Attributes
    ----------
    belief : bool
        True if it is what a power believes: to add to it is to deceive that power.
    signed : bool
        True if it may be negative.
    why : str
        Why what is added stays, and what does not follow by itself.
    """

    why: str
    belief: bool = False
    signed: bool = False


#: Field of the state, and why it may be added to.
STOCKS: dict[str, Stock] = {
    "old_divisions": Stock("divisions come and go by rail; the hunter's count does not follow"),
    "new_divisions": Stock("raised divisions, untrained when added"),
    "garrison_men": Stock("men come with a refill and leave with divisions"),
    "garrison_tanks": Stock("tanks come with a refill and leave with divisions"),
    "garrison_aircraft": Stock("aircraft likewise"),
    "redeployed": Stock("divisions brought east for the prey's own attack"),
    "soviet_men": Stock("the field army on the distant front, raised and lost week by week"),
    "axis_men": Stock("returns to its schedule by a tenth a week: a passing reinforcement"),
    "axis_supply": Stock("stocks for an advance, up to a ceiling"),
    "soviet_supply": Stock("stocks for an advance"),
    "oil": Stock("burnt and brought in week by week"),
    "believed_divisions": Stock("holds until the next recount corrects it in part", belief=True),
    "believed_tanks": Stock("holds until the next recount", belief=True),
    "believed_aircraft": Stock("holds until the next recount", belief=True),
    "victory_logit": Stock(
        "belief that the ally wins; fades by an eighth a week", belief=True, signed=True
    ),
}

#: Fields that each week works out anew, and the parameter from which.
WORKED_OUT: dict[str, str] = {
    "hunter_divisions": "committed_force",
    "available_divisions": "attack_force",
    "fleet": "fleet_1941",
    "shipping_free": "shipping_civil",
    "oil_months": "oil_start",
    "trigger_divisions": "required_ratio",
    "threat_belief": "threat_base",
    "victory_belief": "optimism",
}


def stock_part(case: Case, item: Item) -> Part:
    """Turn ``garrison_tanks=500@1941-07-21`` into a shock.

    Raises
    ------
    UsageError
        If the field is no stock, the day lies outside the weeks that run, or the number is no
        factor of a stock.
    """
    name = item.name
    if name not in STOCKS:
        raise _no_stock(name)
    assert isinstance(item.value, float)
    assert item.at is not None
    if item.how == "times" and item.value < 0.0 and not STOCKS[name].signed:
        raise UsageError(f"{item.text}: a stock cannot be negative", hint="scale it by 0 or more")
    week = running_week(case, item.text, item.at)
    shocks = (Shock(week, name, "times" if item.how == "times" else "add", item.value),)
    idle = item.value == (1.0 if item.how == "times" else 0.0)
    return Part(item.text, "stock", f"{name}@{week}", shocks=() if idle else shocks, begins=item.at)


def running_week(case: Case, text: str, day: date) -> int:
    """Return the week of a day on which something can be done; raises UsageError."""
    period = case.header.period
    if not period.runs_from <= day <= period.end:
        raise UsageError(
            f"{text}: {day} lies outside the weeks that run",
            cause=f"the world runs by itself from {period.runs_from} to {period.end}",
            hint="what lies before is the record; a battle or a starting stock is a parameter",
        )
    return int(case.week_of(day))


def _no_stock(name: str) -> UsageError:
    message = f"{name!r} is nothing that can be added to at a date"
    if name in WORKED_OUT:
        return UsageError(
            message,
            cause=f"each week works it out anew from {WORKED_OUT[name]} and others",
            hint=f"write --set {WORKED_OUT[name]}+NUMBER --from DATE",
        )
    close = nearest(name, STOCKS)
    if name in FIELD_INDEX and not close:
        unit = FIELDS[FIELD_INDEX[name]].unit
        return UsageError(
            message,
            cause=f"it is no stock that keeps what is added ({unit})",
            hint="stocks: " + ", ".join(STOCKS),
        )
    return UsageError(
        message,
        cause="it is no stock of the state, and no event",
        hint=f"did you mean {close!r}?" if close else "stocks: " + ", ".join(STOCKS),
    )
