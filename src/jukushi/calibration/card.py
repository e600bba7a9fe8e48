"""The model card: what a case is, what it rests on, what was checked, and where it ends.

Everything is read from the code, the case, the pages of theory, the tests and the evidence on
file, so that a card cannot say what is no longer so. Nothing is simulated. The headings follow
ODD (Grimm et al., "The ODD protocol for describing agent-based and other simulation models: a
second update", JASSS 23(2) 7, 2020) and, for the record of testing, TRACE (Grimm et al., "Towards
better modelling and decision support", Ecological Modelling 280, 2014).
"""

from __future__ import annotations

import time
from typing import Any

from jukushi.calibration.card_evidence import (
    audit_evidence,
    battles_evidence,
    hashes_of,
    hindcast_evidence,
    verification_evidence,
)
from jukushi.calibration.card_mechanisms import limits, mechanisms, schedule
from jukushi.calibration.card_numbers import parameters, posterior
from jukushi.calibration.card_places import Places, usual_places
from jukushi.calibration.card_sources import sources
from jukushi.calibration.card_structure import structure
from jukushi.calibration.card_tests import tests
from jukushi.case.load import Case
from jukushi.study.provenance import package_version, provenance

__all__ = ["card"]


def card(case: Case, places: Places | None = None) -> dict[str, Any]:
    """Describe the model of a case.

    Parameters
    ----------
    case : Case
    places : Places, optional
        Where documents, tests and evidence lie; the usual ones if it is not given.

    Returns
    -------
    dict
        Of schema ``jukushi.card/1``, as described in ``docs/formats/card.md``.
    """
    started = time.perf_counter()
    places = places or usual_places()
    hashes = hashes_of(case)
    return {
        "schema": "jukushi.card/1",
        "version": package_version(),
        "case": case.id,
        "case_hash": case.hash,
        "made_from": {
            "kind": places.kind,
            "documents": places.documents is not None,
            "tests": places.tests is not None,
        },
        **structure(case),
        "schedule": schedule(),
        "mechanisms": mechanisms(places),
        "parameters": parameters(case),
        "posterior": posterior(case),
        "sources": sources(case),
        "verification": {
            "tests": tests(places.tests),
            "evidence": verification_evidence(places, hashes),
        },
        "validation": {
            "battles": battles_evidence(places),
            "hindcast": hindcast_evidence(places, hashes),
            "audit": audit_evidence(places, hashes),
        },
        "limits": limits(places),
        "provenance": provenance(time.perf_counter() - started, 1, ""),
    }
