"""The model card as one page of Markdown: use and limits first, ODD, record, long tables last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jukushi.views import card_lists, card_model, card_record
from jukushi.views.card_markdown import Writer, anchor
from jukushi.views.words import Words

__all__ = ["card_page"]

_Part = Callable[[Writer], Iterator[str]]

#: Sections in order: key of the heading, and who writes it.
_ODD: tuple[tuple[str, _Part], ...] = (
    ("purpose", card_model.purpose),
    ("entities", card_model.entities),
    ("process", card_model.process),
    ("concepts", card_model.concepts),
    ("initialisation", card_model.initialisation),
    ("inputs", card_model.inputs),
    ("submodels", card_model.submodels),
)
_TRACE: tuple[tuple[str, _Part], ...] = (
    ("use", card_record.intended_use),
    ("sources", card_record.sources),
    ("numbers", card_record.numbers),
    ("verification", card_record.verification),
    ("validation", card_record.validation),
    ("limits", card_record.limits),
)
_APPENDICES: tuple[tuple[str, _Part], ...] = (
    ("a_fields", card_lists.fields),
    ("a_submodels", card_lists.submodels_whole),
    ("a_parameters", card_lists.parameters),
    ("a_sources", card_lists.sourced),
    ("a_assumptions", card_lists.assumptions),
    ("a_rivals", card_lists.rivals),
    ("a_works", card_lists.works),
    ("a_limits", card_lists.all_limits),
    ("a_tests", card_lists.tests),
)


def card_page(answer: dict[str, Any], words: Words) -> str:
    """Return the whole page.

    Parameters
    ----------
    answer : dict
        Of `jukushi.calibration.card.card`.
    words : Words
    """
    w = Writer(answer, words)
    lines = [*_first_screen(w), f"## {w('contents')}", ""]
    for key, _ in (*_ODD, *_TRACE, *_APPENDICES):
        lines.append(f"- [{w(key)}](#{anchor(w(key))})")
    lines += ["", w("odd_note"), ""]
    for note, parts in (("", _ODD), (w("trace_note"), _TRACE), ("", _APPENDICES)):
        lines += [note, ""] if note else []
        for key, part in parts:
            lines += [f"## {w(key)}", "", *part(w)]
    return "\n".join(lines).rstrip("\n") + "\n"


def _first_screen(w: Writer) -> Iterator[str]:
    """Say what it is, what it is for, what it is not for, and how far to believe it."""
    answer = w.answer
    yield from (f"# {w('title', title=w.words.of(answer['header']['title']))}", "")
    yield w("made", case=answer["case"], version=answer["version"], hash=f"`{answer['case_hash']}`")
    if w("language_note"):
        yield w("language_note")
    yield from ("", w("motto"), "", f"## {w('short')}", "")
    yield from (w.words.of(answer["header"]["summary"]), "")
    for text in (w("for"), w("not_for"), *_worth(w), w("worth_one")):
        yield f"- {text}"
    yield ""
    yield from w.table([w("evidence"), w("state"), w("made_with")], _evidence(w))


def _worth(w: Writer) -> Iterator[str]:
    rows = w.answer["parameters"]
    counts = card_record.status_counts(w)
    yield w(
        "worth_numbers",
        parameters=len(rows),
        share=card_record.assumed_share(w),
        rivals=sum(len(row["rivals"]) for row in rows),
        **{status: counts[status] for status in card_record.STATUSES},
    )
    yield _worth_fit(w)
    yield from _worth_hindcast(w.answer["validation"]["hindcast"], w)
    summary = w.answer["validation"]["audit"]["summary"]
    if summary is not None:
        stances = dict(summary["stances"])
        stances["otherwise"] = stances.pop("given_otherwise")
        yield w("worth_audit", claims=summary["claims"], **stances)


def _worth_fit(w: Writer) -> str:
    told, record = w.answer["posterior"], w.answer["patterns"]["record"]
    if record is None:
        return w("worth_nofit", why=w("posterior_none"))
    if told["state"] != "fits":
        return w("worth_nofit", why=w(f"posterior_{told['state']}"))
    usual = next(
        (fit for fit in told["fits"] if (fit["split"], fit["base"]) == ("date", "prior")),
        told["fits"][0],
    )
    return w(
        "worth_fit",
        fitted=len(usual["parameters"]),
        uncertain=sum(row["prior"]["kind"] != "fixed" for row in w.answer["parameters"]),
        fit=sum(row["fit"] for row in record["series"]),
        until=w.words.day(record["until"]),
        score=sum(row["score"] for row in record["series"]),
    )


def _worth_hindcast(told: dict[str, Any], w: Writer) -> Iterator[str]:
    scores = {(row["kind"], row["group"]): row for row in told["scores"]}
    whole = scores.get(("series", "all"))
    covered = next((row for row in told["coverage"] if row["group"] == "all"), None)
    if whole is None or covered is None or "no_change" not in whole["naive"]:
        return
    yield w(
        "worth_hindcast",
        inside=w.words.percent(covered["inside_90"]["estimate"]),
        count=whole["observations"],
        crps=w.figure(whole["model"]["estimate"]),
        naive=w.figure(whole["naive"]["no_change"]["score"]),
    )


def _evidence(w: Writer) -> Iterator[list[str]]:
    """Yield a line for each kind of evidence: is there any, and is it of this case?"""
    found, valid = w.answer["verification"], w.answer["validation"]
    counted = w("no_tests")
    if found["tests"]:
        modules = len(found["tests"]["modules"])
        counted = w("counted_tests", count=w.count(found["tests"]["count"]), modules=modules)
    yield [w("ev_tests"), counted, ""]
    fit = w.answer["posterior"]
    state = "fits" if fit["state"] == "fits" else "none"
    if fit["state"] in ("other_numbers", "damaged"):
        state = "stale" if fit["state"] == "other_numbers" else "unreadable"
    rows = (
        ("ev_verification", found["evidence"]["state"], found["evidence"]["case_hash"]),
        ("ev_fit", state, fit.get("case_hash")),
        ("ev_hindcast", valid["hindcast"]["state"], valid["hindcast"]["case_hash"]),
        ("ev_audit", valid["audit"]["state"], valid["audit"]["case_hash"]),
    )
    for name, state, made_with in rows:
        yield [w(name), w(f"state_{state}"), f"`{made_with}`" if made_with else ""]
    battles = valid["battles"]["combat"]
    fitted = f"{battles['repository']} {battles['snapshot']}, {battles['battles']}"
    yield [w("ev_battles"), fitted, ""]
