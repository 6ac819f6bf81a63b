"""The entry page: what is typed is understood, nothing typed is lost, errors stand beside their fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from movements.enums import ActivityScope, ActivityState, PartState
from movements.models import Activity, Beneficiary, Contribution
from tests.factories import ActivityFactory, ContributionFactory, GoodsFactory, MovementFactory
from tests.support.entry import ROW, form_of, send, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(cast: Any) -> Any:
    return cast.client(cast.chi)


def add(cast: Any, client: Any, *rows: dict[str, Any], **head: Any) -> Any:
    return client.post(cast.url("activity_add"), form_of(*rows, **head))


def errors_in(answer: Any) -> str:
    assert answer.status_code == 422, answer.content.decode()
    assert not Activity.objects.exists()
    return answer.content.decode()


# -- a whole activity ----------------------------------------------------------------------------
def test_a_clerk_records_an_activity_with_two_contributions(cast: Any, clerk: Any) -> None:
    movement = MovementFactory(year=cast.year)
    answer = add(
        cast,
        clerk,
        {**ROW, "value": "trên 580 tr", "beneficiary": "Hộ nghèo"},
        {
            "kind": "goods",
            "description": "Khẩu trang y tế",
            "quantity": "gần 21.000 chiếc",
            "beneficiary": "Sở Y tế",
        },
        movement=str(movement.pk),
        partners=[str(cast.other.pk)],
        story="Đã thăm, tặng quà.",
    )
    saved = Activity.objects.get()
    assert answer.status_code == 302
    assert answer.url == cast.url("activity_edit", pk=saved.pk)
    assert (saved.agency, saved.movement, saved.state) == (cast.member, movement, ActivityState.DRAFT)
    assert (saved.scope, saved.partners.get().agency) == (ActivityScope.JOINT, cast.other)
    assert (saved.starts_on, saved.ends_on, saved.sorted_on) == (date(2020, 4, 5),) * 3
    assert (saved.edited_by, saved.version) == (cast.chi, 1)
    money, goods = saved.contributions.order_by("order")
    assert (money.value, money.value_qualifier, money.value_words) == (580_000_000, "over", "trên 580 tr")
    assert (goods.quantity, goods.unit, goods.quantity_qualifier) == (Decimal(21000), "chiếc", "nearly")
    assert goods.quantity_words == "gần 21.000 chiếc"
    assert goods.beneficiary.name == "Sở Y tế"
    assert [giver.agency for giver in money.contributors.all()] == [cast.member]
    for words in ("trao qua cho ho ngheo", "khau trang", "so y te", "chi lang", "da tham, tang qua"):
        assert words in saved.search


def test_saving_and_sending_in_one_go(cast: Any, clerk: Any) -> None:
    answer = add(cast, clerk, ROW, then="submit")
    saved = Activity.objects.get()
    assert answer.url == cast.url("activity_detail", pk=saved.pk)
    assert saved.state == ActivityState.SUBMITTED
    assert saved.submitted_at is not None


def test_empty_rows_do_not_count(cast: Any, clerk: Any) -> None:
    add(cast, clerk, {"kind": "", "qualifier": "exact"}, ROW, {"kind": "money", "description": "  "})
    assert Contribution.objects.get().description == "Tiền ủng hộ"


@pytest.mark.parametrize(
    "row, kind, number, unit, qualifier, value, value_qualifier",
    [
        ({"value": "580 tr"}, "money", None, "", "exact", 580_000_000, "exact"),
        ({"value": "1,25 tỷ"}, "money", None, "", "exact", 1_250_000_000, "exact"),
        ({"value": "10.000.000", "qualifier": "over"}, "money", None, "", "exact", 10_000_000, "over"),
        ({"value": "gần 10 triệu", "qualifier": "over"}, "money", None, "", "exact", 10_000_000, "nearly"),
        ({"quantity": "gan 21.000", "unit": "chiếc"}, "goods", 21000, "chiếc", "nearly", None, "exact"),
        ({"quantity": "4.500", "unit": "Chiếc", "qualifier": "about"}, "goods", 4500, "chiếc", "about", None, "exact"),
        ({"quantity": "3.000 chiếc"}, "goods", 3000, "chiếc", "exact", None, "exact"),
        ({"quantity": "12 ngày công"}, "workdays", 12, "ngày công", "exact", None, "exact"),
        ({"kind": "workdays", "quantity": "12"}, "workdays", 12, "ngày công", "exact", None, "exact"),
        (
            {"quantity": "200", "unit": "suất", "value": "trên 100 triệu"},
            "goods", 200, "suất", "exact", 100_000_000, "over",
        ),
        ({"kind": "service", "quantity": "1,5", "unit": "tấn"}, "service", "1.5", "tấn", "exact", None, "exact"),
    ],
)  # fmt: skip
def test_numbers_are_understood_as_people_type_them(
    cast: Any,
    clerk: Any,
    row: Any,
    kind: str,
    number: Any,
    unit: str,
    qualifier: str,
    value: Any,
    value_qualifier: str,
) -> None:
    answer = add(cast, clerk, {"description": "Quà", **row})
    assert answer.status_code == 302, answer.content.decode()
    gift = Contribution.objects.get()
    assert gift.kind == kind
    assert gift.quantity == (None if number is None else Decimal(number))
    assert (gift.unit, gift.quantity_qualifier) == (unit, qualifier)
    assert (gift.value, gift.value_qualifier) == (value, value_qualifier)


def test_receivers_are_shared_and_marks_mend_them(cast: Any, clerk: Any) -> None:
    add(cast, clerk, {**ROW, "beneficiary": "Uy ban MTTQ tinh"})
    add(cast, clerk, {**ROW, "beneficiary": "Ủy ban  MTTQ tỉnh"}, {**ROW, "beneficiary": "Sở Y tế"})
    assert sorted(Beneficiary.objects.values_list("name", flat=True)) == ["Sở Y tế", "Ủy ban MTTQ tỉnh"]
    assert Contribution.objects.filter(beneficiary__name="Ủy ban MTTQ tỉnh").count() == 2


def test_givers_inside_and_outside_the_cluster(cast: Any, clerk: Any) -> None:
    row = {**ROW, "partners": [str(cast.deputy.pk)], "outside": "Văn phòng HĐND tỉnh;  ; Doanh nghiệp A"}
    add(cast, clerk, row)
    givers = Contribution.objects.get().contributors.order_by("order")
    assert [giver.agency or giver.outside_name for giver in givers] == [
        cast.member, cast.deputy, "Văn phòng HĐND tỉnh", "Doanh nghiệp A",
    ]  # fmt: skip
    assert "van phong hdnd tinh" in Activity.objects.get().search


# -- part of another figure ----------------------------------------------------------------------
@pytest.mark.parametrize("state", PartState.values)
def test_a_row_is_part_of_another_row_of_the_form(cast: Any, clerk: Any, state: str) -> None:
    add(cast, clerk, {**ROW, "description": "Phần", "part": f"{state}:r1"}, {**ROW, "description": "Tổng"})
    part, whole = Contribution.objects.order_by("order")
    assert (part.part_of, part.part_state) == (whole, state)
    assert (whole.part_of, whole.part_state) == (None, "")


def test_a_row_is_part_of_a_recorded_figure_of_the_year(cast: Any, clerk: Any) -> None:
    whole = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member))
    page = clerk.get(cast.url("activity_add")).content.decode()
    assert f'value="unknown:g{whole.pk}"' in page
    answer = add(cast, clerk, {**ROW, "part": f"unknown:g{whole.pk}"})
    assert answer.status_code == 302
    assert Contribution.objects.latest("pk").part_of == whole


@pytest.mark.parametrize(
    "part", ["included:r0", "included:r1", "included:g1", "owns:r1", "x", "included:r99"]
)
def test_strange_relations_are_refused(cast: Any, clerk: Any, part: str) -> None:
    answer = add(cast, clerk, {**ROW, "part": part}, {"description": ""})
    assert "Chọn lại trong danh sách." in errors_in(answer)


def test_one_level_only_and_no_circle(cast: Any, clerk: Any) -> None:
    page = errors_in(
        add(
            cast,
            clerk,
            {**ROW, "description": "A", "part": "included:r1"},
            {**ROW, "description": "B", "part": "included:r2"},
            {**ROW, "description": "C", "part": "included:r0"},
        )
    )
    assert page.count("chỉ tính được một cấp") >= 3


def test_a_figure_of_another_year_or_of_a_hidden_draft_is_no_whole(cast: Any, clerk: Any) -> None:
    hidden = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.other))
    away = ContributionFactory()
    for gift in (hidden, away):
        page = errors_in_extra(add(cast, clerk, {**ROW, "part": f"included:g{gift.pk}"}))
        assert "Chọn lại trong danh sách." in page


def errors_in_extra(answer: Any) -> str:
    assert answer.status_code == 422
    return answer.content.decode()


# -- sentences for bad input ---------------------------------------------------------------------
@pytest.mark.parametrize(
    "head, sentence",
    [
        ({"title": ""}, "Ghi tên hoạt động."),
        ({"title": "\u200b \x00"}, "Ghi tên hoạt động."),
        ({"title": "a" * 301}, "Dài nhất 300 ký tự, đang có 301."),
        ({"title": "a" * 100_000}, "Dài nhất 300 ký tự"),
        ({"place": "a" * 301}, "Dài nhất 300 ký tự"),
        ({"story": "a" * 4001}, "Dài nhất 4000 ký tự, đang có 4001."),
        ({"when": ""}, "Chưa có thời gian."),
        ({"when": "hôm qua"}, "Không hiểu"),
        ({"when": "31/02/2020"}, "Không có ngày 31/02/2020"),
        ({"when": "05/01/2021"}, "nằm ngoài năm thi đua 2020 (từ 01/01/2020 đến 31/12/2020)"),
        ({"when": "30/12/2020-02/01/2021"}, "nằm ngoài năm thi đua 2020"),
        ({"when": "2019", "precision": "year"}, "nằm ngoài năm thi đua 2020"),
        ({"when": "x" * 500}, "quá dài"),
        ({"precision": "century"}, "Chọn Ngày, Tháng, Năm hoặc Chưa rõ."),
        ({"precision": "unknown"}, "hãy để trống ô thời gian"),
        ({"movement": "999999"}, "Chọn một phong trào trong danh sách của năm."),
        ({"movement": "9" * 30}, "Chọn một phong trào trong danh sách của năm."),
        ({"partners": ["999999"]}, "không phải thành viên của Cụm"),
    ],
)
def test_each_bad_head_gets_its_sentence(cast: Any, clerk: Any, head: Any, sentence: str) -> None:
    assert sentence in errors_in(add(cast, clerk, ROW, **head))


@pytest.mark.parametrize(
    "row, sentence",
    [
        ({"description": ""}, "Ghi nội dung, ví dụ: khẩu trang y tế."),
        ({"description": "a" * 301}, "Dài nhất 300 ký tự"),
        ({"value": ""}, "Ghi số lượng hoặc trị giá."),
        ({"value": "-5"}, "Số không được âm"),
        ({"value": "0"}, "Số phải lớn hơn 0."),
        ({"value": "580 chiếc"}, "Số tiền tính bằng đồng, không nhận “chiếc”"),
        ({"value": "580,5"}, "tròn đến đồng"),
        ({"value": "1" * 16}, "Số quá lớn"),
        ({"value": "1" * 59}, "Số quá lớn"),
        ({"value": "999.999.999.999.999"}, "dưới 10.000 tỷ đồng"),
        ({"value": "nhiều"}, "Không hiểu"),
        ({"value": "", "quantity": "999.999.999.999.999", "unit": "chiếc"}, "dưới 1.000 tỷ"),
        ({"quantity": "3.000"}, "Có số lượng thì phải có đơn vị tính"),
        ({"quantity": "-3", "unit": "chiếc"}, "Số không được âm"),
        ({"quantity": "3.000 chiếc", "unit": "suất"}, "hãy ghi một đơn vị"),
        ({"quantity": "580 triệu đồng"}, "Số tiền ghi ở ô trị giá"),
        ({"unit": "chiếc"}, "Có đơn vị tính thì phải có số lượng."),
        ({"quantity": "3", "unit": "12"}, "Đơn vị tính ghi ngắn gọn bằng chữ"),
        ({"kind": "bribe"}, "Chọn lại trong danh sách."),
        ({"qualifier": "wild"}, "Chọn lại trong danh sách."),
        ({"beneficiary": "a" * 301}, "Dài nhất 300 ký tự"),
        ({"partners": ["9" * 25]}, "không phải thành viên của Cụm"),
        ({"outside": ";".join(f"Bên {n}" for n in range(30))}, "nhiều nhất 20 bên"),
        ({"outside": "a" * 201}, "dài nhất 200 ký tự"),
    ],
)
def test_each_bad_row_gets_its_sentence_and_its_number(
    cast: Any, clerk: Any, row: Any, sentence: str
) -> None:
    page = errors_in(add(cast, clerk, ROW, {**ROW, **row}))
    assert sentence in page
    assert "Khoản 2: " in page


def test_an_error_is_tied_to_its_field_and_listed_on_top(cast: Any, clerk: Any) -> None:
    page = errors_in(add(cast, clerk, {**ROW, "value": "-5"}, title=""))
    assert 'href="#id_title"' in page
    assert 'href="#id_khoan-0-value"' in page
    assert 'aria-describedby="id_khoan-0-value_error"' in page
    assert 'id="id_khoan-0-value_error"' in page
    assert 'aria-invalid="true"' in page


def test_future_days_are_refused_by_the_local_calendar(cast: Any, clerk: Any, time_machine: Any) -> None:
    time_machine.move_to("2020-06-01T16:30:00Z", tick=False)  # 23:30 on 1 June in Viet Nam
    cast_client = cast.client(cast.chi)
    answer = cast_client.post(cast.url("activity_add"), form_of(ROW, when="2/6/2020"))
    assert "hôm nay là 01/06/2020" in errors_in(answer)
    time_machine.move_to("2020-06-01T17:30:00Z", tick=False)
    cast_client = cast.client(cast.new_session(cast.chi))
    assert cast_client.post(cast.url("activity_add"), form_of(ROW, when="2/6/2020")).status_code == 302
    assert cast_client.post(cast.url("activity_add"), form_of(ROW, when="2020")).status_code == 302
    answer = cast_client.post(cast.url("activity_add"), form_of(ROW, when="7/2020"))
    assert "Thời gian này chưa tới" in errors_in_extra(answer)


# -- time (T9) -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed, precision, starts, ends, kept",
    [
        ("3/4/2020", "day", date(2020, 4, 3), date(2020, 4, 3), "day"),
        ("03-04-2020", "day", date(2020, 4, 3), date(2020, 4, 3), "day"),
        ("2020-04-03", "day", date(2020, 4, 3), date(2020, 4, 3), "day"),
        ("5/1", "day", date(2020, 1, 5), date(2020, 1, 5), "day"),
        ("05/01–07/01/2020", "day", date(2020, 1, 5), date(2020, 1, 7), "day"),
        ("4/2020", "month", date(2020, 4, 1), date(2020, 4, 30), "month"),
        ("3/4/2020", "month", date(2020, 4, 1), date(2020, 4, 30), "month"),
        ("2020", "year", date(2020, 1, 1), date(2020, 12, 31), "year"),
        ("2020", "day", date(2020, 1, 1), date(2020, 12, 31), "year"),
        ("tháng 4", "day", date(2020, 4, 1), date(2020, 4, 30), "month"),
        ("", "unknown", None, None, "unknown"),
    ],
)
def test_times_are_read_day_first_and_kept_with_their_precision(
    cast: Any, clerk: Any, typed: str, precision: str, starts: Any, ends: Any, kept: str
) -> None:
    answer = add(cast, clerk, ROW, when=typed, precision=precision)
    assert answer.status_code == 302, answer.content.decode()
    saved = Activity.objects.get()
    assert (saved.starts_on, saved.ends_on, saved.precision) == (starts, ends, kept)
    assert saved.sorted_on == (starts or date(2020, 1, 1))


def test_the_day_is_said_back_in_words_before_saving(cast: Any, clerk: Any) -> None:
    address = cast.url("activity_add")
    for typed in ("3/4/2020", "03-04-2020", "2020-04-03"):
        fragment = clerk.get(address, {"when": typed, "precision": "day"}).content.decode()
        assert "Hiểu là: <b>ngày 3 tháng 4 năm 2020</b>" in fragment
        page = clerk.post(address, form_of(ROW, when=typed, check="1")).content.decode()
        assert "<b>ngày 3 tháng 4 năm 2020</b>" in page
    assert "05/01/2021" in clerk.get(address, {"when": "không rõ", "precision": "day"}).content.decode()
    assert "tháng 04/2020" in clerk.get(address, {"when": "4/2020", "precision": "month"}).content.decode()
    assert not Activity.objects.exists()


# -- nothing typed is lost -----------------------------------------------------------------------
def test_what_was_typed_comes_back_word_for_word_after_an_error(cast: Any, clerk: Any) -> None:
    sent = form_of(
        {**ROW, "value": "khoảng nhiều", "partners": [str(cast.other.pk)], "outside": "Nhà tài trợ", "kind": "goods"},
        {**ROW, "quantity": "gần 5", "unit": "bộ", "qualifier": "nearly", "part": "unknown:r0"},
        title="  Tên <b>đậm</b>", story="Dòng một\nDòng hai", partners=[str(cast.deputy.pk)], precision="month",
    )  # fmt: skip
    again = shown(clerk.post(cast.url("activity_add"), sent).content.decode())
    for name, value in sent.items():
        if name not in ("then", "submit_key", "khoan-INITIAL_FORMS"):
            assert again.getlist(name) == (value if isinstance(value, list) else [value]), name


def test_the_server_adds_a_row_and_keeps_the_rest(cast: Any, clerk: Any) -> None:
    answer = clerk.post(
        cast.url("activity_add"),
        form_of({**ROW, "value": "10 tr"}, {"description": "dở dang"}, title="", add_row="khoan"),
    )
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "invalid-feedback" not in page
    again = shown(page)
    assert again["khoan-TOTAL_FORMS"] == "3"
    assert (again["khoan-0-value"], again["khoan-1-description"], again["khoan-2-value"]) == (
        "10 tr",
        "dở dang",
        "",
    )
    assert 'value="included:r1">Trong khoản 2 (dở dang)' in page


def test_totals_of_the_form_keep_the_rule_of_qualifiers(cast: Any, clerk: Any) -> None:
    page = clerk.post(
        cast.url("activity_add"),
        form_of(
            {"description": "Tổng", "value": "trên 580 tr"},
            {"description": "Quà", "quantity": "200 suất", "value": "100 tr", "part": "unknown:r0"},
            {"description": "Khẩu trang", "quantity": "gần 21.000 chiếc"},
            {"description": "Khẩu trang", "quantity": "4.500 chiếc"},
            check="1",
        ),
    ).content.decode()
    assert '<span class="q">trên</span>580.000.000 ₫' in page
    assert '<span class="q">gần</span>25.500 chiếc' in page
    assert "200 suất" in page
    assert "Chưa cộng 1 khoản chưa rõ có gồm trong số tổng: 100.000.000\u00a0₫" in page


# -- changing ------------------------------------------------------------------------------------
def test_the_form_of_a_record_sent_back_unchanged_changes_nothing(cast: Any, clerk: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, place="Chi Lăng", story="Một\nHai")
    whole = ContributionFactory(
        activity=activity, order=1, value_qualifier="over", value_words="trên mười triệu"
    )
    GoodsFactory(
        activity=activity, order=2, value=5_000_000, value_qualifier="about", quantity_qualifier="nearly",
        part_of=whole, part_state="included", by=[cast.member, cast.other, "Hội Chữ thập đỏ"], place="Thành phố",
    )  # fmt: skip
    columns = [field.attname for field in Contribution._meta.concrete_fields if field.attname != "updated_at"]
    before = list(Contribution.objects.order_by("order").values(*columns))
    givers = list(
        Contribution.objects.order_by("pk", "contributors__order").values_list("pk", "contributors__agency")
    )
    address = cast.url("activity_edit", pk=activity.pk)
    answer = send(clerk, address, shown(clerk.get(address).content.decode()))
    assert answer.status_code == 302, answer.content.decode()
    assert list(Contribution.objects.order_by("order").values(*columns)) == before
    after = list(
        Contribution.objects.order_by("pk", "contributors__order").values_list("pk", "contributors__agency")
    )
    assert after == givers
    activity.refresh_from_db()
    assert (activity.place, activity.story, activity.agency) == ("Chi Lăng", "Một\nHai", cast.member)


def test_rows_are_changed_deleted_and_added(cast: Any, clerk: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    first, second = (
        ContributionFactory(activity=activity, order=n, description=f"Khoản {n}") for n in (1, 2)
    )
    address = cast.url("activity_edit", pk=activity.pk)
    fields = shown(clerk.get(address).content.decode())
    fields["khoan-0-value"] = "12 tr"
    fields["khoan-1-DELETE"] = "on"
    fields["khoan-TOTAL_FORMS"] = "3"
    fields["khoan-2-description"], fields["khoan-2-quantity"] = "Mới", "5 bộ"
    assert send(clerk, address, fields).status_code == 302
    assert not Contribution.objects.filter(pk=second.pk).exists()
    first.refresh_from_db()
    assert (first.value, first.value_words) == (12_000_000, "12 tr")
    assert Contribution.objects.get(description="Mới").order == 2


def test_a_whole_of_another_figure_cannot_be_deleted(cast: Any, clerk: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    whole = ContributionFactory(activity=activity, order=1)
    ContributionFactory(
        activity=ActivityFactory(year=cast.year, agency=cast.member), part_of=whole, part_state="included"
    )
    address = cast.url("activity_edit", pk=activity.pk)
    fields = shown(clerk.get(address).content.decode())
    answer = send(clerk, address, {**dict(fields.lists()), "khoan-0-DELETE": "on"})
    assert "là số tổng của một khoản khác nên chưa xóa được" in errors_in_extra(answer)
    fields["khoan-0-part"] = ""
    assert send(clerk, address, fields).status_code == 302


def test_a_whole_and_its_part_can_go_together(cast: Any, clerk: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    whole = ContributionFactory(activity=activity, order=1)
    ContributionFactory(activity=activity, order=2, part_of=whole, part_state="included")
    address = cast.url("activity_edit", pk=activity.pk)
    fields = dict(shown(clerk.get(address).content.decode()).lists())
    assert clerk.post(address, {**fields, "khoan-0-DELETE": "on", "khoan-1-DELETE": "on"}).status_code == 302
    assert not Contribution.objects.exists()


def test_a_recorded_row_made_blank_is_not_taken_for_deleted(cast: Any, clerk: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    ContributionFactory(activity=activity, order=1)
    address = cast.url("activity_edit", pk=activity.pk)
    fields = shown(clerk.get(address).content.decode())
    fields["khoan-0-description"] = fields["khoan-0-value"] = ""
    assert "Khoản này trống. Muốn bỏ hẳn thì chọn xóa." in errors_in_extra(send(clerk, address, fields))


# -- whose it is ---------------------------------------------------------------------------------
def test_only_the_chair_chooses_an_owner(cast: Any) -> None:
    assert 'name="owner"' not in cast.client(cast.chi).get(cast.url("activity_add")).content.decode()
    chair = cast.client(cast.an)
    assert 'name="owner"' in chair.get(cast.url("activity_add")).content.decode()
    assert add(cast, chair, ROW, owner="cluster").status_code == 302
    saved = Activity.objects.get()
    assert (saved.scope, saved.agency) == (ActivityScope.CLUSTER, None)
    assert not saved.contributions.get().contributors.exists()


@pytest.mark.parametrize("owner", ["999999", "cluster", "x", "9" * 25])
def test_a_member_cannot_record_for_anybody_else(cast: Any, clerk: Any, owner: str) -> None:
    assert add(cast, clerk, ROW, owner=owner).status_code == 302
    assert Activity.objects.get().agency == cast.member  # the posted owner is not read: there is no choice


def test_an_unknown_owner_is_refused_with_a_sentence(cast: Any) -> None:
    for owner in (str(cast.member.pk), "999999", "x", ""):
        page = errors_in(add(cast, cast.client(cast.an), ROW, owner=owner))
        assert "Chọn một đơn vị" in page


def test_in_the_steps_of_correction_the_chair_records_for_others_and_sends_at_once(cast: Any) -> None:
    cast.go("verify")
    chair = cast.client(cast.an)
    assert "phải gửi ngay" in errors_in(add(cast, chair, ROW, owner=str(cast.member.pk)))
    assert add(cast, chair, ROW, owner=str(cast.member.pk), then="submit").status_code == 302
    saved = Activity.objects.get()
    assert (saved.agency, saved.state) == (cast.member, ActivityState.SUBMITTED)
