"""What is said of the indices: groups, the largest numbers, months, and what is refused."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words, all_texts

__all__ = ["sensitivity_view"]

_SHOWN = 15
_IN_MONTHS = 6
_MONTHS = 6


def sensitivity_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say which numbers move the odds of each outcome asked about."""
    title = case.header.title.to(words.language)
    parts: list[RenderableType] = [Text(words("sensitivity.title", title=title), style="bold")]
    for outcome in answer["outcomes"]:
        parts += [*_setting(answer, outcome, words), *_headline(answer, outcome, case, words)]
        moved = [row for row in outcome["variables"] if row["moved"]]
        if not moved:
            parts.append(words("sensitivity.none_moved"))
        else:
            parts += [*_groups(outcome, words), *_variables(outcome, moved, words)]
            parts += _months(answer, outcome, moved, words)
        parts += [*_unmoved(outcome, words), *_precision(outcome, words)]
    return Group(*parts, "", Text(words("why.rests_warning"), style="bold"))


def _setting(answer: dict[str, Any], outcome: dict[str, Any], words: Words) -> list[str]:
    on = words("why.on" if answer["collapse"] else "why.off")
    return [
        words(
            "sensitivity.setting",
            samples=words.number(outcome["samples"]),
            dice=answer["dice"],
            seed=answer["seed"],
            decider=answer["decision_maker"],
            collapse=on,
            points=words.number(outcome["points"]),
            histories=words.number(outcome["histories"]),
        ),
        words(f"sensitivity.on_{answer['scale']}"),
    ]


def _headline(
    answer: dict[str, Any], outcome: dict[str, Any], case: Case, words: Words
) -> list[RenderableType]:
    row = next(row for row in outcome["months"] if row["month"] == outcome["month"])
    probability = row["probability"]
    said = words(
        "sensitivity.outcome",
        title=case.outcomes[outcome["outcome"]].title.to(words.language),
        date=words.day(row["until"]),
        percent=words.percent(probability["estimate"]),
        sampling=words.interval(probability["sampling"]),
        ignorance=words.interval(probability["ignorance"]),
    )
    lines: list[RenderableType] = [Text("\n" + said, style="bold")]
    for name in ("ignorance_share", "additive_share"):
        share = row[name]
        if share["estimate"] is None:
            refused = f"sensitivity.{name.replace('_share', '_refused')}"
            lines.append(words(refused, samples=words.number(share["samples_needed"])))
            continue
        low, high = (words.percent(max(end, 0.0)) for end in share["interval"])
        estimate = words.percent(max(share["estimate"], 0.0))
        lines.append(words(f"sensitivity.{name}", share=estimate, low=low, high=high))
    return lines


def _at(row: dict[str, Any], month: str) -> dict[str, Any]:
    found: dict[str, Any] = next(told for told in row["by_month"] if told["month"] == month)
    return found


def _cell(index: dict[str, Any], words: Words) -> str:
    """An index with half its interval, or how many rows would define it."""
    if index["estimate"] is None:
        key = "sensitivity.needs_at_least" if index["at_least"] else "sensitivity.needs"
        return words(key, samples=words.number(index["samples_needed"]))
    return words("sensitivity.index", **_figures(index, words))


def _figures(index: dict[str, Any], words: Words) -> dict[str, str]:
    half = index["interval"][1] - index["estimate"]
    value = index["estimate"] if abs(index["estimate"]) >= 0.005 else 0.0
    estimate = words.number(value, 2).replace("-", "−")
    return {"estimate": estimate, "half": words.number(half, 2)}


def _groups(outcome: dict[str, Any], words: Words) -> list[RenderableType]:
    names = all_texts(words.language)["groups"]
    table = table_of(
        *(words(f"sensitivity.{key}") for key in ("group", "numbers", "first", "total"))
    )
    for row in outcome["groups"]:
        if row["moved"]:
            told = _at(row, outcome["month"])
            name = names.get(row["id"], row["id"].replace("_", " "))
            cells = [_cell(told[key], words) for key in ("first", "total")]
            table.add_row(name, str(row["variables"]), *cells)
    return [heading(words("sensitivity.groups_title")), words("sensitivity.note"), table]


