"""The seed's paragraph out of the ledger: "trên" and "gần" right, the joint gift once, unknown parts not added."""

from __future__ import annotations

from typing import Any

import pytest

from cluster_app import demo
from members import scope as scopes
from members.models import Person
from movements.domain import ledger, sums
from movements.ledger_prose import paragraph_of
from movements.queries import choices_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_loaded")]


def scope_of_chair(label: str = "2020") -> Any:
    user = Person.objects.filter(agency__code="ngan-hang-nha-nuoc-lang-son").first()
    assert user is not None, "the demo names the chair's staff"
    scope = scopes.load(user.user, demo.SLUG, label)
    assert scope is not None
    return scope


def test_the_paragraph_of_the_seed() -> None:
    scope = scope_of_chair()
    rows = ledger.entries(scope).filter(activity__state="confirmed")
    totals = sums.totals_of(rows)
    text = paragraph_of(scope, rows, totals, choices_of(scope.year)).replace("\xa0", " ")
    for words in (
        "trên 580 triệu đồng",
        "200 suất quà trị giá 100 triệu đồng",
        "phối hợp với Văn phòng HĐND tỉnh",
        "3.000 khẩu trang y tế",
        "4.500 khẩu trang y tế",
        "gần 21.000 khẩu trang y tế",
        "chưa rõ đã gồm trong tổng số",
        "Tổng giá trị đóng góp trên 580 triệu đồng",
        "gần 28.500 chiếc",
    ):
        assert words in text, text
    assert text.count("200 suất quà") == 1
    assert "680 triệu" not in text
    assert totals.joint == 1
