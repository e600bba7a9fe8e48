"""The smallest changes that bring an event to a probability, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.headline import headline
from jukushi.views.precision import precision_said
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["tip_view"]

#: Rows of single changes that are shown: those that reach the target, and those that do not.
_REACHING, _SHORT = 12, 6
_COMPONENTS = 12
_SETS = 6
#: Digits of a quantity that count.
_DIGITS = 3


def tip_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say what the smallest changes are: one number, one factor, and combinations of either."""
    say = _Tip(answer, case, words)
    parts = [*say.head(), *say.priors(), *say.readings(), *say.sets(), *say.nearest(), *say.few()]
    return Group(*parts, *say.foot())


class _Tip:
    """One answer, said in one language."""

    def __init__(self, answer: dict[str, Any], case: Case, words: Words) -> None:
        self.answer, self.case, self.words = answer, case, words
        self.contradicted = False

    def head(self) -> list[RenderableType]:
        answer, words = self.answer, self.words
        chance = answer["probability"]
        first = headline(self.case.outcomes[answer["outcome"]], chance["estimate"], words)
        setting = words(
            "tip.setting",
            histories=words.number(answer["histories"]),
            search=words.number(answer["search_histories"]),
            seed=answer["seed"],
            decider=answer["decision_maker"],
            collapse=words("why.on" if answer["collapse"] else "why.off"),
        )
        target = words.percent(answer["target"])
        asked = "tip.to_above" if answer["direction"] == "above" else "tip.to_below"
        return [
            Text(first, style="bold"),
            words("why.sampling", interval=words.interval(chance["sampling"])),
            words("why.ignorance", interval=words.interval(chance["ignorance"])),
            setting,
            Text(words(asked, target=target), style="bold"),
            words("tip.estimand"),
        ]

    def priors(self) -> list[RenderableType]:
        answer, words = self.answer, self.words
        found = answer["parameters"]
        reached = sum(row["reached"] for row in found["rows"])
        said = words(
            "tip.priors_some" if reached else "tip.priors_none",
            reached=reached,
            uncertain=found["uncertain"],
            most=self._figure(answer["most_sd"]),
            inert=len(found["inert"]),
        )
        table = self._table("tip.number", "tip.moved", "tip.units")
        shown = _shown(found["rows"])
        for row in shown:
            shift = self._shift(row["shift"])
            cell = shift + "\n" + self._range(row) if row["reached"] else shift
            table.add_row(self._title(row), cell, self._units(row), *self._chance(row))
        parts: list[RenderableType] = [heading(words("tip.priors_title")), said, table]
        if len(shown) < len(found["rows"]):
            parts.append(words("tip.priors_rest"))
        return [*parts, words("tip.marks")]

    def readings(self) -> list[RenderableType]:
        words, rows = self.words, self.answer["readings"]
        reached = [row for row in rows if row["reached"]]
        said = words(
            "tip.readings_some" if reached else "tip.readings_none",
            reached=len(reached),
            number=len(rows),
        )
        table = self._table("tip.reading", "tip.strength")
        shown = [row for row in _shown(rows) if row["strength"] > 0.0]
        for row in shown:
            strength = words.number(row["strength"], 2)
            if row["all_or_nothing"]:
                strength = words("tip.switched")
            elif row["reached"]:
                strength += "\n" + self._range(row, "strength_interval", 2)
            name = words(
                "tip.reading_cell",
                factor=words.of(row["title"]),
                reading=words.of(row["reading_title"]),
            )
            table.add_row(self._marked(name, row), strength, *self._chance(row))
        parts: list[RenderableType] = [heading(words("tip.readings_title")), said, table]
        if len(shown) < len(rows):
            parts.append(words("tip.readings_rest", number=len(rows) - len(shown)))
        return parts + [line for row in reached for line in self._changes(row)]

    def _changes(self, row: dict[str, Any]) -> list[str]:
        """Say in units, and in standard deviations, what a reading does at its strength."""
        words = self.words
        lines = [
            words(
                "tip.changes",
                factor=words.of(row["title"]),
                reading=words.of(row["reading_title"]),
                strength=words.number(row["strength"], 2),
            )
        ]
        for change in row["changes"]:
            item, away = self.case.parameters[change["parameter"]], change["deviations"]
            start, end = (self._value(change[end], change["unit"]) for end in ("from", "to"))
            lines.append(
                words(
                    "tip.change" if away is None else "tip.change_sd",
                    parameter=item.title.to(words.language),
                    start=start,
                    end=end,
                    unit=self._unit(change["unit"]),
                    sd="" if away is None else self._shift(away),
                ).rstrip()
            )
        return lines

    def sets(self) -> list[RenderableType]:
        words, found = self.words, self.answer["factor_sets"]
        key = "tip.sets_none"
        if found["reached"]:
            key = "tip.sets_one" if found["size"] == 1 else "tip.sets_some"
        said = words(key, size=found["size"], number=len(found["asked"]))
        parts: list[RenderableType] = [heading(words("tip.sets_title")), said]
        parts += [self._set(row) for row in found["sets"][:_SETS]]
        if found["one_fewer"]:
            parts += [words("tip.one_fewer"), self._set(found["one_fewer"])]
        return parts

    def _set(self, row: dict[str, Any]) -> str:
        titles = [self.case.factors[name].title.to(self.words.language) for name in row["factors"]]
        line = self.words(
            "tip.set_line", factors=" + ".join(titles) or "-", **self._chances(row["probability"])
        )
        return self._marked(line, row)

    def nearest(self) -> list[RenderableType]:
        words, found = self.words, self.answer["nearest"]
        parts: list[RenderableType] = [heading(words("tip.nearest_title"))]
        if not found["components"]:
            return [*parts, words("tip.nearest_flat")]
        said = words(
            "tip.nearest_found" if found["reached"] else "tip.nearest_short",
            norm=words.number(found["norm"], 1),
            interval=self._range(found, "norm_interval"),
            **self._chances(found["probability"]),
        )
        bound = words(
            "tip.nearest_bound",
            norm=words.number(found["norm"], 1),
            number=len(found["components"]),
        )
        table = table_of(*(words(f"tip.{name}") for name in ("number", "moved", "units", "part")))
        shown = found["components"][:_COMPONENTS]
        for row in shown:
            error = words.number(row["shift_se"], 2)
            shift = words("tip.error", shift=self._shift(row["shift"], 2), error=error)
            share = words.percent(row["share"])
            table.add_row(self._title(row), shift, self._units(row), share)
        parts += [self._marked(said, found), bound, table]
        rest = found["components"][_COMPONENTS:]
        if rest:
            share = words.percent(sum(row["share"] for row in rest))
            parts.append(words("tip.nearest_rest", number=len(rest), percent=share))
        return parts

    def few(self) -> list[RenderableType]:
        words, found = self.words, self.answer["few"]
        if not found["components"]:
            return []
        key = "tip.few_none"
        if found["reached"]:
            key = "tip.few_one" if len(found["components"]) == 1 else "tip.few_some"
        said = words(key, number=len(found["components"]), **self._chances(found["probability"]))
        table = table_of(*(words(f"tip.{name}") for name in ("number", "moved", "units")))
        for row in found["components"]:
            table.add_row(self._title(row), self._shift(row["shift"]), self._units(row))
        title = words("tip.few_title", most=self._figure(found["most_sd"]))
        return [heading(title), self._marked(said, found), table]

    def foot(self) -> list[RenderableType]:
        words, precision = self.words, self.answer["precision"]
        parts: list[RenderableType] = [""]
        if self.contradicted:
            parts.append(words("tip.warning"))
        if precision:
            parts.append(precision_said(precision, words))
        warning = Text(words("why.rests_warning"), style="bold")
        return [*parts, words("tip.not_likely"), warning]

    def _table(self, *columns: str) -> Table:
        names = (*columns, "tip.probability", "tip.sampling", "tip.ignorance")
        return table_of(*(self.words(name) for name in names))

    def _title(self, row: dict[str, Any]) -> str:
        title = self.words.of(row["title"])
        if row["status"] == "assumption":
            title = self.words("tip.assumption", title=title)
        return self._marked(title, row)

    def _marked(self, text: str, row: dict[str, Any]) -> str:
        """Mark what fresh histories contradict."""
        if not row.get("contradicted", False):
            return text
        self.contradicted = True
        return self.words("tip.contradicted", text=text)

    def _chance(self, row: dict[str, Any]) -> list[str]:
        chance = row["probability"]
        spans = [self.words.span(chance[key]) for key in ("sampling", "ignorance")]
        return [self.words.percent(chance["estimate"]), *spans]

    def _chances(self, chance: dict[str, Any]) -> dict[str, str]:
        return {
            "percent": self.words.percent(chance["estimate"]),
            "sampling": self.words.interval(chance["sampling"]),
            "ignorance": self.words.interval(chance["ignorance"]),
        }

    def _range(self, row: dict[str, Any], key: str = "shift_interval", digits: int = 1) -> str:
        """Write an interval of lengths, of which the far end may lie beyond what was looked at."""
        near, far = (
            None if end is None else self.words.number(abs(end), digits) for end in row[key]
        )
        if near is None:
            return self.words("tip.nowhere", most=self._figure(self.answer["most_sd"]))
        if far is None:
            return self.words("tip.beyond", low=near)
        return self.words("tip.range", low=near, high=far)

    def _shift(self, shift: float, digits: int = 1) -> str:
        sign = "−" if shift < 0.0 else "+"
        return sign + self.words.number(abs(shift), digits)

    def _units(self, row: dict[str, Any]) -> str:
        start, end = (self._value(row[end], row["unit"]) for end in ("from", "to"))
        unit = self._unit(row["unit"])
        return self.words("tip.from_to" if unit else "tip.to_only", start=start, end=end, unit=unit)

    def _value(self, value: float, unit: str) -> str:
        if unit == "week":
            return self.words.short_day(self.case.header.period.start + timedelta(weeks=value))
        return self._figure(value)

    def _unit(self, unit: str) -> str:
        return "" if unit == "week" else unit

    def _figure(self, value: float) -> str:
        """Write a quantity with three digits that count."""
        rounded = float(f"{value:.{_DIGITS}g}")
        decimals = max(_DIGITS - 1 - _magnitude(rounded), 0)
        text = self.words.number(rounded, decimals).replace("-", "−")
        return text.rstrip("0").rstrip(".,") if decimals else text


def _magnitude(value: float) -> int:
    return int(f"{value:e}".partition("e")[2])


def _shown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that are worth showing; those that reach the target stand first."""
    reached = [row for row in rows if row["reached"]][:_REACHING]
    return reached + [row for row in rows if not row["reached"]][:_SHORT]
