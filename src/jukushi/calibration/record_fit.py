"""Fitting a case to the part of its record that may be fitted.

Three fits share the same steps: of the record by date, from the priors as they are and from the
widened ones, and of the second split, by kind, from the widened ones. The steps: a bank of
simulations; the parameters on which the record bears, at most fifteen; what history matching rules
out; weights; a joint sample; checks. Theory and limits: docs/calibration/record.md
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.bank import uncertain, with_bank
from jukushi.calibration.bearing import chosen
from jukushi.calibration.coverage import calibration
from jukushi.calibration.matching import LIMIT, implausibility, not_ruled_out
from jukushi.calibration.posterior import (
    draw_log_weights,
    joint_rows,
    normalised,
    ranks,
    weighted_quantile,
)
from jukushi.case.knowledge import widened
from jukushi.case.load import Case
from jukushi.case.posterior import FittedPart, PosteriorFile, SplitName, digest_of, split_targets
from jukushi.case.quantities import distribution
from jukushi.case.targets import Target, record_of
from jukushi.engine.run import Engine
from jukushi.errors import UndefinedAnswer
from jukushi.study.provenance import package_version, provenance

__all__ = ["FITS", "Fitting", "fit_record"]

#: Which fits are made: split, base.
FITS: tuple[tuple[SplitName, str], ...] = (
    ("date", "prior"), ("date", "widened"), ("kind", "widened"),
)  # fmt: skip

#: Rows of a joint sample, and fewest effective draws it is made of.
_ROWS, _LEAST = 512, 100.0
#: Smallest quantile that is kept.
_EDGE = 0.0001
#: A number was moved if its spread fell by this share or its mean by this many prior sds.
_MOVED_SPREAD, _MOVED_MEAN = 0.05, 0.2

Say = Callable[[str, float], None]


@dataclass(frozen=True)
class Fitting:
    """How a fit is made.

    Attributes
    ----------
    draws : int
        Parameter draws of each bank, of 64 histories.
    records : int
        Synthetic records of the check by simulation; 0 leaves it out.
    seed : int
    threads : int, optional
    folder : Path, optional
        Where banks are kept, so that a stopped fit goes on.
    """

    draws: int = 32_768
    records: int = 200
    seed: int = 1
    threads: int | None = None
    folder: Path | None = None


def fit_record(
    case: Case, asked: Fitting | None = None, say: Say = lambda _step, _share: None
) -> tuple[dict[str, Any], PosteriorFile]:
    """Fit a case to its record.

    Parameters
    ----------
    case : Case
        With its own priors.
    asked : Fitting, optional
    say : callable
        Told the name of a step and the share that is done.

    Returns
    -------
    (dict, PosteriorFile)
        The answer, as in ``docs/formats/fit-record.md``, and the posterior to keep.

    Raises
    ------
    UsageError
        If the case has no record.
    UndefinedAnswer
        If too few draws agree with it.
    """
    asked = asked or Fitting()
    started = time.perf_counter()
    record = record_of(case)
    rows, parts, covered = [], [], None
    for number, (split, base) in enumerate(FITS):
        begin, step = number / len(FITS), 1 / len(FITS)

        def tell(name: str, share: float, begin: float = begin, step: float = step) -> None:
            say(name, begin + step * share)

        known = case if base == "prior" else widened(case)
        targets = split_targets(case, split)
        check = asked.records if (split, base) == ("date", "prior") else 0
        fit = _Fit(known, targets, asked, check, tell)
        rows.append({"split": split, "base": base, **fit.answer()})
        parts.append(fit.part(split, base, asked.seed))
        covered = fit.coverage() if check else covered
    posterior = PosteriorFile.model_validate(
        {
            "schema": "jukushi.posterior/1", "version": package_version(), "case": case.id,
            "case_hash": case.hash, "made_of": digest_of(case), "seed": asked.seed,
            "draws": asked.draws, "fits": parts,
        }
    )  # fmt: skip
    threads = Engine(case, asked.seed, asked.threads).threads
    answer = {
        "schema": "jukushi.fit_record/1",
        "version": package_version(),
        "case": case.id,
        "case_hash": case.hash,
        "seed": asked.seed,
        "draws": asked.draws,
        "split": record.split.model_dump(mode="json"),
        "fits": rows,
        "coverage": covered,
        "provenance": provenance(time.perf_counter() - started, threads, str(asked.folder or "")),
    }
    return answer, posterior


class _Fit:
    """One fit."""

    def __init__(
        self, case: Case, targets: tuple[Target, ...], asked: Fitting, records: int, say: Say
    ) -> None:
        self.case, self.targets, self.asked = case, targets, asked
        whole = with_bank(
            case, targets, asked.draws + records, asked.seed, asked.threads, asked.folder,
            lambda done, all_: say("bank", 0.6 * done / all_),
        )  # fmt: skip
        # The draws of synthetic records come first, so that the bank is the same without them
        # but for its own first draws.
        self.bank = whole.part(slice(records, None))
        self.names, self.indices = chosen(self.bank, targets)
        self.implausible = implausibility(self.bank, targets)
        self.left = not_ruled_out(self.implausible)
        self.log_weights = np.where(self.left, draw_log_weights(self.bank, targets), -np.inf)
        self.weights = self._weights(self.log_weights)
        say("weights", 0.7)
        self.synthetic = (
            calibration(
                self.bank, whole.part(slice(0, records)), targets, self.names, asked.seed,
                lambda done, all_: say("synthetic", 0.7 + 0.3 * done / all_),
            )
            if records
            else None
        )  # fmt: skip
        say("weights", 1.0)

    def _weights(self, log_weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        weights = normalised(log_weights)
        found = 1.0 / float((weights**2).sum())
        if not found >= _LEAST:
            raise UndefinedAnswer(
                f"the record is like too few draws: {found:.0f} effective ones of {len(weights):,}",
                cause=f"a posterior needs at least {_LEAST:.0f}",
                hint=f"--draws {_more(found, len(weights))} would do",
            )
        return weights

    @property
    def effective(self) -> float:
        """Effective draws."""
        return 1.0 / float((self.weights**2).sum())

    def part(self, split: SplitName, base: str, seed: int) -> FittedPart:
        """Return the joint sample."""
        columns = [self.bank.names.index(name) for name in self.names]
        rows = self.bank.quantiles[joint_rows(self.weights, _ROWS, seed)][:, columns]
        # Four digits of a quantile are more than the prior knows; 0 and 1 have no finite value.
        kept = np.clip(rows.round(4), _EDGE, 1.0 - _EDGE)
        listed = [[round(float(value), 4) for value in row] for row in kept]
        return FittedPart.model_validate(
            {
                "split": split, "base": base, "names": list(self.names), "quantiles": listed,
                "effective": round(self.effective, 1),
            }
        )  # fmt: skip

    def answer(self) -> dict[str, Any]:
        """Return what was found."""
        parameters = [self._parameter(place) for place in range(len(self.names))]
        moved = {row["id"] for row in parameters if row["moved"]}
        others = [name for name in uncertain(self.case) if name not in self.names]
        return {
            "effective": self.effective,
            "ruled_out": {
                "share": float(1.0 - self.left.mean()),
                "limit": LIMIT,
                "by": [
                    {**_name(item), "share": float((row > LIMIT).mean())}
                    for item, row in zip(self.targets, self.implausible, strict=True)
                ],
            },
            "parameters": parameters,
            "not_moved": [name for name in self.names if name not in moved],
            "not_fitted": others,
            "evidence": self._evidence(),
            "checks": self._checks(),
        }

    def _parameter(self, place: int) -> dict[str, Any]:
        name = self.names[place]
        quantile = self.bank.quantiles[:, self.bank.names.index(name)]
        item = self.case.parameters[name]
        centre = Engine(self.case, self.asked.seed).space.centre[name]
        values = distribution(item, centre, quantile)
        flat = np.full(len(values), 1.0 / len(values))
        before, after = _summary(values, flat), _summary(values, self.weights)
        shift = (after["mean"] - before["mean"]) / before["sd"]
        fall = 1.0 - after["sd"] / before["sd"]
        return {
            "id": name,
            "unit": item.unit,
            "informed_by": item.informed_by,
            "index": float(self.indices[place]),
            "prior": before,
            "posterior": after,
            "shift": shift,
            "shift_error": after["sd"] / before["sd"] / float(np.sqrt(self.effective)),
            "narrowed": fall,
            "moved": bool(abs(shift) > _MOVED_MEAN or fall > _MOVED_SPREAD),
        }

    def _evidence(self) -> list[dict[str, float]]:
        """Mean density of the record under other discrepancies, relative to those stated."""
        found = {}
        for times in (0.0, 0.5, 1.0, 2.0):
            log = draw_log_weights(self.bank, self.targets, discrepancy=times)
            found[times] = float(log.max() + np.log(np.exp(log - log.max()).mean()))
        return [
            {"discrepancy_times": times, "log_evidence": value - found[1.0]}
            for times, value in found.items()
        ]

    def _checks(self) -> list[dict[str, Any]]:
        """Rank of each observation before the fit, after it, and after a fit without it."""
        flat = np.full(len(self.bank), 1.0 / len(self.bank))
        before = ranks(self.bank, self.targets, flat, self.asked.seed)
        after = ranks(self.bank, self.targets, self.weights, self.asked.seed)
        rows = []
        for place, item in enumerate(self.targets):
            log = draw_log_weights(self.bank, self.targets, without=place)
            weights = normalised(np.where(self.left, log, -np.inf))
            alone = ranks(self.bank, self.targets, weights, self.asked.seed)[place]
            rows.append(
                {
                    **_name(item), "record": item.value, "spread": item.spread,
                    "rank_prior": float(before[place]), "rank_posterior": float(after[place]),
                    "rank_without": float(alone),
                }
            )  # fmt: skip
        return rows

    def coverage(self) -> dict[str, Any] | None:
        """Return the check by simulation."""
        if self.synthetic is None:
            return None
        few = float((self.synthetic.effective < _LEAST).mean())
        return {
            "records": len(self.synthetic.ranks),
            "level": 0.9,
            "within": self.synthetic.covered(),
            "joint": self.synthetic.joint_test(),
            "effective_median": float(np.median(self.synthetic.effective)),
            "too_few_effective": few,
        }


def _more(effective: float, draws: int) -> int:
    """Return how many draws would make the least effective number, with half as many again."""
    return int(1.5 * _LEAST / max(effective, 1.0) * draws)


def _name(target: Target) -> dict[str, str]:
    return {"series": target.series.id, "date": target.observation.date.isoformat()}


def _summary(values: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]) -> dict[str, float]:
    mean = float(weights @ values)
    low, high = weighted_quantile(values, weights, (0.05, 0.95))
    return {
        "mean": mean,
        "sd": float(np.sqrt(weights @ (values - mean) ** 2)),
        "low": float(low),
        "high": float(high),
    }
