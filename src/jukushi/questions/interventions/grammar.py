"""The texts of an intervention, read by their form alone; nothing here knows a case.

::

    --set    NAME=READING  NAME=NUMBER  NAME=DATE  NAME*NUMBER  NAME+NUMBER  NAME+SPAN
             NAME~KIND(NUMBER, ...)
    --move   EVENT=DATE  EVENT=never  EVENT+SPAN
    --add    STOCK=NUMBER@DATE  STOCK*NUMBER@DATE  EVENT@DATE
    --rule   GATE+NUMBER  GATE=EXPRESSION  ROW=EXPRESSION

A plus may be a minus. NAME is a word; EVENT a word, or a word and its key, as in
``conference:1941-09-03``; DATE an ISO date; SPAN a number of days or weeks, as in ``30d`` and
``-2w``; KIND normal, lognormal, uniform, beta or fixed. Each text has one canonical form,
``str(item)``, from which the same item is read again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from jukushi.errors import UsageError

__all__ = ["KINDS", "OPTIONS", "Item", "Span", "Spread", "Value", "parse", "parse_all"]

#: The options, and an example of each.
OPTIONS = {
    "set": "transfer_rate*1.5",
    "move": "conference:1941-09-03=1941-08-20",
    "add": "garrison_tanks=500@1941-07-21",
    "rule": "ripe+0.2",
}
#: Kinds of distribution, and how many numbers each may have.
KINDS = {"normal": (1, 2), "lognormal": (1, 2), "uniform": (2,), "beta": (2,), "fixed": (1,)}

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_DATE = r"\d{4}-\d{2}-\d{2}"
_NAME = rf"[a-z][a-z0-9_.]*(?::(?:{_DATE}|\d{{2}}-\d{{2}}|[a-z0-9_]+))?"
_ITEM = re.compile(rf"\s*({_NAME})\s*([=*+~@-])\s*(.*?)\s*", re.DOTALL)
#: The one name whose value may be anything: the path of a file, a slash between two powers.
_MAKER = "decision_maker"
_WORD = re.compile(r"[a-z][a-z0-9_:]*")
_SPAN = re.compile(r"(\d+)([dw])")
_SPREAD = re.compile(r"([a-z]+)\s*\(([^()]*)\)")


@dataclass(frozen=True)
class Span:
    """A number of days; weeks are written when they are whole."""

    days: int

    def __str__(self) -> str:
        size = abs(self.days)
        text = f"{size // 7}w" if size % 7 == 0 and size else f"{size}d"
        return text if self.days >= 0 else f"-{text}"


@dataclass(frozen=True)
class Spread:
    """A distribution: its kind and its numbers."""

    kind: str
    numbers: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.kind}({','.join(_plain(number) for number in self.numbers)})"


Value: TypeAlias = float | date | Span | Spread | str


@dataclass(frozen=True)
class Item:
    """One text of an intervention.

    Attributes
    ----------
    option : str
        A key of `OPTIONS`.
    name : str
    how : str
        ``set``, ``times``, ``add`` (also for a minus), ``spread``, or ``new`` for an event that
        is added.
    value : float, date, Span, Spread or str
        A word is a reading, ``never`` or an expression; of ``new`` it is the date.
    at : date, optional
        Day on which a stock is added to.
    """

    option: str
    name: str
    how: str
    value: Value
    at: date | None = None

    def __str__(self) -> str:
        if self.how == "new":
            return f"{self.name}@{self.value}"
        value = _plain(self.value) if isinstance(self.value, float) else str(self.value)
        sign = {"set": "=", "times": "*", "spread": "~"}.get(self.how, "+")
        if self.how == "add" and value.startswith("-"):
            sign, value = "-", value[1:]
        return f"{self.name}{sign}{value}" + (f"@{self.at}" if self.at else "")

    @property
    def text(self) -> str:
        """The option and the text, as they are typed."""
        return f"--{self.option} {self}"


def parse_all(**texts: Sequence[str]) -> list[Item]:
    """Read lists of texts by option; return the items in canonical order."""
    items = [parse(option, text) for option, listed in texts.items() for text in listed]
    return sorted(items, key=lambda item: item.text)


def parse(option: str, text: str) -> Item:
    """Read one text.

    Parameters
    ----------
    option : str
        A key of `OPTIONS`: it decides what the text may say.
    text : str

    Returns
    -------
    Item

    Raises
    ------
    UsageError
        If the text has none of the forms of its option.
    """
    whole = _ITEM.fullmatch(text)
    if whole is None:
        raise _not_understood(option, text, "it does not begin with a name and one of = * + - ~ @")
    name, sign, value = whole.groups()
    if not value:
        raise _not_understood(option, text, f"nothing stands after {sign!r}")
    read = {"set": _set, "move": _move, "add": _add, "rule": _rule}[option]
    item = read(name, sign, value)
    if item is None:
        raise _not_understood(option, text, f"{value!r} cannot stand after {name}{sign}")
    return item


def _set(name: str, sign: str, value: str) -> Item | None:
    if sign == "~":
        spread = _spread(value)
        return Item("set", name, "spread", spread) if spread else None
    if sign == "=":
        found: Value | None = _date(value) or _number(value)
        if found is None and (name == _MAKER or _WORD.fullmatch(value)):
            found = value
        return None if found is None else Item("set", name, "set", found)
    if sign == "*":
        number = _number(value)
        return None if number is None else Item("set", name, "times", number)
    return _shift("set", name, sign, value)


def _shift(option: str, name: str, sign: str, value: str, number_too: bool = True) -> Item | None:
    """Read what is added or taken away: a number or a span."""
    if sign not in "+-":
        return None
    back = -1 if sign == "-" else 1
    span = _SPAN.fullmatch(value)
    if span:
        days = int(span[1]) * (7 if span[2] == "w" else 1)
        return Item(option, name, "add", Span(back * days)) if days < 100_000 else None
    number = _number(value) if number_too else None
    return None if number is None else Item(option, name, "add", _positive_zero(back * number))


def _move(name: str, sign: str, value: str) -> Item | None:
    if sign == "=":
        found = "never" if value == "never" else _date(value)
        return None if found is None else Item("move", name, "set", found)
    return _shift("move", name, sign, value, number_too=False)


def _add(name: str, sign: str, value: str) -> Item | None:
    if sign == "@":
        day = _date(value)
        return Item("add", name, "new", day) if day else None
    amount, at, when = value.rpartition("@")
    number, day = _number(amount.strip()), _date(when.strip())
    if sign not in "=*" or not at or number is None or day is None:
        return None
    return Item("add", name, "set" if sign == "=" else "times", number, day)


def _rule(name: str, sign: str, value: str) -> Item | None:
    if sign == "=":
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        text = " ".join((value[1:-1] if quoted else value).split())
        return Item("rule", name, "set", text) if text else None
    shift = _shift("rule", name, sign, value)
    return shift if shift is not None and isinstance(shift.value, float) else None


def _number(text: str) -> float | None:
    if not re.fullmatch(_NUMBER, text):
        return None
    number = float(text)
    return _positive_zero(number) if math.isfinite(number) else None


def _positive_zero(number: float) -> float:
    return number + 0.0


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(_DATE, text) else None
    except ValueError:
        return None


def _spread(text: str) -> Spread | None:
    whole = _SPREAD.fullmatch(text)
    if whole is None or whole[1] not in KINDS:
        return None
    numbers = [_number(part.strip()) for part in whole[2].split(",")]
    if None in numbers or len(numbers) not in KINDS[whole[1]]:
        return None
    return Spread(whole[1], tuple(number for number in numbers if number is not None))


def _plain(number: float) -> str:
    """Write a number as short as it can be read back."""
    text = repr(number)
    return text.removesuffix(".0")


def _not_understood(option: str, text: str, cause: str) -> UsageError:
    forms = {
        "set": "NAME=VALUE, NAME*NUMBER, NAME+NUMBER or NAME~KIND(NUMBER,...)",
        "move": "EVENT=DATE, EVENT=never or EVENT+SPAN (a span is 30d or 2w)",
        "add": "STOCK=NUMBER@DATE, STOCK*NUMBER@DATE or EVENT@DATE",
        "rule": "GATE+NUMBER, GATE=EXPRESSION or ROW=EXPRESSION",
    }
    return UsageError(
        f"--{option} {text!r} is not understood",
        cause=cause,
        hint=f"write {forms[option]}, for instance --{option} {OPTIONS[option]!r}",
    )
