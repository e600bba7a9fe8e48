"""How the model of a card was held against battles, the later record and the claims of a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jukushi.views.card_markdown import Writer

__all__ = ["audit", "battles", "hindcast"]


def battles(w: Writer) -> Iterator[str]:
    """Show the scores of the combat model on battles not seen."""
    data = w.answer["validation"]["battles"]
    fitted = {key: data["combat"][key] for key in ("battles", "source", "snapshot")}
    fitted["date"] = w.words.day(data["combat"]["date"])
    if not data["scores"]:
        yield from (w("battles_none", **fitted), "")
        return
    page = "calibration/battles.md"
    yield from (w("battles_text", link=w.link(page, page), **fitted), "")
    heading, *rows = data["scores"]
    yield from w.table(heading, rows)
    yield from (w("battles_again", rivals=len(data["rivals"])), "")
    yield from (f"- {w.relinked(text, 'calibration')}" for text in data["limits"])
    yield ""


def hindcast(w: Writer) -> Iterator[str]:
    """Show the scores on the later record, as far as the evidence holds them."""
    told = w.answer["validation"]["hindcast"]
    from jukushi.views.card_record import evidence_note

    if told["state"] in ("none", "unreadable"):
        yield from (w("hindcast_none"), "")
        yield from evidence_note(w, told)
        return
    draws = w.figure(told["draws"])
    yield from (w("hindcast_text", draws=draws, seed=told["seed"], numbers=told["numbers"]), "")
    yield from evidence_note(w, told)
    yield from w.table(
        [w("kind"), "", w("observations"), w("model"), ""],
        (_score(w, row) for row in told["scores"]),
        right=(2,),
    )
    yield from (w("hindcast_coverage"), "")
    yield from w.table(
        ["", w("observations"), w("inside_90"), w("inside_50"), w("width_90")],
        (
            [
                _group(w, row["group"]),
                str(row["observations"]),
                _interval(w, row["inside_90"]),
                _interval(w, row["inside_50"]),
                w.figure(row["width_90"]),
            ]
            for row in told["coverage"]
        ),
        right=(1, 4),
    )
    yield from _verdict(w, told)


def _verdict(w: Writer, told: dict[str, Any]) -> Iterator[str]:
    if told["done"] is not None and "met" in told["done"]:
        wanted = told["done"].get("wanted")
        share = w.words.percent(wanted) if isinstance(wanted, float) else "?"
        yield from (w("done_yes" if told["done"]["met"] else "done_no", wanted=share), "")
    if told["naive_ahead"]:
        titles = "; ".join(
            w.words.of(row["title"])
            + ("" if row["counted"] else "*")
            + f" ({', '.join(_naive(w, name) for name in row['by'])})"
            for row in told["naive_ahead"]
        )
        yield from (w("naive_ahead_text", titles=titles), "")
    if told["misses"]:
        names = ", ".join(f"`{row['observation']}`" for row in told["misses"])
        yield from (w("misses_text", count=len(told["misses"]), names=names), "")


def _score(w: Writer, row: dict[str, Any]) -> list[str]:
    others = [
        w(
            "naive_text",
            name=_naive(w, name),
            score=w.figure(found["score"]) if found["score"] is not None else "?",
            better=_known(w, "better", found["better"]) if found["better"] else w("better_none"),
        )
        for name, found in row["naive"].items()
    ]
    return [
        w(f"kind_{row['kind']}"),
        _group(w, row["group"]),
        str(row["observations"]),
        _interval(w, row["model"]),
        "; ".join(others),
    ]


def _interval(w: Writer, figure: Any) -> str:
    if not isinstance(figure, dict):
        return ""
    text = w.figure(figure.get("estimate"))
    if figure.get("low") is None or figure.get("high") is None:
        return text
    return f"{text} [{w.figure(figure['low'])}; {w.figure(figure['high'])}]"


def _known(w: Writer, kind: str, name: str) -> str:
    """Return the words of a name that another version may not have known."""
    try:
        return w(f"{kind}_{name}")
    except KeyError:
        return name


def _naive(w: Writer, name: str) -> str:
    return _known(w, "naive", name)


def _group(w: Writer, name: str) -> str:
    return _known(w, "group", name)


def audit(w: Writer) -> Iterator[str]:
    """Show what scholarship and the model say of the claims of the case's text."""
    told = w.answer["validation"]["audit"]
    from jukushi.views.card_record import evidence_note

    if told["summary"] is None:
        yield from (w("audit_none"), "")
        yield from evidence_note(w, told)
        return
    summary = told["summary"]
    histories = w.count(told["histories"])
    yield w("audit_text", claims=summary["claims"], histories=histories, seed=told["seed"])
    yield ""
    yield from evidence_note(w, told)
    stances = list(summary["stances"])
    yield from w.table(
        ["", *(w.words(f"audit.stance_{stance}") for stance in stances)],
        (
            [w.words(f"audit.verdict_{verdict}"), *(str(counts[stance]) for stance in stances)]
            for verdict, counts in summary["verdicts_by_stance"].items()
        ),
        right=range(1, len(stances) + 1),
    )
    yield w(
        "audit_against",
        model=len(summary["model_against"]),
        scholars=len(summary["scholarship_against"]),
        both=len(summary["both_against"]),
        names=", ".join(summary["model_against_scholarship"]) or w("none"),
    )
    yield ""
    against = set(summary["model_against"])
    for row in told["claims"]:
        if row["id"] in against:
            verdict = w.words(f"audit.verdict_{row['verdict']}")
            stance = w.words(f"audit.stance_{row['stance']}")
            said = w.words.of(row["claim"])
            yield f"- {row['id']} ({w('ev_sides', scholars=verdict, model=stance)}): {said}"
    file = "evidence/audit.json"
    yield from ("", w("audit_whole", case=w.answer["case"], link=w.link(file, file)), "")
