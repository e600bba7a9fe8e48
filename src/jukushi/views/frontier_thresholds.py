"""Where a chance passes its levels, and how much could leave: the tables of a frontier."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType

from jukushi.case.load import Case
from jukushi.views.frontier_scale import Scale, level_said
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["could_leave", "thresholds"]


def thresholds(answer: dict[str, Any], words: Words, scales: list[Scale]) -> list[RenderableType]:
    """Where the chance passes each level: opponents side by side, or line by line of a map."""
    directions = {row["direction"] for row in answer["audit"] if row["quantity"] == scales[0].id}
    which = next(iter(directions)) if len(directions) == 1 else "both"
    title = heading(words(f"frontier.thresholds_title_{which}"))
    if len(scales) == 2:
        return [title, *_of_two(answer, words, scales)]
    parts: list[RenderableType] = [title, words("frontier.thresholds_note")]
    parts.append(_side_by_side(answer["thresholds"], scales[0], words))
    if any(row["estimate_outside"] for row in answer["thresholds"]):
        parts.append(words("frontier.outside", ends=_ends(answer, words, scales[0])))
    return [*parts, *_often(answer["thresholds"], words, scales[0])]


def _side_by_side(rows: list[dict[str, Any]], scale: Scale, words: Words) -> RenderableType:
    """Levels in blocks; in each a line for each opponent."""
    columns = ("level_column", "opponent", "value", "sampling", "over_draws")
    table = table_of(*(words(f"frontier.{column}") for column in columns))
    table.columns[1].justify = "left"
    for level in sorted({row["level"] for row in rows}):
        said = level_said(level, words)
        for row in rows:
            if row["level"] == level:
                ends = ("low", "high"), ("ignorance_low", "ignorance_high")
                spans = [f"{scale.placed(row, a)} – {scale.placed(row, b)}" for a, b in ends]
                table.add_row(said, row["opponent"], scale.placed(row, "estimate"), *spans)
                said = ""
    return table


def _estimate(row: dict[str, Any], scale: Scale, words: Words) -> str:
    """A threshold with its sampling interval; one word where all of it lies off the grid."""
    value, low, high = (scale.placed(row, name) for name in ("estimate", "low", "high"))
    if value == low == high and row["estimate_outside"]:
        return value
    return words("frontier.deterred", value=value, low=low, high=high)


def _ends(answer: dict[str, Any], words: Words, scale: Scale) -> str:
    """How the chance goes from one end of the grid to the other."""
    said = []
    for name in answer["opponents"]:
        rows = [row for row in answer["points"] if row["opponent"] == name]
        said.append(
            words(
                "frontier.ends",
                opponent=name,
                first=words.percent(rows[0]["estimate"]),
                low=scale.write(rows[0]["x"]),
                last=words.percent(rows[-1]["estimate"]),
                high=scale.write(rows[-1]["x"]),
            )
        )
    return ", ".join(said)


def _often(rows: list[dict[str, Any]], words: Words, scale: Scale) -> list[RenderableType]:
    """Say where a curve passes a level more than once."""
    return [
        words(
            "frontier.passes_often",
            opponent=row["opponent"],
            percent=words.percent(row["level"]),
            times=len(row["passages"]),
            first=scale.between(row["passages"][0]),
            last=scale.between(row["passages"][-1]),
        )
        for row in rows
        if len(row["passages"]) > 1
    ]


def _of_two(answer: dict[str, Any], words: Words, scales: list[Scale]) -> list[RenderableType]:
    first, second = scales
    parts: list[RenderableType] = [
        words("frontier.thresholds_note_two", first=first.title, second=second.title)
    ]
    for name in answer["opponents"]:
        mine = [row for row in answer["thresholds"] if row["opponent"] == name]
        levels = [level_said(level, words) for level in answer["levels"]]
        table = table_of(name, *levels)
        table.padding = (0, 1, 0, 0)
        for value in second.values:
            cells = [_estimate(row, first, words) for row in mine if row["y"] == value]
            table.add_row(second.mark(value), *cells)
        parts.append(table)
    return parts


def could_leave(block: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    """The share that could leave, under each decision-maker, and what could carry it."""
    lever = case.levers[block["lever"]]
    names = list(dict.fromkeys(row["opponent"] for row in block["thresholds"]))
    shares = [row["share"] for row in block["points"] if row["opponent"] == names[0]]
    quantity = {
        "id": lever.id, "unit": lever.unit, "base": None, "title": lever.title.model_dump(),
        "values": shares,
    }  # fmt: skip
    scale = Scale(quantity, words)
    return [
        heading(words("frontier.leave_title", date=words.day(block["by"]))),
        words("frontier.leave_note", low=scale.write(shares[0]), high=scale.write(shares[-1])),
        _side_by_side(block["thresholds"], scale, words),
        words("frontier.rail", weeks=block["weeks"], **_percents(block["railway"], words)),
        words(
            "frontier.sent",
            prey=case.power_of("prey").title.to(words.language),
            **_percents(block["sent"], words),
        ),
        _at_railway(block, words),
    ]


def _at_railway(block: dict[str, Any], words: Words) -> str:
    rows = block["at_railway"]
    chances = words("frontier.join").join(
        words(
            "frontier.chance_of",
            opponent=row["opponent"],
            percent=words.percent(row["estimate"]),
            sampling=words.interval((row["sampling_low"], row["sampling_high"])),
            ignorance=words.interval((row["ignorance_low"], row["ignorance_high"])),
        )
        for row in rows
    )
    return words("frontier.at_rail", share=words.percent(rows[0]["share"], 0), chances=chances)


def _percents(values: dict[str, float], words: Words) -> dict[str, str]:
    return {name: words.percent(value, 0) for name, value in values.items()}
