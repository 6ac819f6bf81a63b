"""Pages of the compact and of registrations: what each role sees and does by plain forms, and what it costs."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from docx import Document
from openpyxl import load_workbook

from members.enums import Function
from movements.domain import pledges, signatures
from movements.enums import RegistrationState
from movements.models import Pledge, PledgeClause, Registration, Signature, Target, TitleKind
from tests.factories import ClusterYearFactory, MembershipFactory, MovementFactory, PersonFactory
from tests.factories.pledges import (
    MOMENT,
    PledgeFactory,
    RegistrationFactory,
    SignatureFactory,
    TargetFactory,
    TitleKindFactory,
    TitleRegistrationFactory,
)

pytestmark = pytest.mark.django_db

KEY = "k" * 32


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def opened(cast: Any) -> Pledge:
    PledgeFactory(year=cast.year)
    return pledges.open_pledge(cast.scope(cast.an))


def sent(cast: Any, agency: Any, state: str = "sent", **target: Any) -> Registration:
    """A registration that everybody may read, with a target."""
    moments = {
        "sent": {"sent_at": MOMENT},
        "accepted": {"sent_at": MOMENT, "accepted_at": MOMENT},
        "draft": {},
    }
    row = RegistrationFactory(year=cast.year, agency=agency, state=state, **moments[state])
    TargetFactory(registration=row, order=1, **{"content": "Số thu ngân sách", **target})
    return row


def clauses(*texts: str, **head: Any) -> dict[str, Any]:
    data = {"title": "Giao ước thi đua năm 2020", "version": "0", "noi-dung-TOTAL_FORMS": len(texts), **head}
    data |= {"noi-dung-INITIAL_FORMS": 0, "noi-dung-MAX_NUM_FORMS": 30}
    return data | {f"noi-dung-{place}-text": words for place, words in enumerate(texts)}


def rows(
    targets: list[dict[str, str]], titles: list[dict[str, str]] | None = None, **head: Any
) -> dict[str, Any]:
    """The form of a registration as a browser sends it."""
    data: dict[str, Any] = {"version": "0", "submit_key": KEY, "then": "draft", **head}
    for prefix, some in (("chi-tieu", targets), ("danh-hieu", titles or [])):
        data |= {
            f"{prefix}-TOTAL_FORMS": len(some),
            f"{prefix}-INITIAL_FORMS": 0,
            f"{prefix}-MAX_NUM_FORMS": 40,
        }
        for place, row in enumerate(some):
            data |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return data


ROW = {"content": "Số thu ngân sách", "unit": "tỷ đồng", "plan": "1.250 triệu"}


# -- the compact ---------------------------------------------------------------------------------
def test_an_empty_year_says_who_begins(cast: Any) -> None:
    page = text(cast.client(cast.chi).get(cast.url("pledge")))
    assert "Năm 2020 chưa có giao ước thi đua" in page
    assert "Soạn giao ước" not in page
    assert "Soạn giao ước" in text(cast.client(cast.binh).get(cast.url("pledge")))
    assert cast.client(cast.an).get(cast.url("pledge_docx")).status_code == 404


def test_the_leadership_writes_contents_in_order_by_plain_forms(cast: Any) -> None:
    client = cast.client(cast.binh)
    address = cast.url("pledge_edit")
    more = client.post(address, clauses("Một", "Hai", add_row="noi-dung"))
    assert (more.status_code, more.content.decode().count('name="noi-dung-2-text"')) == (200, 1)
    assert not Pledge.objects.exists()
    data = clauses("Một", "Hai", "", "Bốn", "Bỏ", signing_on="5/3/2020", place="Hội trường")
    data |= {"noi-dung-0-order": "3", "noi-dung-1-order": "1", "noi-dung-4-DELETE": "on"}
    answer = client.post(address, data, follow=True)
    assert "Đã lưu giao ước." in text(answer)
    assert "thường có từ 4 đến 6" in text(answer)
    assert list(PledgeClause.objects.order_by("order").values_list("text", flat=True)) == [
        "Hai",
        "Một",
        "Bốn",
    ]
    assert Pledge.objects.get().signing_on == date(2020, 3, 5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "Ghi tên giao ước."),
        ({"signing_on": "31/2/2020"}, "Không có ngày 31/02/2020"),
        ({"noi-dung-0-order": "x"}, "Ghi số nguyên"),
        ({"noi-dung-0-text": "a" * 2001}, "2000"),
    ],
)
def test_what_is_wrong_keeps_what_was_typed(cast: Any, changes: dict[str, str], words: str) -> None:
    answer = cast.client(cast.an).post(
        cast.url("pledge_edit"), {**clauses("Một", "Giữ lại dòng này"), **changes}
    )
    assert answer.status_code == 422
    assert words in text(answer)
    assert "Giữ lại dòng này" in answer.content.decode()
    assert not Pledge.objects.exists()


def test_of_two_writers_the_second_sees_both(cast: Any) -> None:
    cast.client(cast.an).post(cast.url("pledge_edit"), clauses("Lời của Cụm trưởng"))
    answer = cast.client(cast.binh).post(cast.url("pledge_edit"), clauses("Lời của Cụm phó"))
    assert answer.status_code == 409
    page = text(answer)
    assert "Lời của Cụm trưởng" in page
    assert "Lời của Cụm phó" in page
    again = clauses("Lời của Cụm phó", version="1")
    assert cast.client(cast.binh).post(cast.url("pledge_edit"), again).status_code == 302
    assert PledgeClause.objects.get().text == "Lời của Cụm phó"


def test_last_years_words_begin_the_form_and_are_written_by_the_button_alone(cast: Any) -> None:
    before = ClusterYearFactory(cluster=cast.cluster, label="2019")
    PledgeFactory(year=before, title="Giao ước thi đua năm 2019", clauses=["Nội dung năm trước"])
    page = cast.client(cast.an).get(cast.url("pledge_edit") + "?tu=nam-truoc").content.decode()
    assert 'value="Giao ước thi đua năm 2020"' in page
    assert "Nội dung năm trước" in page
    assert not Pledge.objects.filter(year=cast.year).exists()


def test_open_sign_take_back_and_close_by_buttons(cast: Any) -> None:
    PledgeFactory(year=cast.year)
    an, lan = cast.client(cast.an), cast.client(cast.lan)
    step, sign = cast.url("pledge_step"), cast.url("pledge_sign")
    assert cast.client(cast.lan).get(sign).status_code == 404
    assert "Đã mở ký" in text(an.post(step, {"action": "open", "version": "1"}, follow=True))
    assert cast.client(cast.an).get(cast.url("pledge_edit")).status_code == 302
    pledge = Pledge.objects.get()
    page = text(lan.get(sign))
    assert "Ký thay mặt Cục Thống kê" in page
    assert "Làm tốt công tác an sinh xã hội." in page
    refused = cast.client(cast.chi).get(sign)
    assert refused.status_code == 403
    assert "Chỉ lãnh đạo của đơn vị thành viên" in text(refused)
    data = {"agency": cast.member.pk, "mark": pledge.mark}
    assert lan.post(sign, {**data, "mark": "x"}).status_code == 422
    assert lan.post(sign, {**data, "agency": cast.other.pk}).status_code == 404
    assert "1/4 đơn vị đã ký" in text(lan.post(sign, data, follow=True))
    assert "0/4 đơn vị đã ký" in text(lan.post(sign, {**data, "rut": "1"}, follow=True))
    lan.post(sign, data)
    unexplained = an.post(step, {"action": "close", "version": "2"})
    assert unexplained.status_code == 422
    assert "Còn đơn vị chưa ký" in text(unexplained)
    closed = an.post(step, {"action": "close", "version": "2", "reason": "Còn lại ký giấy"}, follow=True)
    assert "Đã ký xong" in text(closed)
    assert "Còn lại ký giấy" in text(closed)
    again = an.post(step, {"action": "reopen", "version": "3", "reason": "Sửa"}, follow=True)
    assert "Đang soạn" in text(again)
    assert not Signature.objects.filter(lapsed_at=None).exists()


def test_a_step_that_nobody_knows_or_that_was_overtaken(cast: Any) -> None:
    PledgeFactory(year=cast.year)
    an = cast.client(cast.an)
    assert an.post(cast.url("pledge_step"), {"action": "burn"}).status_code == 400
    assert "vừa được người khác sửa" in text(
        an.post(cast.url("pledge_step"), {"action": "open", "version": "7"}, follow=True)
    )
    for who in ("binh", "chi", "officer"):
        assert (
            cast.client(getattr(cast, who)).post(cast.url("pledge_step"), {"action": "open"}).status_code
            == 403
        )


def test_the_name_of_who_signed_is_for_those_who_may_know_it(cast: Any) -> None:
    pledge = opened(cast)
    with time_machine.travel("2020-03-05T10:00:00+07:00"):
        boss = PersonFactory(
            agency=cast.other, function=Function.LEADER, post="Giám đốc", user__username="sep"
        ).user
        SignatureFactory(pledge=pledge, agency=cast.other, signed_by=boss, mark=pledge.mark)
    for who, seen in (("an", True), ("officer", True), ("chi", False)):
        page = text(cast.client(getattr(cast, who)).get(cast.url("pledge")))
        assert "Giám đốc" in page
        assert ("sep" in page.split()) is seen


def test_a_slogan_that_changed_after_opening_is_told_and_not_signed(cast: Any) -> None:
    pledge = opened(cast)
    cast.year.slogan = "Khẩu hiệu mới"
    cast.year.save()
    assert "khác với lời đã mở ký" in text(cast.client(cast.chi).get(cast.url("pledge")))
    data = {"agency": cast.member.pk, "mark": pledge.mark}
    assert cast.client(cast.lan).post(cast.url("pledge_sign"), data).status_code == 422


# -- one registration ----------------------------------------------------------------------------
def test_an_agency_writes_and_sends_with_figures_as_typed(cast: Any) -> None:
    TitleKind.objects.all().delete()
    TitleKindFactory(name="Tập thể lao động xuất sắc")
    movement = MovementFactory(year=cast.year)
    targets = [
        {**ROW, "order": "2", "movement": str(movement.pk)},
        {"content": "Tỷ lệ đúng hạn", "plan": "trên 95%", "order": "1"},
        {"content": "Sáng kiến", "unit": "sáng kiến"},
        {},
        {"content": "Bỏ", "unit": "%", "DELETE": "on"},
    ]
    titles = [
        {"title": "tập thể lao động XUẤT sắc", "count": "1.200"},
        {"title": "Lời riêng", "holder": "person"},
    ]
    address = cast.url("registration_edit", pk=cast.member.pk)
    answer = cast.client(cast.chi).post(
        address, rows(targets, titles, then="send", note="Ghi chú"), follow=True
    )
    page = text(answer)
    assert "Đã lưu và gửi bản đăng ký." in page
    stored = list(Target.objects.order_by("order").values_list("content", "plan", "unit", "plan_words"))
    assert stored == [
        ("Tỷ lệ đúng hạn", Decimal(95), "%", "trên 95%"),
        ("Số thu ngân sách", Decimal("1.25"), "tỷ đồng", "1.250 triệu"),
        ("Sáng kiến", None, "sáng kiến", ""),
    ]
    row = Registration.objects.get()
    assert [(one.title, one.holder, one.count) for one in row.titles.order_by("order")] == [
        ("Tập thể lao động xuất sắc", "collective", 1200),
        ("Lời riêng", "person", 1),
    ]
    assert (row.state, row.note) == (RegistrationState.SENT, "Ghi chú")
    for words in ("1,25", "trên 95%", "Không giao chỉ tiêu", movement.title, "1.200"):
        assert words in page
    assert cast.client(cast.chi).post(address, rows(targets)).status_code == 302  # the same form once more
    assert Registration.objects.count() == 1


def test_the_form_shows_figures_back_and_what_the_catalogue_offers(cast: Any) -> None:
    TitleKind.objects.all().delete()
    TitleKindFactory(name="Danh hiệu của luật")
    row = sent(cast, cast.member, "draft", plan=Decimal("-1200.5"), plan_words="trên -1.200,5", unit="%")
    TitleRegistrationFactory(registration=row, count=1500, order=1)
    page = cast.client(cast.chi).get(cast.url("registration_edit", pk=cast.member.pk)).content.decode()
    for words in ('value="trên −1.200,5"', 'value="1.500"', 'option value="Danh hiệu của luật"'):
        assert words in page


@pytest.mark.parametrize(
    ("target", "title", "words"),
    [
        ({"plan": "abc"}, {}, "Không hiểu “abc”"),
        ({"unit": "hồ sơ", "plan": "-5"}, {}, "không nhận số âm"),
        ({"unit": ""}, {}, "Ghi đơn vị tính"),
        ({"content": ""}, {}, "Ghi nội dung chỉ tiêu"),
        ({"direction": "up"}, {}, "Chọn lại trong danh sách"),
        ({"movement": "999999"}, {}, "Chọn lại trong danh sách"),
        ({}, {"title": "Lời riêng"}, "chọn tập thể hay cá nhân"),
        ({}, {"count": "3"}, "Ghi danh hiệu"),
        ({}, {"title": "x", "holder": "person", "count": "1,5"}, "số nguyên từ 1 đến 100.000"),
        ({}, {"title": "x", "holder": "person", "count": "0"}, "số nguyên từ 1 đến 100.000"),
        ({}, {"title": "a" * 201, "holder": "person"}, "Dài nhất 200"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_lost(
    cast: Any, target: dict[str, str], title: dict[str, str], words: str
) -> None:
    data = rows(
        [{**ROW, "plan": "1.200", **target}, {"content": "Dòng giữ lại", "unit": "%"}],
        [title] if title else [],
    )
    answer = cast.client(cast.chi).post(cast.url("registration_edit", pk=cast.member.pk), data)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "Dòng giữ lại" in answer.content.decode()
    assert not Registration.objects.exists()


def test_a_row_is_added_without_a_script(cast: Any) -> None:
    address = cast.url("registration_edit", pk=cast.member.pk)
    for prefix in ("chi-tieu", "danh-hieu"):
        answer = cast.client(cast.chi).post(address, rows([{**ROW, "plan": "abc"}], add_row=prefix))
        assert answer.status_code == 200
        assert 'value="abc"' in answer.content.decode()
        assert "Không hiểu" not in text(answer)
    assert 'name="danh-hieu-0-title"' in answer.content.decode()


def test_of_two_colleagues_the_second_sees_both_and_keeps_the_rows_of_the_first(cast: Any) -> None:
    address = cast.url("registration_edit", pk=cast.member.pk)
    cast.client(cast.chi).post(address, rows([ROW, {"content": "Của Chi", "unit": "%", "plan": "90"}]))
    key = Target.objects.get(content="Số thu ngân sách").key
    mine = rows([{**ROW, "plan": "7", "key": key}], submit_key="m" * 32)
    answer = cast.client(cast.lan).post(address, mine)
    assert answer.status_code == 409
    page = text(answer)
    assert "Chỉ tiêu: Số thu ngân sách 7 tỷ đồng 1,25 tỷ đồng" in page
    assert "Của Chi" in answer.content.decode()
    assert Target.objects.get(key=key).plan == Decimal("1.25")


def test_last_years_registration_begins_the_form(cast: Any) -> None:
    before = ClusterYearFactory(cluster=cast.cluster, label="2019")
    old = RegistrationFactory(year=before, agency=cast.member, sent_at=MOMENT, state="sent")
    TargetFactory(registration=old, content="Chỉ tiêu năm trước", order=1)
    address = cast.url("registration_edit", pk=cast.member.pk)
    assert "Bắt đầu từ bản đăng ký năm 2019" in text(cast.client(cast.chi).get(address))
    page = cast.client(cast.chi).get(f"{address}?tu=nam-truoc").content.decode()
    assert "Chỉ tiêu năm trước" in page
    assert 'name="chi-tieu-0-key" id' not in page or 'name="chi-tieu-0-key" value' not in page
    assert not Registration.objects.filter(year=cast.year).exists()


def test_the_chair_judges_by_buttons(cast: Any) -> None:
    sent(cast, cast.member)
    an = cast.client(cast.an)
    page, step = cast.url("registration", pk=cast.member.pk), cast.url("registration_step", pk=cast.member.pk)
    assert "Tiếp nhận" in text(an.get(page))
    assert an.post(step, {"action": "burn"}).status_code == 400
    assert an.post(step, {"action": "return", "version": "1"}).status_code == 422
    assert "Đã tiếp nhận" in text(an.post(step, {"action": "accept", "version": "1"}, follow=True))
    stale = an.post(step, {"action": "return", "version": "1", "reason": "x"}, follow=True)
    assert "vừa được người khác sửa" in text(stale)
    back = an.post(step, {"action": "return", "version": "2", "reason": "Thiếu minh chứng"}, follow=True)
    assert "Đã trả lại bản đăng ký của Cục Thống kê" in text(back)
    assert "Thiếu minh chứng" in text(cast.client(cast.chi).get(page))
    assert "chưa gửi bản đăng ký" in text(an.get(page))


def test_figures_are_entered_in_one_form_and_shown_with_words(cast: Any) -> None:
    row = sent(cast, cast.member, "accepted", unit="%", plan=Decimal(95))
    late = TargetFactory(
        registration=row, content="Trễ hạn", unit="hồ sơ", plan=Decimal(5), direction="lower", order=2
    )
    one = row.targets.get(order=1)
    address = cast.url("registration_actual", pk=cast.member.pk)
    client = cast.client(cast.chi)
    data = {
        f"t{one.pk}-actual": "trên 96",
        f"t{one.pk}-on": "30/9/2020",
        f"t{one.pk}-seen": "1",
        f"t{one.pk}-was": "|",
    }
    data |= {f"t{late.pk}-actual": "7", f"t{late.pk}-seen": "1", f"t{late.pk}-was": "|"}
    page = text(client.post(address, data, follow=True))
    for words in (
        "Đã ghi kết quả của 2 chỉ tiêu.",
        "trên 96",
        "trên 101,05%",
        "71,43%",
        "Chưa đạt",
        "1/2 chỉ tiêu đạt",
    ):
        assert words in page
    wrong = client.post(address, {**data, f"t{one.pk}-actual": "96 hồ sơ"})
    assert wrong.status_code == 422
    assert "hãy ghi một đơn vị" in text(wrong)
    overtaken = client.post(address, {**data, f"t{one.pk}-actual": "98"})
    assert overtaken.status_code == 409
    assert "98, 30/9/2020" in text(overtaken)
    shown = client.get(address).content.decode()
    assert 'value="trên 96"' in shown
    assert 'value="30/09/2020"' in shown


# -- all members ---------------------------------------------------------------------------------
def test_the_overview_counts_titles_and_reminds_those_who_lead(cast: Any) -> None:
    pledge = opened(cast)
    SignatureFactory(pledge=pledge, agency=cast.deputy, mark=pledge.mark)
    for agency, count in ((cast.member, 2), (cast.other, 3)):
        row = sent(cast, agency)
        TitleRegistrationFactory(registration=row, count=count, order=1)
    sent(cast, cast.deputy, "draft")
    page = text(cast.client(cast.an).get(cast.url("registration_list")))
    for words in (
        "2/4 đơn vị đã gửi đăng ký", "1/4 đơn vị đã ký giao ước", "Tập thể lao động xuất sắc Tập thể 2 5",
        "Chưa gửi bản đăng ký thi đua năm 2020: Ngân hàng Nhà nước; Cục Quản lý thị trường.",
    ):  # fmt: skip
        assert words in page
    member = cast.client(cast.chi).get(cast.url("registration_list"))
    assert "Kính đề nghị" not in text(member)
    assert "Nháp" not in text(member)
    Registration.objects.filter(agency=cast.other).update(
        state="returned", returned_at=MOMENT, return_reason="Thiếu đơn vị tính."
    )
    for who, told in (("an", True), ("chi", False)):
        page = text(cast.client(getattr(cast, who)).get(cast.url("registration_list")))
        assert ("Bị trả lại" in page) is told
        assert "Thiếu đơn vị tính." not in page


def test_targets_of_one_content_stand_below_each_other_with_a_warning(cast: Any) -> None:
    for agency, plan in ((cast.member, "90"), (cast.other, "0.9"), (cast.deputy, "95")):
        sent(
            cast,
            agency,
            content="Tỷ lệ  đúng hạn" if plan == "90" else "tỷ lệ đúng hạn",
            unit="%",
            plan=Decimal(plan),
        )
    page = text(cast.client(cast.chi).get(cast.url("registration_compare")))
    assert "Chỉ tiêu theo nội dung (1)" in page
    assert "Có thể nhầm đơn vị tính: kế hoạch ghi 0,9, các đơn vị khác khoảng 92,5." in page


def test_the_files_hold_the_same_figures(cast: Any) -> None:
    row = sent(cast, cast.member, plan=Decimal("1250"), actual=Decimal("1300"), actual_qualifier="over")
    TitleRegistrationFactory(registration=row, count=2, order=1)
    sent(cast, cast.other, "accepted", content="số thu ngân SÁCH", plan=Decimal("-3.5"))
    book = load_workbook(io.BytesIO(cast.client(cast.chi).get(cast.url("registration_xlsx")).content))
    matrix = [[cell.value for cell in line] for line in book.worksheets[0].iter_rows(min_row=4)]
    assert matrix == [["Số thu ngân sách", "tỷ đồng", "Càng cao càng tốt", 1250, 1300, -3.5, None]]
    listed = [cell.value for cell in next(iter(book.worksheets[1].iter_rows(min_row=4)))]
    assert listed[:10] == [
        "Cục Thống kê", "Số thu ngân sách", "tỷ đồng", "Càng cao càng tốt", 1250, "trên", 1300, None, 104, "Đạt",
    ]  # fmt: skip
    assert [cell.value for cell in book.worksheets[2][4]] == [
        "Tập thể lao động xuất sắc",
        "Tập thể",
        2,
        2,
        None,
    ]
    answer = cast.client(cast.chi).get(cast.url("registration_docx"))
    document = Document(io.BytesIO(answer.content))
    assert document.tables[1].rows[1].cells[3].text == "1.250 / trên 1.300"
    assert "Chưa gửi bản đăng ký: Ngân hàng Nhà nước, Cục Quản lý thị trường." in [
        p.text for p in document.paragraphs
    ]
    assert answer["Content-Security-Policy"] == "sandbox"


def test_the_paper_of_the_compact_names_who_signed_as_what(cast: Any) -> None:
    PledgeFactory(year=cast.year, signing_on=date(2020, 3, 5))
    draft = Document(io.BytesIO(cast.client(cast.chi).get(cast.url("pledge_docx")).content))
    assert "DỰ THẢO" in draft.tables[0].cell(1, 0).text
    with time_machine.travel("2020-03-05T10:00:00+07:00"):
        pledge = pledges.open_pledge(cast.scope(cast.an))
        cast.new_session(cast.lan)
        signatures.sign(cast.scope(cast.lan), cast.member.pk, pledge.mark)
    paper = Document(io.BytesIO(cast.client(cast.chi).get(cast.url("pledge_docx")).content))
    blocks = "\n".join(cell.text for line in paper.tables[1].rows for cell in line.cells)
    assert "CỤC THỐNG KÊ TỈNH" in blocks
    assert blocks.count("Đã ký trên hệ thống lúc 10:00 ngày 05/03/2020") == 1
    assert "DỰ THẢO" not in paper.tables[0].cell(1, 0).text
    assert pledge.mark in paper.paragraphs[-1].text
    assert "lan" not in blocks.split()


# -- checklist and cost --------------------------------------------------------------------------
GETS = ("pledge", "registration_list", "registration_compare", "registration_xlsx", "registration_docx")


def test_every_insider_reads_and_no_outsider(cast: Any) -> None:
    opened(cast)
    sent(cast, cast.member)
    for name in (*GETS, "pledge_docx"):
        for who in ("chi", "observer"):
            assert cast.client(getattr(cast, who)).get(cast.url(name)).status_code == 200
        assert cast.client(cast.dung).get(cast.url(name)).status_code == 404
        assert cast.client().get(cast.url(name)).status_code == 302


@pytest.mark.parametrize(
    "name", ["registration", "registration_edit", "registration_actual", "registration_step"]
)
def test_agencies_of_elsewhere_do_not_exist_here(cast: Any, name: str) -> None:
    stranger = MembershipFactory().agency
    method = "post" if name == "registration_step" else "get"
    for pk in (stranger.pk, 10**9, 10**20):
        answer = getattr(cast.client(cast.chi), method)(cast.url(name, pk=pk), {"action": "send"})
        assert answer.status_code == 404
    assert getattr(cast.client(cast.dung), method)(cast.url(name, pk=cast.member.pk)).status_code == 404


def test_another_agency_and_another_step(cast: Any) -> None:
    sent(cast, cast.other, "draft")
    chi = cast.client(cast.chi)
    assert "chưa gửi bản đăng ký" in text(chi.get(cast.url("registration", pk=cast.other.pk)))
    assert chi.get(cast.url("registration_edit", pk=cast.other.pk)).status_code == 404
    assert chi.get(cast.url("registration_actual", pk=cast.other.pk)).status_code == 404
    assert chi.post(cast.url("registration_step", pk=cast.other.pk), {"action": "send"}).status_code == 404
    cast.go("verify")
    answer = chi.get(cast.url("registration_edit", pk=cast.member.pk))
    assert answer.status_code == 403
    assert "Năm 2020 đang ở: Thẩm định" in text(answer)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("pledge", 12), ("registration", 12), ("registration_edit", 12), ("registration_actual", 9),
        ("registration_list", 12), ("registration_compare", 10), ("registration_xlsx", 9),
    ],
)  # fmt: skip
def test_pages_cost_the_same_for_one_row_and_for_three(
    cast: Any, name: str, queries: int, number: int, django_assert_num_queries: Any
) -> None:
    pledge = opened(cast)
    state = "draft" if name == "registration_edit" else "accepted"
    for place, agency in enumerate((cast.member, cast.other, cast.deputy)[:number]):
        row = sent(cast, agency, state)
        SignatureFactory(pledge=pledge, agency=agency, mark=pledge.mark)
        for order in range(2, number + 2):
            TargetFactory(registration=row, order=order, movement=MovementFactory(year=cast.year))
            TitleRegistrationFactory(registration=row, order=order, title=f"Danh hiệu {order}")
        TitleKindFactory(name=f"Danh hiệu {place}")
    given = (
        {}
        if name.startswith("pledge") or name.endswith(("list", "compare", "xlsx"))
        else {"pk": cast.member.pk}
    )
    client = cast.client(cast.chi)
    with django_assert_num_queries(queries):
        assert client.get(cast.url(name, **given)).status_code == 200
