"""The best policy of a power for a terminal: the answer, regrets, what knowing is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
from jukushi.draws import LANES
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["best_view"]

#: Digits of a utility: sampling errors at the usual sizes are about a hundredth.
_DIGITS = 3

#: Share of histories from which on a date is worth a line.
_WORTH_A_LINE = 0.01

Number = dict[str, Any]


def best_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say what the best policy of a power does, what it brings, and what knowing more would."""
    told = _Told(answer, case, words)
    parts: list[RenderableType] = [*told.head(), *told.makers()]
    parts += told.information() + told.dates() + told.reading()
    # Sentences hold square brackets, which are no markup.
    return Group(*(Text(part) if isinstance(part, str) else part for part in parts))


class _Told:
    """An answer with the words to tell it."""

    def __init__(self, answer: dict[str, Any], case: Case, words: Words) -> None:
        self.answer, self.case, self.words = answer, case, words
        self.is_hunter = case.power_of("hunter").id == answer["power"]
        names = {role: case.power_of(role).title.to(words.language) for role in ("hunter", "prey")}
        self.hunter, self.prey = names["hunter"], names["prey"]
        self.power = self.hunter if self.is_hunter else self.prey
        self.acts = ("north", "south") if self.is_hunter else ("strips",)

    # Numbers

    def utility(self, value: float | None) -> str:
        """Write a utility; a number that rounds to zero has no sign."""
        if value is None or value != value:
            return "?"
        text = self.words.number(abs(value), _DIGITS)
        nothing = self.words.number(0.0, _DIGITS)
        return "−" + text if value < 0.0 and text != nothing else text

    def utilities(self, pair: Sequence[float], key: str = "best.interval") -> str:
        """Write an interval of utilities."""
        return self.words(key, low=self.utility(pair[0]), high=self.utility(pair[1]))

    def _both(self, number: Number) -> dict[str, str]:
        return {
            "sampling": self.utilities(number["sampling"]),
            "ignorance": self.utilities(number["ignorance"], "best.range"),
        }

    def cell(self, number: Number | None) -> str:
        """Write a utility with its intervals, one under the other."""
        if number is None:
            return "-"
        return "\n".join([self.utility(number["estimate"]), *self._both(number).values()])

    def share(self, number: Number, between: str = "\n") -> str:
        """Write a probability with its intervals."""
        parts = [self.words.percent(number["estimate"])]
        for key, form in (("sampling", "best.shares"), ("ignorance", "best.shares_range")):
            low, high = (self._bare(value) for value in number[key])
            parts.append(self.words(form, low=low, high=high))
        return between.join(parts)

    def _bare(self, value: float) -> str:
        """Write per cent without the sign, and without spaces at which a cell would break."""
        return "".join(self.words.percent(value).rstrip("%").split())

    def maker(self, name: str) -> str:
        """Name a decision-maker."""
        return self.words("best.best") if name == "best" else name

    # Parts

    def head(self) -> list[RenderableType]:
        """The answer in a sentence, what it brings, and what the bound leaves open."""
        answer, words = self.answer, self.words
        value = answer["value"]
        lines: list[RenderableType] = [Text(self._headline(), style="bold")]
        for row in answer["decision_makers"]:
            if row["regret"] is not None:
                gain = self.utility(row["regret"]["estimate"])
                name = self.maker(row["decision_maker"])
                lines.append(
                    words("best.gain", decider=name, gain=gain, **self._both(row["regret"]))
                )
        lower = value["lower"]
        said = words("best.value", value=self.utility(lower["estimate"]), **self._both(lower))
        lines.append(said + " " + words("best.unit_hunter" if self.is_hunter else "best.unit_prey"))
        lines += self._bound(value)
        setting = words(
            "best.setting",
            fit=words.number(answer["fit_draws"]),
            judge=words.number(answer["judge_draws"]),
            lanes=LANES,
            seed=answer["seed"],
            until=words.day(answer["until"]),
            collapse=words("why.on" if answer["collapse"] else "why.off"),
        )
        return [*lines, setting]

    def _headline(self) -> str:
        acts = self.answer["acts"]
        done = [name for name in self.acts if acts[name]["date"] is not None]
        key = "both" if len(done) > 1 else done[0] if done else "never"
        key = "prey" if key == "strips" else key
        values = {"power": self.power, "never": self.words.percent(acts["never"]["estimate"])}
        for name in done:
            values[name] = self.words.percent(acts[name]["estimate"])
            values[f"{name}_date"] = self.words.day(acts[name]["date"]["median"])
        return self.words(f"best.headline_{key}", **values)

    def _bound(self, value: dict[str, Any]) -> list[RenderableType]:
        words = self.words
        prophet = words(
            "best.prophet",
            gap=self.utility(value["foresight_gap"]["estimate"]),
            sampling=self.utilities(value["foresight_gap"]["sampling"]),
        )
        if not self.is_hunter:
            return [words("best.no_bound") + " " + prophet]
        bound = words(
            "best.bound",
            upper=self.utility(value["upper"]["estimate"]),
            sampling=self.utilities(value["upper"]["sampling"]),
            gap=self.utility(value["gap"]["estimate"]),
            gap_sampling=self.utilities(value["gap"]["sampling"]),
            sees_all=self.utility(value["sees_all"]["estimate"]),
            sees_all_sampling=self.utilities(value["sees_all"]["sampling"]),
        )
        halving = words("best.halving", halving=words.number(value["halving"], 4))
        return [bound + " " + halving, prophet]

    def makers(self) -> list[RenderableType]:
        """Every decision-maker: what it brings, and what it does."""
        words, rows = self.words, self.answer["decision_makers"]
        values = {"value": words("best.value_column"), "regret": words("best.regret")}
        if any(row.get("prey_value") for row in rows):
            values["prey_value"] = words("best.prey_value", power=self.prey)
        title = heading(words("best.makers_title"))
        aside = words("best.first_act" if self.is_hunter else "best.strips_once")
        notes = " ".join([words("best.makers_note"), aside, words("best.cells")])
        parts: list[RenderableType] = [title, notes, self._table(rows, values, self.cell)]
        if self.is_hunter:
            named = rows[0]["chance"]["outcome"]
            outcome = self.case.outcomes[named].title.to(words.language)
            columns = {name: words(f"best.{name}") for name in ("north", "south", "never")}
            columns["chance"] = words("best.chance_column")
            parts += [heading(words("best.acts_title")), words("best.chance", outcome=outcome)]
            parts.append(self._table(rows, columns, self.share))
        return parts

    def _table(
        self, rows: list[dict[str, Any]], columns: dict[str, str], write: Callable[[Any], str]
    ) -> Table:
        table = table_of(self.words("best.decider"), *columns.values())
        for row in rows:
            name = self.maker(row["decision_maker"])
            table.add_row(name, *(write(row[key]) for key in columns))
        return table

    def information(self) -> list[RenderableType]:
        """What knowing more is worth, to either side."""
        words = self.words
        own = "hunter" if self.is_hunter else "prey"
        parts: list[RenderableType] = [
            heading(words("best.worth_title", power=self.power)),
            words("best.worth_note"),
            self._worth(own),
        ]
        if self.is_hunter and any(row["prey"] for row in self.answer["information"]):
            parts += [
                heading(words("best.worth_prey_title", power=self.prey)),
                words("best.worth_prey_note", hunter=self.hunter),
                self._worth("prey"),
            ]
        return parts

    def _worth(self, side: str) -> Table:
        rows = self.answer["information"]
        makers = list(rows[0][side])
        table = table_of(self.words("best.known"), *(self.maker(name) for name in makers))
        for row in rows:
            what = self.words(f"best.know_{row['what']}", hunter=self.hunter, prey=self.prey)
            table.add_row(what, *(self.cell(row[side].get(name)) for name in makers))
        return table

    def dates(self) -> list[RenderableType]:
        """When the policy acts."""
        words = self.words
        table = table_of(words("best.date"), words("best.act"), words("best.share"))
        for row in self.answer["acts"]["by_date"]:
            for name in self.acts:
                if row[name]["estimate"] > _WORTH_A_LINE:
                    done = words(f"best.{name}"), self.share(row[name], "  ")
                    table.add_row(words.short_day(row["date"]), *done)
        shown = table if table.row_count else words("best.no_dates")
        return [heading(words("best.dates_title")), shown]

    def reading(self) -> list[RenderableType]:
        """What the problem leaves out, and what its figures do not say."""
        words = self.words
        until = words.day(self.answer["until"])
        said = {"power": self.power, "hunter": self.hunter, "prey": self.prey, "until": until}
        parts: list[RenderableType] = [heading(words("best.reading_title"))]
        if self.is_hunter:
            parts += [words("best.payoffs"), words("best.left_out_hunter", **said)]
            parts.append(words("best.bound_note"))
        else:
            parts.append(words("best.left_out_prey", **said))
        return [*parts, Text(words("why.rests_warning"), style="bold")]
