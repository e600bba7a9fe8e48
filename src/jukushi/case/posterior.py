"""The posterior that ships with a case: ``posterior.json``, written by ``jukushi fit``.

It is no part of the case's hash: it was made from the case. What it was made from, all priors and
the fitted part of the record, is kept as a digest, and a posterior of other numbers is refused.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator

from jukushi.case.knowledge import POSTERIOR_FILE, Joint, with_joint
from jukushi.case.quantities import central_value
from jukushi.case.schema import Identifier, Model, Sentence
from jukushi.case.targets import Target, targets_of
from jukushi.errors import JukushiError, UsageError

if TYPE_CHECKING:
    from jukushi.case.load import Case

__all__ = [
    "POSTERIOR_FILE", "FittedPart", "PosteriorError", "PosteriorFile", "SplitName",
    "digest_of", "posterior_of", "read_posterior", "split_targets",
]  # fmt: skip

SplitName = Literal["date", "kind"]
Quantile = Annotated[float, Field(gt=0, lt=1)]


class PosteriorError(JukushiError):
    """A posterior is missing, damaged, or of other numbers."""

    exit_code = 4


class FittedPart(Model):
    """One fit: of which part of the record, from which priors, and its joint sample."""

    split: SplitName
    base: Literal["prior", "widened"]
    names: Annotated[list[Identifier], Field(min_length=1, max_length=15)]
    quantiles: Annotated[list[list[Quantile]], Field(min_length=1, max_length=10_000)]
    effective: float

    @model_validator(mode="after")
    def _whole(self) -> FittedPart:
        if any(len(row) != len(self.names) for row in self.quantiles):
            raise ValueError("every row of quantiles has one number for each name")
        return self


class PosteriorFile(Model):
    """``posterior.json``"""

    schema_: Literal["jukushi.posterior/1"] = Field(alias="schema")
    version: Sentence
    case: Identifier
    case_hash: Sentence
    made_of: Sentence
    seed: int
    draws: int
    fits: list[FittedPart]


def split_targets(case: Case, split: SplitName, use: str = "fit") -> tuple[Target, ...]:
    """Return the observations that a split fits, or scores.

    Parameters
    ----------
    split : str
        ``date``: the uses that the record gives. ``kind``: the kinds that it names, up to their
        day, are fitted, and all that is used of other kinds is scored.
    use : str
        ``fit`` or ``score``.
    """
    if split == "date":
        return targets_of(case, lambda _, item: item.use == use)
    rule = case.record.split if case.record else None
    if rule is None:
        return ()
    if use == "fit":
        return targets_of(
            case, lambda series, item: series.kind in rule.by_kind
            and item.date <= rule.by_kind_until,
        )  # fmt: skip
    return targets_of(case, lambda series, _: series.kind not in rule.by_kind)


def digest_of(case: Case) -> str:
    """Hash of all that a posterior is made of: centres and ranges, and the fitted records."""
    sections = {"pacts": case.pacts, "plans": case.plans}
    numbers = [
        [
            name,
            central_value(item, case.tables, sections, case.week_of),
            item.range.model_dump(exclude_none=True),
            item.informed_by,
            [row.model_dump(mode="json") for row in item.earlier],
        ]
        for name, item in sorted(case.parameters.items())
        if not item.range.fixed
    ]
    targets = [
        [item.series.id, item.series.field, item.week, item.value, item.error, item.discrepancy]
        for split in ("date", "kind")
        for item in split_targets(case, split)
    ]
    text = json.dumps([numbers, targets], sort_keys=True)
    return hashlib.blake2s(text.encode(), digest_size=16).hexdigest()


def read_posterior(path: Path) -> PosteriorFile:
    """Read a posterior.

    Raises
    ------
    PosteriorError
        If there is none, or it is damaged.
    """
    hint = "`jukushi fit CASE` writes one"
    try:
        return PosteriorFile.model_validate_json(path.read_bytes())
    except OSError:
        raise PosteriorError(f"there is no posterior at {path}", hint=hint) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise PosteriorError(
            f"{path} is no posterior", cause=f"{where}: {first['msg']}", hint=hint
        ) from None


def posterior_of(case: Case, split: SplitName = "date", path: Path | None = None) -> Case:
    """Return the case with the posterior that ships with it in place of its priors.

    Parameters
    ----------
    case : Case
        With its priors, or widened.
    split : str
        Which part of the record was fitted.
    path : Path, optional
        Another file than the case's own.

    Raises
    ------
    PosteriorError
        If there is none, it is damaged, or it was made of other numbers.
    """
    numbers = case.knowledge.numbers
    if numbers not in ("prior", "widened"):
        raise UsageError("a posterior cannot be put on a posterior")
    path = path or case.folder / POSTERIOR_FILE
    read = read_posterior(path)
    plain = replace(case, parameters=case.plain or case.parameters)
    if read.case != case.id or read.made_of != digest_of(plain):
        raise PosteriorError(
            f"{path} was made of other numbers than those of this case",
            cause="a prior or the fitted part of the record has changed since",
            hint=f"jukushi fit {case.id}",
        )
    for part in read.fits:
        if (part.split, part.base) == (split, numbers):
            return with_joint(case, Joint(tuple(part.names), np.array(part.quantiles)))
    raise PosteriorError(f"{path} has no fit of the split by {split} from the {numbers} numbers")
