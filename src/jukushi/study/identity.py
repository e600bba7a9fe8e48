"""Which case an answer is of, and what was taken to be known of it."""

from __future__ import annotations

from typing import Any

from jukushi.case.load import Case
from jukushi.engine.likeness import pasts_of

__all__ = ["identity"]


def identity(case: Case, seed: int) -> dict[str, Any]:
    """Return the head of an answer: the case, its hash, its numbers and its histories.

    Parameters
    ----------
    case : Case
    seed : int
        Of the study: which histories are like the record depends on it.

    Returns
    -------
    dict
        `case`, `case_hash`, and `knowledge`: `numbers` (prior, widened, posterior,
        widened_posterior), `known_by` (a day or None) and `like_record` (None, or until when,
        with the effective sample size).
    """
    known = case.knowledge
    pasts = pasts_of(case, seed)
    like_record = None if pasts is None else {
        "until": pasts.until.isoformat(),
        "effective": round(pasts.effective, 1),
        "bank": pasts.bank,
        "observations": pasts.observations,
        "events": pasts.events,
    }  # fmt: skip
    return {
        "case": case.id,
        "case_hash": case.hash,
        "knowledge": {
            "numbers": known.numbers,
            "known_by": known.known_by.isoformat() if known.known_by else None,
            "like_record": like_record,
        },
    }
