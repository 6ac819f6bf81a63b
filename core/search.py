"""Search in a folded column: what it holds, how it is asked, how hits are shown.

A searchable model has a text column ``search`` that :func:`searchable` fills: the folded words on the first line
("khau trang"), and behind it, where they differ, the words as written in lower case ("khẩu trang"), so that one
column and one index serve both finding without marks and putting exact accents first, alike on both databases.

``manage.py index_search`` adds a trigram index; without one a search reads the rows of the filtered year. Results
are the same with and without.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Case, IntegerField, Model, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from core.folding import FOLD_LIMIT, QUERY_LIMIT, clean_line, fold, search_terms

M = TypeVar("M", bound=Model)

SHORTEST_INDEXED = 3  # a trigram index knows nothing shorter
SNIPPET = 160
FEW_HITS = 1000  # up to so many the index pays; beyond, reading the filtered rows is faster
TRIGGERS = ("ai", "ad", "au")


def searchable(words: Iterable[str]) -> str:
    """The content of a ``search`` column: folded words, and on a second line the words with their marks."""
    text = "\n".join(words)[:FOLD_LIMIT]
    folded, written = fold(text), _written(text)
    return folded if folded == written else f"{folded}\n{written}"


def matching(rows: QuerySet[M], query: str) -> QuerySet[M]:
    """Rows that hold every word of ``query``, with or without marks; quoted words stay together.

    Wildcards stand for themselves. A query without words finds everything. On SQLite with an index this asks the
    database twice (is there an index, are the hits few) before the caller's own query.
    """
    terms = terms_of(query)
    indexed = [term for term in terms if len(term) >= SHORTEST_INDEXED]
    if connection.vendor == "sqlite" and indexed and has_index(rows.model):
        table, match = rows.model._meta.db_table, _match(indexed)
        if _hits_are_few(table, match):
            sql = f'SELECT rowid FROM "{table}_fts" WHERE "{table}_fts" MATCH %s'  # noqa: S608 - a model's table
            rows = rows.filter(pk__in=RawSQL(sql, [match]))  # noqa: S611 - the phrase is a parameter
            terms = [term for term in terms if term not in indexed]
    for term in terms:
        rows = rows.filter(search__contains=term)
    return rows


def with_exactness(rows: QuerySet[M], query: str) -> QuerySet[Any]:
    """The rows with ``exact``: 1 where they hold ``query`` with the very marks it was typed with, else 0."""
    exact = When(search__contains=_written(query[:QUERY_LIMIT]), then=Value(1))
    return rows.annotate(exact=Case(exact, default=Value(0), output_field=IntegerField()))


def has_marks(query: str) -> bool:
    """Whether exact accents can differ from folded ones at all: "khẩu trang" has marks, "khau trang" has none."""
    return _written(query[:QUERY_LIMIT]) != fold(query, QUERY_LIMIT)


def terms_of(query: str) -> list[str]:
    """What is looked for: the folded words; words of one or two letters ("y tế") stay together as they were typed."""
    terms = search_terms(query)
    if any(len(term) >= SHORTEST_INDEXED for term in terms):
        return terms
    whole = " ".join(terms)
    return [whole] if len(whole) >= SHORTEST_INDEXED else terms


def is_too_short(query: str) -> bool:
    """Whether no index can help: one or two letters in all."""
    terms = terms_of(query)
    return bool(terms) and all(len(term) < SHORTEST_INDEXED for term in terms)


def _written(text: str) -> str:
    return clean_line(text).lower()


def _match(terms: Sequence[str]) -> str:
    """An FTS5 expression in which nothing of the terms is an operator."""
    return " AND ".join('"' + term.replace('"', '""') + '"' for term in terms)


def _hits_are_few(table: str, match: str) -> bool:
    sql = f'SELECT count(*) FROM (SELECT 1 FROM "{table}_fts" WHERE "{table}_fts" MATCH %s LIMIT %s)'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [match, FEW_HITS + 1])
        return int(cursor.fetchone()[0]) <= FEW_HITS


# The index: a GIN trigram index on PostgreSQL, an FTS5 trigram table kept by triggers on SQLite


def has_index(model: type[Model]) -> bool:
    """Whether the search column has its index, whole: a table rebuilt by a migration loses its triggers."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = [f"{table}_fts", *(f"{table}_fts_{name}" for name in TRIGGERS)]
            marks = ", ".join(["%s"] * len(names))
            cursor.execute(f"SELECT count(*) FROM sqlite_master WHERE name IN ({marks})", names)  # noqa: S608
            return int(cursor.fetchone()[0]) == len(names)
        cursor.execute(
            "SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname = %s AND indisvalid",
            [f"{table}_search_trgm"],
        )
        return cursor.fetchone() is not None


