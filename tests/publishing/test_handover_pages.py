"""The page of the hand-over, its paper and its task on the home page; each with the usual checks."""

from __future__ import annotations

import html
import io
import re
from datetime import date
from typing import Any

import pytest
import time_machine
from docx import Document

from core import files
from members.models import RoleTerm
from publishing.enums import Side
from publishing.models import Handover, HandoverTick
from tests.factories import (
    ActivityFactory,
    ClusterYearFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
)
from tests.publishing.handing import DAY, both_sign, hand_over, mark_all, sign, standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(cast: Any) -> Any:
    return hand_over(cast)


def text_of(answer: Any) -> str:
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(bare).replace("\xa0", " ").split())


def get(cast: Any, user: Any, query: str = "", name: str = "handover") -> Any:
    return cast.client(user).get(f"{cast.url(name)}{query}")


def form(cast: Any, side: Side, do: str = "luu", **values: Any) -> dict[str, Any]:
    """What a browser sends for the page as it stands now, everything marked."""
    now = standing(cast)
    return {
        "ben": side, "viec": do, "muc": [f"{part.key}:{part.mark}" for part in now.parts],
        "hien": " ".join(part.key for part in now.parts), "note": now.note(side), "note_seen": now.note(side),
        "expected": now.mark,
    } | values  # fmt: skip


def post(cast: Any, user: Any, data: dict[str, Any], **kwargs: Any) -> Any:
    return cast.client(user).post(cast.url("handover"), data, **kwargs)


# -- who -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["handover", "handover_docx"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("an", 200),
        ("binh", 200),
        ("officer", 200),
        ("chi", 200),
        ("observer", 403),
        ("dung", 404),
        (None, 302),
    ],
)
def test_who_reads(cast: Any, change: Any, name: str, who: str | None, status: int) -> None:
    """Chi's agency is deputy today."""
    assert get(cast, getattr(cast, who) if who else None, name=name).status_code == status


@pytest.mark.parametrize("name", ["handover", "handover_docx"])
def test_another_member_is_told_who_may(cast: Any, change: Any, name: str) -> None:
    user = PersonFactory(agency=cast.other).user
    answer = get(cast, user, name=name)
    assert answer.status_code == 403
    assert "Chỉ cán bộ của đơn vị Cụm trưởng cũ và mới" in text_of(answer)


@pytest.mark.parametrize("who", ["chi", "officer"])
def test_who_only_reads_gets_no_boxes_and_writes_nothing(cast: Any, change: Any, who: str) -> None:
    user = getattr(cast, who)
    page = get(cast, user).content.decode()
    assert 'name="muc"' not in page
    assert 'value="luu"' not in page
    assert post(cast, user, form(cast, Side.GIVER)).status_code == 403
    assert not Handover.objects.exists()


def test_nobody_writes_for_the_other_side(cast: Any, change: Any) -> None:
    assert post(cast, cast.an, form(cast, Side.RECEIVER)).status_code == 403
    assert not Handover.objects.exists()


def test_the_paper_takes_no_post_and_pages_are_private(cast: Any, change: Any) -> None:
    assert cast.client(cast.an).post(cast.url("handover_docx")).status_code == 405
    assert get(cast, cast.an)["Cache-Control"] == "no-store"
    assert get(cast, cast.an, name="handover_docx")["Cache-Control"] == "no-store"


# -- which change --------------------------------------------------------------------------------
def test_long_past_changes_show_by_the_terms_of_the_year(cast: Any, change: Any) -> None:
    page = text_of(get(cast, cast.an))
    assert "Ngân hàng Nhà nước Chi nhánh tỉnh Cụm trưởng đến hết ngày 04/01/2021" in page
    assert "Cục Quản lý thị trường tỉnh Cụm trưởng từ ngày 05/01/2021" in page
    assert "Quyền của Cụm trưởng đã chuyển vào 00:00 ngày 05/01/2021" in page


def test_a_year_nobody_hands_over_names_the_last_hand_over(cast: Any, change: Any) -> None:
    later = ClusterYearFactory(cluster=cast.cluster, label="2021")
    for agency in cast.agencies:
        MembershipFactory(year=later, agency=agency)
    answer = cast.client(cast.binh).get(cast.url("handover", year=later))
    page = text_of(answer)
    assert "Chưa có lần bàn giao Cụm trưởng nào của năm 2021" in page
    assert "năm 2020, từ Ngân hàng Nhà nước sang Cục Quản lý thị trường, có hiệu lực ngày 05/01/2021" in page
    assert f"{cast.url('handover')}?ngay=2021-01-05" in answer.content.decode()
    assert cast.client(cast.binh).get(cast.url("handover_docx", year=later)).status_code == 404


def test_a_cluster_without_any_change_says_so(cast: Any) -> None:
    page = text_of(get(cast, cast.an))
    assert "Chưa có lần bàn giao Cụm trưởng nào của năm 2020" in page
    assert "Lần bàn giao gần nhất" not in page


