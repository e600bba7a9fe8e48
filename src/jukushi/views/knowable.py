"""What was knowable by a day, for a terminal: odds, where the difference comes from, what stays."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words, all_texts

__all__ = ["knowable_view"]


def knowable_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say how the odds differ, which numbers did it, and what could not be limited."""
    title = words(
        "knowable.title",
        title=case.header.title.to(words.language),
        day=words.day(answer["known_by"]),
    )
    return Group(
        Text(title, style="bold"),
        words(
            "knowable.setting",
            histories=words.number(answer["histories"]),
            seed=answer["seed"],
            decider=answer["decision_maker"],
            collapse=words("why.on" if answer["collapse"] else "why.off"),
        ),
        *_odds(answer, case, words),
        *_numbers(answer, words),
        *_groups(answer, words),
        *_replaced(answer, words),
        *_stays(answer, words),
        "",
        words("knowable.caution"),
        "",
        Text(words("why.rests_warning"), style="bold"),
    )


def _odds(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    both, limited = answer["all_numbers"], answer["limited"]
    difference = answer["difference"]
    digits = _digits(difference)
    if answer["nothing_changed"]:
        said = words("knowable.headline_same", percent=words.percent(both["estimate"]))
    else:
        said = words(
            "knowable.headline",
            sentence=case.outcomes[answer["outcome"]].sentence.to(words.language),
            all=words.percent(both["estimate"]),
            limited=words.percent(limited["estimate"]),
            points=words.points(difference["estimate"], digits),
        )
    columns = ("numbers", "chance", "sampling", "ignorance")
    table = table_of(*(words(f"knowable.table_{name}") for name in columns))
    for key, row in (("all_numbers", both), ("limited", limited)):
        table.add_row(
            words(f"knowable.{key}"), words.percent(row["estimate"]),
            words.span(row["sampling"]), words.span(row["ignorance"]),
        )  # fmt: skip
    table.add_row(
        words("knowable.difference"), words.points(difference["estimate"], digits),
        *(_points(difference[name], words, digits) for name in ("sampling", "ignorance")),
    )  # fmt: skip
    return ["", Text(said, style="bold"), table, words("knowable.paired")]


def _digits(difference: dict[str, Any]) -> int:
    """Digits of a difference in points: as many as its interval needs."""
    widest = max(abs(end) for end in difference["sampling"])
    return 1 if widest >= 0.01 or widest == 0.0 else 2


def _points(pair: list[float], words: Words, digits: int) -> str:
    return f"{words.points(pair[0], digits)} –\n{words.points(pair[1], digits)}"


def _numbers(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    numbers = answer["numbers"]
    counts = {name: words.number(numbers[name]) for name in ("all", "later", *_DONE)}
    lines: list[RenderableType] = [
        heading(words("knowable.numbers_title")), words("knowable.numbers", **counts),
    ]  # fmt: skip
    told = {name: words.number(count) for name, count in numbers["reasons"].items()}
    unsaid = told.pop("unsaid")
    if numbers["replaced"] + numbers["widened"]:
        lines.append(words("knowable.reasons", **told))
    if numbers["reasons"]["unsaid"]:
        lines.append(words("knowable.unsaid", count=unsaid))
    return lines


_DONE = ("replaced", "widened", "kept")


def _groups(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    """Each group limited alone; those that change no history in one line."""
    moved = [row for row in answer["groups"] if row["difference"]["estimate"] != 0.0]
    still = [row for row in answer["groups"] if row["difference"]["estimate"] == 0.0]
    if not answer["groups"]:
        return []
    lines: list[RenderableType] = [heading(words("knowable.groups_title"))]
    if moved:
        columns = ("group", "replaced", "widened", "difference", "sampling")
        table = table_of(*(words(f"knowable.column_{name}") for name in columns))
        for row in moved:
            difference = row["difference"]
            digits = _digits(difference)
            table.add_row(
                _group(row["group"], words), str(row["replaced"]), str(row["widened"]),
                words.points(difference["estimate"], digits),
                words(
                    "number.interval",
                    low=words.points(difference["sampling"][0], digits),
                    high=words.points(difference["sampling"][1], digits),
                ),
            )  # fmt: skip
        lines += [table, words("knowable.groups_note")]
    if still:
        named = ", ".join(_group(row["group"], words) for row in still)
        lines.append(words("knowable.groups_still", groups=named))
    return lines


def _group(name: str, words: Words) -> str:
    names: dict[str, str] = all_texts(words.language)["groups"]
    return names.get(name, name.replace("_", " "))


def _replaced(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    """The numbers for which an earlier one is on hand."""
    rows = [row for row in answer["parameters"] if row["done"] == "replaced"]
    if not rows:
        return [words("knowable.none_replaced")] if answer["numbers"]["widened"] else []
    table = table_of(*(words(f"knowable.{key}") for key in ("number", "stated", "then", "since")))
    for row in rows:
        table.add_row(
            f"{words.of(row['title'])} ({row['unit']})", _value(row["before"], words),
            _value(row["after"], words), words.short_day(row["known_since"]),
        )  # fmt: skip
    return [heading(words("knowable.replaced_title")), table, words("knowable.replaced_note")]


def _value(number: dict[str, Any], words: Words) -> str:
    value = number["value"]
    if isinstance(value, str):
        return words.short_day(value)
    size = abs(value)
    digits = 0 if size >= 100 or value == int(value) else 4 if size < 0.1 else 2
    return words.number(value, digits).replace("-", "−")


def _stays(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    """What cannot be limited, by kind, with the reason."""
    if not answer["stays"] and not answer["numbers"]["kept"]:
        return []
    lines: list[RenderableType] = [heading(words("knowable.stays_title"))]
    kinds = dict.fromkeys(row["kind"] for row in answer["stays"])
    for kind in kinds:
        rows = [row for row in answer["stays"] if row["kind"] == kind]
        count = words.number(sum(row["count"] for row in rows))
        names = ", ".join(row["id"] for row in rows)
        lines.append("- " + words(f"knowable.stays_{kind}", count=count, names=names))
    kept = [row["id"] for row in answer["parameters"] if row["done"] == "kept"]
    if kept:
        said = words("knowable.stays_fixed", count=words.number(len(kept)), names=", ".join(kept))
        lines.append("- " + said)
    return lines
