"""`jukushi discover`: in which part of the parameter space it comes."""

from __future__ import annotations

from typing import Annotated

import typer

from jukushi.draws import DICE_PER_DRAW
from jukushi.faces.knowledge import knowing, known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import (
    CaseArgument,
    Collapse,
    Json,
    Language,
    Maker,
    Out,
    Quiet,
    Resume,
    Seed,
    Threads,
)
from jukushi.faces.output import print_json, print_view

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("discover")(knowing(command_discover))


def command_discover(
    case: CaseArgument,
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about.")] = None,
    above: Annotated[
        float | None,
        typer.Option(help="A draw is a case if the outcome is likelier than this, such as 0.1."),
    ] = None,
    boxes: Annotated[int, typer.Option(help="Most boxes.")] = 2,
    histories: Annotated[
        int,
        typer.Option(
            "--histories", "-n", min=1, max=100_000_000, help="How many, 128 to a parameter draw."
        ),
    ] = 4_096 * DICE_PER_DRAW,
    seed: Seed = 1,
    as_json: Json = False,
    language: Language = "en",
    out: Out = None,
    resume: Resume = False,
    threads: Threads = None,
    quiet: Quiet = False,
    decision_maker: Maker = None,
    collapse: Collapse = None,
) -> None:
    """Say in which part of the parameter space it comes: boxes, judged on unseen draws."""
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    opened = opened_as_asked(case)
    with watching(words, quiet, out, resume) as options:
        from jukushi.questions.discover import DiscoverQuestion, discover

        question = DiscoverQuestion(
            outcome, above, boxes, histories, seed, threads, decision_maker, collapse
        )
        answer = discover(opened, question, options)
    if as_json:
        print_json(answer)
        return
    from jukushi.views.discover import discover_view

    print_view(discover_view(answer, opened, words), known_of(answer, opened, words))
