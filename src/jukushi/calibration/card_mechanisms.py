"""The mechanisms as a card shows them: contract and laws from the code, formulas from the pages."""

from __future__ import annotations

import ast
import re
from importlib import resources
from typing import Any

from jukushi.calibration.card_pages import displayed, items, sections
from jukushi.calibration.card_places import Places
from jukushi.mechanisms.order import WEEK_ORDER

__all__ = ["limits", "mechanisms", "schedule"]

#: Packages that hold mechanisms of the week, in the order in which they are looked through.
_PACKAGES = ("jukushi.mechanisms", "jukushi.doctrines")
#: Mechanisms and laws that are no step of the week: name of the page, package and file.
_BESIDE = (
    ("combat", "jukushi.mechanisms", "combat.py"),
    ("policy", "jukushi.doctrines", "policy.py"),
    ("campaign", "jukushi.war", "campaign.py"),
)
#: Pages of tables of rules, which have no code of their own.
_TABLES = ("factions", "presets")
#: Sections that show examples, sources or results, not how the model works.
_NO_THEORY = re.compile(r"Parameters|Sources|Limits|Weaknesses|example|Against|comes to|trust")
_LISTS = {"limits": re.compile(r"limits", re.I), "weaknesses": re.compile(r"weaknesses", re.I)}


def schedule() -> list[dict[str, Any]]:
    """Return the numbered week."""
    return [
        {"step": number, "name": step.name, "before_the_war": step.scripted_weeks, "why": step.why}
        for number, step in enumerate(WEEK_ORDER, 1)
    ]


def mechanisms(places: Places) -> list[dict[str, Any]]:
    """Return every mechanism: those of the week in order, then what stands beside it."""
    rows = []
    for number, step in enumerate(WEEK_ORDER, 1):
        package = next(
            name
            for name in _PACKAGES
            if resources.files(name).joinpath(f"{step.name}.py").is_file()
        )
        rows.append(_mechanism(step.name, number, package, f"{step.name}.py", places))
    for name, package, file in _BESIDE:
        rows.append(_mechanism(name, None, package, file, places))
    return [*rows, *(_of_page(name, None, "", places) for name in _TABLES)]


def _mechanism(
    name: str, step: int | None, package: str, file: str, places: Places
) -> dict[str, Any]:
    source = resources.files(package).joinpath(file).read_text(encoding="utf-8")
    tree = ast.parse(source)
    said = ast.get_docstring(tree) or ""
    row = _of_page(name, step, f"{package.replace('.', '/')}/{file}", places)
    row["summary"] = said.partition("\n\n")[0].replace("\n", " ")
    row |= {key: _listed(said, key.capitalize()) for key in ("reads", "writes", "draws")}
    row["laws"] = [_law(node) for node in tree.body if _is_law(node)]
    return row


def _of_page(name: str, step: int | None, code: str, places: Places) -> dict[str, Any]:
    """Return a row with what the page of theory says."""
    text = places.text(f"mechanisms/{name}.md") or ""
    lead = re.split(r"^## ", text, flags=re.MULTILINE)[0].split("\n", 1)[-1].strip()
    return {
        "name": name,
        "step": step,
        "code": code,
        "page": bool(text),
        "summary": lead.partition("\n\n")[0].replace("\n", " "),
        "reads": [],
        "writes": [],
        "draws": [],
        "laws": [],
        "equations": [
            {"section": title, "text": block}
            for title, body in sections(text).items()
            if not _NO_THEORY.search(title)
            for block in displayed(body)
        ],
    }


def _listed(said: str, key: str) -> list[str]:
    """Return the names after ``Reads:``, ``Writes:`` or ``Draws:`` of a header."""
    match = re.search(rf"^{key}:(.*?)(?=^\w+:|\Z)", said, re.MULTILINE | re.DOTALL)
    names = re.findall(r"\w+", match[1]) if match else []
    return [] if names == ["none"] else names


def _is_law(node: ast.stmt) -> bool:
    """Tell whether a statement is a law: a public kernel of numbers that returns numbers."""
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
        return False
    kernel = any(isinstance(mark, ast.Name) and mark.id == "kernel" for mark in node.decorator_list)
    lanes = {argument.arg for argument in node.args.args} & {"first", "s"}
    return kernel and not lanes and bool(ast.get_docstring(node))


def _law(node: ast.stmt) -> dict[str, Any]:
    assert isinstance(node, ast.FunctionDef)
    said = ast.get_docstring(node) or ""
    return {
        "name": node.name,
        "arguments": [argument.arg for argument in node.args.args],
        "says": said.partition("\n\n")[0].replace("\n", " "),
    }


def limits(places: Places) -> list[dict[str, Any]]:
    """Return the limits and weaknesses that each page of theory states, page by page."""
    if places.documents is None:
        return []
    rows = []
    for page in sorted((places.documents / "mechanisms").glob("*.md")):
        found: dict[str, list[str]] = {"limits": [], "weaknesses": []}
        for title, body in sections(page.read_text(encoding="utf-8")).items():
            # A section with both words in its heading is one list: of weaknesses.
            for key in ("weaknesses", "limits"):
                if _LISTS[key].search(title):
                    found[key] += items(body)
                    break
        if any(found.values()):
            rows.append({"page": page.stem, **found})
    return rows
