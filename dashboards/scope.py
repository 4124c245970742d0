"""Which articles a view is about: the filters, and their SQL."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters of a view, both days included; an empty tuple lets everything through."""

    since: date
    until: date
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()
    perspectives: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def sql(self) -> str:
        """Give a SELECT of the articles, with what they can be split by.

        `relation` is read from the share of an article's sentences not seen before: it repeats
        (under 20 %), updates (under 60 %) or adds.
        """
        wanted = "".join(
            f" AND {column} IN (SELECT unnest(?))" for column, values in self._filters() if values
        )
        return f"""
            SELECT a.article_id, a.day, a.published_at, a.relevant, a.source_id AS source,
              a.language, coalesce(h.ownership, 'unknown') AS ownership,
              coalesce(h.perspective, 'other') AS perspective,
              coalesce(h.country, '??') AS country,
              CASE WHEN coalesce(a.novelty, 0) < 0.2 THEN 'repeats'
                WHEN a.novelty < 0.6 THEN 'updates' ELSE 'adds' END AS relation
            FROM articles AS a
            LEFT JOIN source_history AS h
              ON h.source_id = a.source_id AND a.day >= h.valid_from AND a.day < h.valid_to
            WHERE a.day BETWEEN ? AND ?{wanted}
        """  # noqa: S608 - column names are ours, values are bound

    def given(self) -> list[object]:
        """Give the values that `sql` binds, in order."""
        chosen = [list(values) for _, values in self._filters() if values]
        return [self.since, self.until, *chosen]

    def _filters(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return (
            ("a.source_id", self.sources),
            ("a.language", self.languages),
            ("coalesce(h.ownership, 'unknown')", self.ownerships),
            ("coalesce(h.perspective, 'other')", self.perspectives),
            ("coalesce(h.country, '??')", self.countries),
        )
