"""What is said of the small model: the verdict, the formula, its error."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
from jukushi.draws import DICE_PER_DRAW
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["explain_view"]

_ERRORS = ("rmse", "rmse_seen", "rmse_of_dice", "rmse_of_constant", "bias")


def explain_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say the formula and how far to trust it."""
    title = words("explain.title", title=case.header.title.to(words.language))
    draws = answer["draws"]["learnt_from"] + answer["draws"]["judged_on"]
    setting = words(
        "explain.setting",
        outcome=case.outcomes[answer["outcome"]].title.to(words.language),
        worlds=len(answer["by_world"]),
        draws=words.number(draws),
        dice=DICE_PER_DRAW,
        seed=answer["seed"],
        decider=answer["decision_maker"],
        collapse=words("why.on" if answer["collapse"] else "why.off"),
    )
    parts: list[RenderableType] = [Text(title, style="bold"), setting]
    parts.append(Text("\n" + _verdict(answer, words), style="bold"))
    if answer["formula"]["terms"]:
        parts += [*_formula(answer, case, words), *_where(answer, words)]
    parts += [*_errors(answer, words), *_worlds(answer, case, words)]
    return Group(*parts, "", Text(words("why.rests_warning"), style="bold"))


def _verdict(answer: dict[str, Any], words: Words) -> str:
    if not answer["formula"]["terms"]:
        return words("explain.constant")
    explained = answer["error"]["explained"]
    low, high = (words.percent(max(end, 0.0), 0) for end in explained["interval"])
    share = words.percent(max(explained["estimate"], 0.0), 0)
    rule = words.percent(answer["rule"], 0)
    key = "explain.good" if answer["good"] else "explain.not_good"
    return words(key, explained=share, low=low, high=high, rule=rule)


def _signed(value: float, words: Words) -> str:
    return ("+ " if value >= 0 else "− ") + words.number(abs(value), 2)


def _number(value: float, words: Words) -> str:
    return words.number(value, 2).replace("-", "−")


def _formula(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    formula = answer["formula"]
    table = table_of(words("explain.left"), "", "90 %", words("explain.effect"))
    table.columns[1].justify = "left"
    rows = [
        (formula["constant"], words("explain.constant_row"), formula["constant_interval"], ""),
        *(
            (
                term["coefficient"], "· " + _term(term, case, words), term["interval"],
                words.number(term["odds_times"], 2),
            )
            for term in formula["terms"]
        ),
    ]  # fmt: skip
    for value, name, interval, effect in rows:
        low, high = (_number(end, words) for end in interval)
        cell = words("explain.interval", low=low, high=high)
        table.add_row(_signed(value, words), Text(name), cell, effect)
    return [heading(words("explain.formula_title")), table, words("explain.effect_note")]


def _term(term: dict[str, Any], case: Case, words: Words) -> str:
    """A term as it stands in the formula."""
    if term["kind"] == "factor":
        factor = case.factors[term["id"].removeprefix("without_")]
        return words("explain.factor_row", title=factor.title.to(words.language))
    return str(term["id"] if term["kind"] == "combination" else term["formula"])


def _where(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for term in answer["formula"]["terms"]:
        if term["kind"] == "combination":
            lines.append(words(f"explain.{term['id']}", weeks=answer["weeks"]))
            lines.append(words("explain.combination", id=term["id"], formula=term["formula"]))
    return [heading(words("explain.where_title")), *lines] if lines else []


def _errors(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    error = answer["error"]
    table = table_of(words("explain.error"), words("explain.points"))
    for name in _ERRORS:
        table.add_row(words(f"explain.{name}"), _number(100.0 * error[name], words))
    share = words.percent(max(error["deviance_explained"], 0.0), 0)
    saved = words("explain.deviance", share=share)
    return [heading(words("explain.error_title")), table, saved]


def _worlds(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    columns = ("world", "big", "sampling", "ignorance", "small", "world_rmse")
    table: Table = table_of(*(words(f"explain.{name}") for name in columns))
    for row in answer["by_world"]:
        name = words("explain.as_it_was")
        if row["without"] is not None:
            title = case.factors[row["without"]].title.to(words.language)
            name = words("explain.without", title=title)
        table.add_row(
            name,
            words.percent(row["big"]["estimate"]),
            words.span(row["big"]["sampling"]),
            words.span(row["big"]["ignorance"]),
            words.percent(row["small"]),
            words.number(100.0 * row["rmse"], 1),
        )
    return [heading(words("explain.worlds_title")), table]
