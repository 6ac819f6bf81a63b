"""The list of activities: what it shows to whom, filters, totals, pages, and the same as a file."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from core import paging, search
from members.enums import PhaseKind
from movements.domain.search_text import activity_search
from movements.enums import ActivityScope, Precision
from movements.models import Activity, ActivityPartner
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ClusterYearFactory,
    ContributionFactory,
    EvidenceFactory,
    GoodsFactory,
    MovementFactory,
)

pytestmark = pytest.mark.django_db


def get(cast: Any, user: Any, query: str = "", **data: str) -> Any:
    return cast.client(user).get(cast.url("activity_list") + query, data or None)


def body(cast: Any, user: Any, query: str = "", **data: str) -> str:
    answer = get(cast, user, query, **data)
    assert answer.status_code == 200
    return str(answer.content.decode())


def exported(cast: Any, user: Any, query: str = "") -> list[list[str]]:
    answer = cast.client(user).get(cast.url("activity_export") + query)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def titles(cast: Any, user: Any, **data: str) -> list[str]:
    return [row.plain_title for row in get(cast, user, **data).context["rows"]]


# -- who sees what -------------------------------------------------------------------------------
@pytest.fixture
def states(cast: Any) -> Any:
    """One activity of the member in each state, each with a gift of its own size."""
    year, agency = cast.year, cast.member
    for value, (title, state) in enumerate(
        [
            ("Nháp", {}),
            ("Gửi", {"submitted": True}),
            ("Duyệt", {"confirmed": True}),
            ("Trả", {"returned": True}),
        ]
    ):
        activity = ActivityFactory(year=year, agency=agency, title=title, **state)
        ContributionFactory(activity=activity, value=10**value)
    return cast


def test_drafts_and_returned_ones_are_their_own_agencys(states: Any) -> None:
    cast = states
    for user in (cast.chi, cast.lan):
        assert sorted(titles(cast, user)) == ["Duyệt", "Gửi", "Nháp", "Trả"]
        assert get(cast, user).context["sums"].money.number == "1.111"
    for user in (cast.an, cast.binh, cast.officer, cast.observer):
        assert sorted(titles(cast, user)) == ["Duyệt", "Gửi"]
        sums = get(cast, user).context["sums"]
        assert (sums.money.number, sums.gifts) == ("110", 2)
        assert len(exported(cast, user)) == 1 + 2
        assert titles(cast, user, trang_thai="draft") == []
        assert "2 hoạt động, 2 khoản" in body(cast, user)


def test_partners_see_a_joint_draft(cast: Any) -> None:
    joint = ActivityFactory(year=cast.year, agency=cast.deputy, scope=ActivityScope.JOINT, title="Phối hợp")
    ActivityPartner.objects.create(activity=joint, agency=cast.member)
    assert titles(cast, cast.chi) == ["Phối hợp"]
    assert titles(cast, cast.binh) == ["Phối hợp"]
    assert titles(cast, cast.an) == []


def test_a_draft_of_the_whole_cluster_is_the_chairs(cast: Any) -> None:
    ActivityFactory(year=cast.year, agency=None, scope=ActivityScope.CLUSTER, title="Chung")
    assert titles(cast, cast.an) == ["Chung"]
    assert titles(cast, cast.binh) == []
    assert "Cả Cụm" in body(cast, cast.an)


def test_nothing_of_another_year_or_cluster(cast: Any) -> None:
    ActivityFactory(confirmed=True)
    ActivityFactory(year=ClusterYearFactory(cluster=cast.cluster, label="2019"), confirmed=True)
    assert titles(cast, cast.an) == []
    assert len(exported(cast, cast.an)) == 1


def test_outsiders_find_no_list(cast: Any) -> None:
    for name in ("activity_list", "activity_export"):
        assert cast.client(cast.dung).get(cast.url(name)).status_code == 404
        assert cast.client(cast.root).get(cast.url(name)).status_code == 404
        assert cast.client().get(cast.url(name)).status_code == 302
        assert cast.client(cast.an).post(cast.url(name)).status_code == 405


# -- filters -------------------------------------------------------------------------------------
@pytest.fixture
def filled(cast: Any) -> Any:
    cast.movement = MovementFactory(year=cast.year, title="Chung tay vì người nghèo")
    base: dict[str, Any] = {"year": cast.year, "confirmed": True}
    rows = [
        ActivityFactory(
            **base, agency=cast.member, title="Khẩu trang y tế", movement=cast.movement, starts_on=date(2020, 3, 1)
        ),
        ActivityFactory(**base, agency=cast.deputy, title="Khâu trang phục", starts_on=date(2020, 5, 1)),
        ActivityFactory(**base, agency=None, scope=ActivityScope.CLUSTER, title="Hội nghị", starts_on=date(2021, 1, 5)),
        ActivityFactory(
            **base, agency=cast.chair, title="Cả năm", precision=Precision.YEAR, starts_on=date(2020, 1, 1),
            ends_on=date(2020, 12, 31),
        ),
        ActivityFactory(
            **base, agency=cast.other, title="Chưa rõ ngày", precision=Precision.UNKNOWN, starts_on=None, ends_on=None,
            sorted_on=date(2020, 1, 1),
        ),
    ]  # fmt: skip
    for row in rows:
        row.search = activity_search(row)
        row.save()
    return cast


@pytest.mark.parametrize(
    "asked, expected",
    [
        ({"q": "khau trang"}, {"Khẩu trang y tế", "Khâu trang phục"}),
        ({"q": "nguoi ngheo"}, {"Khẩu trang y tế"}),
        ({"don_vi": "cum"}, {"Hội nghị"}),
        ({"phong_trao": "khong"}, {"Khâu trang phục", "Hội nghị", "Cả năm", "Chưa rõ ngày"}),
        ({"tu": "2/3/2020", "den": "1/5/2020"}, {"Khâu trang phục", "Cả năm"}),
        ({"tu": "1/1/2021"}, {"Hội nghị"}),
        (
            {"den": "05/01/2021", "tu": "01/01/2020"},
            {"Khẩu trang y tế", "Khâu trang phục", "Hội nghị", "Cả năm"},
        ),
        ({"trang_thai": "submitted"}, set()),
        ({"q": "xe dap"}, set()),
        ({"tu": "hôm qua"}, {"Khẩu trang y tế", "Khâu trang phục", "Hội nghị", "Cả năm", "Chưa rõ ngày"}),
    ],
)
def test_what_the_filter_leaves(filled: Any, asked: dict[str, str], expected: set[str]) -> None:
    assert set(titles(filled, filled.an, **asked)) == expected
    query = "?" + "&".join(f"{key}={value}" for key, value in asked.items())
    assert {row[3] for row in exported(filled, filled.an, query)[1:]} == expected


def test_agency_and_movement_by_their_ids(filled: Any) -> None:
    assert titles(filled, filled.an, don_vi=str(filled.deputy.pk)) == ["Khâu trang phục"]
    assert titles(filled, filled.an, phong_trao=str(filled.movement.pk)) == ["Khẩu trang y tế"]


def test_an_agency_finds_what_it_did_as_partner(filled: Any) -> None:
    joint = Activity.objects.get(title="Cả năm")
    ActivityPartner.objects.create(activity=joint, agency=filled.deputy)
    assert titles(filled, filled.an, don_vi=str(filled.deputy.pk)) == ["Khâu trang phục", "Cả năm"]


def test_exact_accents_come_first(filled: Any) -> None:
    assert titles(filled, filled.an, q="khau trang") == ["Khâu trang phục", "Khẩu trang y tế"]
    assert titles(filled, filled.an, q="Khẩu trang") == ["Khẩu trang y tế", "Khâu trang phục"]


def test_hits_are_marked(filled: Any) -> None:
    assert "<mark>Khẩu</mark> <mark>trang</mark> y tế" in body(filled, filled.an, q="khau trang")


def test_a_wrong_day_is_said_beside_its_field(filled: Any) -> None:
    page = body(filled, filled.an, tu="31/2/2020")
    assert "Từ ngày: Không có ngày 31/02/2020" in page
    assert 'value="31/2/2020"' in page


def test_an_empty_answer_says_why_and_how_to_get_out(filled: Any) -> None:
    page = body(filled, filled.an, q="xe dap")
    assert "Không có hoạt động nào khớp “xe dap”" in page
    assert "Xóa lọc" in page
    assert "Chưa có hoạt động nào" in body(filled, filled.an, trang_thai="") or titles(filled, filled.an)


def test_an_empty_year_says_so(cast: Any) -> None:
    assert "Chưa có hoạt động nào" in body(cast, cast.an)


@pytest.mark.parametrize(
    "query",
    [
        "?don_vi=999999", "?don_vi=x", "?phong_trao=0", "?trang_thai=approved", "?don_vi=99999999999999999999",
        "?sau=1", "?sau=2020-01-01", "?sau=2020-01-01.x", "?sau=2020-13-01.1", "?sau=2020-01-01.99999999999999999999",
        "?sau=2020-01-01.1&truoc=2020-01-01.1", "?truoc=1.2020-01-01.1", "?sau=%00", "?sau=" + "1" * 500,
        "?sau=2020-01-01.-1", "?sau=2020-01-01.٣",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(filled: Any, query: str) -> None:
    assert get(filled, filled.an, query).status_code == 404


def test_a_movement_of_another_cluster_is_as_missing_as_none(filled: Any) -> None:
    stranger = MovementFactory()
    answers = [get(filled, filled.an, f"?phong_trao={pk}") for pk in (stranger.pk, 10**9)]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.parametrize(
    "query",
    [
        "?q=%00",
        "?q=%FF%FE",
        "?q=" + "a" * 5000,
        "?tu=" + "1" * 5000,
        "?q=%25_%5C'",
        "?q=a&q=b",
        "?q[]=1",
        "?den=%00",
    ],
)
def test_odd_addresses_are_read_calmly(filled: Any, query: str) -> None:
    assert get(filled, filled.an, query).status_code == 200


# -- totals --------------------------------------------------------------------------------------
def test_the_seeds_totals(cast: Any) -> None:
    """domain.md 8.32–40: trên 580 triệu, two doubtful sums, gần 28.500 masks, 200 parcels."""
    activity = ActivityFactory(year=cast.year, agency=cast.deputy, confirmed=True)
    whole = ContributionFactory(activity=activity, value=580_000_000, value_qualifier="over")
    part: dict[str, Any] = {"activity": activity, "part_of": whole, "part_state": "unknown"}
    by = [cast.deputy, "Văn phòng HĐND tỉnh"]
    ContributionFactory(**part, value=100_000_000, quantity=Decimal(200), unit="suất", by=by)
    GoodsFactory(**part)
    ContributionFactory(**part, beneficiary=BeneficiaryFactory(cluster=cast.cluster, name="Ủy ban MTTQ"))
    GoodsFactory(**part, quantity=Decimal(4500))
    GoodsFactory(**part, quantity=Decimal(21_000), quantity_qualifier="nearly")
    sums = get(cast, cast.an).context["sums"]
    assert [str(one) for one in sums.figures] == ["trên 580.000.000 ₫", "gần 28.500 chiếc", "200 suất"]
    page = " ".join(body(cast, cast.an).split())
    assert (
        "chưa cộng 2 khoản chưa rõ có gồm trong số tổng: 100.000.000\xa0₫ và 10.000.000\xa0₫"
        in page.replace(" ₫", "\xa0₫").replace("\xa0\xa0", "\xa0")
    )
    assert "phối hợp Văn phòng HĐND tỉnh" in page
    assert "Cần làm rõ" in page


def test_totals_are_of_everything_filtered_and_not_of_the_page(cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        paging.keyset_page, "__kwdefaults__", {**paging.keyset_page.__kwdefaults__, "size": 2}
    )
    for _number in range(5):
        ContributionFactory(
            activity=ActivityFactory(year=cast.year, agency=cast.member, confirmed=True), value=7
        )
    answer = get(cast, cast.an)
    assert len(answer.context["rows"]) == 2
    assert answer.context["sums"].money.number == "35"
    assert "5 hoạt động, 5 khoản đóng góp" in answer.content.decode()
    assert len(exported(cast, cast.an)) == 1 + 5


# -- pages ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["", "Đợt"])
def test_pages_lead_through_everything_and_back(cast: Any, monkeypatch: Any, query: str) -> None:
    monkeypatch.setattr(
        paging.keyset_page, "__kwdefaults__", {**paging.keyset_page.__kwdefaults__, "size": 3}
    )
    for number in range(8):
        day = date(2020, 1, 1) + timedelta(days=number // 3)
        title = f"Đợt {number}" if number % 2 else f"Dot {number}"
        ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, title=title, starts_on=day)
    expected = list(Activity.objects.order_by("-sorted_on", "-id").values_list("title", flat=True))
    if query:
        expected.sort(key=lambda title: not title.startswith("Đợt"))
    seen, sizes, address = [], [], f"?q={query}"
    while address:
        answer = get(cast, cast.an, address)
        seen += [row.plain_title for row in answer.context["rows"]]
        sizes.append(len(answer.context["rows"]))
        address, back = answer.context["next"], answer.context["prev"]
    assert (seen, sizes) == (expected, [3, 3, 2])
    backward = seen[-2:]
    while back:
        answer = get(cast, cast.an, back)
        backward = [row.plain_title for row in answer.context["rows"]] + backward
        back = answer.context["prev"]
    assert backward == expected


def test_the_count_stops_at_its_cap(cast: Any, monkeypatch: Any) -> None:
    from movements import ordering
    from movements.views import activity_list

    monkeypatch.setattr(
        paging.keyset_page, "__kwdefaults__", {**paging.keyset_page.__kwdefaults__, "size": 2}
    )
    monkeypatch.setattr(activity_list, "COUNT_CAP", 4)
    monkeypatch.setattr(ordering, "with_number", lambda rows: paging.with_number(rows, 4))
    for _number in range(6):
        ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    long = body(cast, cast.an)
    assert "Hơn 3 hoạt động" in long
    assert "Cộng cả danh sách đang lọc" in long
    assert "Cộng cả danh sách đang lọc" not in body(cast, cast.an, "?tong=1")


def test_a_place_beyond_the_end_is_an_empty_page(filled: Any) -> None:
    assert titles(filled, filled.an, sau="1900-01-01.1") == []


# -- cost ----------------------------------------------------------------------------------------
def fill(cast: Any, number: int) -> None:
    movement = MovementFactory(year=cast.year)
    for _number in range(number):
        activity = ActivityFactory(year=cast.year, agency=cast.member, movement=movement, confirmed=True)
        ActivityPartner.objects.create(activity=activity, agency=cast.other)
        EvidenceFactory(activity=activity)
        ContributionFactory(activity=activity, by=[cast.member, cast.other, "Ngoài cụm"])
        GoodsFactory(activity=activity)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_eight_queries(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    fill(cast, number)
    get(cast, cast.chi)
    with django_assert_num_queries(8):  # session, user, year, functions, names, rows, gifts, years to choose
        get(cast, cast.chi)


def test_many_rows_cost_one_query_more(cast: Any, monkeypatch: Any, django_assert_num_queries: Any) -> None:
    from movements import queries

    monkeypatch.setattr(queries, "FEW_ACTIVITIES", 2)
    fill(cast, 3)
    get(cast, cast.chi)
    with django_assert_num_queries(9):
        assert get(cast, cast.chi).context["sums"].gifts == 6


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_asks_sqlite_for_its_index_too(
    cast: Any, number: int, on_postgres: bool, django_assert_num_queries: Any
) -> None:
    fill(cast, number)
    get(cast, cast.chi)
    with django_assert_num_queries(8 if on_postgres else 9):
        get(cast, cast.chi, q="ho ngheo")
    with django_assert_num_queries(9 if on_postgres else 10):  # typed with marks: whether the hits are few
        get(cast, cast.chi, q="hộ nghèo")
    if not on_postgres:
        search.add_index(Activity)
        with django_assert_num_queries(10):
            get(cast, cast.chi, q="ho ngheo")


@pytest.mark.parametrize("number", [1, 3])
def test_the_file_costs_six_queries(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    fill(cast, number)
    cast.client(cast.chi)
    with django_assert_num_queries(6):  # session, user, year, functions, names, rows
        assert len(exported(cast, cast.chi)) == 1 + 2 * number


# -- the file ------------------------------------------------------------------------------------
def test_the_file_has_a_line_for_each_contribution(cast: Any) -> None:
    movement = MovementFactory(year=cast.year, title="Vì người nghèo")
    activity = ActivityFactory(
        year=cast.year,
        agency=cast.member,
        movement=movement,
        confirmed=True,
        title="Tặng quà",
        place="Chi Lăng",
    )
    receiver = BeneficiaryFactory(cluster=cast.cluster, name="Sở Y tế")
    whole = GoodsFactory(
        activity=activity, quantity=Decimal(21_000), quantity_qualifier="nearly", beneficiary=receiver, order=1,
        by=[cast.member, "Văn phòng HĐND tỉnh"],
    )  # fmt: skip
    ContributionFactory(activity=activity, order=2, by=(), part_of=whole, part_state="unknown")
    ActivityFactory(
        year=cast.year, agency=cast.chair, confirmed=True, title="Không góp gì", starts_on=date(2020, 1, 2)
    )
    head, *lines = exported(cast, cast.an)
    first, second, last = (dict(zip(head, line, strict=True)) for line in lines)
    assert {title: value for title, value in first.items() if value and not title.startswith("Mã ")} == {
        "Đơn vị thực hiện": "Cục Thống kê", "Tên hoạt động": "Tặng quà", "Phong trào": "Vì người nghèo",
        "Thời gian": "05/04/2020", "Địa bàn": "Chi Lăng", "Đưa vào tổng kết": "có", "Loại đóng góp": "Hiện vật",
        "Nội dung đóng góp": "Khẩu trang y tế", "Mức số lượng": "Gần", "Số lượng": "21000", "Đơn vị tính": "chiếc",
        "Bên đóng góp": "Cục Thống kê; Văn phòng HĐND tỉnh", "Nơi nhận": "Sở Y tế", "Trạng thái": "Đã xác nhận",
        "Số minh chứng": "0",
    }  # fmt: skip
    assert second["Mã hoạt động"] == first["Mã hoạt động"] == activity.key
    assert (second["Loại đóng góp"], second["Trị giá (đồng)"], second["Bên đóng góp"]) == (
        "Tiền", "10000000", "Cục Thống kê",
    )  # fmt: skip
    assert (second["Quan hệ với số tổng"], second["Thuộc khoản"]) == (
        "Chưa rõ có gồm trong số tổng", "Khẩu trang y tế",
    )  # fmt: skip
    assert last["Tên hoạt động"] == "Không góp gì"
    assert set(list(last.values())[13:27]) == {""}


def test_the_file_starts_no_formula(cast: Any) -> None:
    activity = ActivityFactory(
        year=cast.year, agency=cast.member, confirmed=True, title='=HYPERLINK("http://x")'
    )
    ContributionFactory(activity=activity, description="@SUM(1)", by=["+1", "-2"])
    head, line = exported(cast, cast.an)
    row = dict(zip(head, line, strict=True))
    assert row["Tên hoạt động"] == '\'=HYPERLINK("http://x")'
    assert (row["Nội dung đóng góp"], row["Bên đóng góp"]) == ("'@SUM(1)", "'+1; -2")


def test_the_file_is_named_after_cluster_and_year(cast: Any) -> None:
    answer = cast.client(cast.an).get(cast.url("activity_export"))
    assert answer["Content-Disposition"] == 'attachment; filename="hoat-dong-trung-uong-2020.csv"'
    assert answer["Cache-Control"] == "no-store"
    answer.getvalue()


# -- text as typed -------------------------------------------------------------------------------
@pytest.mark.typed_braces
@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7*7 }} {% x %} ${7*7} %s {0}", '"><img src=x>']
)
def test_text_is_shown_as_typed(cast: Any, text: str) -> None:
    from django.utils.html import escape

    movement = MovementFactory(year=cast.year, title=text)
    activity = ActivityFactory(
        year=cast.year, agency=cast.member, movement=movement, confirmed=True, title=text
    )
    ContributionFactory(activity=activity, description=text, place=text, by=[text, cast.member])
    for page in (body(cast, cast.an), body(cast, cast.an, q=text)):
        plain = page.replace("<mark>", "").replace("</mark>", "")
        assert plain.count(str(escape(text))) >= 4
        assert text not in plain or text == escape(text)


# -- loose ends ----------------------------------------------------------------------------------
def test_what_must_be_cleared_up_is_found_by_state(filled: Any) -> None:
    whole = ContributionFactory(activity=Activity.objects.get(title="Hội nghị"), by=())
    ContributionFactory(activity=whole.activity, part_of=whole, part_state="unknown", by=())
    assert titles(filled, filled.an, trang_thai="doubtful") == ["Hội nghị"]
    assert set(titles(filled, filled.an, trang_thai="undated")) == {"Cả năm", "Chưa rõ ngày"}


def test_how_a_part_stands_to_its_whole_is_said(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    whole = GoodsFactory(activity=activity, quantity=Decimal(100))
    for state in ("included", "not_included"):
        GoodsFactory(activity=activity, quantity=Decimal(7), part_of=whole, part_state=state)
    for number in range(7):
        GoodsFactory(activity=activity, quantity=Decimal(number + 1), part_of=whole, part_state="unknown")
    ContributionFactory(activity=activity, part_of=whole, part_state="unknown")  # money is no part of goods
    page = " ".join(body(cast, cast.an).split())
    assert "đã tính trong số tổng" in page
    assert "cộng thêm ngoài số tổng" in page
    assert "chưa cộng 7 khoản" in page
    assert "7 chiếc, 6 chiếc, 5 chiếc, 4 chiếc, 3 chiếc và 2 số khác" in page
    assert [str(one) for one in get(cast, cast.an).context["sums"].figures] == ["10.000.000 ₫", "107 chiếc"]


# -- the right things to press --------------------------------------------------------------------
def test_a_pencil_where_the_person_may_edit(states: Any) -> None:
    def editable(user: Any) -> set[str]:
        return {row.plain_title for row in get(states, user).context["rows"] if row.edit_url}

    assert editable(states.chi) == {"Nháp", "Trả"}
    assert editable(states.an) == set()
    states.go(PhaseKind.VERIFY)
    assert editable(states.an) == {"Gửi", "Duyệt"}
    assert "Thêm hoạt động" not in body(states, states.officer)


def test_the_plan_of_the_list_uses_its_index(cast: Any, on_postgres: bool) -> None:
    if on_postgres:
        pytest.skip("PostgreSQL reads so few rows without an index")
    from movements.queries import activities_for

    rows = (
        activities_for(cast.scope(cast.an))
        .order_by("-sorted_on", "-id")
        .filter(sorted_on__lte=date(2020, 6, 1))
    )
    plan = rows[:51].explain()
    assert "USING INDEX activity_" in plan, plan
    assert connection.vendor == "sqlite"
