"""Run campaigns as plain Python, without compilation, and print what came of them as JSON.

    NUMBA_DISABLE_JIT=1 python plain.py kantokuen_22 HISTORIES DAYS

For `test_campaign_runs.py`, in a process of its own. Every record is read as an attribute, so
that the very source of the kernels runs.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from workshop import jobs_of, theatre

from jukushi.kernel import COMPILED
from jukushi.war.campaign import run_campaign
from jukushi.war.records import RESULT, WAR


class Record:
    """One record whose fields are attributes, as compiled code sees it (also `flat`)."""

    __slots__ = ("_raw",)

    def __init__(self, raw: Any) -> None:
        object.__setattr__(self, "_raw", raw)

    def __getattr__(self, name: str) -> Any:
        return named(self._raw[name])

    def __setattr__(self, name: str, value: Any) -> None:
        self._raw[name] = value


class Records:
    """An array of records."""

    __slots__ = ("_raw", "shape")

    def __init__(self, raw: Any) -> None:
        self._raw, self.shape = raw, raw.shape

    def __getitem__(self, index: Any) -> Any:
        return Record(self._raw[index])


def named(value: Any) -> Any:
    """See records by attribute; numbers and their arrays stay what they are."""
    if isinstance(value, np.void):
        return Record(value)
    if isinstance(value, np.ndarray) and value.dtype.names:
        return Records(value)
    return value


def outcome(result: Any, last: Any, places: int) -> dict[str, Any]:
    """What is compared: who holds what, and the men of both sides."""
    return {
        "holders": [int(v) for v in last["places"]["holder"][:places]],
        "lost": [float(v) for v in result["lost"]],
        "captured": [float(v) for v in result["captured"]],
        "men_first": [float(v) for v in result["men_first"]],
        "taken": [float(v) for v in result["taken"]],
    }


def main(name: str, histories: int, days: int) -> None:
    assert not COMPILED, "plain Python is wanted"
    there, jobs = theatre(name), jobs_of(name, histories, days)
    field, plan, start = named(there.field)[0], named(there.plan)[0], named(there.start)[0]
    parameters, openings = named(jobs.parameters), named(jobs.openings)
    found = []
    with np.errstate(all="ignore"):
        for n in range(histories):
            war, result = np.zeros(1, WAR), np.zeros(1, RESULT)
            film = np.zeros(0, WAR)
            run_campaign(
                named(war[0]), field, plan, start, parameters[int(jobs.rows[n])], openings[n],
                named(result[0]), days, np.uint64(1), jobs.histories[n], film,
            )  # fmt: skip
            found.append(outcome(result[0], war[0], len(there.places)))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
