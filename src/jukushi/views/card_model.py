"""The part of a card that describes the model: the seven elements of ODD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jukushi.views.card_markdown import Writer

__all__ = ["concepts", "entities", "initialisation", "inputs", "process", "purpose", "submodels"]


def purpose(w: Writer) -> Iterator[str]:
    """Say what the model is for, and by which patterns it is judged."""
    answer, of = w.answer, w.words.of
    defaults, patterns = answer["header"]["defaults"], answer["patterns"]
    asked = next(row for row in answer["outcomes"] if row["id"] == defaults["outcome"])
    decider = defaults["decision_maker"]
    yield w("purpose_text", outcome=of(asked["title"]), decider=decider)
    yield ""
    record = patterns["record"]
    if record is None:
        yield from (w("no_record"), "")
        return
    total = sum(row[use] for row in record["series"] for use in ("fit", "score", "neither"))
    yield w(
        "patterns_text",
        series=len(record["series"]),
        observations=total,
        events=len(record["events"]),
        claims=patterns["claims"],
        decided=w.words.day(record["decided"]),
        rule=of(record["rule"]),
    )
    yield ""
    if patterns["text"]:
        yield from (w("patterns_of", text=of(patterns["text"])), "")
    yield from _record(w, record)


def _record(w: Writer, record: dict[str, Any]) -> Iterator[str]:
    of, uses = w.words.of, ("fit", "score", "neither")
    heading = [w("series"), w("field"), w("unit"), *(w(f"use_{use}") for use in uses)]
    yield from w.table(
        [*heading, w("scripted")],
        (
            [
                of(row["title"]),
                f"`{row['field']}`",
                row["unit"],
                *(str(row[use]) for use in uses),
                w("yes") if row["scripted"] else "",
            ]
            for row in record["series"]
        ),
        right=(3, 4, 5),
    )
    yield from (w("scripted_note"), "")
    yield from w.table(
        [w("event"), w("happened"), w("use_column"), w("scripted")],
        (
            [
                of(row["title"]),
                w.words.day(row["happened_on"])
                if row["happened_on"]
                else w("not_by", date=w.words.day(row["by"])),
                w(f"use_{row['use']}"),
                w("yes") if row["scripted"] else "",
            ]
            for row in record["events"]
        ),
    )


def entities(w: Writer) -> Iterator[str]:
    """Say what a history is made of."""
    answer, of, header = w.answer, w.words.of, w.answer["header"]
    rows = {table["table"]: table["rows"] for table in answer["inputs"]["tables"]}
    titles = {power["role"]: of(power["title"]) for power in header["powers"]}
    known = [field["known_to"] for field in answer["fields"]]
    yield w(
        "entities_text",
        places=rows.get("places", 0),
        links=rows.get("links", 0),
        fields=len(known),
        beliefs=sum(field["belief"] for field in answer["fields"]),
        hunter=sum(who in ("hunter", "both") for who in known),
        prey=sum(who in ("prey", "both") for who in known),
        hunter_title=titles["hunter"],
        prey_title=titles["prey"],
    )
    yield ""
    yield from w.table(
        [w("power"), w("role"), w("decides")],
        (
            [of(power["title"]), w(f"role_{power['role']}"), w(f"by_{power['decides_by']}")]
            for power in header["powers"]
        ),
    )
    days = {key: w.words.day(header[key]) for key in ("start", "end")}
    runs = w.words.day(header["runs_from"])
    yield from (w("scales_text", weeks=header["weeks"], runs=runs, **days), "")


def process(w: Writer) -> Iterator[str]:
    """Say what happens in which order, who decides, and on which beliefs."""
    calendar = w.answer["calendar"]
    values: dict[str, Any] = {
        "conferences": calendar["conferences"],
        "every": calendar["conferences_every"],
        "from": w.words.day(calendar["conferences_from"]),
        "recounts": calendar["recounts"],
        "recount_every": calendar["recounts_every"],
        "recount_from": w.words.day(calendar["recounts_from"]),
    }
    yield from (w("process_text", **values), "")
    yield from w.table(
        [w("step"), w("submodel"), w("why_here")],
        (
            [
                str(row["step"]),
                w.link(row["name"], f"mechanisms/{row['name']}.md"),
                row["why"] + (f" ({w('before_war')})" if row["before_the_war"] else ""),
            ]
            for row in w.answer["schedule"]
        ),
    )
    yield from (w("deciders_text"), "")
    yield from w.table(
        [w("power"), w("decider"), "", w("rule"), w("reads")],
        (_decider(w, row) for row in w.answer["deciders"]),
    )
    yield from (w("beliefs_text"), "")
    yield from w.table(
        [w("holder"), w("belief"), w("field"), w("truth"), w("errs"), w("read_by")],
        (_belief(w, row) for row in w.answer["beliefs"]),
    )


def _decider(w: Writer, row: dict[str, Any]) -> list[str]:
    title = w.words.of(row["title"]) if row["title"] else w("expected_value")
    if row["game"]:
        known = w("game_read" if row["rule_read"] else "game_recalled")
        title = w("of_game", game=row["game"], known=known)
    rules = str(row["rows"]) if row["rows"] else w("code")
    reads = row["reads"]
    if row["title"] is None:
        code = next(item for item in w.answer["mechanisms"] if item["name"] == row["name"])
        reads = code["reads"]
    return [w.words.of(row["power"]), f"`{row['name']}`", title, rules, w.names(reads)]


def _belief(w: Writer, row: dict[str, Any]) -> list[str]:
    titles = {power["id"]: power["title"] for power in w.answer["header"]["powers"]}
    code = [item["name"] for item in w.answer["mechanisms"] if row["field"] in item["reads"]]
    truth = f"`{row['truth']}`" if row["truth"] else w("no_truth")
    readers = ", ".join([*(f"`{name}`" for name in row["read_by"]), *code])
    return [
        w.words.of(titles[row["power"]]),
        w.words.of(row["title"]),
        f"`{row['field']}`",
        truth,
        w.names(row["errs_by"]),
        readers or w("none"),
    ]


def concepts(w: Writer) -> Iterator[str]:
    """Go through the design concepts of ODD."""
    answer, dice = w.answer, w.answer["dice"]
    tables = [row for row in answer["deciders"] if row["rows"]]
    for text in (
        w("concept_principles"),
        w("concept_emergence", schedules=len(answer["inputs"]["schedules"])),
        w("concept_adaptation"),
        _named(w, w("concept_learning")),
        w("concept_prediction"),
        w("concept_sensing", beliefs=len(answer["beliefs"])),
        w("concept_interaction"),
        w(
            "concept_stochasticity",
            weekly=len(dice["weekly"]),
            once=len(dice["once"]),
            version=dice["version"],
            per_draw=dice["histories_per_draw"],
        ),
        w("concept_collectives", tables=len(tables)),
        w(
            "concept_observation",
            outcomes=len(answer["outcomes"]),
            factors=len(answer["factors"]),
            placebos=sum(row["placebo"] for row in answer["factors"]),
        ),
    ):
        yield f"- {text}"
    yield ""


def _named(w: Writer, text: str) -> str:
    """Make links of mechanisms named in square brackets."""
    for row in w.answer["mechanisms"]:
        name = row["name"]
        text = text.replace(f"[{name}]", w.link(name, f"mechanisms/{name}.md"))
    return text


def initialisation(w: Writer) -> Iterator[str]:
    """Say how a history begins."""
    header = w.answer["header"]
    yield w(
        "initialisation_text",
        start=w.words.day(header["start"]),
        runs=w.words.day(header["runs_from"]),
        histories=w.count(w.answer["dice"]["usual_histories"]),
    )
    yield ""


def inputs(w: Writer) -> Iterator[str]:
    """Say what comes from outside the model."""
    data = w.answer["inputs"]
    yield w(
        "inputs_text",
        parameters=data["parameters"],
        needed=data["needed"],
        combat=data["combat"],
        schedules=len(data["schedules"]),
        scripted=w.names(row["id"] for row in data["schedules"]),
    )
    yield ""
    yield from w.table(
        [w("table"), w("rows")],
        ([f"`{row['table']}`", w.count(row["rows"])] for row in data["tables"]),
        right=(1,),
    )


def submodels(w: Writer) -> Iterator[str]:
    """List the submodels in a sentence each."""
    yield from (w("submodels_text"), "")
    yield from w.table(
        [w("step"), w("submodel"), w("what")],
        (
            [
                str(row["step"] or w("beside_week")),
                w.link(row["name"], f"mechanisms/{row['name']}.md"),
                w.relinked(row["summary"], "mechanisms"),
            ]
            for row in w.answer["mechanisms"]
        ),
    )
