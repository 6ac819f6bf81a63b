"""Shares of a joint gift, and what a gift has of its own: day, place, purpose."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from movements.domain.totals import Gift, Giver, own_gifts, total
from movements.forms.gift_shares import shared_names
from movements.models import Contribution
from tests.support.entry import ROW, form_of, send, shown

pytestmark = pytest.mark.django_db


def save(cast: Any, *rows: dict[str, Any], status: int = 302, **head: Any) -> Any:
    answer = send(cast.client(cast.chi), cast.url("activity_add"), form_of(*rows, **head))
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def givers(gift: Contribution) -> list[tuple[Any, ...]]:
    rows = gift.contributors.order_by("order").values_list("agency__code", "outside_name", "share")
    return [(code or name, share) for code, name, share in rows]


def joint(cast: Any, **more: str) -> dict[str, Any]:
    return {
        **ROW, "value": "100 tr", "partners": [str(cast.deputy.pk)], "outside": "Văn phòng HĐND tỉnh: 30 tr; Hội: tỉnh",
        "share-own": "50 triệu", f"share-{cast.deputy.pk}": "20.000.000", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("Văn phòng HĐND tỉnh", [("Văn phòng HĐND tỉnh", "")]),
        ("A: 40 tr; B", [("A", "40 tr"), ("B", "")]),
        ("Hội: tỉnh", [("Hội: tỉnh", "")]),
        ("Hội: tỉnh: 5 tr", [("Hội: tỉnh", "5 tr")]),
        (": 5", [(": 5", "")]),
    ],
)
def test_names_with_their_shares(text: str, found: list[tuple[str, str]]) -> None:
    assert shared_names(text) == found


def test_shares_are_typed_kept_shown_and_changed(cast: Any) -> None:
    cast.go("carry_out")
    save(cast, joint(cast, given_on="6/4", place="Xã Chi Lăng", purpose="Sửa nhà"))
    gift = Contribution.objects.get()
    assert givers(gift) == [
        (cast.member.code, 50_000_000), (cast.deputy.code, 20_000_000), ("Văn phòng HĐND tỉnh", 30_000_000),
        ("Hội: tỉnh", None),
    ]  # fmt: skip
    assert (gift.given_on, gift.place, gift.purpose) == (date(2020, 4, 6), "Xã Chi Lăng", "Sửa nhà")
    address = cast.url("activity_edit", pk=gift.activity_id)
    page = cast.client(cast.chi).get(address).content.decode()
    data = shown(page)
    assert data["khoan-0-share-own"] == "50.000.000"
    assert data["khoan-0-outside"] == "Văn phòng HĐND tỉnh: 30.000.000; Hội: tỉnh"
    assert "Đã chia hết." in page
    assert send(cast.client(cast.chi), address, data).status_code == 302
    gift.refresh_from_db()
    assert gift.version == 1
    data = shown(cast.client(cast.chi).get(address).content.decode())
    data[f"khoan-0-share-{cast.deputy.pk}"] = ""
    assert send(cast.client(cast.chi), address, data).status_code == 302
    gift.refresh_from_db()
    assert (gift.version, givers(gift)[1]) == (2, (cast.deputy.code, None))
    assert "chưa chia cho bên nào" in cast.client(cast.chi).get(address).content.decode()


def test_a_form_that_does_not_ask_leaves_shares_and_day_alone(cast: Any) -> None:
    cast.go("carry_out")
    save(cast, joint(cast, given_on="6/4/2020"))
    gift = Contribution.objects.get()
    row = {
        **ROW,
        "id": str(gift.pk),
        "value": "100 tr",
        "partners": [str(cast.deputy.pk)],
        "description": "Khác",
    }
    data = form_of({**row, "outside": "Văn phòng HĐND tỉnh"}, version="1")
    assert (
        send(cast.client(cast.chi), cast.url("activity_edit", pk=gift.activity_id), data).status_code == 302
    )
    gift.refresh_from_db()
    assert (gift.description, gift.given_on, gift.version) == ("Khác", date(2020, 4, 6), 2)
    assert givers(gift) == [
        (cast.member.code, 50_000_000), (cast.deputy.code, 20_000_000), ("Văn phòng HĐND tỉnh", 30_000_000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"share-own": "60 tr"}, "nhiều hơn trị giá"),
        ({"share-own": "nhiều"}, "Không hiểu"),
        ({"share-own": "0"}, "Số phải lớn hơn 0."),
        ({"value": "", "quantity": "5 suất"}, "phải có trị giá của cả khoản"),
        ({"partners": []}, "chưa đánh dấu đơn vị này"),
        ({"partners": [], "outside": "", "share": ""}, "khi có đơn vị cùng góp"),
        ({"outside": "A: 5 cái"}, "Số tiền tính bằng đồng"),
        ({"given_on": "31/2/2020"}, "31/2/2020"),
        ({"given_on": "5/4/2019"}, "nằm ngoài năm thi đua 2020"),
        ({"place": "x" * 301}, "Dài nhất 300 ký tự"),
    ],
)
def test_what_does_not_fit_is_said_beside_it(cast: Any, change: dict[str, Any], sentence: str) -> None:
    cast.go("carry_out")
    row = {**joint(cast), **change}
    if row.pop("share", None) is not None:
        row.pop(f"share-{cast.deputy.pk}")
    answer = save(cast, row, status=422)
    body = answer.content.decode()
    assert sentence in body
    assert '<details class="with" open>' in body or "value" in change
    assert not Contribution.objects.exists()


def test_the_own_total_uses_the_known_share() -> None:
    gift = Gift(1, 1, value=100, givers=(Giver(7, "", 60), Giver(8), Giver(None, "Hội", 10)))
    assert [own.value for key in (7, 8, -1) for own in own_gifts([gift], key)] == [60, 100, 10]
    assert total([gift]).money.number == 100  # type: ignore[union-attr]
