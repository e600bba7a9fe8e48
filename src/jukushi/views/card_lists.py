"""The long tables at the end of a card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jukushi.views.card_markdown import Writer

__all__ = [
    "all_limits", "assumptions", "fields", "parameters", "rivals", "sourced", "submodels_whole",
    "tests", "works",
]  # fmt: skip


def fields(w: Writer) -> Iterator[str]:
    """List the state of a history."""
    yield from (w("fields_text"), "")
    yield from w.table(
        [w("name"), w("unit"), w("meaning"), w("known")],
        (
            [
                f"`{row['name']}`",
                row["unit"],
                w("is_belief", meaning=row["meaning"]) if row["belief"] else row["meaning"],
                w(f"known_{row['known_to'] or 'nobody'}"),
            ]
            for row in w.answer["fields"]
        ),
    )


def submodels_whole(w: Writer) -> Iterator[str]:
    """Show each submodel with its contract, laws and equations."""
    for row in w.answer["mechanisms"]:
        yield from _submodel(w, row)


def _submodel(w: Writer, row: dict[str, Any]) -> Iterator[str]:
    key = "submodel_step" if row["step"] else "submodel_beside"
    yield from (f"### {w(key, name=row['name'], step=row['step'])}", "")
    yield from (w.relinked(row["summary"], "mechanisms"), "")
    file = f"mechanisms/{row['name']}.md"
    page = w.link(file, file) if row["page"] else w("no_page")
    key = "code_page" if row["code"] else "theory_page"
    yield from (w(key, code=f"`{row['code']}`", page=page), "")
    if row["step"]:
        contract = {key: w.names(row[key]) for key in ("reads", "writes", "draws")}
        yield from (w("contract", **contract), "")
    if row["laws"]:
        yield from (w("laws"), "")
        for law in row["laws"]:
            yield f"- `{law['name']}({', '.join(law['arguments'])})`: {law['says']}"
        yield ""
    section = None
    for block in row["equations"]:
        if block["section"] != section:
            section = block["section"]
            yield from (w("equations", section=section), "")
        yield from ("```", block["text"], "```", "")


def parameters(w: Writer) -> Iterator[str]:
    """List every parameter with value, prior, range, and what a fit made of it."""
    yield from (w("parameters_note"), "")
    fits = w.answer["posterior"].get("fits", [])
    after = {
        row["id"]: row["after"]
        for fit in fits
        if (fit["split"], fit["base"]) == ("date", "prior")
        for row in fit["parameters"]
    }
    yield from w.table(
        [w("parameter"), "", w("unit"), w("value"), w("prior"), w("range"), w("status_short"),
         w("after_fit")],
        (
            [
                f"`{row['id']}`",
                w.words.of(row["title"]),
                row["unit"],
                w.figure(row["centre"]),
                _prior(w, row["prior"]),
                w.span(row["prior"]["range"]),
                f"{w('letter_' + row['status'])}, {w(row['confidence'])}",
                w.span(after.get(row["id"])),
            ]
            for row in w.answer["parameters"]
        ),
        right=(3,),
    )  # fmt: skip


def _prior(w: Writer, prior: dict[str, Any]) -> str:
    figures = dict(zip("ab", (w.figure(number) for number in prior["numbers"]), strict=False))
    text = w(f"prior_{prior['kind']}", **figures)
    return w("prior_relative", prior=text) if prior["relative"] else text


def sourced(w: Writer) -> Iterator[str]:
    """List the parameters that have a source, met or recalled."""
    for status in ("sourced", "recalled"):
        yield from (f"### {w(status).capitalize()}", "")
        yield from _by_source(w, status)


def assumptions(w: Writer) -> Iterator[str]:
    """List the parameters that no source supports, with what is said for them."""
    yield from _by_source(w, "assumption")


def _by_source(w: Writer, status: str) -> Iterator[str]:
    yield from w.table(
        [w("parameter"), w("confidence"), w("evidence_date"), w("source")],
        (
            [
                f"`{row['id']}`",
                w(row["confidence"]),
                row["evidence_date"],
                row["source"].removeprefix(f"{status}; ").removeprefix(f"{status}: "),
            ]
            for row in w.answer["parameters"]
            if row["status"] == status
        ),
    )


def rivals(w: Writer) -> Iterator[str]:
    """List the values that others hold."""
    yield from w.table(
        [w("parameter"), w("unit"), w("ours"), w("rival"), w("by_whom"), w("confidence")],
        (
            [
                f"`{row['id']}`",
                row["unit"],
                w.figure(row["centre"]),
                w.figure(rival["value"]),
                rival["source"],
                w(rival["confidence"]),
            ]
            for row in w.answer["parameters"]
            for rival in row["rivals"]
        ),
        right=(2, 3),
    )


def works(w: Writer) -> Iterator[str]:
    """List each work once, with what it supports."""
    yield from (w("works_note"), "")
    yield from w.table(
        [w("work"), w("sourced_recalled"), w("supports")],
        (
            [row["work"], f"{row['sourced']} / {row['recalled']}", _supported(w, row)]
            for row in w.answer["sources"]["works"]
        ),
    )


def _supported(w: Writer, row: dict[str, Any]) -> str:
    named = [f"`{name}`" for name in row["parameters"]]
    counted = [
        w("support", part=part, count=count)
        for part, count in row["parts"].items()
        if part != "parameters"
    ]
    return ", ".join([*named, *counted])


def all_limits(w: Writer) -> Iterator[str]:
    """List what the pages of the submodels say of their limits."""
    pages = w.answer["limits"]
    if not pages:
        yield from (w("limits_nopages"), "")
    for row in pages:
        page = row["page"]
        yield from (f"### {page}", "")
        for key in ("limits", "weaknesses"):
            if row[key]:
                yield from (f"{w(f'{key}_list')}, {w.link(page, f'mechanisms/{page}.md')}:", "")
                yield from (f"- {w.relinked(text, 'mechanisms')}" for text in row[key])
                yield ""


def tests(w: Writer) -> Iterator[str]:
    """List what each test asserts, file by file."""
    found = w.answer["verification"]["tests"]
    if found is None:
        yield from (w("tests_none"), "")
        return
    for module in found["modules"]:
        yield from (f"**`{module['module']}`** ({len(module['laws'])})", "")
        yield from (f"- {law['says']}" for law in module["laws"])
        yield ""
