"""What the tests of the model card share: documents that a test may change, and a fitted case."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from jukushi.calibration.card_places import Places, usual_places
from jukushi.case.load import Case
from jukushi.case.posterior import digest_of
from jukushi.world.vocabulary import open_case

DOCS = Path(__file__).resolve().parents[1] / "docs"


def elsewhere(folder: Path, **changes: Any) -> Places:
    """Places with documents copied to a folder, so that a test may change them."""
    documents = folder / "docs"
    for name in ("mechanisms", "calibration", "evidence"):
        shutil.copytree(DOCS / name, documents / name)
    return replace(usual_places(), documents=documents, tests=None, **changes)


def with_posterior(case: Case, folder: Path) -> Case:
    """A copy of a case with a posterior of its own numbers, whether or not they were refitted."""
    shutil.copytree(case.folder, folder / "kantokuen")
    file = folder / "kantokuen" / "posterior.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["made_of"] = digest_of(case)
    file.write_text(json.dumps(told), encoding="utf-8")
    return open_case(folder / "kantokuen")
