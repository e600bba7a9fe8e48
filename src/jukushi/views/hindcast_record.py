"""What is said of a hindcast of the record: scores beside naive ones, coverage, misses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["record_view"]

_SERIES = ("no_change", "no_change_point", "random_walk", "trend")
_EVENTS = ("no_change", "constant_hazard", "base_rate", "rule")
_GROUPS = ("all", "not_scripted", "scripted")


def record_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say how well the later record was foretold, and where a naive forecast does better."""
    title = words("hindcast_record.title", title=case.header.title.to(words.language))
    parts: list[RenderableType] = [Text(title, style="bold"), *_setting(answer, words)]
    parts += _sums(answer, words)
    parts += _coverage(answer, words)
    parts += _series(answer, words)
    parts += _events(answer, words)
    parts += _ahead(answer, words)
    parts += _misses(answer, words)
    parts += _knowledge(answer, words)
    parts += _second_split(answer, words)
    parts += ["", *_done(answer, words), words("hindcast_record.warning")]
    return Group(*parts, "", Text(words("why.rests_warning"), style="bold"))


def _setting(answer: dict[str, Any], words: Words) -> list[str]:
    main = answer["knowledge"][0]
    marked = main["set_by_later_figures"]
    return [
        words(
            "hindcast_record.setting",
            draws=words.number(answer["draws"]),
            histories=words.number(answer["histories"]),
            seed=answer["seed"],
            numbers=words(f"hindcast_record.numbers_{main['numbers']}"),
            until=words.day(answer["split"]["until"]),
            values=words.number(answer["totals"]["series"]["all"]["observations"]),
            months=words.number(answer["totals"]["events"]["all"]["observations"])
            if answer["totals"]["events"]
            else "0",
            events=sum(event["counted"] for event in answer["events"]),
        ),
        words("hindcast_record.hindsight_marked", count=marked)
        if marked
        else words("hindcast_record.hindsight_unmarked"),
    ]


