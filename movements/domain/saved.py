"""Lists that a person keeps under a name: own ones only, at most thirty of a page, one of them opens with the page."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError, Problem
from core.folding import clean_line
from members.scope import Scope
from movements.models import SavedFilter
from movements.queries import LARGEST_ID

ACTIVITIES: Final = "activity_list"
MOST: Final = 30
LONGEST_NAME: Final = 80
LONGEST_QUERY: Final = 2000


def save_filter(scope: Scope, page: str, name: str, query: str, *, is_first: bool = False) -> SavedFilter:
    """Keep a list under a name; ``is_first`` takes the place of the one that opened with the page.

    Raises ``DomainError`` (field ``name``): no name, a name kept already, too many, too much asked for. It is no record
    of the year and belongs to nobody else, so neither the year's lock nor the audit is asked.
    """
    with transaction.atomic():
        own = _own(scope, page)
        name = clean_line(name)
        found = _name_problems(own, name)
        if len(own) >= MOST:
            found.append(Problem(_("Bạn đã lưu %(most)s bộ lọc: hãy xóa bớt.") % {"most": MOST}, "name"))
        if len(query) > LONGEST_QUERY:
            found.append(Problem(_("Bộ lọc này có quá nhiều điều kiện nên không lưu được."), "name"))
        if found:
            raise DomainError(found)
        if is_first:
            _make_way(own)
        return SavedFilter.objects.create(
            user=scope.user, cluster=scope.cluster, page=page, name=name, query=query, is_first=is_first
        )


def change_filter(scope: Scope, page: str, pk: int, name: str, *, is_first: bool) -> SavedFilter:
    """Rename a kept list, and say whether it opens with the page.

    Raises ``SavedFilter.DoesNotExist``, ``DomainError`` (field ``name``).
    """
    with transaction.atomic():
        own = _own(scope, page)
        row = _one(own, pk)
        name = clean_line(name)
        if found := _name_problems([one for one in own if one.pk != pk], name):
            raise DomainError(found)
        if is_first and not row.is_first:
            _make_way(own)
        row.name, row.is_first = name, is_first
        row.save(update_fields=["name", "is_first", "updated_at"])
        return row


def delete_filter(scope: Scope, page: str, pk: int) -> str:
    """Forget a kept list; its name. Raises ``SavedFilter.DoesNotExist``."""
    with transaction.atomic():
        row = _one(_own(scope, page), pk)
        row.delete()
        return row.name


def _own(scope: Scope, page: str) -> list[SavedFilter]:
    rows = SavedFilter.objects.select_for_update(of=("self",))
    return list(rows.filter(user=scope.user.pk, cluster=scope.year.cluster_id, page=page).order_by("pk"))


def _one(own: list[SavedFilter], pk: int) -> SavedFilter:
    for row in own:
        if row.pk == pk and pk <= LARGEST_ID:
            return row
    raise SavedFilter.DoesNotExist


def _name_problems(others: list[SavedFilter], name: str) -> list[Problem]:
    if not name:
        return [Problem(_("Ghi tên bộ lọc."), "name")]
    if len(name) > LONGEST_NAME:
        return [Problem(_("Dài nhất %(most)s ký tự.") % {"most": LONGEST_NAME}, "name")]
    if any(one.name == name for one in others):
        return [Problem(_("Bạn đã có bộ lọc cùng tên."), "name")]
    return []


def _make_way(own: list[SavedFilter]) -> None:
    """No other one opens with the page: the database lets only one."""
    SavedFilter.objects.filter(pk__in=[one.pk for one in own], is_first=True).update(is_first=False)
