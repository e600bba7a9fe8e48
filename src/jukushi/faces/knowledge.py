"""Options that every question shares: with which numbers, and of which histories, it is asked.

`knowing` adds them to a command; `opened` opens a case with what they ask for. The command itself
knows nothing of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from jukushi.case.knowable import known_by as knowable_by
from jukushi.case.knowledge import like_record, widened
from jukushi.case.load import Case
from jukushi.errors import UsageError

if TYPE_CHECKING:
    from jukushi.views.words import Words

__all__ = ["Knowing", "day_of", "knowing", "known", "known_of", "opened"]


@dataclass(frozen=True)
class Knowing:
    """What a question is asked with.

    Attributes
    ----------
    posterior : bool
        The posterior that ships with the case, not its priors.
    wide : bool
        Priors widened where they were set by looking at what is scored.
    known_by : date, optional
        Numbers that were knowable by this day.
    like_record_until : date, optional
        Of histories that are like the record up to this day.
    """

    posterior: bool = False
    wide: bool = False
    known_by: date | None = None
    like_record_until: date | None = None


_ASKED: ContextVar[Knowing | None] = ContextVar("knowing", default=None)

_OPTIONS: dict[str, tuple[Any, Any]] = {
    "posterior": (
        Annotated[
            bool,
            typer.Option(
                "--posterior/--prior", help="Numbers fitted to the record (jukushi fit), or not."
            ),
        ],
        False,
    ),
    "widened": (
        Annotated[
            bool,
            typer.Option("--widened", help="Wider priors where later records informed them."),
        ],
        False,
    ),
    "known_by": (
        Annotated[
            str | None,
            typer.Option("--known-by", metavar="DATE", help="Numbers that were knowable by a day."),
        ],
        None,
    ),
    "like_record_until": (
        Annotated[
            str | None,
            typer.Option(metavar="DATE", help="Histories that are like the record up to a day."),
        ],
        None,
    ),
}


def knowing(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes the shared options as well."""

    @wraps(command)
    def asked(*args: Any, **given: Any) -> None:
        posterior, wide, known_by, until = (given.pop(name) for name in _OPTIONS)
        token = _ASKED.set(Knowing(posterior, wide, day_of(known_by), day_of(until)))
        try:
            command(*args, **given)
        finally:
            _ASKED.reset(token)

    # Names of types are looked up in the command's own module, before they are joined by ours.
    kinds = get_type_hints(command, include_extras=True)
    signature = inspect.signature(command)
    own = [item.replace(annotation=kinds[name]) for name, item in signature.parameters.items()]
    more = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _OPTIONS.items()
    ]
    asked.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
    asked.__annotations__ = kinds | {name: kind for name, (kind, _) in _OPTIONS.items()}
    return asked


def day_of(text: str | None) -> date | None:
    """Read a day; raises UsageError before anything is run."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day", hint="write it as 1941-08-09") from None


def opened(name: str) -> Case:
    """Open a case with what the options of the running command ask for."""
    from jukushi.world.vocabulary import open_case

    return known(open_case(name), _ASKED.get() or Knowing())


def known(case: Case, asked: Knowing) -> Case:
    """Return a case with the numbers and histories asked for.

    Raises
    ------
    UsageError
        If the case has no record, or its posterior could not be known by the day.
    PosteriorError
        If it has no posterior, or one of other numbers.
    """
    if asked.wide:
        case = widened(case)
    if asked.posterior:
        from jukushi.case.posterior import posterior_of

        case = posterior_of(case)
    if asked.known_by is not None:
        case = knowable_by(case, asked.known_by)
    if asked.like_record_until is not None:
        case = like_record(case, asked.like_record_until)
    return case


def known_of(answer: dict[str, Any], case: Case, words: Words) -> list[Any]:
    """Return what is to be said of numbers and histories before a view; nothing of plain priors."""
    from jukushi.views.knowledge import knowledge_lines

    return knowledge_lines(answer, case, words)
