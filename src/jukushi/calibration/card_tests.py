"""What the tests assert, read off their files without running or importing them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from jukushi.errors import UsageError

__all__ = ["tests"]


def tests(folder: Path | None) -> dict[str, Any] | None:
    """Return the modules of tests with the law that each test asserts; None without tests.

    A test is a function whose name begins with ``test_``; one that runs over a list of cases
    counts once. Its law is the first sentence of its docstring, or its name in words.

    Parameters
    ----------
    folder : Path or None

    Returns
    -------
    dict or None
        ``count``, ``slow`` and ``modules``, by folder and name.

    Raises
    ------
    UsageError
        If a file is no Python.
    """
    if folder is None:
        return None
    modules = [
        module
        for file in sorted(folder.rglob("test_*.py"))
        if (module := _module(file, file.relative_to(folder)))["laws"]
    ]
    modules.sort(key=lambda row: (row["kind"], row["module"]))
    laws = [law for module in modules for law in module["laws"]]
    return {
        "count": len(laws),
        "slow": sum(law["slow"] for law in laws),
        "properties": sum(law["property"] for law in laws),
        "modules": modules,
    }


def _module(file: Path, name: Path) -> dict[str, Any]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except SyntaxError as error:
        where = f"line {error.lineno}: {error.msg}"
        raise UsageError(f"the tests in {name} cannot be read", cause=where) from None
    classes = [node.body for node in tree.body if isinstance(node, ast.ClassDef)]
    nodes = [
        node
        for body in (tree.body, *classes)
        for node in body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    return {
        "module": name.as_posix(),
        "kind": name.parent.as_posix() if name.parent.name else "whole",
        "says": _first(ast.get_docstring(tree)),
        "laws": [_law(node) for node in nodes],
    }


def _law(node: ast.FunctionDef) -> dict[str, Any]:
    marks = [ast.unparse(mark) for mark in node.decorator_list]
    named = node.name.removeprefix("test_").replace("_", " ")
    return {
        "test": node.name,
        "says": _first(ast.get_docstring(node)) or named[:1].upper() + named[1:],
        "property": any(mark.startswith(("given", "hypothesis.given")) for mark in marks),
        "slow": any("mark.slow" in mark for mark in marks),
    }


def _first(text: str | None) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join((text or "").partition("\n\n")[0].split())
