"""`jukushi sensitivity`: which uncertain numbers move the odds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from jukushi.draws import LANES
from jukushi.errors import Interrupted
from jukushi.faces.knowledge import knowing, known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import (
    CaseArgument,
    Collapse,
    Json,
    Language,
    Maker,
    Quiet,
    Seed,
    Threads,
)
from jukushi.faces.output import precision_of, print_json, print_view

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("sensitivity")(knowing(command_sensitivity))


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """Say on Ctrl-C that nothing is kept that could be resumed."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("stopped; nothing is kept", hint="run the same command again") from None


def command_sensitivity(
    case: CaseArgument,
    outcome: Annotated[
        list[str] | None, typer.Option(help="Outcome asked about; may be given several times.")
    ] = None,
    month: Annotated[
        str | None, typer.Option(help="1941-08: the month that is told in full (the last).")
    ] = None,
    scale: Annotated[str, typer.Option(help="probability or logit.")] = "probability",
    samples: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1_000_000,
            help="Rows of the design, a power of two (1,024 to the end of 1941).",
        ),
    ] = None,
    dice: Annotated[
        int, typer.Option(min=1, max=65_536, help="Histories of each world, in steps of 64.")
    ] = LANES,
    seed: Seed = 1,
    precision: Annotated[
        str | None,
        typer.Option(
            help="Stop when half the interval of each of the ten largest total indices is at most "
            "this, such as 5pp; --samples is then the most that are run."
        ),
    ] = None,
    as_json: Json = False,
    language: Language = "en",
    threads: Threads = None,
    quiet: Quiet = False,
    decision_maker: Maker = None,
    collapse: Collapse = None,
) -> None:
    """Say which uncertain numbers move the odds: Sobol indices by month, with intervals."""
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    wanted = precision_of(precision)
    opened = opened_as_asked(case)
    with _nothing_kept(), watching(words, quiet, None, False) as options:
        from jukushi.questions.sensitivity import SensitivityQuestion, sensitivity

        question = SensitivityQuestion(
            tuple(outcome or ()), month, scale, samples, dice, seed, threads, decision_maker,
            collapse, wanted,
        )  # fmt: skip
        answer = sensitivity(opened, question, options)
    if as_json:
        print_json(answer)
        return
    from jukushi.views.sensitivity import sensitivity_view

    print_view(sensitivity_view(answer, opened, words), known_of(answer, opened, words))