def test_a_year_with_two_changes_shows_the_newest_and_links_the_other(cast: Any) -> None:
    hand_over(cast, date(2020, 7, 1))
    RoleTerm.objects.filter(starts_on=date(2020, 7, 1)).update(ends_on=DAY)
    RoleTermFactory(cluster=cast.cluster, agency=cast.other, starts_on=DAY)
    page = get(cast, cast.binh)
    assert "Cụm trưởng từ ngày 05/01/2021" in text_of(page)
    assert "?ngay=2020-07-01" in page.content.decode()
    assert "Cụm trưởng từ ngày 01/07/2020" in text_of(get(cast, cast.binh, "?ngay=2020-07-01"))
    assert get(cast, cast.an).status_code == 403  # An's agency had the first part of the year only
    assert get(cast, cast.an, "?ngay=2020-07-01").status_code == 200


@pytest.mark.parametrize("query", ["?ngay=2020-01-02", "?ngay=x", "?ngay=2021-13-01"])
def test_a_day_without_a_change_is_not_there(cast: Any, change: Any, query: str) -> None:
    assert get(cast, cast.an, query).status_code == 404
    assert get(cast, cast.an, query, "handover_docx").status_code == 404


@time_machine.travel("2021-01-02 09:00 +0700")
def test_before_the_day_the_new_chair_signs_without_having_the_rights_yet(cast: Any, change: Any) -> None:
    assert not cast.scope(cast.binh).is_chair
    assert "chuyển vào 00:00 ngày 05/01/2021 , theo nhiệm kỳ, không đợi chữ ký" in text_of(
        get(cast, cast.binh)
    )
    assert post(cast, cast.binh, form(cast, Side.RECEIVER)).status_code == 302
    assert HandoverTick.objects.filter(side="receiver").count() == 7


# -- marks, note, signatures ---------------------------------------------------------------------
def test_an_evening_of_both_sides(cast: Any, change: Any) -> None:
    page = post(cast, cast.an, form(cast, Side.GIVER, note="Kèm cờ luân lưu."), follow=True)
    assert "Đã lưu đánh dấu." in text_of(page)
    assert "Đã đánh dấu đủ, còn ký" in text_of(page)
    page = post(cast, cast.an, form(cast, Side.GIVER, "ky"), follow=True)
    assert "Đơn vị bạn đã ký, chờ Bên nhận ký" in text_of(page)
    assert 'name="muc"' not in page.content.decode()
    page = post(cast, cast.binh, form(cast, Side.RECEIVER), follow=True)
    page = post(cast, cast.binh, form(cast, Side.RECEIVER, "ky"), follow=True)
    told = text_of(page)
    assert "Hai bên đã ký. Biên bản bàn giao đã được chốt." in told
    assert Handover.objects.get().sha256 in told
    assert "Kèm cờ luân lưu." in told
    assert 'value="luu"' not in page.content.decode()


def test_the_frozen_page_shows_what_was_frozen(cast: Any, change: Any) -> None:
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True, title="Chờ lúc bàn giao")
    both_sign(cast)
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True, title="Gửi sau")
    page = text_of(get(cast, cast.binh))
    assert "Chờ lúc bàn giao" in page
    assert "Gửi sau" not in page


def test_a_signature_is_taken_back_on_the_page(cast: Any, change: Any) -> None:
    mark_all(cast, Side.GIVER)
    sign(cast, Side.GIVER)
    page = post(cast, cast.an, form(cast, Side.GIVER, "rut"), follow=True)
    assert "Đã rút chữ ký." in text_of(page)
    assert Handover.objects.get().giver_signed_at is None


