"""Policies on disk: the hunter's policy that `best` found, saved and read back.

A saved policy is a stranger's file. What it reads must be what the hunter may know, and its
shapes and numbers must make sense, before a kernel follows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from jukushi.case.load import Case
from jukushi.doctrines.policy import Policy, from_record
from jukushi.errors import JukushiError, UsageError, nearest
from jukushi.world.state import FIELDS

__all__ = ["SCHEMA", "PolicyError", "check_place", "load_policy", "save_policy"]

SCHEMA = "jukushi.saved_policy/1"

#: Most beliefs that a policy may read: the kernel keeps its scores in the rows after them.
_MOST_FIELDS = 16

_RECORD = ("weeks", "fields", "mean", "spread", "coefficients")
_HEADER = ("version", "case", "case_hash", "seed", "power", "until", "collapse", "fit_draws")


class PolicyError(JukushiError):
    """A saved policy is damaged, or belongs to another case."""

    exit_code = 4


def check_place(path: Path, case: Case, power: str | None) -> None:
    """Raise UsageError if a policy could not be saved there: before minutes are spent on it."""
    if power not in (None, case.power_of("hunter").id):
        raise UsageError(
            "only the hunter's policy can be followed later, so only that is saved",
            hint="leave --save away",
        )
    if path.is_dir() or not path.parent.is_dir():
        cause = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise UsageError(f"the policy cannot be written to {path}", cause=cause)


def save_policy(answer: Mapping[str, Any], path: Path) -> None:
    """Write the policy of an answer of "best" for the hunter as JSON.

    Raises
    ------
    UsageError
        If the file cannot be written.
    """
    record = {"schema": SCHEMA, **{key: answer[key] for key in _HEADER}, **answer["policy"]}
    text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise UsageError(f"the policy cannot be written to {path}", cause=cause) from None


def load_policy(path: Path, case: Case | None = None) -> Policy:
    """Read a saved policy.

    Parameters
    ----------
    path : Path
    case : Case, optional
        The case in which it is to be followed. The case may have been edited since; its name
        must be the same, and it must have the weeks.

    Returns
    -------
    Policy
        For `jukushi.engine.settings.World.policy`.

    Raises
    ------
    UsageError
        If the file cannot be read.
    PolicyError
        If it is no saved policy, is damaged, or belongs to another case.
    """
    record = _read(path)
    missing = [key for key in ("case", *_RECORD) if key not in record]
    if missing:
        raise _damaged(path, f"it has no {', '.join(missing)}")
    if case is not None and record["case"] != case.id:
        raise PolicyError(
            f"the policy {path} was found for another case",
            cause=f"it is for {record['case']!r}, the case is {case.id!r}",
            hint=f"jukushi best {case.id} --save {path.name}",
        )
    try:
        policy = from_record(record)
    except (TypeError, ValueError, OverflowError) as error:
        raise _damaged(path, str(error)) from None
    wrong = _wrong(policy, None if case is None else case.n_weeks)
    if wrong:
        raise _damaged(path, wrong)
    return policy


def _damaged(path: Path, cause: str) -> PolicyError:
    return PolicyError(
        f"the policy {path} is damaged", cause=cause, hint="write it again: jukushi best --save"
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise UsageError(f"the policy {path} cannot be read", cause=cause) from None
    except UnicodeDecodeError:
        raise _foreign(path, "it is no text") from None
    try:
        record = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _foreign(path, f"it is no JSON: {error}") from None
    if not isinstance(record, dict):
        raise _foreign(path, "it is no object")
    if record.get("schema") != SCHEMA:
        raise _foreign(path, f"got schema {record.get('schema')!r}, expected {SCHEMA!r}")
    return record


def _foreign(path: Path, cause: str) -> PolicyError:
    return PolicyError(
        f"{path} is no saved policy", cause=cause, hint="jukushi best CASE --save FILE writes one"
    )


def _wrong(policy: Policy, n_weeks: int | None) -> str:
    """Say what is wrong with a policy; nothing if it can be followed."""
    count, width = len(policy.weeks), len(policy.fields)
    terms = 1 + width + width * (width + 1) // 2
    shapes = {"mean": (count, width), "spread": (count, width), "coefficients": (count, 3, terms)}
    for name, shape in shapes.items():
        table = getattr(policy, name)
        if table.shape != shape:
            return f"{name} has the shape {table.shape}, expected {shape}"
        with np.errstate(over="ignore"):  # an overflow is what is looked for
            single = table.astype(np.float32)
        if not np.isfinite(single).all():
            return f"{name} holds a number that is not finite in single precision"
    if not count or list(policy.weeks) != sorted(set(policy.weeks)) or policy.weeks[0] < 0:
        return "weeks must be different and in order"
    if n_weeks is not None and policy.weeks[-1] >= n_weeks:
        return f"week {policy.weeks[-1]} lies after the case, which has {n_weeks} weeks"
    if not (policy.spread > 0.0).all():
        return "spread must be positive"
    return _wrong_fields(policy)


def _wrong_fields(policy: Policy) -> str:
    known = [field.name for field in FIELDS if field.known_to in ("hunter", "both")]
    if not 1 <= len(policy.fields) <= _MOST_FIELDS or len(set(policy.fields)) < len(policy.fields):
        return f"fields must be 1 to {_MOST_FIELDS} different names"
    for name in policy.fields:
        if name not in known:
            close = nearest(name, known)
            said = f"; did you mean {close!r}?" if close else ""
            return f"{name!r} is nothing that the hunter knows{said}"
    return ""
