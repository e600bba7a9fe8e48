"""Where the documents, the tests and the evidence lie: in a checkout, or packed with the program.

An installed package holds the pages of the mechanisms, those of the calibration and the evidence
(``jukushi/documents``, see pyproject.toml); it does not hold the tests, which only a checkout has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Places", "usual_places"]

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Places:
    """What a card is made from, besides the code and the case.

    Attributes
    ----------
    kind : str
        ``checkout``, ``package`` (documents packed with the program), or ``none``.
    documents : Path or None
        Folder with ``mechanisms``, ``calibration`` and ``evidence``.
    tests : Path or None
        Folder of the tests.
    verification : Path or None
        Evidence of ``verification``; the file need not be there.
    """

    kind: Literal["checkout", "package", "none"]
    documents: Path | None = None
    tests: Path | None = None
    verification: Path | None = None

    def text(self, name: str) -> str | None:
        """Return the text of a document, None if it is not there."""
        if self.documents is None or not (self.documents / name).is_file():
            return None
        return (self.documents / name).read_text(encoding="utf-8")


def usual_places(package: Path = _PACKAGE) -> Places:
    """Return the places of the checkout that a package lies in, or what is packed with it."""
    root, packed = package.parent.parent, package / "documents"
    if package.parent.name == "src" and (root / "docs" / "mechanisms").is_dir():
        tests = root / "tests"
        return Places(
            "checkout",
            root / "docs",
            tests if tests.is_dir() else None,
            root / "verification" / "evidence.json",
        )
    if packed.is_dir():
        return Places("package", packed, None, packed / "evidence" / "verification.json")
    return Places("none")