def add_index(model: type[Model]) -> None:
    """Make the index anew. Raises the database's own error where the extension is not to be had."""
    if connection.vendor == "sqlite":
        statements = _sqlite_index(model._meta.db_table)
    else:
        statements = _postgres_index(model._meta.db_table)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove_index(model: type[Model]) -> None:
    """Take the index away; nothing happens when there is none."""
    table = model._meta.db_table
    if connection.vendor == "sqlite":
        statements = [f'DROP TRIGGER IF EXISTS "{table}_fts_{name}"' for name in TRIGGERS]
        statements.append(f'DROP TABLE IF EXISTS "{table}_fts"')
    else:
        statements = [f'DROP INDEX IF EXISTS "{table}_search_trgm"']
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _postgres_index(table: str) -> list[str]:
    aside = "" if connection.in_atomic_block else "CONCURRENTLY"
    return [
        "CREATE EXTENSION IF NOT EXISTS pg_trgm",
        "SET statement_timeout = 0",
        f'DROP INDEX {aside} IF EXISTS "{table}_search_trgm"',
        f'CREATE INDEX {aside} "{table}_search_trgm" ON "{table}" USING gin (search gin_trgm_ops)',
        f'ANALYZE "{table}"',
        "RESET statement_timeout",
    ]


def _sqlite_index(table: str) -> list[str]:
    """An external-content table: the text stays in the model's table, triggers keep the index beside it."""
    fts = f'"{table}_fts"'
    gone = _into(fts, f"({fts}, rowid, search) VALUES ('delete', old.id, old.search)")
    come = _into(fts, "(rowid, search) VALUES (new.id, new.search)")
    after = {
        "ai": f'AFTER INSERT ON "{table}" BEGIN {come}; END',
        "ad": f'AFTER DELETE ON "{table}" BEGIN {gone}; END',
        "au": f'AFTER UPDATE OF search ON "{table}" BEGIN {gone}; {come}; END',
    }
    options = f"search, content='{table}', content_rowid='id', tokenize='trigram'"
    return [
        *(f'DROP TRIGGER IF EXISTS "{table}_fts_{name}"' for name in TRIGGERS),
        f"DROP TABLE IF EXISTS {fts}",
        f"CREATE VIRTUAL TABLE {fts} USING fts5 ({options})",
        _into(fts, f"({fts}) VALUES ('rebuild')"),
        *(f'CREATE TRIGGER "{table}_fts_{name}" {after[name]}' for name in TRIGGERS),
    ]


def _into(table: str, rest: str) -> str:
    return f"INSERT INTO {table} {rest}"


# Showing


def highlight(text: str, query: str) -> SafeString:
    """``text`` as safe HTML with every hit of ``query`` in <mark>; without a query just the escaped text."""
    return _marked(text, _spans(text, terms_of(query)))


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> SafeString:
    parts: list[Any] = []
    done = 0
    for start, end in spans:
        parts += [
            conditional_escape(text[done:start]),
            "<mark>",
            conditional_escape(text[start:end]),
            "</mark>",
        ]
        done = end
    return mark_safe("".join([*parts, conditional_escape(text[done:])]))


def hits(text: str, query: str) -> bool:
    """Whether anything of the query stands in the text, with or without marks."""
    folded = fold(text)
    return any(term in folded for term in terms_of(query))


def snippet(text: str, query: str, width: int = SNIPPET) -> SafeString:
    """The words around the first hit as safe HTML with hits marked, about ``width`` characters; empty without a hit."""
    spans = _spans(text[:FOLD_LIMIT], terms_of(query))
    if not spans:
        return SafeString("")
    start = max(0, spans[0][0] - width // 3)
    end = min(len(text), max(start + width, spans[0][1]))
    if start:
        start = text.find(" ", start, spans[0][0]) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", spans[0][1], end), spans[0][1])
    inside = [(first - start, last - start) for first, last in spans if last <= end]
    words = _marked(text[start:end], inside)
    before, after = "…" if start else "", "…" if end < len(text) else ""
    return mark_safe(f"{before}{words}{after}")


def _spans(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Where the folded terms stand in ``text``: places of the text as written, in order, joined where they touch."""
    if not terms:
        return []
    folded, places = _folded_with_places(text)
    hits = []
    for term in terms:
        at = folded.find(term)
        while at >= 0:
            hits.append((places[at], places[at + len(term) - 1] + 1))
            at = folded.find(term, at + len(term))
    spans: list[tuple[int, int]] = []
    for start, end in sorted(hits):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    pieces: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        piece = _folded_char(char)
        pieces.append(piece)
        places += [place] * len(piece)
    return "".join(pieces), places


@functools.lru_cache(maxsize=4096)
def _folded_char(char: str) -> str:
    return " " if char.isspace() else fold(char)
