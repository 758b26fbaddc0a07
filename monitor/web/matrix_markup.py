"""A row of the matrix as markup. Written out here and not in the template: a matrix has thousands of cells. Pure."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup, escape

from monitor.web.matrix import Cell, Row


def row_markup(row: Row) -> Markup:
    """The cells of a row, each a table cell; where anything is known it links to its history."""
    actor = quote(row.actor, safe="")
    # Everything that is put in is escaped, or one of our own words.
    return Markup("".join("<td></td>\n" if cell is None else _cell(actor, cell) for cell in row.cells))  # noqa: S704


def _cell(actor: str, cell: Cell) -> str:
    marks = " cell--recent" if cell.recent else ""
    if cell.standing.pending is not None:
        marks += " cell--pending"
    return (
        f'<td><a class="cell cell--{cell.tone} cell--{cell.strength}{marks}" '
        f'href="/positions/{actor}/{quote(cell.standing.issue, safe="")}" title="{escape(cell.words)}">'
        f'<b aria-hidden="true">{cell.sign}</b><i aria-hidden="true">{cell.age}</i></a></td>\n'
    )
