"""The answer of a frontier for a terminal: curve or map, thresholds, audit, what could leave."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.frontier_scale import Scale, band, top_of
from jukushi.views.frontier_thresholds import could_leave, thresholds
from jukushi.views.precision import precision_said
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words, all_texts

__all__ = ["frontier_view"]


def frontier_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say where the answer flips."""
    scales = [Scale(quantity, words) for quantity in answer["quantities"]]
    parts = _head(answer, case, words, scales)
    if len(scales) == 2:
        for name in answer["opponents"]:
            parts += _map(answer, name, words, scales)
    else:
        top = top_of(answer["points"])  # one scale for all opponents
        for name in answer["opponents"]:
            parts += _curve(answer, name, top, words, scales[0])
    parts += thresholds(answer, words, scales)
    parts += _audit(answer, words, scales)
    parts += _exploitability(answer, case, words, scales)
    if answer["could_leave"] is not None:
        parts += could_leave(answer["could_leave"], case, words)
    return Group(*parts, "", Text(words("why.rests_warning"), style="bold"))


def _head(
    answer: dict[str, Any], case: Case, words: Words, scales: list[Scale]
) -> list[RenderableType]:
    titles = [scale.title for scale in scales]
    title = (
        words("frontier.title", title=titles[0])
        if len(titles) == 1
        else words("frontier.title_two", first=titles[0], second=titles[1])
    )
    parts: list[RenderableType] = [
        Text(title, style="bold"),
        words(
            "frontier.setting",
            histories=words.number(answer["histories"]),
            seed=answer["seed"],
            outcome=case.outcomes[answer["outcome"]].title.to(words.language),
            collapse=words("why.on" if answer["collapse"] else "why.off"),
        ),
    ]
    if answer["precision"] is not None:
        parts += [precision_said(answer["precision"], words), words("frontier.widest")]
    for scale in scales:
        parts += _what(scale, case, words)
    parts += [_who(name, case, words) for name in answer["opponents"]]
    return [*parts, _base(answer, words, scales)]


def _what(scale: Scale, case: Case, words: Words) -> list[RenderableType]:
    lever = case.levers.get(scale.id)
    if lever is None:
        key = "frontier.parameter_date" if scale.unit == "week" else "frontier.parameter"
        return [words(key, id=scale.id)]
    return [
        words("frontier.meaning", meaning=lever.meaning.to(words.language)),
        words("frontier.leaves", leaves=lever.leaves.to(words.language)),
    ]


def _who(name: str, case: Case, words: Words) -> str:
    key = f"who_{name}"
    if key not in all_texts(words.language)["frontier"]:
        return words("frontier.who_other", name=name)
    hunter = case.power_of("hunter").title.to(words.language)
    return words(f"frontier.{key}", hunter=hunter)


def _base(answer: dict[str, Any], words: Words, scales: list[Scale]) -> str:
    chances = words("frontier.join").join(
        words(
            "frontier.chance_of",
            opponent=row["opponent"],
            percent=words.percent(row["estimate"]),
            sampling=words.interval((row["sampling_low"], row["sampling_high"])),
            ignorance=words.interval((row["ignorance_low"], row["ignorance_high"])),
        )
        for row in answer["base"]
    )
    values = [scale.write(scale.base) for scale in scales if scale.base is not None]
    if len(values) < len(scales):
        return words("frontier.base_none", chances=chances)
    return words("frontier.base", value=", ".join(values), chances=chances)


def _curve(
    answer: dict[str, Any], name: str, top: float, words: Words, scale: Scale
) -> list[RenderableType]:
    """One opponent: a row for each value, with its band."""
    columns = ("value", "attack", "sampling", "ignorance", "band")
    table = table_of(*(words(f"frontier.{column}") for column in columns))
    table.columns[-1].justify = "left"
    table.columns[-1].no_wrap = True
    for row in answer["points"]:
        if row["opponent"] == name:
            table.add_row(
                scale.mark(row["x"]),
                words.percent(row["estimate"]),
                _span(row, "sampling", words),
                _span(row, "ignorance", words),
                band(row, top),
            )
    parts: list[RenderableType] = [heading(words("frontier.curve_title", opponent=name))]
    if name == answer["opponents"][0]:
        parts.append(words("frontier.curve_note", top=words.percent(top, 0)))
    return [*parts, table]


