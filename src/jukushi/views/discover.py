"""What is said of boxes: their limits in words, and how well they did on unseen draws."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from jukushi.case.load import Case
from jukushi.views.tables import heading, table_of
from jukushi.views.words import Words

__all__ = ["discover_view"]

#: Units that say nothing beside a number.
_PURE = frozenset({"ratio", "share", "probability", "weight"})


def discover_view(answer: dict[str, Any], case: Case, words: Words) -> RenderableType:
    """Say where in the parameter space the outcome comes."""
    title = case.header.title.to(words.language)
    parts: list[RenderableType] = [Text(words("discover.title", title=title), style="bold")]
    parts += _setting(answer, case, words)
    for number, box in enumerate(answer["boxes"], start=1):
        parts.append(heading(words("discover.box", number=number)))
        parts += [f"- {_limit(limit, words)}" for limit in box["limits"]]
        parts += ["", _table(box, words), "", *_judged(box, words)]
    parts += _end(answer, words)
    return Group(*parts, "", Text(words("why.rests_warning"), style="bold"))


def _setting(answer: dict[str, Any], case: Case, words: Words) -> list[RenderableType]:
    draws = answer["draws"]
    return [
        words(
            "discover.setting",
            histories=words.number(answer["histories"]),
            draws=words.number(draws["all"]),
            seed=answer["seed"],
            decider=answer["decision_maker"],
            collapse=words("why.on" if answer["collapse"] else "why.off"),
        ),
        words(
            "discover.outcome",
            title=case.outcomes[answer["outcome"]].title.to(words.language),
            **_chance(answer["probability"], words),
        ),
        words(
            "discover.cases_given" if answer["above_given"] else "discover.cases_tenth",
            above=words.percent(answer["above"]),
            cases=words.number(draws["cases_learnt_from"] + draws["cases_judged_on"]),
            draws=words.number(draws["all"]),
        ),
        words("discover.halves"),
    ]


def _chance(chance: dict[str, Any], words: Words) -> dict[str, str]:
    return {
        "percent": words.percent(chance["estimate"]),
        "sampling": words.interval(chance["sampling"]),
        "ignorance": words.interval(chance["ignorance"]),
    }


def _limit(limit: dict[str, Any], words: Words) -> str:
    """One limit in the parameter's unit and as a part of its prior."""
    low, high = limit["low"], limit["high"]
    said = {"title": f"{words.of(limit['title'])} ({limit['id']})", "qp": _qp(limit["qp"], words)}
    if high is None:
        share, key = 1.0 - low["quantile"], "discover.at_least"
    elif low is None:
        share, key = high["quantile"], "discover.at_most"
    else:
        share, key = high["quantile"] - low["quantile"], "discover.between"
    ends = {
        name: _value(end, limit["unit"], words)
        for name, end in (("low", low), ("high", high))
        if end is not None
    }
    return words(key, share=words.percent(share), **said, **ends)


def _value(end: dict[str, Any], unit: str, words: Words) -> str:
    if end["date"] is not None:
        return words.day(end["date"])
    size = abs(end["value"])
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 else 4
    number = words.number(end["value"], digits).replace("-", "−")
    return number if unit in _PURE else f"{number} {unit}"


def _qp(value: float, words: Words) -> str:
    return (
        words("discover.below", number=words.number(0.001, 3))
        if value < 0.001
        else (words.number(value, 3))
    )


def _table(box: dict[str, Any], words: Words) -> Table:
    table = table_of("", words("discover.learnt"), words("discover.judged"))
    halves = box["learnt"], box["judged"]
    for name in ("density", "base_rate", "coverage", "mass"):
        table.add_row(words(f"discover.{name}"), *(_figure(half[name], words) for half in halves))
    return table


def _figure(share: Any, words: Words) -> str:
    if isinstance(share, float):
        return words.percent(share)
    low, high = (words.percent(end) for end in share["sampling"])
    return words("discover.figure", share=words.percent(share["estimate"]), low=low, high=high)


def _judged(box: dict[str, Any], words: Words) -> list[str]:
    judged, chances = box["judged"], box["probability"]
    times = judged["density"]["estimate"] / judged["base_rate"]
    return [
        words("discover.verdict", times=words.number(times, 1), **_density(judged, words)),
        words("discover.inside", **_chance(chances["inside"], words)),
        words("discover.outside", **_chance(chances["outside"], words)),
    ]


def _density(judged: dict[str, Any], words: Words) -> dict[str, str]:
    density = judged["density"]
    return {
        "density": words.percent(density["estimate"]),
        "interval": words.interval(density["sampling"]),
        "base": words.percent(judged["base_rate"]),
    }


def _end(answer: dict[str, Any], words: Words) -> list[RenderableType]:
    lines: list[RenderableType] = [""]
    refused = answer["refused"]
    if not answer["boxes"]:
        lines.append(Text(words("discover.none"), style="bold"))
    elif refused is not None:
        lines.append(words("discover.no_more"))
    if refused is not None:
        ids = ", ".join(limit["id"] for limit in refused["limits"])
        lines.append(words("discover.refused", ids=ids, **_density(refused["judged"], words)))
    if answer["boxes"]:
        lines.append(words("discover.qp_note"))
    return lines
