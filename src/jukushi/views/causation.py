"""Necessity and sufficiency of the factors, as a table for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType

from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["causation_part"]


def causation_part(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    """Return heading, note and table of the probabilities of causation of an answer."""
    columns = ("factor", "necessity", "bounds", "sufficiency", "bounds")
    table = table_of(*(words(f"causation.{name}") for name in columns))
    for row in answer["factors"]:
        table.add_row(
            words.of(row["title"]),
            *(cell for kind in ("necessity", "sufficiency") for cell in _cells(row[kind], words)),
        )
    parts: list[RenderableType] = [heading(words("causation.title")), words("causation.note")]
    parts.append(table)
    rows = answer["factors"]
    if any(row[kind]["reason"] for row in rows for kind in ("necessity", "sufficiency")):
        parts.append(words("causation.few"))
    return parts


def _cells(found: dict[str, Any], words: Words) -> tuple[str, str]:
    """Write the estimate with its sampling interval, and the bounds."""
    if found["reason"]:
        return words("causation.undefined"), words("causation.undefined")
    low, high = (words.percent(value) for value in found["sampling"])
    bounds = (found["lower_bound"], found["upper_bound"])
    return f"{words.percent(found['estimate'])}\n[{low}–{high}]", words.span(bounds)
