"""Saying a history: week by week, or in one paragraph."""

from __future__ import annotations

from typing import Any

from jukushi.case.doctrines import Row, Table
from jukushi.case.load import Case
from jukushi.questions.odds import week_date
from jukushi.study.chronicle import Event, History, chronicle
from jukushi.views.words import Words, short_title

__all__ = ["paragraph", "sentence", "weekly"]


def sentence(event: Event, case: Case, words: Words) -> str:
    """Say one event."""
    values = event.values
    if event.key == "record":
        return words("tell.record", text=values[words.language], date=words.day(values["date"]))
    if event.key in ("hunter_rule", "prey_rule"):
        return words(f"tell.{event.key}", title=_row(values, case).title.to(words.language))
    if event.key == "conference":
        return words("tell.conference", closed=_closed(values, case, words))
    if event.key == "voices":
        quantities = {item.id: item for item in _table(values, case).quantities}
        held = "; ".join(quantities[name].title.to(words.language) for name in values["held"])
        return words("tell.voices", held=held)
    if event.key == "attack":
        return words(f"tell.attack_{values['trigger']}")
    if event.key == "north_decided":
        return words("tell.north_decided", date=words.day(week_date(case, values["opens"])))
    if event.key == "values":
        numbers = {name.removeprefix("value_"): words.number(v, 2) for name, v in values.items()}
        return words("tell.values", **numbers)
    key = event.key
    if key in ("axis_halts", "axis_starts") and values["km"] < 0:
        key, values = f"{key}_beyond", {**values, "km": -values["km"]}
    if key.startswith(("khasan_", "khalkhin_gol_")):
        key = key.replace("+", "")
    return words(f"tell.{key}", **_said(values, words))


_DIGITS = {"ratio": 2, "before": 2, "after": 2, "men": 2, "years": 1}


def _said(values: dict[str, Any], words: Words) -> dict[str, str]:
    said = {}
    for name, value in values.items():
        if name in ("arms", "victory"):
            said[name] = words.percent(value, 0)
        else:
            said[name] = words.number(value, _DIGITS.get(name, 0))
    return said


def _table(values: dict[str, Any], case: Case) -> Table:
    role = next(power.role for power in case.header.powers if power.id == values["power"])
    return case.rule_tables(role)[values["table"]]


def _row(values: dict[str, Any], case: Case) -> Row:
    rows = _table(values, case).rows
    row: int = values["row"]
    return rows[row]


def _closed(values: dict[str, Any], case: Case, words: Words) -> str:
    titles = {gate.id: short_title(gate.title.to(words.language)) for gate in case.doctrines.gates}
    ratio = words.number(values["ratio"], 2)
    if not values["closed"]:
        return words("tell.conference_open", ratio=ratio)
    gates = ", ".join(titles[gate] for gate, _ in values["closed"])
    return words("tell.conference_shut", gates=gates, ratio=ratio)


def weekly(history: History, words: Words, everything: bool = False) -> list[tuple[str, list[str]]]:
    """Return the chronicle as (Monday as an ISO date, sentences) week by week.

    Parameters
    ----------
    history : History
    words : Words
    everything : bool
        Also the details: scripted record, pockets, later conferences.
    """
    case = history.case
    weeks: dict[int, list[str]] = {}
    for event in chronicle(history):
        if event.weight == 0 and not everything:
            continue
        lines = weeks.setdefault(event.week, [])
        lines.append(sentence(event, case, words))
        if event.key in ("hunter_rule", "prey_rule"):
            lines.append(_fired(event, case, words))
    return [(week_date(case, week), lines) for week, lines in weeks.items()]


def _fired(event: Event, case: Case, words: Words) -> str:
    row = _row(event.values, case)
    power = next(power for power in case.header.powers if power.id == event.values["power"])
    values = ", ".join(
        f"{name} = {words.number(value, 2)}" for name, value in event.values["names"].items()
    )
    return "    " + words(
        "replay.fired",
        number=event.values["row"] + 1,
        power=power.title.to(words.language),
        title=row.title.to(words.language),
        when=row.when,
        values=values or "-",
    )


_TOLD = {
    "khalkhin_gol", "axis_halts", "axis_halts_south", "recount", "embargo", "south_decided",
    "south_war", "collapse", "north_decided", "attack", "settled", "ally_defeated", "entered",
}  # fmt: skip


def paragraph(history: History, words: Words, last_week: int) -> str:
    """Tell a history in one paragraph, up to `last_week`."""
    case = history.case
    parts: list[str] = []
    counts: dict[str, int] = {}
    for event in chronicle(history):
        name = event.key
        known = name in _TOLD or name.startswith("khalkhin_gol")
        if not known or event.week > last_week:
            continue
        counts[name] = counts.get(name, 0) + 1
        if name == "recount" and counts[name] != 2:
            continue  # the estimate before the decision date is the one that mattered
        if name == "axis_halts" and counts[name] > 2:
            continue
        date = words.day(week_date(case, event.week))
        parts.append(
            f"{date}: {sentence(event, case, words)}"
            if not words.french
            else f"{date} : {sentence(event, case, words)}"
        )
    if history.at("at_war", min(last_week, history.n_weeks - 1)) < 0.5:
        parts.append(
            words("tell.quiet")
            if last_week >= case.n_weeks - 1
            else _nearest(history, words, last_week)
        )
    return " ".join(parts)


def _nearest(history: History, words: Words, last_week: int) -> str:
    """When, before the choice of the South, the gates were nearest to open, and which were shut."""
    gates = history.case.doctrines.gates
    best, when, shut = float("inf"), -1, []
    for week in range(history.engine.first_running, last_week + 1):
        if history.at("south_decided", week) > 0.5:
            break
        missing = [max(-history.margin(g, week), 0.0) / gate.scale for g, gate in enumerate(gates)]
        if sum(missing) < best:
            best, when = sum(missing), week
            shut = [gate for gate, short in zip(gates, missing, strict=True) if short > 0.0]
    titles = [short_title(gate.title.to(words.language)) for gate in shut]
    date = words.day(week_date(history.case, max(when, 0)))
    if not titles:
        return words("tell.nearest_open", date=date)
    return words("tell.nearest", date=date, gates=", ".join(titles))
