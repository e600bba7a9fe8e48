"""`jukushi hindcast CASE`: the later record against what the model foretells."""

from __future__ import annotations

from jukushi.faces.output import print_json, print_view
from jukushi.views.words import Words

__all__ = ["answer_record"]


def answer_record(
    case: str,
    draws: int,
    seed: int,
    threads: int | None,
    as_json: bool,
    words: Words,
    quiet: bool,
) -> None:
    """Score a case against its record and print the scores beside the naive ones."""
    from jukushi.faces.progress import stepping
    from jukushi.world.vocabulary import open_case

    opened = open_case(case)
    with stepping(words, "hindcast_record", quiet) as tell:
        from jukushi.calibration.hindcast_record import hindcast_record

        answer = hindcast_record(opened, draws, seed, threads, tell=tell)
    if as_json:
        print_json(answer)
        return
    from jukushi.views.hindcast_record import record_view

    print_view(record_view(answer, opened, words))
