"""Excel both ways: what a file would change, what is written, what stays, who may."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core import audit
from core.models import AuditEvent
from members.enums import PhaseKind
from movements.domain.search_text import activity_search
from movements.enums import ActivityState, PartState
from movements.imports.shape import KEEP, Order
from movements.models import Activity, Beneficiary, Contribution, ImportRun
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
    MovementFactory,
)
from tests.support.importing import (
    HEAD,
    confirm,
    faults,
    imported,
    planned,
    preview,
    row,
    upload,
    workbook,
)

pytestmark = pytest.mark.django_db
ALL = ("activity_key", "gift_key", *HEAD)


def given(activity: Activity) -> list[Any]:
    return [
        (
            one.kind,
            one.description,
            one.quantity_qualifier,
            one.quantity,
            one.unit,
            one.value_qualifier,
            one.value,
        )
        for one in activity.contributions.order_by("order")
    ]


# -- the seed's paragraph ------------------------------------------------------------------------
def test_the_seeds_paragraph_comes_in_as_it_was_typed(cast: Any) -> None:
    movement = MovementFactory(year=cast.year, title="Chung tay vì người nghèo")
    rows = [
        {"title": "Thăm, tặng quà hộ nghèo", "when": "2020", "movement": "chung tay vi nguoi ngheo",
         "description": "Tổng giá trị quyên góp, ủng hộ", "value": "trên 580 triệu đồng"},
        {"description": "Quà tặng hộ nghèo", "quantity": "200 suất", "value": 100_000_000, "place": "",
         "givers": "Cục Quản lý thị trường = 60 triệu; Văn phòng HĐND tỉnh",
         "part_state": "Chưa rõ có gồm trong số tổng", "whole": "tổng giá trị quyên góp, ủng hộ"},
        {"title": "Bàn giao khẩu trang", "when": "chưa rõ", "description": "Khẩu trang y tế",
         "quantity_qualifier": "Gần", "quantity": "21.000", "unit": "chiếc", "beneficiary": "Sở Y tế"},
        {"title": "Hội nghị tuyên truyền", "when": "05/01–07/01/2020", "place": "TP. Lạng Sơn"},
    ]  # fmt: skip
    run = imported(cast, cast.binh, workbook(rows, (*HEAD, "movement")))
    assert (run.counts["new"], run.counts["activities_new"]) == (4, 3)
    gifts, masks, meeting = Activity.objects.order_by("pk")
    assert (gifts.agency, gifts.movement, gifts.state) == (cast.deputy, movement, ActivityState.DRAFT)
    assert (gifts.precision, gifts.starts_on, gifts.ends_on) == ("year", date(2020, 1, 1), date(2020, 12, 31))
    assert given(gifts) == [
        ("money", "Tổng giá trị quyên góp, ủng hộ", "exact", None, "", "over", 580_000_000),
        ("goods", "Quà tặng hộ nghèo", "exact", Decimal(200), "suất", "exact", 100_000_000),
    ]
    whole, part = gifts.contributions.order_by("order")
    assert (part.part_of, part.part_state) == (whole, PartState.UNKNOWN)
    assert (whole.value_words, part.quantity_words) == ("trên 580 triệu đồng", "200 suất")
    assert [(one.agency, one.outside_name, one.share) for one in part.contributors.order_by("order")] == [
        (cast.deputy, "", 60_000_000), (None, "Văn phòng HĐND tỉnh", None),
    ]  # fmt: skip
    assert given(masks) == [("goods", "Khẩu trang y tế", "nearly", Decimal(21000), "chiếc", "exact", None)]
    assert masks.precision == "unknown"
    assert masks.contributions.get().beneficiary == Beneficiary.objects.get(folded="so y te")
    assert (meeting.starts_on, meeting.ends_on, meeting.contributions.count()) == (
        date(2020, 1, 5), date(2020, 1, 7), 0,
    )  # fmt: skip
    for activity in (gifts, masks, meeting):
        assert activity.search == activity_search(activity)
    events = AuditEvent.objects.filter(chain=audit.cluster_chain(cast.cluster.pk)).order_by("seq")
    assert [event.action for event in events] == ["activity_add"] * 3 + ["activity_import"]
    assert "gift:" in events[0].after
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


@pytest.mark.parametrize("keys", [{}, {"activity_key": "a" * 16, "gift_key": "b" * 16}])
def test_loading_it_again_changes_nothing_with_keys_and_without(cast: Any, keys: dict[str, str]) -> None:
    data = workbook([row(**keys), row(description="Gạo", quantity=500, unit="kg", title="", when="")], ALL)
    imported(cast, cast.chi, data)
    again = preview(cast, cast.chi, data)
    assert again.context["plan"].counts()["same"] == 2
    assert "Không có gì để ghi" in again.content.decode()
    assert "đã được nhập lúc" in again.content.decode()
    assert confirm(cast, cast.chi, again).status_code == 302
    assert (AuditEvent.objects.count(), Contribution.objects.count()) == (2, 2)


# -- changes -------------------------------------------------------------------------------------
@pytest.fixture
def draft(cast: Any) -> Any:
    cast.activity = ActivityFactory(
        year=cast.year, agency=cast.member, title="Tặng quà", key="k1", place="Chi Lăng"
    )
    cast.gift = ContributionFactory(activity=cast.activity, key="g1", order=3)
    cast.evidence = EvidenceFactory(activity=cast.activity)
    return cast


def test_a_changed_cell_is_shown_and_written_and_the_rest_stays(draft: Any) -> None:
    cast = draft
    both = "Cục Thống kê; Sở Y tế"
    rows = [
        row(
            activity_key="k1",
            gift_key="g1",
            title="Tặng quà",
            place="Hữu Lũng",
            value="12 triệu",
            givers=both,
        ),
        row(
            activity_key="k1", title="", when="", description="Chăn ấm", quantity=20, unit="chiếc", value=None
        ),
    ]
    shown = preview(cast, cast.chi, workbook(rows, ALL))
    page = shown.content.decode()
    changes = [(row["column"], row["before"], row["after"]) for row in shown.context["part"].rows]
    assert changes == [
        ("Địa bàn", "Chi Lăng", "Hữu Lũng"), ("Trị giá (đồng)", "10.000.000", "12.000.000"),
        ("Bên đóng góp", "Cục Thống kê", "Cục Thống kê; Sở Y tế"),
    ]  # fmt: skip
    assert "<del>10.000.000</del>" in "".join(page.split("\n")).replace("  ", "")
    confirm(cast, cast.chi, shown)
    activity = Activity.objects.get()
    assert (activity.place, activity.version, activity.edited_by) == ("Hữu Lũng", 2, cast.chi)
    first, second = activity.contributions.order_by("order")
    assert (first.pk, first.value, first.value_words, first.version) == (
        cast.gift.pk,
        12_000_000,
        "12 triệu",
        2,
    )
    assert [one.outside_name for one in first.contributors.order_by("order")] == ["", "Sở Y tế"]
    assert (second.description, second.order, second.version) == ("Chăn ấm", 4, 1)
    assert activity.evidence_uses.get().evidence == cast.evidence
    assert activity.search == activity_search(activity)
    event = AuditEvent.objects.get(action="activity_edit")
    assert '"place":"Chi Lăng"' in event.before
    assert '"place":"Hữu Lũng"' in event.after
    assert "title" not in event.after


def test_sent_ones_are_compared_only(draft: Any) -> None:
    cast = draft
    Activity.objects.update(state=ActivityState.SUBMITTED, submitted_at="2020-06-01T00:00Z")
    same = row(activity_key="k1", gift_key="g1", title="Tặng quà", place="Chi Lăng")
    assert planned(cast.scope(cast.chi), [same], head=ALL).counts()["same"] == 1
    sentence = "Hoạt động đã gửi, không sửa bằng Excel: thu hồi về nháp, hoặc giữ ô như cũ."
    plan = planned(
        cast.scope(cast.chi),
        [same | {"value": "9 triệu"}, row(activity_key="k1", title="", when="")],
        head=ALL,
    )
    assert faults(plan) == [("M2", sentence), ("H3", sentence)]


def test_a_row_of_a_draft_of_others_is_not_touched(draft: Any) -> None:
    plan = planned(
        draft.scope(draft.binh), [row(activity_key="k1", gift_key="g1", owner="Cục Thống kê")], head=ALL
    )
    assert [cell for cell, _sentence in faults(plan)] == ["D2", "C2"]
    assert "không được xem" in faults(plan)[0][1]


def test_own_agency_only_unless_the_chair_corrects(cast: Any) -> None:
    other = [row(owner="Bảo hiểm xã hội")]
    assert faults(planned(cast.scope(cast.chi), other)) == [
        ("A2", "Bạn chỉ ghi được hoạt động của đơn vị mình.")
    ]
    assert faults(planned(cast.scope(cast.an), [row(owner="Cả Cụm")])) == []
    assert "Cụm trưởng" in faults(planned(cast.scope(cast.chi), [row(owner="Cả Cụm")]))[0][1]
    cast.go(PhaseKind.VERIFY)
    assert "phải gửi ngay" in faults(planned(cast.scope(cast.an), other))[0][1]
    run = imported(cast, cast.an, workbook(other), send="on")
    assert run.counts["activities_new"] == 1
    activity = Activity.objects.get()
    assert (activity.agency, activity.state) == (cast.other, ActivityState.SUBMITTED)
    assert [event.action for event in AuditEvent.objects.order_by("seq")] == [
        "activity_add", "activity_submit", "activity_import",
    ]  # fmt: skip


def test_sent_at_once_by_a_tick_in_the_preview(draft: Any) -> None:
    cast = draft
    shown = preview(cast, cast.chi, workbook([row(activity_key="k1", gift_key="g1", title="Tặng quà")], ALL))
    assert not shown.context["plan"].order.send
    cast.client(cast.chi).post(shown.request["PATH_INFO"], {"send": "on"})
    shown = cast.client(cast.chi).get(shown.request["PATH_INFO"])
    assert shown.context["plan"].order.send
    confirm(cast, cast.chi, shown)
    cast.activity.refresh_from_db()
    assert cast.activity.state == ActivityState.SUBMITTED
    assert cast.activity.place == ""  # the column is there and its cell is empty


# -- duplicates (F14) ----------------------------------------------------------------------------
def test_f14_duplicates_in_the_file_and_against_the_database(draft: Any) -> None:
    cast = draft
    rows = [
        row(title="Tặng quà đợt khác"),  # as recorded: same owner, day, words, amount
        row(
            title="Trao bò giống", description="Bò giống", quantity=2, unit="con", value=None, when="6/4/2020"
        ),
        row(
            title="Trao bò giống",
            description="Bò giống",
            quantity=2,
            unit="con",
            value=None,
            when="06/04/2020",
        ),
    ]
    shown = preview(cast, cast.chi, workbook(rows))
    plan = shown.context["plan"]
    assert (plan.counts()["double"], plan.counts()["new"]) == (2, 1)
    page = cast.client(cast.chi).get(shown.request["PATH_INFO"] + "?xem=trung").content.decode()
    assert "hoạt động đã ghi" in page
    assert "dòng 3 của tệp" in page
    confirm(cast, cast.chi, shown)
    assert Contribution.objects.count() == 2
    assert Activity.objects.count() == 2
    again = planned(cast.scope(cast.chi), rows)
    assert again.touched == []
    kept = planned(cast.scope(cast.chi), rows, Order(doubles=KEEP))
    assert len(kept.touched) == 2
    shown = preview(cast, cast.chi, workbook(rows))
    cast.client(cast.chi).post(shown.request["PATH_INFO"], {"doubles": KEEP})
    confirm(cast, cast.chi, cast.client(cast.chi).get(shown.request["PATH_INFO"]))
    assert Contribution.objects.count() == 4
    assert planned(cast.scope(cast.chi), rows).counts()["same"] == 3  # applied once


# -- between preview and confirming --------------------------------------------------------------
def test_what_changed_meanwhile_is_shown_again_with_409(draft: Any) -> None:
    cast = draft
    data = workbook([row(activity_key="k1", gift_key="g1", title="Tặng quà", place="Hữu Lũng")], ALL)
    shown = preview(cast, cast.chi, data)
    Activity.objects.update(place="Bắc Sơn", version=2)
    answer = confirm(cast, cast.chi, shown)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Dữ liệu vừa thay đổi" in page
    assert "Bắc Sơn" in page
    assert Activity.objects.get().place == "Bắc Sơn"
    assert confirm(cast, cast.chi, answer).status_code == 302
    assert Activity.objects.get().place == "Hữu Lũng"


def test_the_second_press_of_the_button_writes_nothing(cast: Any) -> None:
    shown = preview(cast, cast.chi, workbook([row()]))
    for _press in range(2):
        assert confirm(cast, cast.chi, shown).status_code == 302
    assert Activity.objects.count() == 1
    page = cast.client(cast.chi).get(shown.request["PATH_INFO"]).content.decode()
    assert "đã được nhập trước đó" in page
    assert "Đã nhập lúc" in page


# -- pages ---------------------------------------------------------------------------------------
def test_outsiders_and_observers(cast: Any) -> None:
    run = ImportRun.objects.none()
    names = ("activity_import", "activity_import_template")
    assert not run
    for name in names:
        assert cast.client(cast.dung).get(cast.url(name)).status_code == 404
        assert cast.client().get(cast.url(name)).status_code == 302
    page = cast.client(cast.officer).get(cast.url("activity_import")).content.decode()
    assert "Tải tệp lên" not in page
    assert cast.client(cast.officer).get(cast.url("activity_import_template")).status_code == 403
    assert upload(cast, cast.officer, workbook([row()])).status_code == 403
    cast.go(PhaseKind.VERIFY)
    assert upload(cast, cast.chi, workbook([row()])).status_code == 403
    assert upload(cast, cast.an, workbook([row()])).status_code == 302


def test_a_run_is_its_uploaders_and_its_file_the_chairs_too(cast: Any) -> None:
    run = imported(cast, cast.chi, workbook([row()]))
    for user, page, file in (
        (cast.chi, 200, 200),
        (cast.lan, 404, 404),
        (cast.an, 404, 200),
        (cast.dung, 404, 404),
    ):
        assert cast.client(user).get(cast.url("activity_import_run", pk=run.pk)).status_code == page
        answer = cast.client(user).get(cast.url("activity_import_file", pk=run.pk))
        assert answer.status_code == file
        if file == 200:
            assert answer["Content-Disposition"].startswith("attachment")
            assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert cast.client(cast.chi).get(cast.url("activity_import_run", pk=10**19)).status_code == 404
    for user, shown in ((cast.chi, True), (cast.an, True), (cast.binh, False)):
        page = cast.client(user).get(cast.url("activity_import")).content.decode()
        assert ("hoat-dong.xlsx" in page) == shown
    assert "1 dòng mới, 0 thay đổi" in cast.client(cast.an).get(cast.url("activity_import")).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_whatever_the_number_of_rows(
    cast: Any, django_assert_num_queries: Any, number: int
) -> None:
    receivers = [BeneficiaryFactory(cluster=cast.cluster) for _one in range(number)]
    activity = ActivityFactory(year=cast.year, agency=cast.member, key="k1")
    for place, receiver in enumerate(receivers):
        GoodsFactory(activity=activity, key=f"g{place}", beneficiary=receiver)
    rows = [row(title=f"Việc {n}") for n in range(number)]
    rows += [
        row(activity_key="k1", gift_key=f"g{n}", beneficiary="Sở Y tế", quantity=n + 1, unit="bộ")
        for n in range(number)
    ]
    shown = preview(cast, cast.chi, workbook(rows, ALL))
    client = cast.client(cast.chi)
    with django_assert_num_queries(PREVIEW):
        client.get(shown.request["PATH_INFO"])
    with django_assert_num_queries(COMMIT):
        confirm(cast, cast.chi, shown)
    for _more in range(number):
        upload(cast, cast.chi, workbook([row(title="Khác")]))
    client.get(cast.url("activity_import"))
    with django_assert_num_queries(HISTORY):
        client.get(cast.url("activity_import"))


PREVIEW, COMMIT, HISTORY = 12, 38, 6
