"""Attacks on the records of a year: strange numbers and keys in posted forms, small files that cost much, public pages.

Each test began as an attack that worked.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from openpyxl import Workbook

from core import sheets, staging
from core.errors import DomainError
from core.files import recognise
from movements.domain.library import replace_file
from movements.domain.public import set_public
from movements.imports.columns import FIELDS
from movements.models import Activity, Contribution
from tests.factories import ActivityFactory, EvidenceFactory, MovementFactory
from tests.factories.pledges import PledgeFactory
from tests.support.quick import new_key, posted, sent
from tests.support.uploads import png, upload

LONG = "9" * 5000  # more digits than Python turns into a number


# -- numbers and keys ----------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_agency_of_five_thousand_digits_is_no_agency(cast: Any) -> None:
    movement = MovementFactory(year=cast.year)
    PledgeFactory(year=cast.year)
    lan = cast.client(cast.lan)
    for number in (LONG, "٣", ""):
        assert lan.post(cast.url("pledge_sign"), {"agency": number}).status_code == 404
        join = cast.url("movement_join", pk=movement.pk)
        assert lan.post(join, {"agency": number}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("number", [LONG, "²"])
def test_a_form_of_endless_rows_gets_none_more(cast: Any, number: str) -> None:
    chi = cast.client(cast.chi)
    data = {"add_row": "chi-tieu", "version": "0"}
    for prefix in ("chi-tieu", "danh-hieu"):
        data |= {
            f"{prefix}-TOTAL_FORMS": number,
            f"{prefix}-INITIAL_FORMS": "0",
            f"{prefix}-MAX_NUM_FORMS": number,
        }
    answer = chi.post(cast.url("registration_edit", pk=cast.member.pk), data)
    assert answer.status_code in (200, 422)


@pytest.mark.django_db
def test_a_key_of_another_form_is_no_row_of_the_grid(cast: Any) -> None:
    """Neither way: the grid takes no address for an id, and another form leads back to the grid."""
    chi, key = cast.client(cast.chi), new_key()
    row = sent(key=key)
    assert chi.post(cast.url("quick_row"), posted(cast.chi, row)).status_code == 200
    again = chi.post(cast.url("quick_row"), posted(cast.chi, row)).json()
    assert again["pk"] == Contribution.objects.get().pk
    other = chi.post(cast.url("library"), {"submit_key": key, "files": [upload("a.png", png())]})
    assert other.status_code == 302
    assert other["Location"].startswith(cast.url("quick"))
    key = new_key()
    files = {"submit_key": key, "owner": str(cast.member.pk), "files": [upload("a.png", png())]}
    assert chi.post(cast.url("library"), files).status_code == 302
    answer = chi.post(cast.url("quick_row"), posted(cast.chi, sent(key=key)))
    assert answer.status_code == 422
    assert Activity.objects.count() == 1


# -- small files that cost much ------------------------------------------------------------------
def _book(part: str, before: bytes, more: bytes) -> bytes:
    """A workbook with the right titles, and ``more`` put into a part."""
    book, made, target = Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append([field.title for field in FIELDS])
    book.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            archive.writestr(name, content.replace(before, more + before) if name == part else content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("part", "before", "more", "words"),
    [
        ("xl/styles.xml", b"</cellXfs>", b"<xf/>" * 300_000, "Tệp quá lớn"),
        ("xl/workbook.xml", b"</workbook>", b"<x/>" * 300_000, "Tệp quá lớn"),
        (
            "xl/worksheets/sheet1.xml",
            b"</sheetData>",
            b"<row>%b</row>" % (b"<c/>" * 1_000_001),
            "Trang tính quá lớn",
        ),
    ],
)
def test_a_few_kilobytes_of_formats_or_cells_do_not_hold_the_server(
    part: str, before: bytes, more: bytes, words: str
) -> None:
    content = _book(part, before, more)
    assert len(content) < 40_000
    recognise(io.BytesIO(content), len(content), "a.xlsx")  # the gate lets it in
    table = sheets.read(io.BytesIO(content), FIELDS)
    assert [words in fault.sentence for fault in table.faults] == [True]


def test_what_is_slow_to_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _book("xl/worksheets/sheet1.xml", b"<sheetData>", b"<sheetPr/>" * 20_000)
    monkeypatch.setattr(sheets, "MAX_SECONDS", 0.05)
    table = sheets.read(io.BytesIO(content), FIELDS)
    assert ["Tệp quá lớn" in fault.sentence for fault in table.faults] == [True]


# -- what everybody sees -------------------------------------------------------------------------
@pytest.mark.django_db
def test_nobody_alone_puts_another_picture_on_a_public_page(cast: Any, tmp_path: Any, settings: Any) -> None:
    """Two pairs of eyes saw what is public: replacing a file behind it would need one."""
    settings.FILES_DIR = tmp_path
    activity = ActivityFactory(year=cast.year, agency=cast.member, confirmed=True, is_public=True)
    row = EvidenceFactory(activity=activity)
    (staged,) = staging.stage(cast.chi.pk, [upload("b.png", png())]).staged
    with pytest.raises(DomainError) as refused:
        replace_file(cast.scope(cast.chi), row.pk, staged.token, reason="Ảnh rõ hơn")
    assert [problem.field for problem in refused.value.problems] == ["file"]
    set_public(cast.scope(cast.chi), activity.pk, False)
    replace_file(cast.scope(cast.chi), row.pk, staged.token, reason="Ảnh rõ hơn")
    row.refresh_from_db()
    assert row.file_id == staged.file_id
