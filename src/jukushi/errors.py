"""Everything that can go wrong, as one tree.

::

    JukushiError                 exit code 1   the base: ran, but something failed
    ├── UsageError               exit code 2   the question itself is wrong
    ├── CaseError                exit code 4   a case folder is wrong (holds all problems)
    ├── StudyError               exit code 4   a study on disk is damaged or of another version
    ├── BattlesError             exit code 4   a file of battles is damaged (in `calibration.rows`)
    ├── PolicyError              exit code 4   a saved policy is damaged (in `questions.policies`)
    ├── UndefinedAnswer          exit code 1   too few histories to define what was asked
    ├── NumericalError           exit code 1   a NaN or an infinity in a state field
    └── Interrupted              exit code 130 stopped by the user; what was done is kept
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = [
    "CaseError",
    "Interrupted",
    "JukushiError",
    "NumericalError",
    "Problem",
    "StudyError",
    "UndefinedAnswer",
    "UsageError",
    "nearest",
]


class JukushiError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    cause : str, optional
        Why, if known.
    hint : str, optional
        The next step for the reader.
    """

    exit_code = 1

    def __init__(self, message: str, *, cause: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause
        self.hint = hint


class UsageError(JukushiError):
    """The question names something that does not exist or makes no sense."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a case: where, what, which value, what was expected.

    Attributes
    ----------
    path : str
        File, relative to the case folder.
    line : int
        Line in that file, from 1 (0 when the file as a whole is meant).
    what : str
        What is wrong.
    value : str
        The offending value as written (shortened).
    expected : str
        What was expected there.
    nearest : str
        The nearest valid name, or empty.
    """

    path: str
    line: int
    what: str
    value: str = ""
    expected: str = ""
    nearest: str = ""

    def __str__(self) -> str:
        parts = [f"{self.path}:{self.line}: {self.what}"]
        if self.value:
            parts.append(f"got {self.value}")
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.nearest:
            parts.append(f"nearest valid name: {self.nearest}")
        return ", ".join(part.replace("\n", " ") for part in parts)


class CaseError(JukushiError):
    """A case is wrong; `problems` holds every problem found, not only the first."""

    exit_code = 4

    def __init__(self, case: str, problems: Sequence[Problem]) -> None:
        count = len(problems)
        super().__init__(
            f"the case {case!r} has {count} problem{'s' if count != 1 else ''}; nothing was run",
            hint=f"jukushi check {case}",
        )
        self.problems = tuple(sorted(problems))


class StudyError(JukushiError):
    """A study folder is damaged, locked, or was written by another version."""

    exit_code = 4


class UndefinedAnswer(JukushiError):
    """The number asked for is undefined at this size of study."""


class NumericalError(JukushiError):
    """A state field became NaN or infinite."""


class Interrupted(JukushiError):
    """The user stopped the run; complete parts are kept."""

    exit_code = 130


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return the valid name closest to `name`, or an empty string."""
    matches = get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return matches[0] if matches else ""
