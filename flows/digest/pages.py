"""A digest as Markdown, and as one HTML file that loads nothing and runs nothing."""

from collections.abc import Callable, Mapping

from flows.digest.brief import Brief
from flows.rendering import environment


def as_markdown(brief: Brief) -> str:
    """Give a digest as Markdown; no title can be anything but text in it."""
    return environment("flows.digest", "md").get_template("digest.md.j2").render(brief=brief)


def as_html(brief: Brief) -> str:
    """Give a digest as an HTML file with its charts inside."""
    from flows.digest.charts import trend  # heavy, and for this form only

    template = environment("flows.digest", "html").get_template("digest.html.j2")
    return template.render(brief=brief, drawn=trend)


FORMS: Mapping[str, Callable[[Brief], str]] = {"md": as_markdown, "html": as_html}