def _span(row: dict[str, Any], name: str, words: Words) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{words.percent(low)}–{words.percent(high)}"


def _map(
    answer: dict[str, Any], name: str, words: Words, scales: list[Scale]
) -> list[RenderableType]:
    first, second = scales
    rows = [row for row in answer["points"] if row["opponent"] == name]
    across = sorted({row["y"] for row in rows})
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("", no_wrap=True)
    for value in across:
        table.add_column(second.write(value), justify="right", no_wrap=True)
    for value in sorted({row["x"] for row in rows}):
        line = sorted((row for row in rows if row["x"] == value), key=lambda row: row["y"])
        cells = [words.number(100.0 * row["estimate"], 0) for row in line]
        table.add_row(first.mark(value), *cells)
    widest = max((row["sampling_high"] - row["sampling_low"]) / 2.0 for row in rows)
    ranges = max(row["ignorance_high"] - row["ignorance_low"] for row in rows)
    title = words("frontier.map_title", opponent=name, first=first.title, second=second.title)
    points = {"points": widest, "ranges": ranges}
    said = {key: words.number(100.0 * value, 1) for key, value in points.items()}
    note = words("frontier.map_note", **said)
    return [heading(title), note, table]


def _audit(answer: dict[str, Any], words: Words, scales: list[Scale]) -> list[RenderableType]:
    """Whether the chance goes one way, as sentences."""
    rows = answer["audit"]
    directions = {row["direction"] for row in rows}
    title = words("frontier.audit_title_both")
    if len(directions) == 1 and len(scales) == 1:
        said = words(f"frontier.{next(iter(directions))}")
        title = words("frontier.audit_title", direction=said)
    by_id = {scale.id: scale for scale in scales}
    parts: list[RenderableType] = [heading(title)]
    for row in rows:
        parts += _audited(row, by_id[row["quantity"]], words)
    return parts


def _audited(row: dict[str, Any], scale: Scale, words: Words) -> list[RenderableType]:
    who = {"opponent": row["opponent"], "quantity": row["quantity"]}
    parts: list[RenderableType] = []
    if not row["declared"]:
        parts.append(words("frontier.audit_undeclared", **who))
    worst = row["worst"]
    if row["flagged"] and worst is not None:
        text = words(
            "frontier.audit_wrong",
            **who,
            flagged=row["flagged"],
            pairs=row["pairs"],
            first=scale.write(worst["from"]),
            last=scale.write(worst["to"]),
            points=words.points(worst["difference"]),
            error=words.number(100.0 * worst["error"], 1),
        )
        parts.append(Text(text, style="bold"))
    else:
        parts.append(words("frontier.audit_clean", **who, pairs=row["pairs"]))
    reverse, move = row["reverse"], row["move"]
    parts.append(
        "  "
        + words(
            "frontier.single",
            reverse=words.percent(reverse["estimate"]),
            low=words.percent(reverse["sampling"][0]),
            high=words.percent(reverse["sampling"][1]),
            move=words.percent(move["estimate"]),
        )
    )
    if row["between"] is not None:
        first, last = (scale.write(value) for value in row["between"])
        parts.append("  " + words("frontier.single_between", first=first, last=last))
    return parts


def _exploitability(
    answer: dict[str, Any], case: Case, words: Words, scales: list[Scale]
) -> list[RenderableType]:
    rows = answer["exploitability"]
    if not rows:
        return []
    note = words(
        "frontier.exploit_note",
        hunter=case.power_of("hunter").title.to(words.language),
        rule=answer["compared_with"],
    )
    lines = [
        words(
            "frontier.exploit_line",
            value=", ".join(
                scale.write(row[key]) for scale, key in zip(scales, ("x", "y"), strict=False)
            ),
            gain=words.number(row["gain"], 3),
            error=words.number(row["error"], 3),
        )
        for row in rows
    ]
    return [
        heading(words("frontier.exploit_title")),
        note,
        words("frontier.join").join(lines) + ".",
    ]
