"""Evidence that other commands have left: read as it is, and called old where the case moved on.

A card runs nothing. What a hindcast, an audit or the verification found stands in files, each with
the hash of the case that it was made with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from jukushi.calibration.card_pages import items, sections, table_rows
from jukushi.calibration.card_places import Places
from jukushi.calibration.shipped import read_combat, read_rivals
from jukushi.case.knowledge import widened
from jukushi.case.load import Case
from jukushi.case.posterior import PosteriorError, posterior_of

__all__ = [
    "audit_evidence", "battles_evidence", "hashes_of", "hindcast_evidence", "verification_evidence",
]  # fmt: skip

#: Section of the page on battles whose first table is quoted.
_BATTLE_SCORES = "How well: battles not seen"


def _read(
    path: Path | None, schema: str, hashes: AbstractSet[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is said of a file of evidence, and its content (empty if unreadable).

    ``state`` is ``current``; ``stale`` if it was made with another case than this one; ``none``
    if there is no file; or ``unreadable``.
    """
    told: dict[str, Any] = {"state": "none", "case_hash": None, "version": None, "seed": None}
    if path is None or not path.is_file():
        return told, {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {**told, "state": "unreadable"}, {}
    if not isinstance(data, dict) or not str(data.get("schema", "")).startswith(schema):
        return {**told, "state": "unreadable"}, {}
    for key in ("case_hash", "version", "seed"):
        told[key] = data.get(key)
    told["state"] = "current" if _made_with(data) & hashes else "stale"
    return told, data


def _made_with(data: Mapping[str, Any]) -> set[str]:
    """Return the hashes that evidence names: its own, or those of each state of knowledge."""
    rows = [data, *(row for row in data.get("knowledge") or () if isinstance(row, dict))]
    return {str(row["case_hash"]) for row in rows if row.get("case_hash")}


def hashes_of(case: Case) -> set[str]:
    """Return the hashes of a case with its priors, wider ones, and the posteriors of both."""
    found = {case.hash}
    for base in (case, widened(case)):
        found.add(base.hash)
        for split in ("date", "kind"):
            try:
                found.add(posterior_of(base, split).hash)
            except PosteriorError:
                continue
    return found


def dig(data: Any, *keys: str) -> Any:
    """Return a value inside nested objects, None where a key is missing."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = data.get(key)
    return data


def audit_evidence(places: Places, hashes: AbstractSet[str]) -> dict[str, Any]:
    """Return the counts of an audit (``docs/evidence/audit.json``)."""
    path = places.documents / "evidence" / "audit.json" if places.documents else None
    told, data = _read(path, "jukushi.audit/", hashes)
    summary = data.get("summary")
    told["histories"] = data.get("histories")
    told["summary"] = summary if isinstance(summary, dict) else None
    claims = data.get("claims")
    told["claims"] = [
        {
            "id": row.get("id"),
            "claim": row.get("claim"),
            "verdict": row.get("verdict"),
            "stance": dig(row, "model", "stance"),
        }
        for row in (claims if isinstance(claims, list) else [])
        if isinstance(row, dict)
    ]
    return told


def hindcast_evidence(places: Places, hashes: AbstractSet[str]) -> dict[str, Any]:
    """Return the scores of a hindcast (``docs/evidence/hindcast.json``), as far as they are there.

    Totals by group of series and events, coverage, what it was asked for, misses, and the series
    in which a naive forecast is ahead.
    """
    path = places.documents / "evidence" / "hindcast.json" if places.documents else None
    told, data = _read(path, "jukushi.hindcast/", hashes)
    numbers = dig((data.get("knowledge") or [None])[0], "numbers")
    told |= {"draws": data.get("draws"), "numbers": numbers}
    told["scores"] = [
        row
        for kind, score in (("series", "crps_in_errors"), ("events", "brier"))
        for group, total in (dig(data, "totals", kind) or {}).items()
        if (row := _total(kind, group, total, score)) is not None
    ]
    told["coverage"] = [
        {
            "group": group,
            "observations": dig(row, "model", "observations"),
            "inside_90": dig(row, "model", "inside_90"),
            "inside_50": dig(row, "model", "inside_50"),
            "width_90": dig(row, "model", "width_90"),
        }
        for group, row in (data.get("coverage") or {}).items()
        if dig(row, "model", "inside_90") is not None
    ]
    told["done"] = data.get("done") if isinstance(data.get("done"), dict) else None
    told["misses"] = [
        {"observation": row.get("observation"), "rank": row.get("rank")}
        for row in data.get("misses") or ()
        if isinstance(row, dict)
    ]
    told["naive_ahead"] = [
        {
            "title": row.get("title"),
            "by": row.get("naive_ahead"),
            "counted": bool(row.get("counted", True)),
        }
        for row in [*(data.get("series") or ()), *(data.get("events") or ())]
        if isinstance(row, dict) and row.get("naive_ahead")
    ]
    return told


def _total(kind: str, group: str, total: Any, score: str) -> dict[str, Any] | None:
    """Return one mean score with those of the naive forecasts beside it."""
    if dig(total, score, "estimate") is None:
        return None
    return {
        "kind": kind,
        "group": group,
        "observations": dig(total, "observations"),
        "score": score,
        "model": dig(total, score),
        "naive": {
            name: {
                "score": dig(row, score),
                "difference": dig(row, f"{score}_difference"),
                "better": dig(row, "better"),
            }
            for name, row in (dig(total, "naive") or {}).items()
            if isinstance(row, dict)
        },
    }


def verification_evidence(places: Places, hashes: AbstractSet[str]) -> dict[str, Any]:
    """Return the checks of the verification (``verification/evidence.json``)."""
    told, data = _read(places.verification, "jukushi.verification/", hashes)
    keys = ("check", "title", "test", "statistic", "limit", "level", "observations", "detectable",
            "verdict", "sentence")  # fmt: skip
    checks = data.get("checks")
    told["date"] = data.get("date")
    told["checks"] = [
        {key: row.get(key) for key in keys}
        for row in (checks if isinstance(checks, list) else [])
        if isinstance(row, dict)
    ]
    return told


def battles_evidence(places: Places) -> dict[str, Any]:
    """Return what the combat model was fitted on, and its scores on battles not seen.

    The coefficients and the rivals are shipped; the scores stand on the page that measured them.
    """
    page = sections(places.text("calibration/battles.md") or "")
    return {
        "combat": dict(read_combat().provenance),
        "rivals": sorted(read_rivals()["models"]),
        "scores": table_rows(page.get(_BATTLE_SCORES, "")),
        "limits": items(page.get("Limits", "")),
    }
