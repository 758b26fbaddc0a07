"""The templates that alerts are laid out with: autoescaped where they are HTML, strict about what they name."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from monitor.alerts.width import wrapped


def laid_out(template: str, **values: object) -> str:
    """A template of `monitor/alerts/templates` filled in. Those in HTML and XML escape what they are given."""
    return _templates().get_template(template).render(values)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.alerts", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html", "xml"), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wrapped"] = wrapped
    return environment
