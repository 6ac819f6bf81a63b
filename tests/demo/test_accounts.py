"""What each demo account may do, in both years."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate, get_user_model

from cluster_app import demo
from members import scope as scopes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_loaded")]

# member, chair, deputy, officer
ROLES = {
    "nganhang": (True, False, False, False), "quanlythitruong": (True, True, False, False),
    "quanlythitruong.lanhdao": (True, True, False, False), "thongke": (True, False, True, False),
    "baohiem": (True, False, False, False), "khobac": (True, False, False, False), "thue": (True, False, False, False),
    "haiquan": (True, False, False, False), "bantdkt": (False, False, False, True),
    "hoidong": (False, False, False, False),
}  # fmt: skip
PRACTICE = {
    "donvia": (True, True, False, False), "donvia.lanhdao": (True, True, False, False),
    "donvib": (True, False, True, False), "donvic": (True, False, False, False),
    "donvic.lanhdao": (True, False, False, False), "phoihop": (False, False, False, False),
}  # fmt: skip


@pytest.mark.parametrize("slug, label", demo.YEARS)
@pytest.mark.parametrize("username", [account.username for account in demo.ACCOUNTS])
def test_each_account_has_its_rights(username: str, slug: str, label: str) -> None:
    """Of today: the chair of 2021 leads both years until they are sealed."""
    user = get_user_model().objects.get(username=username)
    assert authenticate(username=username, password=demo.PASSWORD) == user
    scope = scopes.load(user, slug, label)
    roles = PRACTICE if slug == demo.PRACTICE else ROLES
    if username not in roles:
        assert scope is None
        return
    assert scope is not None
    assert (scope.is_member, scope.is_chair, scope.is_deputy, scope.is_officer) == roles[username]
    assert scope.is_observer == (username == "hoidong")
    assert scope.is_insider == (username != "phoihop")
