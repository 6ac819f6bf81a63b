"""Orders of the list of activities, each a keyset of its own: the same rows come once, page after page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, IntegerField, QuerySet, Value, When

from core import search
from core.folding import sort_key
from core.paging import Page, keyset_page, with_number
from movements.models import Activity
from movements.queries import Choices

BY_DAY, BY_TITLE, BY_AGENCY = "", "ten", "don-vi"
READ: Final = {BY_TITLE: ("title_key",)}  # what an order reads of a row
FEW_HITS: Final = 1000  # exact accents come first only among so few: more would all have to be read


@dataclass(frozen=True, slots=True)
class Order:
    """Rows with what they are sorted by: ``keys`` all descend, or all ascend; the last one is unique."""

    rows: QuerySet[Activity]
    keys: tuple[str, ...]
    ascending: bool = False

    @property
    def by(self) -> list[str]:
        """As ``order_by`` takes it."""
        return [key if self.ascending else f"-{key}" for key in self.keys]


def ordered(rows: QuerySet[Activity], order: str, choices: Choices) -> Order:
    """Newest first; or titles, or agencies (newest first in each), by the Vietnamese alphabet."""
    if order == BY_TITLE:
        return Order(rows, ("title_key", "id"), ascending=True)
    if order == BY_AGENCY:
        return Order(_with_place(rows, choices), ("place_in_order", "sorted_on", "id"))
    return Order(rows, ("sorted_on", "id"))


def _with_place(rows: QuerySet[Activity], choices: Choices) -> QuerySet[Any]:
    """``place_in_order``: large for the first agency of the alphabet, 0 for the whole cluster."""
    names = sorted(choices.agencies.items(), key=lambda item: (sort_key(item[1][1]), item[0]))
    whens = [When(agency=pk, then=Value(len(names) - place)) for place, (pk, _names) in enumerate(names)]
    return rows.annotate(
        place_in_order=Case(*whens, default=Value(0), output_field=IntegerField())
        if whens
        else Value(0, output_field=IntegerField())
    )


def page_of(
    rows: QuerySet[Activity], order: str, choices: Choices, query: str, after: str, before: str
) -> Page[Activity]:
    """A page of the rows. Exact accents come first in a search by day with few hits. Raises ``BadCursor``."""
    sorted_rows = ordered(rows, order, choices)
    if order == BY_DAY and _exact_first(rows, query, after or before):
        exact = search.with_exactness(rows, query)
        sorted_rows = Order(exact, ("exact", *sorted_rows.keys))
    return keyset_page(
        with_number(sorted_rows.rows), sorted_rows.keys, after=after, before=before,
        ascending=sorted_rows.ascending,
    )  # fmt: skip


def _exact_first(rows: QuerySet[Activity], query: str, cursor: str) -> bool:
    """Whether exact accents come first; a page behind the first goes on as that one began. One query, or none."""
    if not query or not search.has_marks(query):
        return False
    if cursor:
        return cursor.count(".") == 2
    return rows.order_by().values("pk")[: FEW_HITS + 1].count() <= FEW_HITS
