"""`jukushi explain`: the small model, a formula of a few terms."""

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
    app.command("explain")(knowing(command_explain))


def command_explain(
    case: CaseArgument,
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about.")] = None,
    worlds: Annotated[
        str,
        typer.Option(help="singles: also the worlds without each factor; draws: not those."),
    ] = "singles",
    terms: Annotated[int, typer.Option(help="Most terms of the formula.")] = 6,
    histories: Annotated[
        int,
        typer.Option(
            "--histories", "-n", min=1, max=100_000_000,
            help="How many in each world, 128 to a parameter draw.",
        ),
    ] = 1_024 * DICE_PER_DRAW,
    seed: Seed = 1,
    as_json: Json = False,
    language: Language = "en",
    out: Out = None,
    resume: Resume = False,
    threads: Threads = None,
    quiet: Quiet = False,
    decision_maker: Maker = None,
    collapse: Collapse = None,
) -> None:  # fmt: skip
    """Fit a formula of a few terms to the model's odds and say its error, or that none is good."""
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    opened = opened_as_asked(case)
    with watching(words, quiet, out, resume) as options:
        from jukushi.questions.explain import ExplainQuestion, explain

        question = ExplainQuestion(
            outcome, worlds, terms, histories, seed, threads, decision_maker, collapse
        )
        answer = explain(opened, question, options)
    if as_json:
        print_json(answer)
        return
    from jukushi.views.explain import explain_view

    print_view(explain_view(answer, opened, words), known_of(answer, opened, words))
