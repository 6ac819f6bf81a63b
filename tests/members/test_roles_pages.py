"""Who led the cluster in which year, who holds what on a day, and the forms of terms outside a hand-over."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import files
from members.enums import Basis, Role
from members.models import AgencyName, ClusterYear, Membership, RoleTerm
from tests.factories import (
    AgencyNameFactory,
    ClusterYearFactory,
    MembershipFactory,
    RoleTermFactory,
    StoredFileFactory,
)
from tests.support.six_years import TODAY, SixYears, make_six_years

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def six() -> Iterator[SixYears]:
    with time_machine.travel(TODAY, tick=False):
        yield make_six_years()


def place(six: SixYears, name: str = "roles", **kwargs: Any) -> str:
    return reverse(name, kwargs={"cluster": six.cluster.slug, "label": "2026", **kwargs})


def client(user: Any) -> Client:
    made = Client()
    made.force_login(user)
    return made


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# -- six years -----------------------------------------------------------------------------------
def test_every_year_with_its_offices_the_newest_first(six: SixYears) -> None:
    rows = client(six.member).get(place(six)).context["rows"]
    assert [row["label"] for row in rows] == ["2026", "2025", "2024", "2023", "2022", "2021"]
    names = {row["label"]: [[one["name"] for one in cell["terms"]] for cell in row["cells"]] for row in rows}
    assert names["2025"] == [
        ["Cục Thi hành án dân sự tỉnh"],
        ["Cục Dự trữ Nhà nước khu vực"],
        ["Bưu điện tỉnh", "Bưu điện - Viễn thông tỉnh"],
    ]
    assert names["2023"][0] == ["Bảo hiểm xã hội tỉnh", "Cục Hải quan tỉnh"]
    assert [cell["head"] for cell in rows[0]["cells"]] == ["Cụm trưởng", "Cụm phó thứ 1", "Cụm phó thứ 2"]


def test_unknown_replaced_and_acting_are_said(six: SixYears) -> None:
    answer = client(six.member).get(place(six))
    rows = {row["label"]: row["cells"] for row in answer.context["rows"]}
    assert rows["2022"][0]["unknown"]
    assert rows["2022"][0]["over"] == ["Đến trước 10/01/2022: Ngân hàng Nhà nước"]
    assert [one["days"] for one in rows["2023"][0]["terms"]] == [
        "từ 08/01/2023, đến trước 01/07/2023",
        "từ 01/07/2023, đến trước 09/01/2024",
    ]
    assert [one["acting"] for one in rows["2026"][0]["terms"]] == [False, True]
    page = text(answer)
    for words in ("chưa rõ", "Tạm quyền", "45/QĐ-UBND ngày 26/06/2023", "Đơn vị Cụm trưởng chuyển trụ sở"):
        assert words in page


def test_the_drawing_stands_beside_the_table_without_styles(six: SixYears) -> None:
    answer = client(six.member).get(place(six))
    chart = answer.context["chart"]
    assert [row["label"] for row in chart["rows"]] == ["Cụm trưởng", "Cụm phó thứ 1", "Cụm phó thứ 2"]
    assert [band["text"] for band in chart["rows"][0]["bands"]][-2:] == [
        "Bưu điện - Viễn thông (tạm quyền)",
        "chưa rõ",
    ]
    page = text(answer)
    assert '<svg class="terms"' in page
    assert "style=" not in page.split("<main", 1)[1].split("</main>", 1)[0]


@pytest.mark.parametrize(
    ("typed", "chair", "deputies"),
    [
        ("15/6/2022", None, []),
        ("30/6/2023", "Bảo hiểm xã hội tỉnh", ["Kho bạc Nhà nước tỉnh", "Cục Thuế tỉnh"]),
        ("1/7/2023", "Cục Hải quan tỉnh", ["Kho bạc Nhà nước tỉnh", "Cục Thuế tỉnh"]),
        ("2025-06-30", "Cục Thi hành án dân sự tỉnh", ["Cục Dự trữ Nhà nước khu vực", "Bưu điện tỉnh"]),
        ("01.07.2025", "Cục Thi hành án dân sự tỉnh", ["Cục Dự trữ Nhà nước khu vực", "Bưu điện - Viễn thông tỉnh"]),
        ("", "Bưu điện - Viễn thông tỉnh", ["Công ty Điện lực tỉnh"]),
    ],
)  # fmt: skip
def test_who_holds_what_on_a_day(six: SixYears, typed: str, chair: str | None, deputies: list[str]) -> None:
    asked = client(six.officer).get(place(six), {"ngay": typed}).context["asked"]
    assert asked["chairless"] == (chair is None)
    assert [one["name"] for one in asked["offices"]] == [*([chair] if chair else []), *deputies]


def test_the_council_is_named_to_all_the_staff_to_leads_and_council_only(six: SixYears) -> None:
    seen = text(client(six.officer).get(place(six)))
    assert "Giám đốc: Trần Văn Sơn" in seen
    assert "Nông Văn Bảy" in seen
    assert "Lê Thị Hà" in seen
    assert "Giám đốc: Trần Văn Sơn" in text(client(six.leader).get(place(six)))
    page = text(client(six.member).get(place(six)))
    assert "Trần Văn Sơn" not in page
    assert "Nông Văn Bảy" in page
    assert "chỉ hiện với đơn vị Cụm trưởng" in page
    before = text(client(six.officer).get(place(six), {"ngay": "1/6/2025"}))
    assert "Trần Văn Sơn" not in before  # director since the merge


@pytest.mark.parametrize("typed", ["31/2/2024", "hôm qua", "<b>", "1/13/2024", "9" * 80])
def test_a_day_that_cannot_be_read_is_kept_and_explained(six: SixYears, typed: str) -> None:
    answer = client(six.member).get(place(six), {"ngay": typed})
    assert answer.status_code == 200
    asked = answer.context["asked"]
    assert asked["error"]
    assert asked["typed"] == typed[:60]
    assert 'aria-invalid="true"' in text(answer)


# -- names, offices, rights ----------------------------------------------------------------------
def test_names_are_those_of_the_first_day_of_the_term(cast: Any) -> None:
    AgencyName.objects.filter(agency=cast.chair).update(valid_to=date(2020, 7, 1))
    AgencyNameFactory(agency=cast.chair, name="Ngân hàng Nhà nước Khu vực 5", valid_from=date(2020, 7, 1))
    answer = cast.client(cast.chi).get(cast.url("roles"), {"ngay": "1/8/2020"})
    assert answer.context["rows"][-1]["cells"][0]["terms"][0]["name"] == "Ngân hàng Nhà nước Chi nhánh tỉnh"
    assert answer.context["asked"]["offices"][0]["name"] == "Ngân hàng Nhà nước Khu vực 5"


def test_a_cluster_without_terms(cast: Any) -> None:
    RoleTerm.objects.all().delete()
    answer = cast.client(cast.chi).get(cast.url("roles"))
    assert [row["cells"][0]["unknown"] for row in answer.context["rows"]] == [True]
    assert answer.context["asked"]["chairless"]


def test_insiders_see_and_the_buttons_are_the_officers(cast: Any) -> None:
    for user in (cast.an, cast.binh, cast.chi, cast.lan, cast.officer, cast.observer):
        page = cast.client(user).get(cast.url("roles"))
        assert page.status_code == 200
        assert (cast.url("term_record") in text(page)) == (user == cast.officer)
        assert (reverse("admin:members_clusteryear_replace", args=[cast.year.pk]) in text(page)) == (
            user == cast.officer
        )
    assert cast.client(cast.dung).get(cast.url("roles")).status_code == 404
    assert cast.client().get(cast.url("roles")).status_code == 302
    assert cast.client(cast.an).post(cast.url("roles")).status_code == 405


def test_a_closed_year_offers_no_replacement_but_past_terms_still(cast: Any) -> None:
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at="2021-02-01T00:00:00Z")
    page = text(cast.client(cast.officer).get(cast.url("roles")))
    assert cast.url("term_record") in page
    assert "members_clusteryear_replace" not in page
    assert "Thay giữa kỳ" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_nine_queries(cast: Any, number: int, django_assert_num_queries: Any) -> None:
    for place_ in range(1, number):
        year = ClusterYearFactory(cluster=cast.cluster, label=str(2020 + place_))
        MembershipFactory(year=year, agency=cast.other, order=1)
        first = date(2020 + place_, 1, 5)
        RoleTermFactory(
            cluster=cast.cluster, agency=cast.other, starts_on=first, ends_on=date(2021 + place_, 1, 5)
        )
    cast.client(cast.officer).get(cast.url("roles"))
    with django_assert_num_queries(9):
        cast.client(cast.officer).get(cast.url("roles"))


# -- export and papers ---------------------------------------------------------------------------
def test_the_workbook_holds_every_term_and_no_formula(six: SixYears) -> None:
    RoleTerm.objects.filter(note="Đơn vị Cụm trưởng chuyển trụ sở").update(note="=1+1")
    RoleTerm.objects.filter(decision_number="02/BB-CTĐ").update(decision_number="https://a.vn")
    answer = client(six.member).get(place(six, "roles_export"))
    assert answer["Content-Disposition"].startswith('attachment; filename="vai-tro-sau-nam.xlsx"')
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert len(rows) == RoleTerm.objects.filter(cluster=six.cluster).count()
    assert rows[0][:2] == (1, "Cụm trưởng")
    assert rows[0][6].date() == date(2021, 1, 5)
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []
    assert "=1+1" in {row[12] for row in rows}
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_the_workbook_costs_the_same_for_any_number_of_terms(
    cast: Any, django_assert_num_queries: Any
) -> None:
    for number in (0, 3):
        for place_ in range(number):
            RoleTermFactory(
                cluster=cast.cluster,
                agency=cast.other,
                starts_on=date(2010 + place_, 1, 1),
                ends_on=date(2011 + place_, 1, 1),
            )
        cast.client(cast.chi).get(cast.url("roles_export"))
        with django_assert_num_queries(6):
            cast.client(cast.chi).get(cast.url("roles_export"))


def test_the_paper_of_a_term_is_for_insiders(cast: Any) -> None:
    stored = files.store(io.BytesIO(PDF), files.PDF)
    term = RoleTerm.objects.get(agency=cast.chair)
    RoleTerm.objects.filter(pk=term.pk).update(decision_file=stored, decision_number="12/QĐ-UBND")
    assert cast.url("term_file", pk=term.pk) in text(cast.client(cast.chi).get(cast.url("roles")))
    answer = cast.client(cast.chi).get(cast.url("term_file", pk=term.pk))
    assert answer.status_code == 200
    assert "quyet-dinh-12-Q" in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content) == PDF
    assert cast.client(cast.dung).get(cast.url("term_file", pk=term.pk)).status_code == 404
    for bad in (RoleTerm.objects.get(agency=cast.deputy).pk, 10**9, 10**30):
        assert cast.client(cast.chi).get(cast.url("term_file", pk=bad)).status_code == 404
    foreign = RoleTermFactory(decision_file=stored)
    assert cast.client(cast.chi).get(cast.url("term_file", pk=foreign.pk)).status_code == 404


def test_a_paper_that_was_changed_on_the_disk_is_not_given_out(cast: Any) -> None:
    stored = StoredFileFactory()
    type(stored).objects.filter(pk=stored.pk).update(sha256="0" * 64)
    RoleTerm.objects.filter(agency=cast.chair).update(decision_file=stored)
    term = RoleTerm.objects.get(agency=cast.chair)
    assert cast.client(cast.chi).get(cast.url("term_file", pk=term.pk)).status_code == 410


# -- a term of the past --------------------------------------------------------------------------
@pytest.fixture
def earlier(cast: Any) -> ClusterYear:
    year = ClusterYearFactory(cluster=cast.cluster, label="2019")
    for order, agency in enumerate(cast.agencies, 1):
        MembershipFactory(year=year, agency=agency, order=order)
    return year


def filled(cast: Any, **more: Any) -> dict[str, Any]:
    return {
        "agency": cast.other.pk, "seat": "chair1", "starts_on": "5/1/2019", "ends_on": "1/1/2020",
        "basis": Basis.ELECTED, "decision_number": "01/BB", "decision_date": "5/1/2019",
        "note": "", "staged": "", **more,
    }  # fmt: skip


def test_the_officer_records_who_chaired_then(cast: Any, earlier: ClusterYear) -> None:
    page = cast.client(cast.officer).get(cast.url("term_record"))
    assert "Bảo hiểm xã hội tỉnh" in text(page)
    answer = cast.client(cast.officer).post(cast.url("term_record"), filled(cast), follow=True)
    assert "Đã ghi nhiệm kỳ." in text(answer)
    rows = {row["label"]: row["cells"][0]["terms"] for row in answer.context["rows"]}
    assert [one["name"] for one in rows["2019"]] == ["Bảo hiểm xã hội tỉnh"]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"ends_on": "2/1/2020"}, "agency", "có hai Cụm trưởng"),
        ({"agency": ""}, "agency", ""),
        ({"agency": "999999"}, "agency", ""),
        ({"seat": "vua"}, "seat", ""),
        ({"starts_on": "31/2/2019"}, "starts_on", "Không có ngày 31/02/2019"),
        ({"ends_on": "1/1/2019"}, "ends_on", "phải ở sau ngày bắt đầu"),
        ({"basis": "appointed", "decision_number": ""}, "decision_number", "phải ghi số quyết định"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_all_is_kept(
    cast: Any, earlier: ClusterYear, more: dict[str, str], field: str, words: str
) -> None:
    answer = cast.client(cast.officer).post(
        cast.url("term_record"), filled(cast, **more, note="theo lưu trữ")
    )
    assert answer.status_code == 422
    form = answer.context["form"]
    assert field in form.errors
    assert words in str(form.errors[field])
    assert 'value="theo lưu trữ"' in text(answer)
    assert RoleTerm.objects.filter(starts_on__lt=date(2020, 1, 1)).count() == 0


def test_a_file_is_kept_over_an_error_and_written_with_the_term(cast: Any, earlier: ClusterYear) -> None:
    upload = SimpleUploadedFile("qd.pdf", PDF, "application/pdf")
    first = cast.client(cast.officer).post(
        cast.url("term_record"), filled(cast, starts_on="", decision_file=upload)
    )
    assert first.status_code == 422
    staged = first.context["staged"]
    assert "Đã giữ tệp “qd.pdf”" in text(first)
    cast.client(cast.officer).post(cast.url("term_record"), filled(cast, staged=staged.token))
    term = RoleTerm.objects.get(starts_on=date(2019, 1, 5))
    assert term.decision_file_id == staged.file_id
    bad = SimpleUploadedFile("qd.pdf", b"not a pdf", "application/pdf")
    again = cast.client(cast.officer).post(
        cast.url("term_record"), filled(cast, seat="deputy2", agency=cast.member.pk, decision_file=bad)
    )
    assert "decision_file" in again.context["form"].errors


def test_only_the_officer_opens_the_forms(cast: Any) -> None:
    for name in ("term_record", "acting_start"):
        for user in (cast.an, cast.binh, cast.chi, cast.lan, cast.observer):
            assert cast.client(user).get(cast.url(name)).status_code == 403
            assert cast.client(user).post(cast.url(name), {}).status_code == 403
        assert cast.client(cast.dung).get(cast.url(name)).status_code == 404
        assert cast.client(cast.officer).get(cast.url(name)).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_costs_the_same_for_any_number_of_members(
    cast: Any, number: int, django_assert_num_queries: Any
) -> None:
    for order in range(10, 10 + number):
        MembershipFactory(year=cast.year, order=order)
    cast.client(cast.officer).get(cast.url("term_record"))
    with django_assert_num_queries(7):
        cast.client(cast.officer).get(cast.url("term_record"))


# -- a deputy acts -------------------------------------------------------------------------------
def test_the_officer_lets_a_deputy_act(six: SixYears) -> None:
    page = client(six.officer).get(place(six, "acting_start"))
    assert "Công ty Điện lực tỉnh (Cụm phó thứ 2)" in text(page)
    assert "nhiệm kỳ Cụm trưởng của Bưu điện - Viễn thông tỉnh kết thúc" in text(page)
    sent = {
        "agency": six.agencies[11].pk, "starts_on": "10/6/2026", "decision_number": "18/CV-HĐTĐ",
        "decision_date": "9/6/2026", "note": "", "staged": "",
    }  # fmt: skip
    answer = client(six.officer).post(place(six, "acting_start"), sent, follow=True)
    assert "Đã ghi Cụm phó tạm quyền Cụm trưởng." in text(answer)
    assert answer.context["asked"]["offices"][0]["name"] == "Công ty Điện lực tỉnh"
    again = client(six.officer).post(place(six, "acting_start"), sent)
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"starts_on": "mai"}, "starts_on"),
        ({"starts_on": "1/1/2026"}, "starts_on"),
        ({"decision_number": ""}, "decision_number"),
        ({"decision_date": "16/6/2026"}, "decision_date"),
        ({"agency": "7"}, "agency"),
    ],
)
def test_acting_needs_a_day_a_paper_and_a_deputy(six: SixYears, more: dict[str, str], field: str) -> None:
    sent = {
        "agency": six.agencies[11].pk, "starts_on": "10/6/2026", "decision_number": "18/CV-HĐTĐ",
        "decision_date": "9/6/2026", "note": "ghi chú này", "staged": "", **more,
    }  # fmt: skip
    before = RoleTerm.objects.count()
    answer = client(six.officer).post(place(six, "acting_start"), sent)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert 'value="ghi chú này"' in text(answer)
    assert RoleTerm.objects.count() == before


def test_without_a_deputy_the_form_says_so(cast: Any) -> None:
    RoleTerm.objects.filter(role=Role.DEPUTY).delete()
    page = text(cast.client(cast.officer).get(cast.url("acting_start")))
    assert "Hôm nay cụm không có Cụm phó nào" in page
    assert "Ghi tạm quyền</button>" not in page


def test_a_cluster_without_a_chair_says_so_on_the_form(cast: Any) -> None:
    RoleTerm.objects.filter(role=Role.CHAIR).update(ends_on=date(2020, 5, 1))
    assert "Cụm đang không có Cụm trưởng" in text(cast.client(cast.officer).get(cast.url("acting_start")))
    assert Membership.objects.filter(year=cast.year).count() == 4
