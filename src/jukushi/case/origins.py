"""Where the priors of a case come from: which part of the record each was set by looking at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jukushi.case.schema import Parameter

if TYPE_CHECKING:
    from jukushi.case.load import Case

__all__ = ["Origin", "origins", "without_earlier"]


@dataclass(frozen=True)
class Origin:
    """Priors of one group.

    Attributes
    ----------
    group : str
        Key of the group; empty for all of them together.
    fit, score, neither : int
        Numbers with a range by the part of the record that informed them.
    replaced : int
        Of `score`: a number knowable before the split takes their place in `widened`.
    widened : int
        Of `score`: nothing earlier is on hand, so their range is widened.
    """

    group: str
    fit: int
    score: int
    neither: int
    replaced: int
    widened: int


def origins(case: Case) -> list[Origin]:
    """Return the priors of each group in the order of the file, and of all together at the end.

    Numbers without a range are left out: there is nothing to widen.
    """
    items = [item for item in _stated(case) if not item.range.fixed]
    groups = list(dict.fromkeys(item.group for item in items))
    rows = [_origin(case, name, [i for i in items if i.group == name]) for name in groups]
    return [*rows, _origin(case, "", items)]


def without_earlier(case: Case) -> list[Parameter]:
    """Return what was set by looking at what is scored, and has no number from before the split."""
    return [
        item
        for item in _stated(case)
        if item.informed_by == "score" and not item.range.fixed and not _has_earlier(case, item)
    ]


def _origin(case: Case, group: str, items: list[Parameter]) -> Origin:
    by = Counter(item.informed_by for item in items)
    replaced = sum(item.informed_by == "score" and _has_earlier(case, item) for item in items)
    return Origin(group, by["fit"], by["score"], by["neither"], replaced, by["score"] - replaced)


def _has_earlier(case: Case, item: Parameter) -> bool:
    until = case.record.split.until if case.record else case.header.period.runs_from
    return any(row.evidence_date <= until for row in item.earlier)


def _stated(case: Case) -> list[Parameter]:
    return list((case.plain or case.parameters).values())
