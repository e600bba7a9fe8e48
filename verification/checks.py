"""What a check is, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from verification.tests_of_fit import Fit


@dataclass(frozen=True)
class Finding:
    """The outcome of one check.

    Attributes
    ----------
    passed : bool
    test, statistic, limit : str
        What was computed and what it must not exceed, in words.
    level : float or None
        Chance that a right program fails; None for a comparison of numbers.
    size : int
    detectable : str
        The departure that would have been found with a chance of 90 %.
    sentence : str
        The verdict in one sentence.
    figure : Figure
    """

    passed: bool
    test: str
    statistic: str
    limit: str
    level: float | None
    size: int
    detectable: str
    sentence: str
    figure: Figure


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes
    ----------
    name, title : str
    mutation : str
        What `--break` spoils.
    run : callable
        From (small, broken) to a `Finding`.
    """

    name: str
    title: str
    mutation: str
    run: Callable[[bool, bool], Finding]


def from_fit(fit: Fit, agrees: str, differs: str, figure: Figure, also: bool = True) -> Finding:
    """A finding from a test of fit; `also` is whatever else must hold."""
    passed = fit.passed and also
    return Finding(
        passed=passed,
        test=fit.test,
        statistic=f"{fit.statistic:.4g}, p = {fit.p_value:.3g}",
        limit=f"p >= {fit.level:g}",
        level=fit.level,
        size=fit.size,
        detectable=fit.detectable,
        sentence=agrees if passed else differs,
        figure=figure,
    )
