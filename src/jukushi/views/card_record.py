"""The part of a card that says what the model rests on, what was checked, and where it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from jukushi.views.card_markdown import Writer

__all__ = ["intended_use", "limits", "numbers", "sources", "validation", "verification"]

STATUSES = ("sourced", "recalled", "assumption")
_LIMITS = (
    "limit_one", "limit_assumption", "limit_hindsight", "limit_schedules", "limit_order",
    "limit_feedback", "limit_constants", "limit_mind",
)  # fmt: skip


def status_counts(w: Writer) -> Counter[str]:
    """Count the parameters by status."""
    return Counter(row["status"] for row in w.answer["parameters"])


def assumed_share(w: Writer) -> str:
    """Return the share of parameters that are assumptions, in percent."""
    return w.words.percent(status_counts(w)["assumption"] / max(len(w.answer["parameters"]), 1), 0)


def intended_use(w: Writer) -> Iterator[str]:
    """Say what the model is for and what it is not for."""
    link = w.link("how-to/read-the-answers.md", "how-to/read-the-answers.md")
    for text in (w("use_for"), w("use_read", link=link), w("use_not"), w("use_who")):
        yield from (text, "")


def sources(w: Writer) -> Iterator[str]:
    """Count what the case says by status, confidence and age."""
    data, counts = w.answer["sources"], status_counts(w)
    yield from (w("sources_text", entries=w.count(data["entries"])), "")
    by = data["parameters_by_confidence"]
    confidences = ("high", "medium", "low")
    yield from w.table(
        [w("parameters"), *(w(name) for name in confidences), w("total")],
        (
            [w(status), *(str(by[status][name]) for name in confidences), str(counts[status])]
            for status in STATUSES
        ),
        right=(1, 2, 3, 4),
    )
    statuses = [w(status) for status in STATUSES]
    yield from w.table(
        [w("part"), *statuses],
        ([f"`{row['part']}`", *(w.count(row[s]) for s in STATUSES)] for row in data["parts"]),
        right=(1, 2, 3),
    )
    yield from (w("decades_text"), "")
    yield from w.table(
        [w("decade"), *statuses],
        (
            [w("decade_row", decade=row["decade"]), *(w.count(row[s]) for s in STATUSES)]
            for row in data["decades"]
        ),
        right=(1, 2, 3),
    )
    yield from (w("works_text", works=len(data["works"]), **{s: counts[s] for s in STATUSES}), "")
    yield from (w("group_text"), "")
    groups = Counter(row["group"] for row in w.answer["parameters"])
    assumed = Counter(
        row["group"] for row in w.answer["parameters"] if row["status"] == "assumption"
    )
    yield from w.table(
        [w("group"), w("parameters"), w("assumptions")],
        ([f"`{name}`", str(count), str(assumed[name])] for name, count in groups.items()),
        right=(1, 2),
    )


def numbers(w: Writer) -> Iterator[str]:
    """Say how uncertain the parameters are, and what a fit made of them."""
    rows = w.answer["parameters"]
    uncertain = sum(row["prior"]["kind"] != "fixed" for row in rows)
    yield w(
        "numbers_text",
        uncertain=uncertain,
        parameters=len(rows),
        fixed=len(rows) - uncertain,
        with_rivals=sum(bool(row["rivals"]) for row in rows),
        rivals=sum(len(row["rivals"]) for row in rows),
    )
    yield ""
    informed = Counter(row["informed_by"] or "unsaid" for row in rows)
    said = {key: informed[key] for key in ("score", "fit", "neither", "unsaid")}
    earlier = sum(bool(row["earlier"]) for row in rows)
    yield from (w("informed_text", earlier=earlier, **said), "")
    yield from _posterior(w, w.answer["posterior"])


def _posterior(w: Writer, told: dict[str, Any]) -> Iterator[str]:
    if told["state"] != "fits":
        yield from (w("posterior_not", why=w(f"posterior_{told['state']}")), "")
        return
    fits = told["fits"]
    names = list(dict.fromkeys(row["id"] for fit in fits for row in fit["parameters"]))
    draws = w.count(told["draws"])
    counted = {"fits": len(fits), "fitted": len(names)}
    yield from (w("posterior_text", draws=draws, seed=told["seed"], **counted), "")
    if told["case_hash"] != w.answer["case_hash"]:
        yield from (w("posterior_hash", hash=f"`{told['case_hash']}`"), "")
    columns = [
        w(f"fit_{fit['split']}_{fit['base']}", effective=w.count(round(fit["effective"])))
        for fit in fits
    ]
    cells = [{row["id"]: row for row in fit["parameters"]} for fit in fits]
    units = {row["id"]: row["unit"] for row in w.answer["parameters"]}
    yield from w.table(
        [w("parameter"), w("unit"), *columns],
        (
            [f"`{name}`", units[name], *(_before_after(w, cell.get(name)) for cell in cells)]
            for name in names
        ),
    )


def _before_after(w: Writer, row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    ends = {
        f"{when}_{end}": w.figure(row[when][end])
        for when in ("before", "after")
        for end in ("low", "high")
    }
    return w("before_after", **ends)


def evidence_note(w: Writer, told: dict[str, Any]) -> Iterator[str]:
    """Say of evidence that it is of another case, or cannot be read."""
    if told["state"] == "stale":
        yield from (w("state_stale_note", hash=f"`{told['case_hash']}`"), "")
    elif told["state"] == "unreadable":
        yield from (w("state_unreadable_note"), "")


def verification(w: Writer) -> Iterator[str]:
    """Say what the tests assert, and what known answers the program was held against."""
    found = w.answer["verification"]["tests"]
    if found is None:
        yield from (w("tests_none"), "")
    else:
        counted = {key: w.count(found[key]) for key in ("count", "properties", "slow")}
        yield from (w("tests_text", folders=_folders(w, found["modules"]), **counted), "")
        yield from w.table(
            [w("module"), w("tests"), w("asserts")],
            (
                [f"`{row['module']}`", str(len(row["laws"])), row["says"]]
                for row in found["modules"]
            ),
            right=(1,),
        )
    told = w.answer["verification"]["evidence"]
    if not told["checks"]:
        yield from (w("verification_none"), "")
        yield from evidence_note(w, told)
        return
    yield from (w("verification_text", date=told["date"], seed=told["seed"]), "")
    yield from evidence_note(w, told)
    keys = ("test", "statistic", "limit", "detectable", "verdict")
    yield from w.table(
        [w("check"), "", *(w(key) for key in keys[1:])],
        ([str(row["title"]), *(str(row[key] or "") for key in keys)] for row in told["checks"]),
    )


def _folders(w: Writer, modules: list[dict[str, Any]]) -> str:
    """Count the tests of each folder."""
    counts: Counter[str] = Counter()
    for row in modules:
        counts[row["kind"]] += len(row["laws"])
    return ", ".join(
        f"{w('whole') if kind == 'whole' else f'`{kind}`'} {w.count(count)}"
        for kind, count in sorted(counts.items(), key=lambda item: -item[1])
    )


def validation(w: Writer) -> Iterator[str]:
    """Say how the model was held against battles, the record and the claims of a text."""
    from jukushi.views.card_validation import audit, battles, hindcast

    yield from (f"### {w('battles')}", "", *battles(w))
    page = "calibration/record.md"
    yield from (f"### {w('record_fit')}", "", w("record_fit_text", link=w.link(page, page)), "")
    yield from (f"### {w('hindcast')}", "", *hindcast(w))
    yield from (f"### {w('audit')}", "", *audit(w))


def limits(w: Writer) -> Iterator[str]:
    """Say where the model ends, in general."""
    pages = w.answer["limits"]
    if pages:
        counts = {key: sum(len(row[key]) for row in pages) for key in ("limits", "weaknesses")}
        yield from (w("limits_text", **counts), "")
    values = {
        "share": assumed_share(w),
        "schedules": len(w.answer["inputs"]["schedules"]),
    }
    yield from (f"- {w(key, **values)}" for key in _LIMITS)
    yield ""
