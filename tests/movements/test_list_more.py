"""Lists made one's own: every filter, kept filters, columns, orders, words around a hit, files as shown."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core import paging, search
from core.folding import sort_key
from movements.columns import CHOSEN_AT_FIRST, COLUMNS
from movements.domain import saved
from movements.domain.search_text import activity_search
from movements.enums import ActivityScope, TagKind
from movements.models import Activity, ActivityPartner, GiftConfirmation, SavedFilter, Tag
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
    MovementFactory,
)

pytestmark = pytest.mark.django_db


def get(cast: Any, user: Any, query: str = "", **data: Any) -> Any:
    return cast.client(user).get(cast.url("activity_list") + query, data or None)


def titles(cast: Any, user: Any, query: str = "", **data: Any) -> list[str]:
    answer = get(cast, user, query, **data)
    assert answer.status_code == 200
    return [row.plain_title for row in answer.context["rows"]]


# -- filters -------------------------------------------------------------------------------------
@pytest.fixture
def many(cast: Any) -> Any:
    """One activity for each thing that may be asked for."""
    base: dict[str, Any] = {"year": cast.year, "agency": cast.member}
    cast.first, cast.second = MovementFactory(year=cast.year), MovementFactory(year=cast.year)
    cast.tag = Tag.objects.create(year=cast.year, kind=TagKind.CRITERION, code="II.3", label="Vì người nghèo")
    money = ActivityFactory(**base, title="Tiền", confirmed=True, movement=cast.first, edited_by=cast.chi)
    gift = ContributionFactory(
        activity=money, beneficiary=BeneficiaryFactory(cluster=cast.cluster, name="Trường Bắc Sơn")
    )
    GiftConfirmation.objects.create(
        contribution=gift,
        source="chair",
        mark="a" * 64,
        confirmed_at=money.confirmed_at,
        confirmed_by=cast.an,
    )
    goods = ActivityFactory(**base, title="Hàng", submitted=True, movement=cast.second, edited_by=cast.lan)
    GoodsFactory(activity=goods, place="Xã Tân Thành")
    tagged = ActivityFactory(**base, title="Nhãn", confirmed=True, is_public=True, place="Huyện Chi Lăng")
    tagged.tags.add(cast.tag)
    EvidenceFactory(activity=tagged)
    joint = ActivityFactory(
        year=cast.year, agency=cast.deputy, title="Chung", scope=ActivityScope.JOINT, confirmed=True
    )
    ActivityPartner.objects.create(activity=joint, agency=cast.other)
    ActivityFactory(year=cast.year, agency=None, scope=ActivityScope.CLUSTER, title="Cụm", confirmed=True)
    for row in Activity.objects.all():
        Activity.objects.filter(pk=row.pk).update(search=activity_search(row))
    return cast


@pytest.mark.parametrize(
    "asked, expected",
    [
        ({"loai": ["money"]}, {"Tiền"}),
        ({"loai": ["money", "goods"]}, {"Tiền", "Hàng"}),
        ({"noi_nhan": "truong bac"}, {"Tiền"}),
        ({"dia_ban": "chi lang"}, {"Nhãn"}),
        ({"dia_ban": "tan thanh"}, {"Hàng"}),
        ({"minh_chung": "co"}, {"Nhãn"}),
        ({"minh_chung": "khong"}, {"Tiền", "Hàng", "Chung", "Cụm"}),
        ({"dong_gop": "co"}, {"Tiền", "Hàng"}),
        ({"dong_gop": "khong"}, {"Nhãn", "Chung", "Cụm"}),
        ({"xac_nhan": "co"}, {"Tiền"}),
        ({"xac_nhan": "khong"}, {"Hàng"}),
        ({"pham_vi": "joint"}, {"Chung"}),
        ({"cong_khai": "co"}, {"Nhãn"}),
        ({"cong_khai": "khong", "dong_gop": "khong"}, {"Chung", "Cụm"}),
        ({"nguoi_sua": "toi"}, {"Tiền"}),
        ({"nguoi_sua": "khac"}, {"Hàng"}),
        ({"trang_thai": ["submitted", "undated"]}, {"Hàng"}),
        ({"trang_thai": ["submitted", "confirmed"], "pham_vi": "agency"}, {"Tiền", "Hàng", "Nhãn"}),
        ({"q": "ti"}, set()),
        ({"q": "ti", "loai": ["money"]}, {"Tiền"}),
    ],
)
def test_everything_recorded_can_be_asked_for(many: Any, asked: dict[str, Any], expected: set[str]) -> None:
    assert set(titles(many, many.chi, **asked)) == expected


def test_several_movements_agencies_and_labels(many: Any) -> None:
    cast = many
    assert set(titles(cast, cast.chi, phong_trao=[str(cast.first.pk), str(cast.second.pk)])) == {
        "Tiền",
        "Hàng",
    }
    assert set(titles(cast, cast.chi, don_vi=[str(cast.deputy.pk), "cum"])) == {"Chung", "Cụm"}
    assert titles(cast, cast.chi, don_vi=str(cast.other.pk)) == ["Chung"]
    assert titles(cast, cast.chi, nhan=str(cast.tag.pk)) == ["Nhãn"]


@pytest.mark.parametrize(
    "query",
    ["?loai=x", "?nhan=99999999999999999999", "?nhan=1&nhan=x", "?sap=title;drop", "?cot=search", "?pham_vi=all",
     "?nguoi_sua=1", "?bo_loc=1", "?bo_loc=x", "?sau=1.2.3.4", "?sap=ten&sau=x.1", "?sap=don-vi&sau=1.2",
     "?" + "&".join(["loai=money"] * 3 + ["don_vi=9"])],
)  # fmt: skip
def test_what_nobody_offers_is_not_found(many: Any, query: str) -> None:
    assert get(many, many.chi, query).status_code == 404


def test_every_condition_is_a_chip_that_can_be_taken_away(many: Any) -> None:
    answer = get(many, many.chi, "?q=ti%E1%BB%81n&loai=money&loai=goods&tu=1/1/2020&sap=ten&cot=tien")
    chips = {chip.text: chip.query for chip in answer.context["chips"]}
    assert list(chips) == [
        "Tìm kiếm: “tiền”",
        "Từ ngày: 01/01/2020",
        "Loại đóng góp: Tiền",
        "Loại đóng góp: Hiện vật",
    ]
    without = chips["Loại đóng góp: Tiền"]
    assert "loai=goods" in without
    assert "loai=money" not in without
    assert "sap=ten" in without
    assert "cot=tien" in without
    assert get(many, many.chi, without).status_code == 200
    assert 'aria-label="Đang lọc theo"' in answer.content.decode()


def test_one_or_two_letters_need_another_condition(many: Any) -> None:
    assert "chưa đủ để tìm" in get(many, many.chi, q="ti").content.decode()
    assert search.terms_of("y tế") == ["y te"]  # short words stay together
    assert search.terms_of("y tế Bắc Sơn") == ["y", "te", "bac", "son"]


# -- columns -------------------------------------------------------------------------------------
def test_columns_are_chosen(many: Any) -> None:
    usual = get(many, many.chi).content.decode()
    assert "Đơn vị tính</th>" in usual
    assert "Huyện Chi Lăng" not in usual
    few = get(many, many.chi, "?cot=dia-ban&cot=trang-thai&cot=cong-khai").content.decode()
    assert "Huyện Chi Lăng" in few
    assert "Đơn vị tính</th>" not in few
    assert "Tiền (₫)</th>" not in few
    assert few.count("Nội bộ</td>") == 4


def test_the_usual_columns_are_not_in_the_address(many: Any) -> None:
    every = "&".join(f"cot={key}" for key in CHOSEN_AT_FIRST)
    assert get(many, many.chi, f"?loai=money&{every}").context["asks"] == "loai=money"


# -- orders --------------------------------------------------------------------------------------
WORDS = [
    "Ăn Tết",
    "an ninh",
    "Ân cần",
    "Đón xuân",
    "dọn dẹp",
    "Zalo",
    "ước mơ",
    "Ủng hộ",
    "ủng hộ",
    "123",
    "…",
]


@pytest.mark.parametrize("order", ["", "ten", "don-vi"])
def test_pages_of_every_order_hold_each_row_once(cast: Any, monkeypatch: Any, order: str) -> None:
    monkeypatch.setattr(
        paging.keyset_page, "__kwdefaults__", {**paging.keyset_page.__kwdefaults__, "size": 4}
    )
    agencies = [cast.member, cast.deputy, cast.chair, None]
    for number, title in enumerate(WORDS):
        agency = agencies[number % 4]
        ActivityFactory(
            year=cast.year, agency=agency, confirmed=True, title=title,
            scope=ActivityScope.CLUSTER if agency is None else ActivityScope.AGENCY,
            starts_on=date(2020, 1, 1) + timedelta(days=number // 3),
        )  # fmt: skip
    seen: list[Any] = []
    address, back = f"?sap={order}", ""
    while address:
        answer = get(cast, cast.an, address)
        seen += answer.context["rows"]
        address, back = answer.context["next"], answer.context["prev"]
    named = [row.plain_title for row in seen]
    assert sorted(named) == sorted(WORDS)
    if order == "ten":
        assert [sort_key(title) for title in named] == sorted(map(sort_key, WORDS))
    if order == "don-vi":
        agencies_seen = list(dict.fromkeys(row.agency for row in seen))
        assert agencies_seen[:-1] == sorted(agencies_seen[:-1], key=sort_key)
        assert agencies_seen[-1] == "Cả Cụm"
    backward = named[-3:]
    while back:
        answer = get(cast, cast.an, back)
        backward = [row.plain_title for row in answer.context["rows"]] + backward
        back = answer.context["prev"]
    assert backward == named


def test_the_key_of_a_title_follows_the_title(cast: Any) -> None:
    row = ActivityFactory(year=cast.year, agency=cast.member, title="Đền ơn")
    assert row.title_key == sort_key("Đền ơn")
    row.title = "Ân nghĩa"
    row.save()
    row.refresh_from_db()
    assert row.title_key == sort_key("Ân nghĩa")


# -- the words around a hit ----------------------------------------------------------------------
def test_a_hit_in_the_story_is_shown_with_its_words(cast: Any) -> None:
    story = "Đoàn công tác <b>đến</b> xã. " * 10 + "Tặng máy lọc nước & sách cho điểm trường. " + "Hết. " * 50
    row = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, title="Về cơ sở", story=story)
    Activity.objects.filter(pk=row.pk).update(search=activity_search(row))
    page = get(cast, cast.an, q="may loc nuoc").content.decode()
    assert "<mark>máy</mark> <mark>lọc</mark> <mark>nước</mark> &amp; sách" in page
    assert "<b>đến" not in page
    assert "Mô tả: …" in page
    assert "Mô tả: " not in get(cast, cast.an, q="co so").content.decode()


@given(st.text(max_size=200), st.text(max_size=12))
def test_no_text_becomes_markup(text: str, query: str) -> None:
    for shown in (search.snippet(text, query), search.highlight(text, query)):
        bare = shown.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare
        assert ">" not in bare
        assert '"' not in bare


# -- kept filters --------------------------------------------------------------------------------
def keep(cast: Any, user: Any, name: str, loc: str, **more: str) -> Any:
    return cast.client(user).post(cast.url("activity_filters"), {"name": name, "loc": loc, **more})


def test_a_list_is_kept_opened_and_forgotten(many: Any) -> None:
    cast = many
    answer = keep(cast, cast.chi, " Tiền  của tôi ", "loai=money&sap=ten&cot=tien&strange=1&loai=gone")
    row = SavedFilter.objects.get()
    assert (row.name, row.query, row.user) == ("Tiền của tôi", "loai=money&sap=ten&cot=tien", cast.chi)
    assert answer.status_code == 302
    opened = cast.client(cast.chi).get(answer["Location"])
    assert [one.plain_title for one in opened.context["rows"]] == ["Tiền"]
    assert opened.context["form"].columns == ("tien",)
    assert opened.context["saved"][0]["current"]
    page = cast.client(cast.chi).get(cast.url("activity_filters")).content.decode()
    assert "Loại đóng góp: Tiền" in page
    url = cast.url("activity_filter", pk=row.pk)
    assert (
        cast.client(cast.chi).post(url, {"action": "change", "name": "Mới", "is_first": "1"}).status_code
        == 302
    )
    assert titles(cast, cast.chi) == ["Tiền"]  # it opens with the page
    assert len(titles(cast, cast.chi, "?tat_ca=1")) == 5
    assert cast.client(cast.chi).post(url, {"action": "delete"}).status_code == 302
    assert not SavedFilter.objects.exists()


def test_a_kept_filter_is_its_owners(many: Any) -> None:
    cast = many
    keep(cast, cast.chi, "Riêng", "loai=money")
    row = SavedFilter.objects.get()
    assert get(cast, cast.lan, f"?bo_loc={row.pk}").status_code == 404
    url = cast.url("activity_filter", pk=row.pk)
    assert cast.client(cast.lan).post(url, {"action": "delete"}).status_code == 404
    assert cast.client(cast.dung).post(url, {"action": "delete"}).status_code == 404
    assert cast.client(cast.chi).post(url, {"action": "x"}).status_code == 400
    assert cast.client(cast.chi).get(url).status_code == 405
    assert "Riêng" not in cast.client(cast.lan).get(cast.url("activity_filters")).content.decode()


@pytest.mark.parametrize(
    "name, sentence", [("", "Ghi tên bộ lọc."), ("x" * 81, "Dài nhất 80"), ("Cũ", "cùng tên")]
)
def test_a_name_is_asked_for(cast: Any, name: str, sentence: str) -> None:
    keep(cast, cast.chi, "Cũ", "")
    keep(cast, cast.chi, "Khác", "")
    answer = keep(cast, cast.chi, name, "loai=money")
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    other = SavedFilter.objects.get(name="Khác")
    again = cast.client(cast.chi).post(
        cast.url("activity_filter", pk=other.pk), {"action": "change", "name": name}
    )
    assert again.status_code == 422
    assert sentence in again.content.decode()
    assert SavedFilter.objects.count() == 2


def test_at_most_thirty_are_kept_and_one_opens(cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(saved, "MOST", 2)
    keep(cast, cast.chi, "Một", "", is_first="1")
    keep(cast, cast.chi, "Hai", "loai=money", is_first="1")
    assert list(SavedFilter.objects.filter(is_first=True).values_list("name", flat=True)) == ["Hai"]
    assert keep(cast, cast.chi, "Ba", "").status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedFilter.objects.update(is_first=True)


def test_what_no_longer_exists_is_said_and_left_out(many: Any) -> None:
    cast = many
    keep(cast, cast.chi, "Cũ", f"nhan={cast.tag.pk}&loai=money")
    Activity.tags.through.objects.all().delete()
    cast.tag.delete()
    answer = get(cast, cast.chi, f"?bo_loc={SavedFilter.objects.get().pk}")
    page = answer.content.decode()
    assert "Bộ lọc đã lưu có giá trị không còn." in page
    assert "Tiêu chí, nhãn" in page
    assert [row.plain_title for row in answer.context["rows"]] == ["Tiền"]


# -- files ---------------------------------------------------------------------------------------
def test_the_file_is_what_is_shown(many: Any) -> None:
    cast = many
    query = "?sap=ten&cot=thoi-gian&cot=tien&cot=cong-khai&dong_gop=co"
    answer = cast.client(cast.chi).get(cast.url("activity_shown_csv") + query)
    head, *lines = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert head == [
        "Thời gian",
        "Tên hoạt động",
        "Phong trào",
        "Khoản đóng góp",
        "Công khai",
        "Mức số tiền",
        "Tiền (đồng)",
    ]
    assert [line[1] for line in lines] == titles(cast, cast.chi, query) == ["Hàng", "Tiền"]
    assert lines[1][4:] == ["Nội bộ", "", "10000000"]
    for name in ("activity_shown_xlsx", "activity_export_xlsx"):
        book = load_workbook(io.BytesIO(cast.client(cast.chi).get(cast.url(name) + query).getvalue()))
        assert book.worksheets[0].max_row == 3
    assert cast.client(cast.dung).get(cast.url("activity_shown_csv")).status_code == 404


def test_a_shown_file_starts_no_formula(cast: Any) -> None:
    ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, title="=1+1")
    answer = cast.client(cast.an).get(cast.url("activity_shown_csv"))
    assert '"\'=1+1"' in answer.getvalue().decode("utf-8-sig")


# -- cost ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 3])
def test_orders_columns_and_filters_cost_no_query_more(
    cast: Any, number: int, django_assert_num_queries: Any
) -> None:
    tag = Tag.objects.create(year=cast.year, label="Nhãn")
    for _number in range(number):
        row = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, place="Chi Lăng")
        row.tags.add(tag)
        ContributionFactory(activity=row, by=[cast.member])
        SavedFilter.objects.create(
            user=cast.chi, cluster=cast.cluster, page="activity_list", name=f"Lọc {_number}", query="sap=ten"
        )
    every = "&".join(f"cot={key}" for key in COLUMNS)
    asks = [f"?{every}&sap=don-vi&nhan={tag.pk}&loai=money&minh_chung=khong&pham_vi=agency", "?sap=ten"]
    get(cast, cast.chi)
    for query in asks:
        with django_assert_num_queries(8):  # session, user, year, functions, names, rows, gifts, years
            assert len(titles(cast, cast.chi, query)) == number
    cast.client(cast.chi)
    with django_assert_num_queries(6):  # session, user, year, functions, names, years
        assert cast.client(cast.chi).get(cast.url("activity_filters")).status_code == 200
