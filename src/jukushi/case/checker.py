"""What every check of a case works with: the models, the lines, and one list of problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from jukushi.case.documents import Document
from jukushi.case.items import readable_items
from jukushi.case.units import KNOWN_UNITS, parse_unit
from jukushi.case.vocabulary import Vocabulary
from jukushi.errors import Problem, nearest

__all__ = ["Checker", "Documents", "Models", "Rows", "Where", "known_unit"]

Models: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, list[tuple[int, Any]]]
Documents: TypeAlias = Mapping[str, Document]
Where: TypeAlias = tuple[str | int, ...]


class Checker:
    """Shared means of all checks: the models, the lines, and the list of problems."""

    def __init__(
        self,
        models: Models,
        tables: Rows,
        documents: Documents,
        vocabulary: Vocabulary,
        problems: list[Problem],
    ) -> None:
        self.models = models
        self.tables = tables
        self.documents = documents
        self.vocabulary = vocabulary
        self.problems = problems

    def add(
        self,
        file: str,
        where: Where,
        what: str,
        value: object = "",
        expected: str = "",
        near: str = "",
    ) -> None:
        line = self.documents[file].line(where)
        self.problems.append(Problem(file, line, what, str(value), expected, near))

    def add_row(self, table: str, line: int, what: str, value: object, near: str = "") -> None:
        self.problems.append(Problem(f"tables/{table}.csv", line, what, str(value), "", near))

    def numbered(self, file: str, attribute: str) -> list[tuple[int, Any]]:
        """Entries of a section that could be read, with their places in the file.

        One bad entry hides none of the others.
        """
        model = self.models.get(file)
        if model is not None:
            return list(enumerate(getattr(model, attribute)))
        return readable_items(self.documents[file], attribute)

    def items(self, file: str, attribute: str) -> list[Any]:
        """The same without places."""
        return [item for _, item in self.numbered(file, attribute)]

    def ids(self, file: str, attribute: str) -> set[str]:
        """Identifiers of a section; read from the raw data when the section did not validate."""
        if self.models.get(file) is not None:
            return {item.id for item in self.items(file, attribute)}
        return {str(item.get("id")) for item in self.raw(file, attribute)}

    def raw(self, file: str, attribute: str) -> list[dict[str, Any]]:
        """Unchecked entries of a section, so that one bad entry makes no echo elsewhere."""
        data = self.documents[file].data
        listed = data.get(attribute) if isinstance(data, dict) else None
        return (
            [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
        )

    def places(self) -> set[str]:
        """Identifiers of all places, those of bad rows included; empty if there is no table."""
        return {str(row.get("id")) for row in self.documents["tables/places.csv"].data or []}

    def whole(self, table: str) -> bool:
        """Whether every row of a table could be read, so that what is missing is not there."""
        document = self.documents[f"tables/{table}.csv"]
        good = len(self.tables[table])
        return not document.problems and good == len(document.data or []) > 0

    def known(self, file: str, where: Where, what: str, name: str, valid: Iterable[str]) -> bool:
        """Report `name` unless it is valid."""
        names = set(valid)
        if name in names:
            return True
        self.add(file, where, what, name, "", nearest(name, names))
        return False


def known_unit(check: Checker, file: str, where: Where, text: str) -> bool:
    try:
        parse_unit(text)
    except ValueError as error:
        name = str(error)
        check.add(file, where, "unknown unit", text, "", nearest(name, KNOWN_UNITS))
        return False
    return True
