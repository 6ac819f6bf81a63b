"""Sơ kết and tổng kết: written, closed with the counts of that day, shown beside what the movement comes to today."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.access import Refused
from core.audit_words import ACTIONS
from core.errors import DomainError, Stale
from core.models import AuditEvent
from members.enums import PhaseKind
from movements.domain.reviews import ReviewDraft, save_review
from movements.enums import ReviewKind
from movements.models import MovementReview
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    GoodsFactory,
    MovementFactory,
    ParticipationFactory,
)
from tests.factories.pledges import MovementReviewFactory
from tests.support.constraints import assert_refused

pytestmark = pytest.mark.django_db

DRAFT = ReviewDraft("interim", date(2020, 7, 1), "Các đơn vị hưởng ứng đầy đủ.")


def posted(**changes: Any) -> dict[str, Any]:
    return {"kind": "interim", "held_on": "1/7/2020", "result": "Tốt", "submit_key": "r" * 32, **changes}


def text(page: Any) -> str:
    return " ".join(str(page.content.decode()).split())


def filled(cast: Any) -> Any:
    """A movement with a total, a part of it that nobody knows, a joint gift, goods and a draft that does not count."""
    movement = MovementFactory(year=cast.year)
    ParticipationFactory(movement=movement, agency=cast.member)
    receiver = BeneficiaryFactory(cluster=cast.cluster)
    one = ActivityFactory(
        year=cast.year, agency=cast.member, movement=movement, confirmed=True, place="Huyện Chi Lăng"
    )
    two = ActivityFactory(
        year=cast.year, agency=cast.other, movement=movement, submitted=True, place="huyện chi lăng"
    )
    whole = ContributionFactory(activity=one, value=580_000_000, value_qualifier="over")
    ContributionFactory(
        activity=one, value=100_000_000, part_of=whole, part_state="unknown", by=[cast.member, "Văn phòng"]
    )
    GoodsFactory(
        activity=two,
        quantity=Decimal(21_000),
        quantity_qualifier="nearly",
        beneficiary=receiver,
        place="Hữu Lũng",
    )
    ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member, movement=movement))
    return movement


def test_the_counts_of_that_day_stay_while_the_movement_goes_on(cast: Any) -> None:
    movement = filled(cast)
    review = save_review(cast.scope(cast.an), movement.pk, DRAFT)
    assert review.counts == {}
    closed = save_review(cast.scope(cast.binh), movement.pk, DRAFT, review.pk, version=1, close=True)
    assert closed.counts == {
        "members": 1, "of": 4, "activities": 2, "gifts": 3, "joint": 1, "places": 2, "beneficiaries": 1,
        "figures": [
            {"unit": "đồng", "number": "580000000", "qualifier": "over"},
            {"unit": "chiếc", "number": "21000", "qualifier": "nearly"},
        ],
        "left_out_gifts": 1,
        "left_out": [{"unit": "đồng", "number": "100000000", "qualifier": "exact"}],
    }  # fmt: skip
    ActivityFactory(year=cast.year, agency=cast.other, movement=movement, confirmed=True)
    page = cast.client(cast.chi).get(cast.url("review_detail", pk=review.pk))
    rows = {
        row["label"]: (row["value"].replace("\xa0", " "), row["now"], row["changed"])
        for row in page.context["rows"]
    }
    assert rows["Đơn vị hưởng ứng"] == ("1/4", "1/4", False)
    assert rows["Hoạt động đã gửi, đã xác nhận"] == ("2", "3", True)
    assert rows["Tổng đóng góp"][0] == "trên 580.000.000 ₫ và gần 21.000 chiếc"
    assert rows["Chưa cộng, vì chưa rõ có gồm trong số tổng"][0] == "1: 100.000.000 ₫"
    assert "khác khi chốt" in text(page)
    assert MovementReview.objects.get().counts == closed.counts
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["review_add", "review_close"]
    assert set(actions) <= set(ACTIONS)


def test_a_closed_one_is_closed_for_good(cast: Any) -> None:
    movement = MovementFactory(year=cast.year)
    review = save_review(cast.scope(cast.an), movement.pk, DRAFT)
    save_review(cast.scope(cast.an), movement.pk, DRAFT, review.pk, close=True)
    with pytest.raises(DomainError, match="đã chốt"):
        save_review(cast.scope(cast.an), movement.pk, DRAFT, review.pk)
    page = cast.client(cast.an).post(cast.url("review_detail", pk=review.pk), posted(), follow=True)
    assert "đã chốt, không sửa được nữa" in text(page)


def test_pages_write_save_and_close(cast: Any) -> None:
    movement = MovementFactory(year=cast.year)
    client, add = cast.client(cast.an), cast.url("movement_review_add", pk=movement.pk)
    assert client.get(add).status_code == 200
    answers = [client.post(add, posted()) for _time in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    review = MovementReview.objects.get()
    address = cast.url("review_detail", pk=review.pk)
    assert "(nháp)" in text(client.get(cast.url("movement_detail", pk=movement.pk)))
    assert cast.client(cast.chi).get(address).status_code == 404
    assert "(nháp)" not in text(cast.client(cast.chi).get(cast.url("movement_detail", pk=movement.pk)))
    empty = client.post(address, posted(version=1, result="", then="close"))
    assert empty.status_code == 422
    assert "Ghi kết quả trước khi chốt." in text(empty)
    stale = client.post(address, posted(version=9, result="Khác"))
    assert stale.status_code == 409
    assert [row["field"] for row in stale.context["differences"]] == ["Kết quả"]
    assert client.post(address, posted(version=1, lessons="Sớm hơn", then="save")).status_code == 302
    assert client.post(address, posted(version=2, then="close")).status_code == 302
    assert cast.client(cast.chi).get(address).status_code == 200
    for pk in (MovementReviewFactory().pk, 10**9, 10**20):
        assert client.get(cast.url("review_detail", pk=pk)).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "x"}, "kind"),
        ({"kind": "final"}, "kind"),
        ({"held_on": date(2020, 6, 1)}, "held_on"),
        ({"held_on": None}, "held_on"),
        ({"held_on": date(2019, 12, 1)}, "held_on"),
        ({"lessons": "x" * 4001}, "lessons"),
    ],
)
def test_wrong_input_is_said(cast: Any, changes: dict[str, Any], field: str) -> None:
    movement = MovementFactory(year=cast.year, starts_on=date(2020, 1, 1))
    MovementReviewFactory(movement=movement, kind=ReviewKind.FINAL, held_on=date(2020, 12, 1))
    MovementReviewFactory(movement=movement, held_on=date(2020, 6, 1))
    given = ReviewDraft(**{"kind": "interim", "held_on": date(2020, 7, 1), "result": "Tốt", **changes})
    with pytest.raises(DomainError) as raised:
        save_review(cast.scope(cast.an), movement.pk, given)
    assert [problem.field for problem in raised.value.problems] == [field]


def test_who_writes_and_when(cast: Any) -> None:
    shared = MovementFactory(year=cast.year)
    own = MovementFactory(year=cast.year, level="agency", agency=cast.member)
    may = {(user, row): row.pk for user in (cast.an, cast.chi) for row in (shared, own)}
    cast.go(PhaseKind.PUBLISH)
    for (user, row), pk in may.items():
        allowed = (user is cast.an) == (row is shared)
        page = cast.client(user).get(cast.url("movement_review_add", pk=pk))
        assert page.status_code == (200 if allowed else 403)
    assert cast.client(cast.officer).get(cast.url("movement_review_add", pk=shared.pk)).status_code == 403
    assert cast.client(cast.dung).get(cast.url("movement_review_add", pk=shared.pk)).status_code == 404
    with pytest.raises(Refused):
        save_review(cast.scope(cast.chi), shared.pk, DRAFT)
    review = save_review(cast.scope(cast.chi), own.pk, DRAFT)
    with pytest.raises(Stale):
        save_review(cast.scope(cast.chi), own.pk, DRAFT, review.pk, version=7)


def test_the_database_keeps_one_tong_ket_and_one_of_a_day(cast: Any) -> None:
    first = MovementReviewFactory(kind=ReviewKind.FINAL)
    again = MovementReviewFactory.build(
        movement=first.movement, kind=ReviewKind.FINAL, held_on=date(2020, 12, 1)
    )
    assert_refused(again, "movementreview_one_final", "Phong trào này đã có bản tổng kết.")
    third = MovementReviewFactory(movement=first.movement)
    same = MovementReviewFactory.build(movement=first.movement, held_on=third.held_on)
    assert_refused(same, "movementreview_once")