def test_facts_that_changed_are_shown_and_asked_again(cast: Any, change: Any) -> None:
    data = form(cast, Side.GIVER, note="Đã gõ")
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True, title="Vừa gửi xong")
    answer = post(cast, cast.an, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“Hồ sơ còn mở” vừa đổi khi bạn đang xem" in text_of(answer)
    assert "Vừa gửi xong" in page
    assert "Đã gõ" in page
    assert page.count(" checked") == 6  # the group that changed is not marked, the others keep their mark
    mark_all(cast, Side.GIVER)
    ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
    assert "đã đổi từ lúc đánh dấu" in text_of(get(cast, cast.an))


def test_what_is_not_saved_is_not_signed_away(cast: Any, change: Any) -> None:
    mark_all(cast, Side.GIVER)
    answer = post(cast, cast.an, form(cast, Side.GIVER, "ky", note="Chưa lưu"))
    assert answer.status_code == 422
    assert "Lưu đánh dấu và ghi chú trước, rồi ký." in text_of(answer)
    assert "Chưa lưu" in answer.content.decode()


def test_two_colleagues_and_one_note(cast: Any, change: Any) -> None:
    data = form(cast, Side.GIVER, note="Của tôi")
    mark_all(cast, Side.GIVER, "Của đồng nghiệp")
    answer = post(cast, cast.an, data)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Của tôi" in page
    assert "Của đồng nghiệp" in page
    again = post(cast, cast.an, form(cast, Side.GIVER, note="Của tôi"))
    assert again.status_code == 302
    assert Handover.objects.get().giver_note == "Của tôi"


@pytest.mark.parametrize(
    "wrong",
    [
        {"viec": "xoa"},
        {"ben": "council"},
        {"muc": ["records"]},
        {"muc": ["gold:" + "a" * 32]},
        {"note": "x" * 2001},
    ],
)
def test_what_no_form_sends_is_refused_in_words(cast: Any, change: Any, wrong: dict[str, Any]) -> None:
    answer = post(cast, cast.an, form(cast, Side.GIVER) | wrong)
    assert answer.status_code == 422
    assert "Những chỗ cần sửa" in text_of(answer)
    assert not Handover.objects.exists()


def test_a_person_of_both_agencies_chooses_the_side(cast: Any, change: Any) -> None:
    PersonFactory(user=cast.an, agency=cast.deputy)
    page = get(cast, cast.an).content.decode()
    assert 'name="ben" value="giver"' in page
    assert "Đánh dấu cho bên kia" in page
    assert 'name="ben" value="receiver"' in get(cast, cast.an, "?ben=receiver").content.decode()


def test_typed_markup_stays_text(cast: Any, change: Any) -> None:
    attack = "<script>alert(1)</script> & co"
    mark_all(cast, Side.GIVER, attack)
    page = get(cast, cast.binh).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_row_and_three(
    cast: Any, change: Any, number: int, django_assert_num_queries: Any
) -> None:
    for _place in range(number):
        ActivityFactory(year=cast.year, agency=cast.member, submitted=True)
        PersonFactory(agency=cast.other)
    mark_all(cast, Side.GIVER)
    get(cast, cast.an)
    with django_assert_num_queries(37):
        get(cast, cast.an)


# -- the paper -----------------------------------------------------------------------------------
def words_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def stored(row: Any) -> bytes:
    with files.open_stored(row.paper) as content:
        return content.read()


def test_before_both_sign_the_paper_is_a_draft(cast: Any, change: Any) -> None:
    answer = get(cast, cast.binh, name="handover_docx")
    assert answer["Content-Type"] == files.DOCX.content_type
    assert 'filename="bien-ban-ban-giao-2020-du-thao.docx"' in answer["Content-Disposition"]
    assert "DỰ THẢO" in words_of(answer.content)
    assert answer.content == get(cast, cast.an, name="handover_docx").content


def test_the_frozen_paper_is_the_stored_file(cast: Any, change: Any) -> None:
    row = both_sign(cast).row
    answer = get(cast, cast.an, name="handover_docx")
    content = answer.getvalue()
    assert row is not None
    assert row.paper is not None
    assert content == stored(row)
    words = words_of(content)
    assert "DỰ THẢO" not in words
    assert row.sha256 in words
    assert 'filename="bien-ban-ban-giao-2020.docx"' in answer["Content-Disposition"]


def test_a_damaged_file_is_made_again_from_what_is_frozen(cast: Any, change: Any, caplog: Any) -> None:
    row = both_sign(cast).row
    assert row is not None
    assert row.paper is not None
    before = stored(row)
    files.path_of(row.paper.sha256).write_bytes(b"x")
    answer = get(cast, cast.an, name="handover_docx")
    assert answer.content == before
    assert f"damaged file sha256={row.paper.sha256}" in caplog.text


# -- home ----------------------------------------------------------------------------------------
HOME_TITLE = "Bàn giao Cụm trưởng: đánh dấu và ký cho"


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2020-12-05", False), ("2020-12-06", True), ("2021-01-04", True), ("2021-03-06", True), ("2021-03-07", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("who", "side"), [("an", "bên giao"), ("binh", "bên nhận")])
def test_home_tells_both_sides_about_the_day(
    cast: Any, change: Any, day: str, told: bool, who: str, side: str
) -> None:
    with time_machine.travel(f"{day} 09:00 +0700"):
        cast.new_session(getattr(cast, who))
        page = text_of(cast.client(getattr(cast, who)).get(cast.url("year_home")))
        assert (f"{HOME_TITLE} {side}" in page) is told


@time_machine.travel("2021-01-05 09:00 +0700")
def test_home_tells_nobody_else_and_nobody_who_signed(cast: Any, change: Any) -> None:
    for user in (cast.chi, cast.officer, cast.observer):
        assert HOME_TITLE not in text_of(cast.client(user).get(cast.url("year_home")))
    mark_all(cast, Side.GIVER)
    sign(cast, Side.GIVER)
    assert HOME_TITLE not in text_of(cast.client(cast.an).get(cast.url("year_home")))
    assert HOME_TITLE in text_of(cast.client(cast.binh).get(cast.url("year_home")))


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("an", "?ngay=2021-01-05"),
        ("binh", ""),
        ("chi", ""),
        ("officer", ""),
        ("observer", None),
        ("other", None),
    ],
)
def test_the_summary_leads_those_concerned_to_the_page(
    cast: Any, change: Any, who: str, address: str | None
) -> None:
    user = PersonFactory(agency=cast.other).user if who == "other" else getattr(cast, who)
    page = cast.client(user).get(cast.url("summary_build")).content.decode()
    assert (f'href="{cast.url("handover")}' in page) is (address is not None)
    if address is not None:
        assert f'href="{cast.url("handover")}{address}"' in page
