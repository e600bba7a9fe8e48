"""Ranks over readings and structures, and the conclusions that survive them, in words."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType

from jukushi.case.load import Case
from jukushi.views.tables import heading
from jukushi.views.words import Words

__all__ = ["ranks_part", "survival_part"]


def ranks_part(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    """Return the range of ranks of each factor by its share; nothing if it was not asked for."""
    rows = [row for row in answer["factors"] if row["shapley_rank_range"]]
    if not rows:
        return []
    told = [
        words(
            "survival.ranks_line",
            factor=words.of(row["title"]),
            ranks=_range(*row["shapley_rank_range"]),
        )
        for row in rows
    ]
    return [heading(words("survival.ranks_title")), words("survival.separator").join(told)]


def survival_part(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    """Return which conclusions survive every structure, those that do first."""
    lines: list[RenderableType] = [
        heading(words("survival.title")),
        words("survival.note", n=words.number(len(answer["structures"]))),
    ]
    rows = sorted(answer["survives"], key=lambda row: not row["survives"])
    for row in rows:
        factor = _titles(case, [row["factor"]], words) if row["factor"] else ""
        said = words(f"survival.{row['conclusion']}", factor=factor)
        if row["survives"]:
            lines.append(words("survival.survives", conclusion=said))
        else:
            told = [_place(failure, case, words) for failure in row["fails_in"]]
            places = words("survival.separator").join(told)
            lines.append(words("survival.fails", conclusion=said, places=places))
    return lines


def _place(failure: dict[str, Any], case: Case, words: Words) -> str:
    """Name a structure, and the factors that make a conclusion fail there."""
    trigger = words("why.on" if failure["collapse"] else "why.off")
    decider, factors = failure["decision_maker"], failure["factors"]
    if not factors:
        return words("survival.place", decider=decider, trigger=trigger)
    named = _titles(case, factors, words)
    return words("survival.place_with", decider=decider, trigger=trigger, factors=named)


def _titles(case: Case, factors: list[str], words: Words) -> str:
    return ", ".join(case.factors[name].title.to(words.language) for name in factors)


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"
