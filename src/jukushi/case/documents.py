"""Reading YAML and CSV from strangers: bounded, safe, and with the line of every value.

YAML is composed into nodes (never constructed into objects), aliases and anchors are
refused (no "billion laughs"), duplicate keys are reported, and each node keeps its line.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from jukushi.errors import Problem

__all__ = ["MAX_BYTES", "Document", "read_csv", "read_text", "read_yaml"]

#: Largest file a case may hold.
MAX_BYTES = 4_000_000
_MAX_NODES = 200_000
_MAX_DEPTH = 40
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("null", "bool", "int", "float", "timestamp", "str", "map", "seq", "merge", "value")
}


@dataclass
class Document:
    """A file turned into plain data, with the line of each value by its path of keys."""

    path: str
    data: Any = None
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, where: tuple[str | int, ...]) -> int:
        """Return the line of the value at `where`, or of the nearest enclosing value."""
        for length in range(len(where), -1, -1):
            if where[:length] in self.lines:
                return self.lines[where[:length]]
        return 0


def read_text(file: Path, name: str) -> tuple[str, list[Problem]]:
    """Read a bounded UTF-8 file; return its text and what is wrong with it."""
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            problem = Problem(name, 0, "file is too large", f"{size} bytes", f"at most {MAX_BYTES}")
            return "", [problem]
        raw = file.read_bytes()
    except OSError as error:
        return "", [Problem(name, 0, "file cannot be read", error.strerror or str(error))]
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        return "", [Problem(name, line, "file holds a NUL byte", expected="plain text")]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return "", [
            Problem(name, line, "file is not UTF-8", repr(raw[error.start : error.start + 1]))
        ]


def read_yaml(file: Path, name: str) -> Document:
    """Read a YAML file into plain data; every fault becomes a `Problem`, none is raised."""
    document = Document(name)
    text, document.problems = read_text(file, name)
    if document.problems:
        return document
    try:
        if _refuse_aliases(text, document):
            return document
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        document.problems.append(_not_yaml(error, text, name))
        return document
    except RecursionError:
        document.problems.append(Problem(name, 0, "file is nested too deeply"))
        return document
    if node is None:
        document.problems.append(Problem(name, 1, "file is empty"))
        return document
    document.data = _plain(node, (), document)
    if document.data is None:
        document.problems.append(Problem(name, 1, "file is empty"))
    return document


def _not_yaml(error: yaml.YAMLError, text: str, name: str) -> Problem:
    """Say where YAML stopped making sense; an unclosed quote is blamed where it opens."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.encode()[: error.position].count(b"\n") + 1
        return Problem(name, line, f"not valid YAML: {error.reason}")
    scanning = str(getattr(error, "context", None)).startswith("while scanning")
    mark = getattr(error, "context_mark", None) if scanning else None
    mark = mark or getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "file is not valid YAML"
    return Problem(name, mark.line + 1 if mark else 0, f"not valid YAML: {what}")


def _line_of(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _refuse_aliases(text: str, document: Document) -> bool:
    """Report anchors, aliases, too many or too deep nodes before anything is built."""
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=_Loader), 1):
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
        line = _line_of(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            document.problems.append(
                Problem(document.path, line, "YAML anchors and aliases are not allowed")
            )
            return True
        if nodes > _MAX_NODES or depth > _MAX_DEPTH:
            document.problems.append(
                Problem(document.path, line, "file holds too many or too deeply nested values")
            )
            return True
    return False


def _plain(node: yaml.Node, where: tuple[str | int, ...], document: Document) -> Any:
    document.lines[where] = node.start_mark.line + 1
    if node.tag not in _PLAIN_TAGS:
        document.problems.append(
            Problem(document.path, node.start_mark.line + 1, "YAML tags are not allowed", node.tag)
        )
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, where, document)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*where, i), document) for i, child in enumerate(node.value)]
    return _scalar(node)


def _mapping(
    node: yaml.MappingNode, where: tuple[str | int, ...], document: Document
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.problems.append(Problem(document.path, line, "key is not a plain word"))
            continue
        key = str(key_node.value)
        if key in result:
            document.problems.append(Problem(document.path, line, "key is given twice", key))
            continue
        result[key] = _plain(value_node, (*where, key), document)
        document.lines[(*where, key)] = line
    return result


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    tag = node.tag
    if tag == "tag:yaml.org,2002:null":
        return None
    if tag == "tag:yaml.org,2002:bool":
        return text.lower() in ("true", "yes", "on")
    if tag == "tag:yaml.org,2002:int" and re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    if tag in ("tag:yaml.org,2002:float", "tag:yaml.org,2002:int"):
        try:
            return float(text.replace("_", ""))
        except ValueError:
            return text
    if tag == "tag:yaml.org,2002:timestamp" and _ISO_DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text


def read_csv(file: Path, name: str, columns: tuple[str, ...]) -> Document:
    """Read a CSV table into a list of rows (empty cells left out), with the line of each row."""
    document = Document(name, data=[])
    text, document.problems = read_text(file, name)
    if document.problems:
        return document
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        header = next(reader, [])
        if tuple(header) != columns:
            document.problems.append(_wrong_header(name, header, columns))
            return document
        line = reader.line_num + 1
        for row in reader:
            # A quoted cell may run over several lines: a row is where it begins.
            line, first = reader.line_num + 1, line
            if not row:
                continue
            if len(row) != len(columns):
                document.problems.append(
                    Problem(
                        name,
                        first,
                        "row has the wrong number of cells",
                        str(len(row)),
                        str(len(columns)),
                    )
                )
                continue
            index = len(document.data)
            cells = zip(columns, row, strict=True)
            document.data.append({key: cell.strip() for key, cell in cells if cell.strip()})
            document.lines[(index,)] = first
    except csv.Error as error:
        document.problems.append(Problem(name, line, f"not valid CSV: {error}"))
    return document


def _wrong_header(name: str, header: list[str], columns: tuple[str, ...]) -> Problem:
    missing = [column for column in columns if column not in header]
    extra = [column for column in header if column not in columns]
    value = f"missing {missing}" if missing else f"unknown {extra}" if extra else "wrong order"
    return Problem(name, 1, "table has the wrong columns", value, ",".join(columns))