def _sums(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    """The mean scores by group, each naive forecast on a row of its own."""
    parts: list[RenderableType] = []
    for part, key, names, head in (
        ("series", "crps_in_errors", _SERIES, "scores"),
        ("events", "brier", _EVENTS, "scores_events"),
    ):
        if answer["totals"][part]:
            parts.append(heading(words(f"hindcast_record.{head}")))
            parts.append(_sum_table(answer["totals"][part], key, names, words))
    parts.append("")
    error = words.number(answer["monte_carlo_se"], 3)
    parts.append(words("hindcast_record.resampled", error=error))
    scripted = [words.of(row["title"]) for row in answer["series"] if row["scripted"]]
    why = {words.of(row["script"]) for row in answer["series"] if row["script"]}
    if scripted:
        said = f"{', '.join(scripted)} ({'; '.join(sorted(why))})"
        parts.append(words("hindcast_record.scripted_why", names=said))
    return parts


def _sum_table(groups: dict[str, Any], key: str, names: Sequence[str], words: Words) -> Table:
    digits = 2 if key == "crps_in_errors" else 3
    columns = ("forecast", "count", "score", "less", "better")
    table = table_of(*(words(f"hindcast_record.{name}") for name in columns))
    for group in _GROUPS:
        if group not in groups:
            continue
        row = groups[group]
        title = Text(words(f"hindcast_record.group_{group}"), style="italic")
        table.add_row(title, str(row["observations"]), _figure(row[key], words, digits), "", "")
        for name in names:
            rival = row["naive"][name]
            if rival is not None:
                table.add_row(
                    "  " + words(f"hindcast_record.{name}"),
                    str(rival["observations"]),
                    _signed(rival[key], words, digits),
                    _figure(rival[f"{key}_difference"], words, digits),
                    words(f"hindcast_record.better_{rival['better']}"),
                )
    return table


def _figure(figure: dict[str, Any], words: Words, digits: int) -> str:
    value = _signed(figure["estimate"], words, digits)
    if figure["low"] is None:
        return value
    low, high = (_signed(figure[end], words, digits) for end in ("low", "high"))
    return f"{value} [{low}, {high}]"


def _signed(value: float, words: Words, digits: int) -> str:
    if abs(value) >= 10.0:
        digits = 0 if abs(value) >= 100.0 else min(digits, 1)
    return words.number(value, digits).replace("-", "−")


def _coverage(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    columns = ("forecast", "count", "inside_50", "inside_90", "width_90")
    table = table_of(*(words(f"hindcast_record.{name}") for name in columns))
    for group in _GROUPS:
        rows = answer["coverage"].get(group)
        if rows is None:
            continue
        for place, name in enumerate(("model", "without_discrepancy", "no_change", "random_walk")):
            row = rows[name]
            if row is None:
                continue
            table.add_row(
                Text(words(f"hindcast_record.group_{group}"), style="italic") if not place else
                "  " + words(f"hindcast_record.{name}"),
                str(row["observations"]),
                *(_share(row[key], words) for key in ("inside_50", "inside_90")),
                words.number(row["width_90"], 1),
            )  # fmt: skip
    parts: list[RenderableType] = [heading(words("hindcast_record.coverage")), table, ""]
    parts.append(words("hindcast_record.coverage_note"))
    half = answer["coverage"]["all"]["model"]["inside_50"]
    if half["low"] is not None and not half["low"] <= 0.5 <= half["high"]:
        key = "too_wide" if half["low"] > 0.5 else "too_narrow"
        said = {
            "share": words.percent(half["estimate"], 0),
            "low": words.percent(half["low"], 0),
            "high": words.percent(half["high"], 0),
        }
        parts.append(words(f"hindcast_record.{key}", **said))
    counts = answer["pit"]["all"]
    expected = words.number(sum(counts) / len(counts), 1)
    said = {"expected": expected, "counts": " ".join(map(str, counts))}
    parts.append(words("hindcast_record.pit", **said))
    return parts


def _share(figure: dict[str, Any], words: Words) -> str:
    value = words.percent(figure["estimate"], 0)
    if figure["low"] is None:
        return value
    return f"{value} [{words.percent(figure['low'], 0)}, {words.percent(figure['high'], 0)}]"


def _series(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    short = [words(f"hindcast_record.{name}_short") for name in _SERIES]
    table = table_of(
        words("hindcast_record.name"), words("hindcast_record.inside"),
        words("hindcast_record.model"), *short,
    )  # fmt: skip
    for row in answer["series"]:
        totals = row["totals"]
        rivals = [totals["naive"][name] for name in _SERIES]
        table.add_row(
            words.of(row["title"]) + (" *" if row["scripted"] else ""),
            f"{row['inside_90']}/{totals['observations']}",
            words.number(totals["crps_in_errors"]["estimate"], 2),
            *(_cell(rival, "crps_in_errors", 2, words) for rival in rivals),
        )
    note = words("hindcast_record.starred")
    return [heading(words("hindcast_record.series")), table, note]


def _events(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    if not answer["events"]:
        return []
    parts: list[RenderableType] = []
    for key, head, digits in (("brier", "events", 4), ("log", "events_log", 3)):
        parts.append(heading(words(f"hindcast_record.{head}")))
        parts.append(_event_table(answer["events"], key, digits, words))
    until = words.day(answer["split"]["until"])
    parts += ["", words("hindcast_record.rank_note")]
    parts.append(words("hindcast_record.rule_note", until=until))
    return parts


def _event_table(events: list[dict[str, Any]], key: str, digits: int, words: Words) -> Table:
    table = table_of(
        words("hindcast_record.event"), words("hindcast_record.months"),
        words("hindcast_record.rank"), words("hindcast_record.model"),
        *(words(f"hindcast_record.{name}_short") for name in _EVENTS),
    )  # fmt: skip
    for row in events:
        title = words.of(row["title"])
        if not row["counted"]:
            title += " " + words("hindcast_record.not_counted")
        totals = row["totals"]
        table.add_row(
            title + (" *" if row["scripted"] else ""),
            str(totals["observations"]),
            "" if row["rank"] is None else words.percent(row["rank"], 0),
            words.number(totals[key]["estimate"], digits),
            *(_cell(totals["naive"][name], key, digits, words) for name in _EVENTS),
        )
    return table


def _cell(rival: dict[str, Any] | None, key: str, digits: int, words: Words) -> str:
    if rival is None:
        return ""
    return "∞" if rival[key] is None else _signed(rival[key], words, digits)


def _ahead(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    parts: list[RenderableType] = [heading(words("hindcast_record.ahead"))]
    for row in [*answer["series"], *answer["events"]]:
        if row["naive_ahead"]:
            names = ", ".join(words(f"hindcast_record.{name}") for name in row["naive_ahead"])
            title = words.of(row["title"])
            parts.append(words("hindcast_record.ahead_row", title=title, names=names))
    return parts if len(parts) > 1 else [*parts, words("hindcast_record.ahead_none")]


def _misses(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    parts: list[RenderableType] = [heading(words("hindcast_record.misses"))]
    for miss in answer["misses"]:
        reason = miss["reason"]
        text = words(f"hindcast_record.reason_{reason['from']}", text=reason["text"])
        said = {"name": miss["observation"], "rank": words.percent(miss["rank"]), "reason": text}
        if miss["range_90"] is None:
            parts.append(words("hindcast_record.miss_event", **said))
            continue
        low, high = (_amount(end, words) for end in miss["range_90"])
        said |= {"value": _amount(miss["value"], words), "unit": miss["unit"]}
        parts.append(words("hindcast_record.miss_row", low=low, high=high, **said))
    return parts if answer["misses"] else [*parts, words("hindcast_record.miss_none")]


def _amount(value: float, words: Words) -> str:
    return _signed(value, words, 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2)


def _knowledge(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    if len(answer["knowledge"]) < 2:
        return []
    columns = ("numbers", "crps", "log", "brier", "inside_50", "inside_90", "width_90")
    table = table_of(*(words(f"hindcast_record.{name}") for name in columns))
    for row in answer["knowledge"]:
        totals, cover = row["totals"], row["coverage"]["all"]["model"]
        events = totals["events"].get("all")
        table.add_row(
            words(f"hindcast_record.numbers_{row['numbers']}"),
            words.number(totals["series"]["all"]["crps_in_errors"]["estimate"], 3),
            words.number(totals["series"]["all"]["log"]["estimate"], 3),
            words.number(events["brier"]["estimate"], 4) if events else "",
            words.percent(cover["inside_50"]["estimate"], 0),
            words.percent(cover["inside_90"]["estimate"], 0),
            words.number(cover["width_90"], 1),
        )
    return [heading(words("hindcast_record.knowledge")), table]


def _second_split(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    second = answer["second_split"]
    if second is None:
        return []
    columns = ("numbers", "count", "crps", "inside_90", "width_90")
    table = table_of(*(words(f"hindcast_record.{name}") for name in columns))
    for row in second["numbers"]:
        crps = row["crps_in_errors"]
        table.add_row(
            words(f"hindcast_record.numbers_{row['numbers']}"),
            words.number(row["observations"]),
            _figure_of(crps, words),
            words.percent(row["inside_90"]["estimate"], 0),
            words.number(row["width_90"], 1),
        )
    text = words(
        "hindcast_record.second_split",
        kinds=", ".join(second["kinds_fitted"]),
        until=words.day(second["until"]),
    )
    return [heading(words("hindcast_record.second")), text, "", table]


def _figure_of(figure: dict[str, Any], words: Words) -> str:
    """A mean with its interval, if it has one."""
    said = words.number(figure["estimate"], 2)
    if figure["low"] is None:
        return said
    return f"{said} [{words.number(figure['low'], 2)}, {words.number(figure['high'], 2)}]"


def _done(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    done = answer["done"]

    def verdict(met: bool) -> str:
        return words("hindcast_record.yes") if met else words("hindcast_record.no")

    return [
        words(
            "hindcast_record.done_inside",
            wanted=words.percent(done["wanted"], 0),
            share=words.percent(done["inside_90"], 0),
            verdict=verdict(done["enough_inside"]),
        ),
        words(
            "hindcast_record.done_beats",
            one=verdict(done["beats"]["no_change"]),
            two=verdict(done["beats"]["no_change_point"]),
        ),
    ]
