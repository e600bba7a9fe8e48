"""`jukushi known-by CASE DAY`: the odds with the numbers that were knowable by a day."""

from __future__ import annotations

from typing import Annotated

import typer

from jukushi.draws import DEFAULT_HISTORIES
from jukushi.faces.knowledge import day_of, knowing, known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import (
    CaseArgument,
    Collapse,
    FailIf,
    Json,
    Language,
    Maker,
    Out,
    Quiet,
    Resume,
    Seed,
    Threads,
)
from jukushi.faces.output import print_json, print_view, stop_if_crossed, threshold_of

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("known-by")(knowing(command_known_by))


def command_known_by(
    case: CaseArgument,
    day: Annotated[str, typer.Argument(metavar="DAY", help="Such as 1941-12-31.")],
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about.")] = None,
    histories: Annotated[
        int | None,
        typer.Option(
            "--histories", "-n", min=1, max=100_000_000,
            help=f"How many ({DEFAULT_HISTORIES}; fewer for an outcome on the map).",
        ),
    ] = None,
    seed: Seed = 1,
    as_json: Json = False,
    language: Language = "en",
    out: Out = None,
    resume: Resume = False,
    threads: Threads = None,
    quiet: Quiet = False,
    decision_maker: Maker = None,
    collapse: Collapse = None,
    fail_if: FailIf = None,
) -> None:  # fmt: skip
    """Say what the odds are with what was knowable by a day, and which numbers that changes."""
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    threshold, limit = threshold_of(fail_if), day_of(day)
    assert limit is not None  # a day is given: only None gives None
    opened = opened_as_asked(case)
    with watching(words, quiet, out, resume) as options:
        from jukushi.questions.knowable import KnowableQuestion, knowable

        question = KnowableQuestion(
            limit, outcome, decision_maker, collapse, histories, seed, threads
        )
        answer = knowable(opened, question, options)
    if as_json:
        print_json(answer)
    else:
        from jukushi.views.knowable import knowable_view

        print_view(knowable_view(answer, opened, words), known_of(answer, opened, words))
    stop_if_crossed(answer["limited"]["estimate"], threshold)
