"""The YAML files of a case, and the model of each."""

from __future__ import annotations

from jukushi.case.base_rates import BaseRatesFile
from jukushi.case.campaigns import CampaignsFile, Surface
from jukushi.case.claims import ClaimsFile
from jukushi.case.doctrines import DecisionMakersFile, DoctrinesFile
from jukushi.case.hypotheses import HypothesesFile
from jukushi.case.levers import LeversFile
from jukushi.case.record import RecordFile
from jukushi.case.schema import (
    BeliefsFile,
    CalendarFile,
    CaseHeader,
    FactorsFile,
    Model,
    OutcomesFile,
    PactsFile,
    ParametersFile,
    PlansFile,
    SchedulesFile,
)

__all__ = ["CAMPAIGN_FILES", "OPTIONAL_FILES", "SECTIONS"]

#: YAML files of a case and the model of each.
SECTIONS: dict[str, type[Model]] = {
    "case.yaml": CaseHeader,
    "parameters.yaml": ParametersFile,
    "calendar.yaml": CalendarFile,
    "schedules.yaml": SchedulesFile,
    "pacts.yaml": PactsFile,
    "plans.yaml": PlansFile,
    "beliefs.yaml": BeliefsFile,
    "doctrines.yaml": DoctrinesFile,
    "decision_makers.yaml": DecisionMakersFile,
    "factors.yaml": FactorsFile,
    "outcomes.yaml": OutcomesFile,
    "campaigns.yaml": CampaignsFile,
    "surface.yaml": Surface,
    "levers.yaml": LeversFile,
    "record.yaml": RecordFile,
    "claims.yaml": ClaimsFile,
    "base_rates.yaml": BaseRatesFile,
    "hypotheses.yaml": HypothesesFile,
}

#: Files that only a case with campaigns on the map needs.
CAMPAIGN_FILES = frozenset(
    {
        "campaigns.yaml",
        "surface.yaml",
        *(f"tables/{name}.csv" for name in ("works", "ports", "depots", "order_of_battle")),
    }
)

#: Files that a case may leave out.
OPTIONAL_FILES = CAMPAIGN_FILES | {
    "base_rates.yaml", "claims.yaml", "decision_makers.yaml", "hypotheses.yaml", "levers.yaml",
    "record.yaml",
}  # fmt: skip
