"""Tables and headings that several views for a terminal share."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

__all__ = ["heading", "table_of"]


def table_of(*columns: str) -> Table:
    """Return an empty table without lines; numbers to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    return table


def heading(text: str) -> Text:
    """Return a heading with an empty line above it."""
    return Text("\n" + text, style="bold")
