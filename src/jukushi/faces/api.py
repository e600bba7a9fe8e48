"""The Python interface: ``jukushi.load("kantokuen").why()``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jukushi.case.load import Case, list_cases
from jukushi.world.vocabulary import open_case

__all__ = ["Interface", "cases", "load"]


def cases() -> list[str]:
    """Return the names of the cases that come with the package."""
    return [folder.name for folder in list_cases()]


def load(case: str | Path) -> Interface:
    """Open a case by name or path.

    Parameters
    ----------
    case : str or Path

    Returns
    -------
    Interface

    Raises
    ------
    UsageError
        If there is no such case.
    CaseError
        If the case has problems; all of them are listed.
    """
    return Interface(open_case(case))


class Interface:
    """A case and what can be asked of it.

    Parameters
    ----------
    case : Case
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    def __repr__(self) -> str:
        return f"<jukushi case {self.case.id!r}, {len(self.case.parameters)} parameters>"

    def run(
        self,
        histories: int | None = None,
        seed: int = 1,
        *,
        threads: int | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        out: str | Path | None = None,
        resume: bool = False,
        outcome: str | None = None,
        do: Sequence[str] = (),
        precision: float | None = None,
    ) -> dict[str, Any]:
        """Return odds and dates of every outcome (see `jukushi.questions.odds.odds`)."""
        from jukushi.questions.odds import odds
        from jukushi.study.conduct import Options

        options = Options(folder=Path(out) if out else None, resume=resume)
        return odds(
            self.case, histories, seed, threads, decision_maker, collapse, options, outcome, do,
            precision,
        )  # fmt: skip

    def campaign(
        self,
        name: str,
        histories: int = 4096,
        seed: int = 1,
        *,
        threads: int | None = None,
    ) -> dict[str, Any]:
        """Return what a campaign brings (see `jukushi.questions.campaign.campaign_odds`)."""
        from jukushi.questions.campaign import campaign_odds

        return campaign_odds(self.case, name, histories, seed, threads)

    def why(
        self,
        histories: int | None = None,
        seed: int = 1,
        *,
        outcome: str | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        factors: Sequence[str] | None = None,
        readings: Mapping[str, str] | None = None,
        compare: bool = False,
        all_readings: bool = False,
        threads: int | None = None,
        out: str | Path | None = None,
        resume: bool = False,
        do: Sequence[str] = (),
        precision: float | None = None,
    ) -> dict[str, Any]:
        """Return why the outcome came or did not come (see `jukushi.questions.why.why`)."""
        from jukushi.questions.why import Question, why
        from jukushi.study.conduct import Options

        question = Question(
            outcome, decision_maker, collapse, factors, readings or {}, histories, seed, threads,
            compare, all_readings, do, precision,
        )  # fmt: skip
        return why(self.case, question, Options(folder=Path(out) if out else None, resume=resume))

    def replay(
        self,
        history: int,
        seed: int = 1,
        *,
        without: Mapping[str, str | None] | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        do: Sequence[str] = (),
        language: str = "en",
        everything: bool = False,
    ) -> list[tuple[str, list[str]]]:
        """Return one history, week by week, as (date, sentences).

        Parameters
        ----------
        history : int
            Number of the history.
        seed : int
        without : mapping of factor to reading (None: the default one), optional
            Factors that are absent in the world of this history.
        """
        from jukushi.questions.retell import retell
        from jukushi.views.tell import weekly
        from jukushi.views.words import Words

        told = retell(self.case, history, seed, without or {}, decision_maker, collapse, do)
        return weekly(told, Words(language), everything)

    def causes(
        self,
        history: int,
        seed: int = 1,
        *,
        outcome: str | None = None,
        factors: Sequence[str] | None = None,
        readings: Mapping[str, str] | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        do: Sequence[str] = (),
        threads: int | None = None,
    ) -> dict[str, Any]:
        """Return why one history went as it did (see `jukushi.questions.causes.causes`)."""
        from jukushi.questions.causes import OneHistory, causes

        asked = OneHistory(
            history, seed, outcome, decision_maker, collapse, factors, readings or {}, do, threads
        )
        return causes(self.case, asked)
