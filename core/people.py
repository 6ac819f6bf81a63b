"""How people are called: the family name first, as in Vietnamese; the name of the account when no other is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model


def full_name(account: Any) -> str:
    """ "Nguyễn Thị Lan", or the name one signs in with."""
    return f"{account.last_name} {account.first_name}".strip() or str(account.get_username())


def split_name(name: str) -> tuple[str, str]:
    """Family and middle name, given name: the last word is the given one."""
    family, _space, given = name.rpartition(" ")
    return family, given


def names_by_id(ids: Iterable[int]) -> dict[int, str]:
    """The names of accounts as they are called today; one query, none for nobody."""
    wanted = set(ids)
    if not wanted:
        return {}
    return {
        account.pk: full_name(account) for account in get_user_model()._default_manager.filter(pk__in=wanted)
    }
