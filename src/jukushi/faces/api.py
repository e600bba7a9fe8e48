"""The Python interface: ``jukushi.load("kantokuen").why()``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from jukushi.case.load import Case, list_cases
from jukushi.world.vocabulary import open_case

__all__ = ["Interface", "cases", "load"]


def cases() -> list[str]:
    """Return the names of the cases that come with the package."""
    return [folder.name for folder in list_cases()]


def load(
    case: str | Path,
    *,
    posterior: bool = False,
    widened: bool = False,
    known_by: date | None = None,
    like_record_until: date | None = None,
) -> Interface:
    """Open a case by name or path.

    Parameters
    ----------
    case : str or Path
    posterior : bool
        With the numbers fitted to its record, instead of its priors.
    widened : bool
        With wider priors where they were set by looking at what is scored.
    known_by : date, optional
        With the numbers that were knowable by this day.
    like_record_until : date, optional
        Ask of histories that are like the record up to this day.

    Returns
    -------
    Interface

    Raises
    ------
    UsageError
        If there is no such case.
    CaseError
        If the case has problems; all of them are listed.
    PosteriorError
        If it has no posterior, or one of other numbers.
    """
    from jukushi.faces.knowledge import Knowing, known

    return Interface(
        known(open_case(case), Knowing(posterior, widened, known_by, like_record_until))
    )


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

    def whatif(
        self,
        *texts: str,
        move: Sequence[str] = (),
        add: Sequence[str] = (),
        rule: Sequence[str] = (),
        script: str | Path | None = None,
        since: str | date | None = None,
        redraw: int | None = None,
        outcome: str | None = None,
        histories: int | None = None,
        seed: int = 1,
        do: Sequence[str] = (),
        decision_maker: str | None = None,
        collapse: bool | None = None,
        threads: int | None = None,
        out: str | Path | None = None,
        resume: bool = False,
        precision: float | None = None,
    ) -> dict[str, Any]:
        """Return what an intervention would change (see `jukushi.questions.whatif.whatif`).

        Parameters
        ----------
        *texts : str
            What `--set` takes: ``"khalkhin_gol=japanese_victory"``, ``"transfer_rate*1.5"``.
        move, add, rule, script, do
            What the options of the same names take.
        since : str or date, optional
            The day of `--from`.
        redraw : int, optional
            Number of another fate.
        precision : float, optional
            What `--precision` takes, as a fraction of one.
        """
        from jukushi.questions.interventions.worlds import Asked
        from jukushi.questions.whatif import Whatif, whatif
        from jukushi.study.conduct import Options

        day = date.fromisoformat(since) if isinstance(since, str) else since
        asked = Asked(
            texts, move, add, rule, Path(script) if script else None, do, day, redraw,
            decision_maker, collapse,
        )  # fmt: skip
        return whatif(
            self.case,
            Whatif(asked, outcome, histories, seed, threads, precision),
            Options(folder=Path(out) if out else None, resume=resume),
        )

    def tip(
        self,
        to: float = 0.5,
        histories: int | None = None,
        seed: int = 1,
        *,
        outcome: str | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        most_sd: float = 4.0,
        precision: float | None = None,
        threads: int | None = None,
    ) -> dict[str, Any]:
        """Return the smallest changes that bring an outcome to a probability.

        See `jukushi.questions.tip.tip`.
        """
        from jukushi.questions.tip import Tipping, tip

        question = Tipping(
            to, outcome, decision_maker, collapse, histories, seed, threads, most_sd, precision
        )
        return tip(self.case, question)

    def frontier(
        self,
        vary: str | None = None,
        histories: int | None = None,
        seed: int = 1,
        *,
        opponent: str | None = None,
        levels: Sequence[float] = (0.05, 0.10, 0.25, 0.50),
        outcome: str | None = None,
        collapse: bool | None = None,
        precision: float | None = None,
        threads: int | None = None,
        out: str | Path | None = None,
        resume: bool = False,
    ) -> dict[str, Any]:
        """Return where the answer flips (see `jukushi.questions.frontier.frontier`).

        ``points``, ``thresholds``, ``audit`` and ``steps`` are flat rows: each makes a table.
        """
        from jukushi.questions.frontier import Question, frontier
        from jukushi.study.conduct import Options

        question = Question(
            vary, opponent, outcome, collapse, levels, histories, seed, threads, precision
        )
        options = Options(folder=Path(out) if out else None, resume=resume)
        return frontier(self.case, question, options)

    def sensitivity(
        self,
        *outcomes: str,
        month: str | None = None,
        scale: str = "probability",
        samples: int | None = None,
        dice: int = 64,
        seed: int = 1,
        threads: int | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        precision: float | None = None,
    ) -> dict[str, Any]:
        """Return which uncertain numbers move the odds of the outcomes (none: the usual one).

        See `jukushi.questions.sensitivity.sensitivity`.
        """
        from jukushi.questions.sensitivity import SensitivityQuestion, sensitivity

        question = SensitivityQuestion(
            outcomes, month, scale, samples, dice, seed, threads, decision_maker, collapse,
            precision,
        )  # fmt: skip
        return sensitivity(self.case, question)

    def discover(
        self,
        histories: int | None = None,
        seed: int = 1,
        *,
        outcome: str | None = None,
        above: float | None = None,
        boxes: int = 2,
        threads: int | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        out: str | Path | None = None,
        resume: bool = False,
    ) -> dict[str, Any]:
        """Return where in the parameter space the outcome comes, in boxes.

        See `jukushi.questions.discover.discover`.
        """
        from jukushi.questions.discover import USUAL_HISTORIES, DiscoverQuestion, discover
        from jukushi.study.conduct import Options

        question = DiscoverQuestion(
            outcome, above, boxes, histories or USUAL_HISTORIES, seed, threads, decision_maker,
            collapse,
        )  # fmt: skip
        options = Options(folder=Path(out) if out else None, resume=resume)
        return discover(self.case, question, options)

    def explain(
        self,
        histories: int | None = None,
        seed: int = 1,
        *,
        outcome: str | None = None,
        worlds: str = "singles",
        terms: int = 6,
        threads: int | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        out: str | Path | None = None,
        resume: bool = False,
    ) -> dict[str, Any]:
        """Return the small model of the outcome's odds, with its error.

        See `jukushi.questions.explain.explain`.
        """
        from jukushi.questions.explain import USUAL_HISTORIES, ExplainQuestion, explain
        from jukushi.study.conduct import Options

        question = ExplainQuestion(
            outcome, worlds, terms, histories or USUAL_HISTORIES, seed, threads, decision_maker,
            collapse,
        )  # fmt: skip
        options = Options(folder=Path(out) if out else None, resume=resume)
        return explain(self.case, question, options)

    def best(
        self,
        power: str | None = None,
        seed: int = 1,
        *,
        until: date | None = None,
        fit_draws: int | None = None,
        judge_draws: int = 512,
        outer: int | None = None,
        collapse: bool | None = None,
        save: str | Path | None = None,
        threads: int | None = None,
    ) -> dict[str, Any]:
        """Return the best policy of a power and what it is worth (`jukushi.questions.best.best`).

        With `save`, the hunter's policy is also written to a file.
        """
        from jukushi.questions.best import Asked, best
        from jukushi.questions.policies import check_place, save_policy

        if save is not None:
            check_place(Path(save), self.case, power)
        asked = Asked(power, until, fit_draws, judge_draws, outer, collapse, seed, threads)
        answer = best(self.case, asked)
        if save is not None:
            save_policy(answer, Path(save))
        return answer

    def audit(
        self,
        *claims: str,
        histories: int | None = None,
        seed: int = 1,
        threads: int | None = None,
    ) -> dict[str, Any]:
        """Return what scholarship and the model say of claims of the case's text, or of all.

        See `jukushi.calibration.audit.audit`.
        """
        from jukushi.calibration.audit import Audit, audit

        return audit(self.case, Audit(claims or None, histories, seed, threads))

    def known_by(
        self,
        day: date,
        histories: int | None = None,
        seed: int = 1,
        *,
        outcome: str | None = None,
        threads: int | None = None,
        decision_maker: str | None = None,
        collapse: bool | None = None,
        out: str | Path | None = None,
        resume: bool = False,
    ) -> dict[str, Any]:
        """Return the odds with what was knowable by a day (`jukushi.questions.knowable.knowable`).

        ``parameters`` and ``stays`` are flat rows: each makes a table.
        """
        from jukushi.questions.knowable import KnowableQuestion, knowable
        from jukushi.study.conduct import Options

        question = KnowableQuestion(
            day, outcome, decision_maker, collapse, histories, seed, threads
        )
        options = Options(folder=Path(out) if out else None, resume=resume)
        return knowable(self.case, question, options)

    def hindcast(
        self,
        draws: int = 512,
        seed: int = 1,
        *,
        cases: Sequence[Case] | None = None,
        threads: int | None = None,
    ) -> dict[str, Any]:
        """Return the scores of the model on the later record, beside those of naive forecasts.

        `cases` is the case under other knowledge, such as a posterior, the main one first. See
        `jukushi.calibration.hindcast_record.hindcast_record`.
        """
        from jukushi.calibration.hindcast_record import hindcast_record

        return hindcast_record(self.case, draws, seed, threads, cases)

    def card(self) -> dict[str, Any]:
        """Return the model card: purpose, parts, sources, checks and limits, as plain data.

        Nothing is run. See `jukushi.calibration.card.card`.
        """
        from jukushi.calibration.card import card

        return card(self.case)

    def weigh(
        self,
        histories: int | None = None,
        seed: int = 1,
        *,
        outcome: str | None = None,
        draws: int | None = None,
        threads: int | None = None,
    ) -> dict[str, Any]:
        """Return what each hypothesis does in the model and what the record says of it.

        See `jukushi.calibration.weigh.weigh`.
        """
        from jukushi.calibration.weigh import USUAL_DRAWS, USUAL_HISTORIES, weigh

        return weigh(
            self.case, outcome, histories or USUAL_HISTORIES, draws or USUAL_DRAWS, seed, threads
        )
