"""The YAML files of a case, and the model of each."""

from __future__ import annotations

from jukushi.case.campaigns import CampaignsFile, Surface
from jukushi.case.schema import (
    BeliefsFile,
    CalendarFile,
    CaseHeader,
    DoctrinesFile,
    FactorsFile,
    Model,
    OutcomesFile,
    PactsFile,
    ParametersFile,
    PlansFile,
    SchedulesFile,
)

__all__ = ["CAMPAIGN_FILES", "SECTIONS"]

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
    "factors.yaml": FactorsFile,
    "outcomes.yaml": OutcomesFile,
    "campaigns.yaml": CampaignsFile,
    "surface.yaml": Surface,
}

#: Files that only a case with campaigns on the map needs.
CAMPAIGN_FILES = frozenset(
    {
        "campaigns.yaml",
        "surface.yaml",
        *(f"tables/{name}.csv" for name in ("works", "ports", "depots", "order_of_battle")),
    }
)
