"""How far a search of several stages is, when none can say beforehand how long it will be."""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["Stages"]


class Stages:
    """Adds up histories run, stage by stage, against what each stage was expected to run.

    Parameters
    ----------
    show : callable
        Takes histories done, histories to do and the early answer.
    expected : sequence of int
        Histories of each stage, guessed; a stage that runs more waits at its end.
    """

    def __init__(self, show: Callable[[int, int, float], None], expected: Sequence[int]) -> None:
        self._show = show
        self._expected = list(expected)
        self._stage = 0
        self._run = 0
        self.early = float("nan")

    def tell(self, histories: int) -> None:
        """Add histories to the stage that runs."""
        self._run += histories
        here = min(self._run, self._expected[self._stage])
        done = sum(self._expected[: self._stage]) + here
        self._show(done, sum(self._expected), self.early)

    def next(self) -> None:
        """Go on to the next stage."""
        self._stage, self._run = min(self._stage + 1, len(self._expected) - 1), 0
