"""`jukushi weigh`: rival hypotheses, by what they do in the model and what the record says."""

from __future__ import annotations

from typing import Annotated

import typer

from jukushi.draws import DICE_PER_DRAW
from jukushi.faces.options import CaseArgument, Histories, Json, Language, Quiet, Seed, Threads
from jukushi.faces.output import print_json, print_view

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("weigh")(command_weigh)


def command_weigh(
    case: CaseArgument,
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about.")] = None,
    histories: Histories = 64 * DICE_PER_DRAW,
    draws: Annotated[
        int, typer.Option(min=1, max=20_000, help="Parameter draws for the record, 64 histories.")
    ] = 128,
    seed: Seed = 1,
    as_json: Json = False,
    language: Language = "en",
    threads: Threads = None,
    quiet: Quiet = False,
) -> None:
    """Weigh the hypotheses of a case: shares, odds without and with more of each, the record."""
    from jukushi.faces.progress import stepping
    from jukushi.views.words import Words
    from jukushi.world.vocabulary import open_case

    words = Words(language)
    opened = open_case(case)
    with stepping(words, "weigh", quiet) as tell:
        from jukushi.calibration.weigh import weigh

        answer = weigh(opened, outcome, histories, draws, seed, threads, tell)
    if as_json:
        print_json(answer)
        return
    from jukushi.views.weigh import weigh_view

    print_view(weigh_view(answer, opened, words))
