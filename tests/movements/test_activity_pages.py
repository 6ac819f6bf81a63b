"""The detail page and what both pages must stand: roles, attacks on fields (I1, I3, I10, I11), numbers of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve

from movements.enums import ActivityState
from movements.models import Activity, Contribution
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
    MovementFactory,
)
from tests.support.entry import ROW, form_of, send, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(cast: Any) -> Any:
    return cast.client(cast.chi)


def full(cast: Any, rows: int, **more: Any) -> Activity:
    """An activity with everything, ``rows`` of each."""
    activity = ActivityFactory(
        year=cast.year, agency=cast.member, movement=MovementFactory(year=cast.year), **more
    )
    activity.partners.create(agency=cast.other)
    whole = None
    for number in range(1, rows + 1):
        gift = GoodsFactory(
            activity=activity, order=number, value=1_000_000, beneficiary=BeneficiaryFactory(cluster=cast.cluster),
            by=[cast.member, cast.other, f"Doanh nghiệp {number}"],
            part_of=whole, part_state="unknown" if whole else "",
        )  # fmt: skip
        whole = whole or gift
        EvidenceFactory(activity=activity)
    return activity


# -- detail --------------------------------------------------------------------------------------
def test_the_page_shows_everything(cast: Any, clerk: Any) -> None:
    activity = full(cast, 2, place="Huyện Chi Lăng", story="Đã thăm.\nĐã tặng.", result="Tốt", confirmed=True)
    page = cast.client(cast.observer).get(cast.url("activity_detail", pk=activity.pk)).content.decode()
    for words in (
        activity.title, activity.movement.title, "Đã xác nhận", "05/04/2020", "Huyện Chi Lăng", "Đã thăm.\nĐã tặng.",
        "Tốt", "Bảo hiểm xã hội tỉnh", "cùng Bảo hiểm xã hội; Doanh nghiệp 1", "3.000", "chiếc", "1.000.000",
        "Chưa rõ có gồm trong số tổng (khoản 1)", "Biên bản bàn giao.pdf",
    ):  # fmt: skip
        assert words in page
    assert "trang-thai" not in page
    assert "/sua/" not in page


@pytest.mark.parametrize(
    "who, state, buttons",
    [
        ("chi", "draft", {"submit", "edit"}),
        ("chi", "submitted", {"take_back"}),
        ("chi", "returned", {"submit", "edit"}),
        ("chi", "confirmed", set()),
        ("an", "submitted", {"confirm", "return"}),
        ("binh", "submitted", set()),
        ("officer", "submitted", set()),
    ],
)
def test_buttons_are_those_one_may_press(cast: Any, who: str, state: str, buttons: set[str]) -> None:
    trait = {} if state == "draft" else {state: True}
    activity = ActivityFactory(year=cast.year, agency=cast.member, **trait)
    page = cast.client(getattr(cast, who)).get(cast.url("activity_detail", pk=activity.pk)).content.decode()
    found = {name for name in ("submit", "take_back", "confirm", "return") if f'value="{name}"' in page}
    found |= {"edit"} if cast.url("activity_edit", pk=activity.pk) in page else set()
    assert found == buttons


def test_the_reason_of_a_return_is_shown(cast: Any, clerk: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, returned=True)
    for name in ("activity_detail", "activity_edit"):
        assert "Thiếu minh chứng." in clerk.get(cast.url(name, pk=activity.pk)).content.decode()


@pytest.mark.parametrize(
    "who, state, status",
    [
        ("", "submitted", 302), ("dung", "submitted", 404), ("chi", "draft", 200), ("lan", "draft", 200),
        ("an", "draft", 404), ("binh", "draft", 404), ("officer", "draft", 404), ("observer", "submitted", 200),
        ("binh", "submitted", 200), ("an", "returned", 404),
    ],
)  # fmt: skip
def test_who_sees_an_activity(cast: Any, who: str, state: str, status: int) -> None:
    trait = {} if state == "draft" else {state: True}
    activity = ActivityFactory(year=cast.year, agency=cast.member, **trait)
    client = cast.client(getattr(cast, who) if who else None)
    assert client.get(cast.url("activity_detail", pk=activity.pk)).status_code == status


def test_partners_see_a_draft_but_do_not_change_it(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.chair)
    activity.partners.create(agency=cast.member)
    client = cast.client(cast.chi)
    assert client.get(cast.url("activity_detail", pk=activity.pk)).status_code == 200
    assert client.get(cast.url("activity_edit", pk=activity.pk)).status_code == 403


@pytest.mark.parametrize(
    "who, phase, state, status",
    [
        ("chi", "carry_out", "draft", 200), ("chi", "carry_out", "submitted", 403), ("chi", "verify", "draft", 403),
        ("chi", "verify", "returned", 200), ("an", "carry_out", "submitted", 403), ("an", "verify", "submitted", 200),
        ("an", "verify", "confirmed", 200), ("binh", "verify", "submitted", 403), ("dung", "verify", "submitted", 404),
        ("officer", "verify", "submitted", 403),
    ],
)  # fmt: skip
def test_who_changes_an_activity_and_when(cast: Any, who: str, phase: str, state: str, status: int) -> None:
    trait = {} if state == "draft" else {state: True}
    activity = ActivityFactory(year=cast.year, agency=cast.member, **trait)
    cast.go(phase)
    address = cast.url("activity_edit", pk=activity.pk)
    client = cast.client(getattr(cast, who))
    assert client.get(address).status_code == status
    if status != 200:
        assert client.post(address, form_of(ROW)).status_code == status
        assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    "who, phase, status",
    [
        ("", "carry_out", 302), ("chi", "carry_out", 200), ("chi", "prepare", 403), ("chi", "verify", 403),
        ("an", "verify", 200), ("binh", "verify", 403), ("officer", "carry_out", 403), ("dung", "carry_out", 404),
    ],
)  # fmt: skip
def test_who_adds_an_activity_and_when(cast: Any, who: str, phase: str, status: int) -> None:
    cast.go(phase)
    client = cast.client(getattr(cast, who) if who else None)
    assert client.get(cast.url("activity_add")).status_code == status
    if status != 200:
        refused = 401 if status == 302 else status  # nobody signed in: what was typed is given back
        assert client.post(cast.url("activity_add"), form_of(ROW)).status_code == refused
        assert not Activity.objects.exists()


def test_a_refusal_says_who_may_and_when(cast: Any, clerk: Any) -> None:
    cast.go("verify")
    page = clerk.get(cast.url("activity_add")).content.decode()
    assert "Phát động, Thực hiện, Tự chấm" in page
    assert "Thẩm định" in page


# -- history -------------------------------------------------------------------------------------
def test_history_is_told_by_agency_and_office(cast: Any, clerk: Any) -> None:
    clerk.post(cast.url("activity_add"), form_of(ROW, then="submit"))
    activity = Activity.objects.get()
    address = cast.url("activity_detail", pk=activity.pk)
    state = cast.url("activity_state", pk=activity.pk)
    chair = cast.client(cast.an)
    chair.post(state, {"action": "return", "reason": "Ghi rõ nơi nhận.", "version": activity.version})
    edit = cast.url("activity_edit", pk=activity.pk)
    fields = shown(clerk.get(edit).content.decode())
    fields["title"], fields["khoan-0-value"], fields["khoan-TOTAL_FORMS"] = "Tên mới", "11 tr", "2"
    fields["khoan-1-description"], fields["khoan-1-value"], fields["then"] = "Thêm", "1 tr", "submit"
    assert send(clerk, edit, fields).status_code == 302
    page = chair.get(address).content.decode()
    for words in (
        "Cục Thống kê ghi hoạt động", "Cục Thống kê gửi hoạt động", "Ngân hàng Nhà nước (Cụm trưởng) trả lại",
        "Ghi rõ nơi nhận.", "Cục Thống kê sửa hoạt động", "tên hoạt động", "thêm khoản “Thêm”",
        "khoản “Tiền ủng hộ”: trị giá (đồng)",
    ):  # fmt: skip
        assert words in page
    assert "chi" not in page.split("Lịch sử")[1].split("</ol>")[0].split()


# -- attacks -------------------------------------------------------------------------------------
XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus=alert(1) autofocus x='",
    "</textarea><svg onload=alert(1)>",
    "javascript:alert(1)",
    "</select></template><script>alert(1)</script>",
    "<!--<b>",
]


@pytest.mark.parametrize("attack", XSS)
def test_markup_in_every_field_stays_text(cast: Any, clerk: Any, attack: str) -> None:
    movement = MovementFactory(year=cast.year, title=f"Phong trào {attack}")
    row = {
        **ROW, "description": attack, "beneficiary": attack, "outside": attack.replace(";", ""), "unit": "chiếc",
        "quantity": "3",
    }  # fmt: skip
    head = {"title": attack, "place": attack, "story": attack, "result": attack, "movement": str(movement.pk)}
    bad = clerk.post(
        cast.url("activity_add"), form_of({**row, "value": attack, "unit": attack}, **head, when=attack)
    )
    assert bad.status_code == 422  # the guard around every answer refuses scripts, handlers and addresses
    good = clerk.post(cast.url("activity_add"), form_of(row, {**ROW, "part": "unknown:r0"}, **head))
    assert good.status_code == 302, good.content.decode()
    activity = Activity.objects.get()
    assert activity.title == attack
    for name in ("activity_detail", "activity_edit"):
        page = clerk.get(cast.url(name, pk=activity.pk)).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<svg onload" not in page
    Activity.objects.update(version=5)
    conflict = clerk.post(
        cast.url("activity_edit", pk=activity.pk), form_of(row, **{**head, "title": "Khác"})
    )
    assert conflict.status_code == 409
    assert "<script>alert" not in conflict.content.decode()


@pytest.mark.typed_braces
@pytest.mark.parametrize("attack", ["{{ 7*7 }}", "{% now 'Y' %}", "${7*7}", "%s %(x)s", "{0}", "__prefix__"])
def test_template_words_are_printed_as_typed(cast: Any, clerk: Any, attack: str) -> None:
    clerk.post(
        cast.url("activity_add"), form_of({**ROW, "description": attack, "beneficiary": attack}, title=attack)
    )
    page = clerk.get(cast.url("activity_detail", pk=Activity.objects.get().pk)).content.decode()
    shown_as = attack.replace("'", "&#x27;")
    assert page.count(shown_as) >= 3


def test_fields_that_the_form_does_not_have_are_not_read(cast: Any, clerk: Any) -> None:
    extra = {
        "state": "confirmed", "agency": str(cast.other.pk), "agency_id": str(cast.other.pk), "year": "1",
        "scope": "cluster",
        "confirmed_at": "2020-01-01", "is_staff": "1", "score": "10", "edited_by": str(cast.root.pk), "key": "x",
        "khoan-0-share": "5", "khoan-0-order": "9", "khoan-0-activity": "1", "search": "x", "sorted_on": "2000-01-01",
    }  # fmt: skip
    assert clerk.post(cast.url("activity_add"), {**form_of(ROW), **extra}).status_code == 302
    saved = Activity.objects.get()
    assert (saved.state, saved.agency, saved.year, saved.scope) == (
        ActivityState.DRAFT, cast.member, cast.year, "agency",
    )  # fmt: skip
    assert (saved.edited_by, saved.confirmed_at, saved.contributions.get().order) == (cast.chi, None, 1)


def test_a_row_id_of_another_activity_is_a_new_row(cast: Any, clerk: Any) -> None:
    theirs = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.other))
    clerk.post(cast.url("activity_add"), form_of({**ROW, "id": str(theirs.pk), "value": "1 tr"}))
    theirs.refresh_from_db()
    assert theirs.value == 10_000_000
    own = Activity.objects.latest("pk")
    answer = clerk.post(
        cast.url("activity_edit", pk=own.pk),
        form_of({"id": str(theirs.pk), "description": "x", "DELETE": "on"}, version="1"),
    )
    assert answer.status_code == 302
    assert Contribution.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"khoan-TOTAL_FORMS": ""}, {"khoan-TOTAL_FORMS": "x"}, {"khoan-TOTAL_FORMS": "-1"},
        {"khoan-TOTAL_FORMS": "9" * 20}, {"khoan-TOTAL_FORMS": "1000"}, {"khoan-INITIAL_FORMS": "99"},
        {"khoan-0-id": "9" * 40}, {"khoan-0-id": "-1"}, {"khoan-0-id": "\x00"},
        {"khoan-0-part": "included:g" + "9" * 30},
        {"khoan-0-part": "included:rx"}, {"remove_file": ["9" * 40, "x", "-1"]}, {"held_file": ["\x00", "x" * 999]},
        {"drop_file": ["\x00"]}, {"version": "9" * 40}, {"when": "\x00"}, {"when": "99/99/9999"}, {"title": "\x00\x01"},
        {"then": "\x00"}, {"movement": "\x00"}, {"khoan-0-value": "\x00"}, {"khoan-0-value": "٣٤٥"},
        {"khoan-0-quantity": "1e9", "khoan-0-unit": "chiếc"}, {"khoan-0-outside": "\x00;\x00"}, {"precision": "\x00"},
        {"story": "\ufffd\ud7ff\x0b\u202e"}, {"khoan-0-unit": "%"}, {"owner": "\x00"}, {"submit_key": "\x00"},
    ],
)  # fmt: skip
def test_strange_input_never_breaks_the_page(cast: Any, clerk: Any, fields: dict[str, Any]) -> None:
    for more in ({}, {"add_row": "khoan"}, {"check": "1"}):
        answer = clerk.post(cast.url("activity_add"), {**form_of(ROW), **fields, **more})
        assert answer.status_code in (200, 302, 400, 422)
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    answer = clerk.post(cast.url("activity_edit", pk=activity.pk), {**form_of(ROW), "version": "1", **fields})
    assert answer.status_code in (200, 302, 400, 409, 422)


@pytest.mark.parametrize("pk", ["0", "9" * 20, "9" * 60, "-1", "x", "1%00", "1;2", "%2e%2e"])
@pytest.mark.parametrize(
    "name", ["hoat-dong/{}/", "hoat-dong/{}/sua/", "minh-chung/{}/", "hoat-dong/{}/trang-thai/"]
)
def test_strange_addresses_are_not_found(cast: Any, clerk: Any, name: str, pk: str) -> None:
    address = cast.url("activity_list").replace("hoat-dong/", name.format(pk))
    assert clerk.get(address).status_code in (404, 405)
    assert clerk.post(address, {"action": "confirm"}).status_code in (404, 405)


def test_bytes_that_are_no_text_are_answered(cast: Any, clerk: Any) -> None:
    answer = clerk.post(
        cast.url("activity_add"),
        b"title=%ff%fe%00&khoan-TOTAL_FORMS=1&x=\xff",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in (400, 422)


# -- cost ----------------------------------------------------------------------------------------
DETAIL, EDIT, ADD = 14, 16, 9


@pytest.mark.parametrize("rows", [1, 3])
def test_the_detail_page_costs_the_same_for_any_number_of_rows(
    cast: Any, clerk: Any, rows: int, django_assert_num_queries: Any
) -> None:
    address = cast.url("activity_detail", pk=full(cast, rows).pk)
    with django_assert_num_queries(DETAIL):
        assert clerk.get(address).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_form_costs_the_same_for_any_number_of_rows(
    cast: Any, clerk: Any, rows: int, django_assert_num_queries: Any
) -> None:
    activity = full(cast, rows)
    for _row in range(rows):
        full(cast, rows)
    with django_assert_num_queries(EDIT):
        assert clerk.get(cast.url("activity_edit", pk=activity.pk)).status_code == 200
    with django_assert_num_queries(ADD):
        assert clerk.get(cast.url("activity_add")).status_code == 200


def test_addresses_are_those_of_the_plan(cast: Any) -> None:
    place = "/lam-viec/trung-uong/2020/"
    for name, path in (
        ("activity_add", "hoat-dong/them/"), ("activity_detail", "hoat-dong/7/"), ("activity_edit", "hoat-dong/7/sua/"),
        ("activity_state", "hoat-dong/7/trang-thai/"), ("evidence_file", "minh-chung/7/"),
    ):  # fmt: skip
        assert resolve(place + path).url_name == name
