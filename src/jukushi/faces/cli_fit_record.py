"""`jukushi fit CASE`: its numbers, fitted to the part of its record that may be fitted."""

from __future__ import annotations

from pathlib import Path

from jukushi.errors import Interrupted, UsageError
from jukushi.faces.output import print_json, print_view

__all__ = ["answer_record"]


def answer_record(
    case: str,
    draws: int,
    records: int,
    seed: int,
    out: Path | None,
    as_json: bool,
    language: str,
    quiet: bool,
) -> None:
    """Fit a case to its record, write its posterior, and say what the record has taught.

    Parameters
    ----------
    case : str
        Name or folder.
    draws : int
        Parameter draws of each bank.
    records : int
        Synthetic records of the check by simulation.
    seed : int
    out : Path or None
        File or folder for the posterior; None is the case's own folder.
    as_json : bool
    language : str
    quiet : bool

    Raises
    ------
    UsageError
        If the file cannot be written.
    Interrupted
        On Ctrl-C; the parts of the banks that are done are kept.
    """
    from jukushi.views.words import Words
    from jukushi.world.vocabulary import open_case

    words = Words(language)
    opened = open_case(case)
    path = _place(out or opened.folder)
    from jukushi.calibration.record_fit import Fitting, fit_record
    from jukushi.faces.progress import stepping

    try:
        with stepping(words, "fit_record", quiet) as say:
            answer, posterior = fit_record(opened, Fitting(draws, records, seed), say)
    except Interrupted:
        raise Interrupted(
            "stopped; the parts of the bank that were done are kept",
            hint="run the same command again: it goes on from there",
        ) from None
    _write(path, posterior.model_dump_json(by_alias=True) + "\n")
    answer["posterior"] = str(path)
    if as_json:
        print_json(answer)
        return
    from jukushi.views.fit_record import fit_record_view

    print_view(fit_record_view(answer, opened, words))


def _place(path: Path) -> Path:
    """Return the file that is meant; refuse one that could not be written, before minutes go."""
    from jukushi.case.knowledge import POSTERIOR_FILE

    if path.is_dir():
        path = path / POSTERIOR_FILE
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written", cause=f"there is no folder {path.parent}")
    return path


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise UsageError(f"{path} cannot be written", cause=cause, hint="name --out") from None
