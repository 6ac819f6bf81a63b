"""Each rule that the database keeps for hand-overs, broken by name; a frozen record is not changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from publishing.models import Handover, HandoverTick
from publishing.models import handover as models
from tests.factories import AgencyFactory, ClusterYearFactory, StoredFileFactory, UserFactory
from tests.support.constraints import assert_refused, constraints_of

pytestmark = pytest.mark.django_db
AT = datetime(2021, 1, 5, 9, tzinfo=UTC)
MARK = "a" * 32


def fresh(**values: Any) -> Handover:
    row = {
        "year": ClusterYearFactory(),
        "from_agency": AgencyFactory(),
        "to_agency": AgencyFactory(),
        "effective_on": date(2021, 1, 5),
    }
    return Handover(**row | values)


def signed(side: str, mark: str = MARK, **values: Any) -> dict[str, Any]:
    return {f"{side}_signed_at": AT, f"{side}_post": "Giám đốc", f"{side}_mark": mark} | values


def frozen(**values: Any) -> Handover:
    parts = {"frozen_at": AT, "content": "{}", "sha256": "0" * 64, "paper": StoredFileFactory()}
    return fresh(**signed("giver") | signed("receiver") | parts | values)


def again() -> Any:
    row = fresh()
    row.save()
    return Handover(
        year=row.year, from_agency=row.from_agency, to_agency=row.to_agency, effective_on=row.effective_on
    )


def one_agency() -> Any:
    agency = AgencyFactory()
    return fresh(from_agency=agency, to_agency=agency)


def one_person() -> Any:
    user = UserFactory()
    return fresh(
        **signed("giver", giver_signed_by=user) | signed("receiver", "b" * 32, receiver_signed_by=user)
    )


def tick(**values: Any) -> HandoverTick:
    row = fresh()
    row.save()
    return HandoverTick(
        **{"handover": row, "side": "giver", "item": "money", "mark": MARK, "at": AT} | values
    )


def ticked_again() -> Any:
    first = tick()
    first.save()
    return HandoverTick(handover=first.handover, side="giver", item="money", mark="b" * 32, at=AT)


CASES: dict[str, tuple[Callable[[], Any], str]] = {
    "handover_once": (again, "Lần bàn giao này đã được ghi."),
    "handover_two": (one_agency, "Bên giao và bên nhận phải là hai đơn vị."),
    "handover_giver": (
        lambda: fresh(giver_signed_at=AT),
        "Chữ ký của bên giao phải có thời điểm, chức vụ và nội dung đã ký.",
    ),
    "handover_receiver": (
        lambda: fresh(receiver_post="Giám đốc"),
        "Chữ ký của bên nhận phải có thời điểm, chức vụ và nội dung đã ký.",
    ),
    "handover_two_people": (one_person, "Một người không ký cho cả hai bên."),
    "handover_frozen": (
        lambda: fresh(frozen_at=AT, content="{}", sha256="0" * 64, paper=StoredFileFactory()),
        "Chỉ chốt biên bản khi hai bên đã ký cùng một nội dung.",
    ),
    "handover_closes": (
        lambda: fresh(**signed("giver") | signed("receiver")),
        "Hai bên đã ký cùng một nội dung thì biên bản phải được chốt.",
    ),
    "handovertick_once": (ticked_again, "Bên này đã đánh dấu nhóm việc này."),
    "handovertick_side": (lambda: tick(side="nobody"), "Giá trị không nằm trong danh sách cho phép."),
    "handovertick_what": (lambda: tick(item=""), "Đánh dấu phải ghi nhóm việc và số liệu lúc đó."),
}


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name: str) -> None:
    make, message = CASES[name]
    assert_refused(make(), name, message)


def test_every_constraint_has_its_case() -> None:
    ours = {"Handover", "HandoverTick"}
    found = {rule.name for name in ours for rule in getattr(models, name)._meta.constraints}
    assert found == set(CASES)
    assert found <= constraints_of(models)


def test_two_signatures_on_different_contents_freeze_nothing() -> None:
    fresh(**signed("giver") | signed("receiver", "b" * 32)).save()
    with pytest.raises(DatabaseError), transaction.atomic():
        frozen(receiver_mark="b" * 32).save()


def test_a_frozen_record_is_neither_changed_nor_removed() -> None:
    row = frozen()
    row.save()
    table = row._meta.db_table
    ways: list[Callable[[], Any]] = [
        lambda: Handover.objects.filter(pk=row.pk).update(receiver_note="x"),
        lambda: Handover.objects.filter(pk=row.pk).delete(),
        lambda: connection.cursor().execute(f"UPDATE \"{table}\" SET content = 'x'"),
        lambda: connection.cursor().execute(f'DELETE FROM "{table}"'),
    ]
    for way in ways:
        with pytest.raises(DatabaseError, match="append-only table"), transaction.atomic():
            way()
    assert Handover.objects.get().receiver_note == ""


def test_control_a_record_that_is_not_frozen_may_change() -> None:
    row = fresh()
    row.save()
    Handover.objects.update(receiver_note="x")
    row.delete()
    assert not Handover.objects.exists()


def test_rows_say_what_they_are() -> None:
    mark = tick()
    assert str(mark.handover) == "05/01/2021"
    assert str(mark) == "giver money"
    assert not mark.handover.is_frozen
    assert frozen().is_frozen
