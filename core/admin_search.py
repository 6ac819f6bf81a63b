"""Long lists of the admin site searched as everywhere else: every word, without accents, in any order."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold, search_terms

READ: Final = 20_000  # rows that one search looks at
FOUND: Final = 2_000


class FoldedSearch:
    """For a model admin: ``folded`` names the columns that are searched, over relations too."""

    folded: tuple[str, ...] = ()
    search_help_text: Any = gettext_lazy("Không cần gõ dấu")
    model: Any

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """That there is a search box at all."""
        return self.folded

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Rows that hold every word in any of the columns; one query, the newest ``READ`` rows."""
        terms = search_terms(search_term)
        if not terms:
            return queryset, False
        texts: dict[Any, str] = {}
        rows = self.model._default_manager.order_by("-pk").values_list("pk", *self.folded)
        number = 0
        for pk, *words in rows[:READ].iterator(chunk_size=2_000):
            number += 1
            texts[pk] = f"{texts.get(pk, '')}\n" + "\n".join(str(word) for word in words if word)
        found = [pk for pk, text in texts.items() if _holds(text, terms)]
        if number >= READ or len(found) > FOUND:
            messages.warning(
                request, _("Danh sách dài: chỉ tìm trong các dòng mới nhất. Gõ thêm chữ hoặc dùng bộ lọc.")
            )
        return queryset.filter(pk__in=found[:FOUND]), False


def _holds(text: str, terms: list[str]) -> bool:
    folded = fold(text)
    return all(term in folded for term in terms)
