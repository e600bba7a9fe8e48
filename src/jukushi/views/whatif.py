"""The answer to a "what if" for a terminal: odds, difference, pairs, dates, grade, twins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.precision import precision_said
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words, short_title

__all__ = ["whatif_view"]

#: Pairs of twins that are told in words; the answer holds more.
_TOLD = 5
_NEVER = 9999.0
_WORLDS = ("baseline", "changed")
_GARRISON = (
    "old_divisions",
    "new_divisions",
    "garrison_men",
    "garrison_tanks",
    "garrison_aircraft",
)


def whatif_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Everything that an answer says, in order of what a reader asks."""
    return Group(
        *_asked(answer, case, words),
        *_odds(answer, case, words),
        *_pairs(answer, words),
        *_dates(answer, words),
        *_grade(answer, words),
        *_twins(answer, case, words),
        "",
        Text(words("why.rests_warning"), style="bold"),
    )


def _asked(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    title = words("whatif.title", title=case.header.title.to(words.language))
    lines: list[RenderableType] = [Text(title, style="bold")]
    lines += [words("whatif.item", text=item["text"]) for item in answer["items"]]
    if answer["do"]:
        lines.append(words("whatif.done", acts=", ".join(answer["do"])))
    if answer["from"]:
        lines.append(words("whatif.from", date=words.day(answer["from"])))
    if answer["redraw"] is not None:
        begins = answer["from"] or case.header.period.runs_from
        lines.append(words("whatif.redraw", number=answer["redraw"], date=words.day(begins)))
    lines.append(
        words(
            "whatif.setting",
            histories=words.number(answer["histories"]),
            seed=answer["seed"],
            decider=answer["decision_maker"],
            collapse=words("why.on" if answer["collapse"] else "why.off"),
        )
    )
    if answer["precision"]:
        lines.append(precision_said(answer["precision"], words))
    return lines


def _odds(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    baseline, changed, difference = (answer[key] for key in ("baseline", "changed", "difference"))
    digits = _digits(difference)
    if answer["nothing_changed"]:
        said = words("whatif.headline_same", percent=words.percent(baseline["estimate"]))
    else:
        said = words(
            "whatif.headline",
            sentence=case.outcomes[answer["outcome"]].sentence.to(words.language),
            baseline=words.percent(baseline["estimate"]),
            changed=words.percent(changed["estimate"]),
            points=words.points(difference["estimate"], digits),
        )
    table = table_of(
        *(words(f"whatif.table_{name}") for name in ("world", "chance", "sampling", "ignorance"))
    )
    for key, row in (("baseline", baseline), ("changed", changed)):
        table.add_row(
            words(f"whatif.{key}"), words.percent(row["estimate"]),
            words.span(row["sampling"]), words.span(row["ignorance"]),
        )  # fmt: skip
    table.add_row(
        words("whatif.difference"), words.points(difference["estimate"], digits),
        *(_points(difference[name], words, digits) for name in ("sampling", "ignorance")),
    )  # fmt: skip
    lines: list[RenderableType] = ["", Text(said, style="bold"), table, words("whatif.intervals")]
    pairs = answer["pairs"]
    if not answer["nothing_changed"] and not pairs["only_baseline"] + pairs["only_changed"]:
        lines.append(words("whatif.none_changed"))
    return lines


def _digits(difference: dict[str, Any]) -> int:
    """Digits of a difference in points: as many as its interval needs."""
    widest = max(abs(end) for end in difference["sampling"])
    return 1 if widest >= 0.01 or widest == 0.0 else 2


def _points(pair: list[float], words: Words, digits: int) -> str:
    return f"{words.points(pair[0], digits)} –\n{words.points(pair[1], digits)}"


def _pairs(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    table = table_of(
        *(words(f"whatif.pairs_{name}") for name in ("event", "count", "share", "sampling"))
    )
    pairs = answer["pairs"]
    for kind in ("neither", "both", "only_changed", "only_baseline"):
        share, interval = words.percent(pairs[kind] / answer["histories"]), ""
        if kind.startswith("only"):
            interval = words.interval(pairs[f"{kind}_share"]["sampling"])
        table.add_row(words(f"whatif.pair_{kind}"), words.number(pairs[kind]), share, interval)
    return [heading(words("whatif.pairs_title")), table, words("whatif.coupling")]


def _dates(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    moved = answer["displacement"]
    lines: list[RenderableType] = [heading(words("whatif.time_title"))]
    dates = {key: _range(moved[key], words) for key in ("baseline", "changed")}
    lines.append(words("whatif.dates", **dates))
    both = moved["both"]
    if both["days"] is None:
        lines.append(words("whatif.shift_none"))
    else:
        days = {name: words.number(value) for name, value in both["days"].items()}
        counts = {name: words.number(both[name]) for name in ("histories", "moved")}
        lines.append(words("whatif.shift", **counts, **days))
    lines += _ever(moved, words)
    return lines


def _range(dates: dict[str, str] | None, words: Words) -> str:
    if dates is None:
        return words("whatif.never")
    return words("whatif.range", **{name: words.short_day(day) for name, day in dates.items()})


def _ever(moved: dict[str, Any], words: Words) -> list[RenderableType]:
    ever = moved["ever"]
    if ever is None:
        return []
    said = {}
    for key in ("baseline", "changed"):
        said[key] = words.percent(ever[key]["estimate"])
        for interval in ("sampling", "ignorance"):
            said[f"{key}_{interval}"] = words.interval(ever[key][interval])
    difference = ever["difference"]
    digits = _digits(difference)
    low, high = (words.points(end, digits) for end in difference["sampling"])
    ignorance_low, ignorance_high = (words.points(end, digits) for end in difference["ignorance"])
    lines: list[RenderableType] = [
        words(
            "whatif.ever",
            outcome=ever["outcome"],
            points=words.points(difference["estimate"], digits),
            low=low,
            high=high,
            ignorance_low=ignorance_low,
            ignorance_high=ignorance_high,
            **said,
        )
    ]
    lines += [
        words(
            f"whatif.later_{row['only']}",
            histories=words.number(row["histories"]),
            later=words.number(row["later"]),
        )
        for row in moved["later_anyway"]
        if row["histories"]
    ]
    return lines


def _grade(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    grade = words(f"whatif.{answer['grade']}")
    lines: list[RenderableType] = [heading(words("whatif.grade_title", grade=grade))]
    for reason in answer["grade_reasons"]:
        said = {key: value for key, value in reason.items() if key != "key"}
        if "grade" in said:
            said["grade"] = words(f"whatif.{said['grade']}")
        if "begins" in said:
            said["begins"] = words.day(said["begins"])
        if "parameters" in said:
            said["parameters"] = ", ".join(said["parameters"])
        lines.append(words(f"whatif.reason_{reason['key']}", **said))
    for item in answer["items"]:
        lines.append(
            words(
                "whatif.graded",
                text=item["text"],
                grade=words(f"whatif.{item['grade']}"),
                why=_why(item, words),
            )
        )
        if item["leaves"]:
            lines.append(words("whatif.leaves", text=item["text"], leaves=words.of(item["leaves"])))
    return [*lines, *_cautions(answer, words)]


def _why(item: dict[str, Any], words: Words) -> str:
    away, key = item["distance"], item["why"]
    distance = "" if away is None else words.number(away, 1)
    if key == "distance" and away is not None and away >= 8.0:
        key = "far"
    elif key == "rewrite" and away is not None:
        key = "rewrite_distance"
    return words(f"whatif.why_{key}", distance=distance)


def _cautions(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    """What a reader of an addition to a stock would otherwise take for granted."""
    lines: list[RenderableType] = []
    stocks = [item for item in answer["items"] if item["kind"] == "stock"]
    names = [item["text"].removeprefix("--add ").split("@")[0] for item in stocks]
    if any(name.startswith(_GARRISON) for name in names):
        lines.append(words("whatif.unseen"))
    lines += [
        words("whatif.deceived", text=item["text"])
        for item, name in zip(stocks, names, strict=True)
        if name.startswith(("believed_", "victory_"))
    ]
    return lines


def _twins(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = [heading(words("whatif.twins_title"))]
    if not answer["twins"]:
        return [*lines, words("whatif.twins_none")]
    shown = answer["twins"][:_TOLD]
    for twin in shown:
        lines += _twin(twin, len(answer["items"]), case, words)
    total = words.number(len(answer["twins"]))
    lines.append(words("whatif.twins_more", shown=len(shown), total=total, case=case.id))
    return lines


def _twin(twin: dict[str, Any], items: int, case: Case, words: Words) -> list[RenderableType]:
    came = {key: words.day(twin[key]) for key in _WORLDS if twin[key]}
    kind = f"only_{next(iter(came))}" if len(came) == 1 else "moved"
    number = words.number(twin["history"])
    lines: list[RenderableType] = [words(f"whatif.twin_{kind}", number=number, **came)]
    first = twin["first_difference"]
    if first is None:
        return [*lines, words("whatif.twin_map")]
    lines.append(
        words(
            "whatif.twin_first",
            week=words.day(first["week"]),
            field=words(f"field.{first['field']}"),
            mechanism=words(f"mechanism.{first['mechanism']}"),
            **{key: _value(first[key], first["unit"], case, words) for key in _WORLDS},
        )
    )
    if items > 1:
        joined = ", ".join(first["items"])
        key = "whatif.twin_items" if joined else "whatif.twin_together"
        lines.append(words(key, items=joined))
    return lines + _turn(twin["turn"], case, words)


def _value(value: float, unit: str, case: Case, words: Words) -> str:
    """Write a value of a field: a switch in words, a week as its date, else a number."""
    if unit == "switch":
        return words("whatif.switch_on" if value > 0.5 else "whatif.switch_off")
    if unit == "week":
        if value >= _NEVER:
            return words("whatif.never_week")
        return words.day(case.header.period.start + timedelta(days=int(7 * value)))
    return words.number(value, 2 if abs(value) < 100.0 else 0)


def _turn(turn: dict[str, Any] | None, case: Case, words: Words) -> list[RenderableType]:
    if turn is None:
        return []
    titles = {gate.id: short_title(gate.title.to(words.language)) for gate in case.doctrines.gates}
    gates = ", ".join(titles[gate] for gate in turn["shut_in_the_other"])
    key = "whatif.twin_turn" if gates else "whatif.twin_turn_open"
    if not turn["gates"]:
        key = "whatif.twin_turn_rule"
    rule = words.of(turn["rule"]["title"])
    return [words(key, week=words.day(turn["week"]), rule=rule, gates=gates)]
