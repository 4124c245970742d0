"""The day marts, rebuilt for the days named in the temporary table `changed_days`."""

from importlib.resources import files

from warehouse.loading.step import Step


def rebuild(step: Step) -> None:
    """Rebuild what the articles of the changed days decide, and what follows from it."""
    step.sql(_script("rebuild_facts.sql"))
    rebuild_scores(step)


def rebuild_scores(step: Step) -> None:
    """Rebuild what the coverage of the changed days decides."""
    step.sql(_script("rebuild_scores.sql"))


def _script(name: str) -> str:
    return files("warehouse.loading").joinpath(name).read_text(encoding="utf-8")