def _name(row: dict[str, Any], words: Words) -> str:
    return words("sensitivity.combat") if row["title"] is None else words.of(row["title"])


def _variables(
    outcome: dict[str, Any], moved: list[dict[str, Any]], words: Words
) -> list[RenderableType]:
    shown = moved[:_SHOWN]
    table = table_of(*(words(f"sensitivity.{key}") for key in ("variable", "first", "total")))
    for row in shown:
        told = _at(row, outcome["month"])
        cells = [_cell(told[key], words) for key in ("first", "total")]
        table.add_row(f"{_name(row, words)}\n  {row['id']}", *cells)
    lines: list[RenderableType] = [
        heading(words("sensitivity.variables_title", count=len(shown))), table,
    ]  # fmt: skip
    if len(moved) > len(shown):
        lines.append(words("sensitivity.more", count=len(moved) - len(shown)))
    return lines


def _months(
    answer: dict[str, Any], outcome: dict[str, Any], moved: list[dict[str, Any]], words: Words
) -> list[RenderableType]:
    """The total index of the first rows month by month, at most six months, the last among them."""
    every = outcome["months"]
    refused = [row for row in every if _refusal(moved[0], row["month"]) is not None]
    lines: list[RenderableType] = []
    told = [row for row in every if row not in refused]
    if len(told) > 1:
        step = -(-len(told) // _MONTHS)
        months = told[::-1][::step][::-1]
        heads = [f"{words.month(row['month'])} {row['month'][:4]}" for row in months]
        table = table_of(words("sensitivity.variable"), *heads)
        for row in moved[:_IN_MONTHS]:
            cells = [_at(row, month["month"])["total"] for month in months]
            table.add_row(_name(row, words), *(_short(cell, words) for cell in cells))
        note = words("sensitivity.months_note", widest=words.number(answer["widest"], 2))
        lines += [heading(words("sensitivity.months_title")), note, table]
    if refused:
        index = _refusal(moved[0], refused[-1]["month"])
        assert index is not None
        key = (
            "sensitivity.month_refused_least" if index["at_least"] else "sensitivity.month_refused"
        )
        date = words.day(refused[-1]["until"])
        lines.append(words(key, date=date, samples=words.number(index["samples_needed"])))
    return lines


def _refusal(row: dict[str, Any], month: str) -> dict[str, Any] | None:
    """The refused total index of a month in which the output does not vary, else None."""
    index: dict[str, Any] = _at(row, month)["total"]
    return index if index.get("reason") == "variance" else None


def _short(index: dict[str, Any], words: Words) -> str:
    if index["estimate"] is None:
        return "-"
    figures = _figures(index, words)
    return f"{figures['estimate']}\n± {figures['half']}"


def _unmoved(outcome: dict[str, Any], words: Words) -> list[RenderableType]:
    rows = outcome["variables"]
    still = [row for row in rows if not row["moved"]]
    if not still or not outcome["screened"]:
        return []
    seen = min(row["rows"] for row in still)
    said = words(
        "sensitivity.unmoved",
        count=len(still),
        all=len(rows),
        rows=words.number(seen),
        share=words.percent(3.0 / seen),
    )
    lines: list[RenderableType] = ["", said]
    for row in rows:
        told = _at(row, outcome["month"])["total"]
        if row["group"] == "placebo" and told["estimate"] is not None:
            lines.append(words("sensitivity.placebo", **_figures(told, words)))
    return lines


def _precision(outcome: dict[str, Any], words: Words) -> list[RenderableType]:
    precision = outcome["precision"]
    if precision is None:
        return []
    asked, reached = precision["asked"], precision["reached"]
    figures = {"asked": words.number(asked, 3), "reached": words.number(reached, 3)}
    if reached <= asked:
        return [words("sensitivity.precision_reached", **figures)]
    needed = words.number(outcome["samples"] * (reached / asked) ** 2)
    return [words("sensitivity.precision_missed", **figures, samples=needed)]
