"""The audit: every claim of a text against scholarship and against the model.

The verdict of scholarship is data of the case. What the model says is worked out here, of the
kind that the claim names (`jukushi.case.claims`), and judged by one rule for each kind
(`jukushi.calibration.audit_stances`). The histories are run once for all claims.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jukushi.calibration import audit_given
from jukushi.calibration.audit_found import Found, Observed
from jukushi.calibration.audit_stances import RULES, STANCES
from jukushi.calibration.audit_worlds import EffectRuns, OutcomeRuns
from jukushi.case.claims import Claim, Effect, Share
from jukushi.case.load import Case
from jukushi.draws import DEFAULT_HISTORIES
from jukushi.engine.run import Engine
from jukushi.errors import UsageError, nearest
from jukushi.questions.odds import check_histories, structure_of
from jukushi.study.provenance import package_version, provenance

__all__ = ["Audit", "audit"]

#: Histories that are run and read together: whole parameter draws, so that memory stays bounded.
_PART = 8_192
_VERDICTS = ("agrees", "disputed", "wrong", "unverifiable")
_KINDS = ("share", "value", "effect", "parameter", "record", "silent")
_AGAINST = ("contradicts", "given_otherwise")


@dataclass(frozen=True)
class Audit:
    """What an audit asks.

    Attributes
    ----------
    claims : sequence of str, optional
        Only these; None is all.
    histories : int, optional
        None is 16,384. A claim about a war on the map is asked of 2,560 at most.
    seed, threads
    """

    claims: Sequence[str] | None = None
    histories: int | None = None
    seed: int = 1
    threads: int | None = None


def audit(
    case: Case,
    question: Audit | None = None,
    progress: Callable[[str, float], None] = lambda _step, _share: None,
) -> dict[str, Any]:
    """Set every claim of a case against scholarship and against the model.

    Parameters
    ----------
    case : Case
    question : Audit, optional
    progress : callable, optional
        Told the name of each step and the share that is done.

    Returns
    -------
    dict
        As described in ``docs/formats/audit.md`` and ``audit.schema.json``.

    Raises
    ------
    UsageError
        If the case has no claims, or not those asked for.
    UndefinedAnswer
        If there are too few histories for the intervals.
    """
    question = question or Audit()
    started = time.perf_counter()
    claims = _asked(case, question.claims)
    histories = question.histories or DEFAULT_HISTORIES
    check_histories(histories)
    engine = Engine(case, question.seed, question.threads)
    runs = _Runs(engine, claims, histories)
    runs.conduct(progress)
    rows = [_row(claim, runs.answer(claim)) for claim in claims]
    structure = runs.structure
    return {
        "schema": "jukushi.audit/1",
        "version": package_version(),
        "case": case.id,
        "case_hash": case.hash,
        "seed": question.seed,
        "histories": histories,
        "decision_maker": structure.makers,
        "collapse": structure.collapse,
        "text": case.claims_of.model_dump() if case.claims_of else None,
        "claims": rows,
        "summary": _summary(rows),
        "rules": dict(RULES),
        "provenance": provenance(time.perf_counter() - started, engine.threads, ""),
    }


def _asked(case: Case, names: Sequence[str] | None) -> list[Claim]:
    """Return the claims asked for, in the order of the case."""
    if not case.claims:
        raise UsageError(
            f"the case {case.id!r} has no claims",
            cause="its folder holds no claims.yaml",
            hint="docs/how-to-write-a-case.md says what stands in it",
        )
    for name in names or ():
        if name not in case.claims:
            close = nearest(name, case.claims)
            raise UsageError(
                f"the case {case.id!r} has no claim {name!r}",
                hint=f"did you mean {close!r}?" if close else "claims: " + ", ".join(case.claims),
            )
    wanted = set(names) if names is not None else set(case.claims)
    return [claim for name, claim in case.claims.items() if name in wanted]


class _Runs:
    """All histories that some claims need, run once."""

    def __init__(self, engine: Engine, claims: Sequence[Claim], histories: int) -> None:
        self.engine, self.histories = engine, histories
        self.structure = structure_of(engine.case, None, None)
        world = self.structure.world(self.structure.name, self.structure.changes)
        case = engine.case
        self.found = {
            claim.id: Found(case, claim)
            for claim in claims
            if claim.model.kind in ("share", "value")
        }
        reads = [read for found in self.found.values() for read in found.body.reads]
        self.observed = Observed(engine, world, reads)
        effects = [claim.model.body for claim in claims if claim.model.kind == "effect"]
        self.effects = {
            outcome: EffectRuns(engine, self.structure, outcome, _of(effects, outcome))
            for outcome in sorted({effect.outcome for effect in effects})
        }
        outcomes = {name for found in self.found.values() for name in _outcomes(found.body)}
        self.outcomes = {
            name: OutcomeRuns(engine, world, name, histories) for name in sorted(outcomes)
        }

    def conduct(self, progress: Callable[[str, float], None]) -> None:
        """Run part after part."""
        steps: list[EffectRuns | OutcomeRuns] = [*self.effects.values(), *self.outcomes.values()]
        for first in range(0, self.histories, _PART):
            count = min(_PART, self.histories - first)
            progress("histories", first / self.histories)
            if self.found:
                self.observed.run(first, count)
            for found in self.found.values():
                found.add(self.observed, first, count)
            for number, step in enumerate(steps, 1):
                progress("worlds", (first + count * number / len(steps)) / self.histories)
                step.run(first, count)

    def answer(self, claim: Claim) -> dict[str, Any]:
        """Return how the model speaks to one claim."""
        kind, body, case = claim.model.kind, claim.model.body, self.engine.case
        if kind == "silent":
            return {"kind": kind, "stance": "silent", "says": body.model_dump()}
        if kind == "effect":
            told = self.effects[body.outcome].answer(body)
        elif kind == "parameter":
            told = audit_given.parameter(case, self.engine.space, self.engine.seed, body)
        elif kind == "record":
            told = audit_given.record(case, body)
        else:
            shares = {name: run.answer() for name, run in self.outcomes.items()}
            told = self.found[claim.id].answer(shares)
        stance = told.pop("stance")
        return {"kind": kind, "stance": stance, "says": body.says.model_dump(), **told}


def _of(effects: Sequence[Effect], outcome: str) -> list[Effect]:
    return [effect for effect in effects if effect.outcome == outcome]


def _outcomes(body: Any) -> list[str]:
    items = (body, *body.beside) if isinstance(body, Share) else ()
    return [item.outcome for item in items if item.outcome is not None]


def _row(claim: Claim, model: dict[str, Any]) -> dict[str, Any]:
    """Return one claim of the answer."""
    data = claim.model_dump(mode="json", exclude={"model"})
    return {
        "id": claim.id,
        "date": claim.date,
        "claim": data["claim"],
        "figures": data["figures"],
        "scholarship": data["scholarship"],
        "verdict": claim.verdict,
        "confidence": claim.confidence,
        "model": model,
        "mechanism": data["mechanism"],
    }


def _summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Count verdicts, kinds and stances, and name the claims on which they part."""
    both = Counter((row["verdict"], row["model"]["stance"]) for row in rows)

    def named(verdicts: Sequence[str], stances: Sequence[str]) -> list[str]:
        return [
            row["id"]
            for row in rows
            if row["verdict"] in verdicts and row["model"]["stance"] in stances
        ]

    return {
        "claims": len(rows),
        "verdicts": _counts(_VERDICTS, [row["verdict"] for row in rows]),
        "kinds": _counts(_KINDS, [row["model"]["kind"] for row in rows]),
        "stances": _counts(STANCES, [row["model"]["stance"] for row in rows]),
        "verdicts_by_stance": {
            verdict: {stance: both[(verdict, stance)] for stance in STANCES}
            for verdict in _VERDICTS
        },
        "scholarship_against": named(("disputed", "wrong"), STANCES),
        "model_against": named(_VERDICTS, _AGAINST),
        "both_against": named(("disputed", "wrong"), _AGAINST),
        "model_against_scholarship": [
            *named(("agrees",), _AGAINST),
            *named(("wrong",), ("supports", "given")),
        ],
    }


def _counts(names: Sequence[str], values: Sequence[str]) -> dict[str, int]:
    found = Counter(values)
    return {name: found[name] for name in names}
