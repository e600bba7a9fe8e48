"""What is taken to be known of a case's numbers: its priors, wider ones, or a posterior.

A case is read with its priors. `with_joint`, `widened`, `like_record` and
`jukushi.case.knowable.known_by` return the same case with other knowledge and another hash, so
that every question can be asked of each without knowing of it, and no study of one is taken for
a study of the other. They may be used together, in any order: numbers are worked out anew from
what the files state.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from jukushi.case.schema import Earlier, Parameter, Range
from jukushi.errors import UsageError

if TYPE_CHECKING:
    from jukushi.case.load import Case

__all__ = [
    "POSTERIOR_FILE", "Joint", "Knowledge", "before", "known_as", "like_record", "widened", "wider",
    "with_joint",
]  # fmt: skip

#: File of a case that holds its posterior.
POSTERIOR_FILE = "posterior.json"

#: How many times as wide a range becomes if it was set by looking at what is to be scored.
WIDENED = 2.0

_SHARES = ("share", "probability", "switch")


@dataclass(frozen=True)
class Joint:
    """A joint sample of some parameters, as quantiles of their priors.

    Attributes
    ----------
    names : tuple of str
    quantiles : float64[n_rows, n_names]
        Rows are equally likely; all other parameters keep their priors.
    """

    names: tuple[str, ...]
    quantiles: npt.NDArray[np.float64] = field(compare=False, repr=False)

    @property
    def digest(self) -> str:
        """Hash of names and numbers."""
        text = "\n".join(self.names).encode() + np.ascontiguousarray(self.quantiles).tobytes()
        return hashlib.blake2s(text, digest_size=16).hexdigest()


@dataclass(frozen=True)
class Knowledge:
    """What is taken to be known.

    Attributes
    ----------
    numbers : str
        ``prior``, ``widened``, ``posterior`` or ``widened_posterior``.
    joint : Joint, optional
        Of a posterior.
    like_record_until : date, optional
        Histories are those that are like the record up to this day.
    known_by : date, optional
        Numbers are limited to what was knowable by this day.
    """

    numbers: str = "prior"
    joint: Joint | None = None
    like_record_until: date | None = None
    known_by: date | None = None

    def describe(self) -> str:
        """Return one line that tells it from all other knowledge."""
        parts = [self.numbers, self.joint.digest if self.joint else ""]
        parts += [str(self.like_record_until or ""), str(self.known_by or "")]
        return "|".join(parts)


def known_as(case: Case, knowledge: Knowledge) -> Case:
    """Return the case with other knowledge, the numbers that it leaves, and the hash of both.

    Raises
    ------
    UsageError
        If a posterior would be limited to a day before the facts that it was fitted to.
    """
    _refuse_earlier(case, knowledge)
    bytes_hash = case.file_hash or case.hash
    text = f"{bytes_hash}|{knowledge.describe()}"
    digest = hashlib.blake2s(text.encode(), digest_size=16).hexdigest()
    plain = knowledge == Knowledge()
    stated = case.plain or case.parameters
    return replace(
        case,
        knowledge=knowledge,
        plain=stated,
        parameters={name: _known(case, knowledge, item) for name, item in stated.items()},
        file_hash=bytes_hash,
        hash=bytes_hash if plain else digest,
    )


def _refuse_earlier(case: Case, knowledge: Knowledge) -> None:
    """Refuse a posterior by a day on which it could not have been had."""
    day, record = knowledge.known_by, case.record
    if knowledge.joint is None or day is None or record is None or day >= record.split.until:
        return
    raise UsageError(
        f"the posterior could not be known by {day}",
        cause=f"it is fitted to the record up to {record.split.until}",
        hint=f"name {record.split.until} or a later day, or ask with the priors",
    )


def _known(case: Case, knowledge: Knowledge, item: Parameter) -> Parameter:
    """Return a parameter as some knowledge has it."""
    days = []
    if knowledge.numbers.startswith("widened") and item.informed_by == "score":
        days.append(case.record.split.until if case.record else case.header.period.runs_from)
    day, joint = knowledge.known_by, knowledge.joint
    # What a posterior has was fitted to the part of the record that was known by then.
    fitted = joint is not None and item.id in joint.names
    if day is not None and item.evidence_date > day and not fitted:
        days.append(day)
    return before(item, min(days)) if days else item


def with_joint(case: Case, joint: Joint) -> Case:
    """Return the case with a joint sample in place of the priors of some parameters."""
    wide = case.knowledge.numbers.startswith("widened")
    numbers = "widened_posterior" if wide else "posterior"
    return known_as(case, replace(case.knowledge, numbers=numbers, joint=joint))


def like_record(case: Case, until: date | None) -> Case:
    """Return the case whose histories are those that are like its record up to a day, if any."""
    return known_as(case, replace(case.knowledge, like_record_until=until))


def widened(case: Case) -> Case:
    """Return the case with wider priors where they were set by looking at what is scored.

    The centre stays: that it was set with hindsight too cannot be undone, only made to weigh
    less. A number that was knowable before (`earlier`) takes the place of both.
    """
    return known_as(case, replace(case.knowledge, numbers="widened"))


def before(item: Parameter, day: date) -> Parameter:
    """Return a parameter as it could have been given by a day.

    The latest earlier number that was known by the day takes the place of value and range. If
    there is none, the range is made wider: that of the oldest number there is, since it holds
    the least of what came later.
    """
    known = [row for row in item.earlier if row.evidence_date <= day]
    if known:
        return _replaced(item, max(known, key=lambda row: row.evidence_date))
    if item.earlier:
        item = _replaced(item, min(item.earlier, key=lambda row: row.evidence_date))
    return item.model_copy(update={"range": wider(item)})


def _replaced(item: Parameter, row: Earlier) -> Parameter:
    """Return a parameter with an earlier number in the place of its own."""
    kept = ("range", "status", "source", "confidence", "evidence_date")
    changed: dict[str, Any] = {name: getattr(row, name) for name in kept}
    if row.value is not None:
        changed |= {"value": row.value, "record": None, "derived": None}
    return item.model_copy(update=changed)


def wider(item: Parameter, times: float = WIDENED) -> Range:
    """Return the range of a parameter `times` as wide about the same centre.

    Uniform ranges are cut where the unit ends; a beta keeps its mean; what is fixed stays fixed.
    """
    spread = item.range
    if spread.normal is not None:
        return Range(normal=spread.normal * times)
    if spread.lognormal is not None:
        return Range(lognormal=min(spread.lognormal * times, 4.9))
    if spread.beta is not None:
        a, b = spread.beta
        # The variance of a beta is m (1 - m) / (a + b + 1); below 0.5 it would stand on its ends.
        total = max((a + b + 1.0) / times**2 - 1.0, min(a + b, 0.5))
        return Range(beta=(total * a / (a + b), total * b / (a + b)))
    if spread.uniform is not None:
        low, high = spread.uniform
        middle = (low + high) / 2.0
        low, high = middle - times * (middle - low), middle + times * (high - middle)
        if item.unit in _SHARES and not item.relative:
            low, high = max(low, 0.0), min(high, 1.0)
        elif spread.uniform[0] >= 0.0:
            low = max(low, 0.0)
        return Range(uniform=(low, high))
    return spread
