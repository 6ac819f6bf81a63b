"""What the tests of people share: giving, inviting, the link of an answer."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils import timezone

from core.dates import local_today
from members.domain.invitations import invite
from members.domain.people import Given
from members.enums import Function
from members.models import Invitation, Person

SECRET = "một câu ngắn dễ nhớ"


def today() -> date:
    return local_today(timezone.now())


def row_of(user: Any, **more: Any) -> Person:
    """The one function of a person of the cast."""
    return Person.objects.get(user=user, **more)


def given(cast: Any, **changes: Any) -> Given:
    values = {"agency_id": cast.member.pk, "function": Function.CLERK, "post": "", "starts_on": today()}
    return Given(**{**values, **changes})


def invited(cast: Any, user: Any | None = None, **changes: Any) -> tuple[Invitation, str]:
    return invite(cast.scope(user or cast.lan), given(cast, **changes), "Nguyễn Thị Mai")


def link_in(answer: Any) -> str:
    """The path of the link that an answer shows."""
    found = re.search(r'value="https?://[^/"]+(/moi/[^"]+/)"', answer.content.decode())
    assert found, answer.content.decode()[:3000]
    return found[1]


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())
