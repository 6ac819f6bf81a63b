"""Pages of the criteria table: who may, what works without a script, what is said when something is wrong."""

from __future__ import annotations

import gzip
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from members.enums import PhaseKind
from members.models import Associate
from scoring.domain.tables_rows import seen, tree_of
from scoring.enums import TableState
from scoring.models import CriteriaTable, Criterion, ScoreEntry
from tests.factories import AgencyFactory, ClusterFactory, ClusterYearFactory, PersonFactory
from tests.factories.scoring import make_sheet, make_table

pytestmark = pytest.mark.django_db

PAGES = (
    "criteria", "criteria_library", "criteria_compare", "criteria_simulate", "criteria_edit", "criteria_head",
    "criteria_settings", "criteria_apply", "criteria_drop",
)  # fmt: skip


def draft(cast: Any, *rows: Any, **columns: Any) -> CriteriaTable:
    return make_table(cast.year, *rows, state=TableState.DRAFT, **columns)


def row(code: str) -> Criterion:
    return Criterion.objects.get(code=code, table__state=TableState.DRAFT)


# -- who sees what ---------------------------------------------------------------------------------
def test_every_page_works_for_the_chair(cast: Any) -> None:
    draft(cast)
    client = cast.client(cast.an)
    for name in PAGES:
        assert client.get(cast.url(name)).status_code == 200, name
    for name in ("criteria_row", "criteria_remove"):
        for code in ("I", "I.1", "I.2", "II.1", "II.3"):
            assert client.get(cast.url(name, pk=row(code).pk)).status_code == 200, (name, code)


@pytest.mark.parametrize(
    ("who", "reads", "writes", "tries"),
    [("binh", 200, 200, 200), ("chi", 200, 403, 403), ("officer", 200, 403, 200), ("observer", 200, 403, 200),
     ("dung", 404, 404, 404), ("root", 404, 404, 404)],
)  # fmt: skip
def test_who_reads_who_writes_who_tries(cast: Any, who: str, reads: int, writes: int, tries: int) -> None:
    table = draft(cast)
    client = cast.client(getattr(cast, who))
    assert client.get(cast.url("criteria")).status_code == reads
    assert client.get(cast.url("criteria_edit")).status_code == writes
    assert client.get(cast.url("criteria_row", pk=row("II.1").pk)).status_code == writes
    assert client.get(cast.url("criteria_simulate")).status_code == tries
    done = client.post(cast.url("criteria_apply"), {"edition": table.edition})
    assert done.status_code == (404 if reads == 404 else 403)  # the deputy writes, only the chair applies


def test_an_agency_that_scores_from_outside_reads_the_table_in_force_only(cast: Any) -> None:
    person = PersonFactory(agency=(outside := AgencyFactory()))
    Associate.objects.create(year=cast.year, agency=outside)
    client = cast.client(person.user)
    table = draft(cast)
    assert "Hoàn thành chỉ tiêu" not in client.get(cast.url("criteria")).content.decode()
    assert client.get(cast.url("criteria_version", pk=table.pk)).status_code == 404
    assert client.get(cast.url("criteria_library")).status_code == 403
    CriteriaTable.objects.update(state="applied", applied_at=date(2020, 1, 1).isoformat() + "T00:00Z")
    assert "Hoàn thành chỉ tiêu" in client.get(cast.url("criteria")).content.decode()


def test_tables_of_other_clusters_are_read_only_where_they_are_shared(cast: Any) -> None:
    away = ClusterYearFactory(cluster=ClusterFactory())
    shared, kept = (
        make_table(away),
        make_table(ClusterYearFactory(cluster=away.cluster, label="2019"), is_shared=False),
    )
    client = cast.client(cast.an)
    assert client.get(cast.url("criteria_version", pk=shared.pk)).status_code == 200
    assert client.get(cast.url("criteria_version", pk=kept.pk)).status_code == 404
    page = client.get(cast.url("criteria_library")).content.decode()
    assert (shared.title in page, kept.title in page) == (True, False)
    assert client.get(cast.url("criteria_compare") + f"?tu={kept.pk}").status_code == 404
    assert client.get(cast.url("criteria_version", pk=10**12)).status_code == 404
    began = client.post(cast.url("criteria_start"), {"title": "Bảng mới", "base": str(kept.pk)})
    assert began.status_code == 422
    client.post(
        cast.url("criteria_start") + f"?tu={shared.pk}", {"title": "Bảng mới", "base": str(shared.pk)}
    )
    table = CriteriaTable.objects.get(year=cast.year)
    assert (len(tree_of(table).rows), table.state) == (7, "draft")
    assert away.cluster.name in table.source


def test_in_the_wrong_step_nothing_is_written(cast: Any) -> None:
    draft(cast)
    cast.go(PhaseKind.DELIBERATE)
    client = cast.client(cast.an)
    assert client.get(cast.url("criteria")).status_code == 200
    answer = client.post(cast.url("criteria_arrange"), {"do": f"up-{row('II.2').pk}"})
    assert answer.status_code == 403
    assert "Việc này mở ở bước" in answer.content.decode()


# -- writing without a script ------------------------------------------------------------------------
def test_a_table_is_written_from_nothing_and_put_into_force(cast: Any) -> None:
    client, edit = cast.client(cast.an), cast.url("criteria_edit")
    assert client.get(edit).status_code == 302
    begun = {"title": "Bảng 10 điểm", "base": "trong", "submit_key": "a" * 24}
    for _twice in range(2):
        assert client.post(cast.url("criteria_start"), begun).headers["Location"] == edit
    assert CriteriaTable.objects.count() == 1
    page = client.get(edit).content.decode()
    assert 'value="I"' in page  # an empty table asks for its first line
    answer = client.post(
        edit, {"code": "I", "title": "Chuyên môn", "rule": "section", "maximum": "10"}, follow=True
    )
    assert 'value="I.1"' in answer.content.decode()  # the next line is ready
    section = row("I")
    client.post(
        edit, {"code": "I.1", "title": "Một", "rule": "direct", "maximum": "6,5", "parent": section.pk}
    )
    client.post(
        edit, {"code": "I.2", "title": "Hai", "rule": "levels", "maximum": "5", "after": row("I.1").pk}
    )
    assert "Mục I ghi 10 điểm, các tiêu chí con cộng lại 11,5: thừa 1,5." in client.get(edit).content.decode()
    page = client.get(cast.url("criteria_apply")).content.decode()
    assert "Tiêu chí I.2: chưa có mức nào để chọn." in page
    assert "Tổng điểm không khớp" in page
    levels = {
        "choices-TOTAL_FORMS": "3", "choices-INITIAL_FORMS": "0", "choices-MAX_NUM_FORMS": "30",
        "choices-0-label": "Tốt", "choices-0-points": "3,5", "choices-1-label": "Khá", "choices-1-points": "2",
    }  # fmt: skip
    saved = client.post(
        cast.url("criteria_row", pk=row("I.2").pk), form_of(row("I.2"), maximum="3,5", **levels)
    )
    assert saved.status_code == 302
    assert row("I.2").params["choices"][1] == {"key": "m2", "label": "Khá", "points": "2", "zeroes": ""}
    edition = CriteriaTable.objects.get().edition
    done = client.post(cast.url("criteria_apply"), {"edition": edition}, follow=True)
    assert "Đã áp dụng bảng tiêu chí, bản 1." in done.content.decode()
    assert CriteriaTable.objects.get().state == TableState.APPLIED


def form_of(one: Criterion, **change: str) -> dict[str, str]:
    """What a browser posts for a criterion, with some fields changed."""
    held = {
        "code": one.code, "title": one.title, "rule": one.rule, "part": one.part,
        "maximum": str(one.maximum).replace(".", ","), "parent": str(one.parent_id or ""), "better": one.better,
        "unit": one.unit, "evidence": one.evidence, "scored_by": one.scored_by, "mark": seen(one), "measured": "ratio",
        "each": str(one.params.get("each", "")).replace(".", ","),
    }  # fmt: skip
    return held | change


def test_rows_are_arranged_by_buttons(cast: Any) -> None:
    table = draft(cast)
    client = cast.client(cast.binh)
    pk = row("II.3").pk
    for action in ("up", "copy"):
        answer = client.post(cast.url("criteria_arrange"), {"do": f"{action}-{pk}"})
        assert answer.status_code == 302
    assert [one.code for one in tree_of(table).below(row("II").pk)] == ["II.1", "II.3", "II.4", "II.2"]
    refused = client.post(cast.url("criteria_arrange"), {"do": f"in-{row('II.4').pk}"}, follow=True)
    assert "không chứa được tiêu chí khác" in refused.content.decode()
    gone = client.post(cast.url("criteria_arrange"), {"do": "up-999999"}, follow=True)
    assert "vừa bị người khác xóa" in gone.content.decode()
    assert client.post(cast.url("criteria_arrange"), {"do": "burn-1"}).status_code == 400
    remove = cast.url("criteria_remove", pk=row("II.4").pk)
    assert client.post(remove, {"edition": "1"}).status_code == 409
    client.post(remove, {"edition": str(CriteriaTable.objects.get().edition)})
    assert not Criterion.objects.filter(code="II.4").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": "II.2"}, "cùng số mục"),
        ({"maximum": "nhiều"}, "nhiều"),
        ({"each": "-1"}, "âm"),
        ({"parent": "999999"}, "Hãy chọn"),
        ({"scored_by": "outside"}, "Chọn cơ quan ngoài cụm"),
        ({"rule": "dice"}, "dice"),
    ],
)
def test_a_refused_criterion_keeps_the_typing(cast: Any, change: dict[str, str], sentence: str) -> None:
    draft(cast)
    one = row("II.1")
    answer = cast.client(cast.an).post(
        cast.url("criteria_row", pk=one.pk), form_of(one, title="Đang gõ dở", **change)
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Đang gõ dở" in page
    assert sentence in page or "is-invalid" in page
    assert row("II.1").title == one.title


def test_the_form_shows_what_the_rule_needs_and_an_example(cast: Any) -> None:
    draft(cast)
    client, one = cast.client(cast.an), row("II.1")
    url = cast.url("criteria_row", pk=one.pk)
    page = client.get(url).content.decode()
    assert 'name="each"' in page
    assert 'name="base_share"' not in page
    assert "22 lượt × 0,5 = 11, tối đa 10 → 10" in page
    page = client.post(url, form_of(one, rule="relative", show_rule="1")).content.decode()
    assert 'name="base_share"' in page
    assert 'name="each"' not in page
    page = client.post(url, form_of(one, each="2", example="1")).content.decode()
    assert "3 lượt × 2 = 6" in page
    assert row("II.1").params == {"each": "0.5"}
    more = form_of(one, rule="bands", add_row="steps", **{
        "steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-MAX_NUM_FORMS": "30", "steps-0-edge": "90",
    })  # fmt: skip
    page = client.post(url, more).content.decode()
    assert 'name="steps-1-edge"' in page
    assert 'value="90"' in page


def test_two_people_on_one_criterion_see_both_values(cast: Any) -> None:
    draft(cast)
    one = row("II.1")
    url, mine = cast.url("criteria_row", pk=one.pk), form_of(one, maximum="12")
    cast.client(cast.binh).post(url, form_of(one, maximum="15"))
    answer = cast.client(cast.an).post(url, mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in page for words in ("Người khác vừa lưu tiêu chí này", ">12<", ">15<"))
    assert row("II.1").maximum == Decimal(15)
    cast.client(cast.an).post(url, mine | {"mark": seen(row("II.1"))})
    assert row("II.1").maximum == Decimal(12)


def settings_post(**change: str) -> dict[str, str]:
    return {
        "bonus": "inside", "bonus_cap": "10", "penalty_cap": "", "best_tie": "split", "nobody_exceeded": "full",
        "target_zero": "full", "unassigned": "reduce", "not_arisen": "zero", "lateness_by": "posted",
        "reason_from": "0,5", "disqualifiers": "Lãnh đạo bị kỷ luật\n\nBáo cáo sai", "frequent_reasons": "",
        "levels-TOTAL_FORMS": "2", "levels-INITIAL_FORMS": "2", "levels-MAX_NUM_FORMS": "30",
        "levels-0-label": "Tự chấm", "levels-0-who": "self", "levels-0-counts": "1", "levels-0-stored": "self",
        "levels-0-combine": "last", "levels-0-blind": "0",
        "levels-1-label": "Hội đồng", "levels-1-who": "officer", "levels-1-counts": "1", "levels-1-stored": "",
        "levels-1-combine": "last", "levels-1-blind": "1",
        "conditions-TOTAL_FORMS": "1", "conditions-INITIAL_FORMS": "0", "conditions-MAX_NUM_FORMS": "30",
        "conditions-0-grade": "Xuất sắc", "conditions-0-kind": "each_line", "conditions-0-share": "85",
    } | change  # fmt: skip


def test_settings_are_plain_choices(cast: Any) -> None:
    from scoring.domain.tables import mark_of

    table = draft(cast)
    client, url = cast.client(cast.an), cast.url("criteria_settings")
    mark = mark_of(table.settings)
    assert client.post(url, settings_post(mark=mark)).status_code == 302
    table.refresh_from_db()
    assert table.settings["bonus"] == "inside"
    assert [level["key"] for level in table.settings["levels"]] == ["self", "cap1"]
    assert table.settings["disqualifiers"] == ["Lãnh đạo bị kỷ luật", "Báo cáo sai"]
    assert table.settings["conditions"] == [
        {"grade": "Xuất sắc", "kind": "each_line", "code": "", "share": 85, "count": 0}
    ]
    stale = client.post(url, settings_post(mark=mark, bonus="outside"))
    assert stale.status_code == 409
    assert "Cộng thêm ngoài điểm chuẩn" in stale.content.decode()
    wrong = client.post(url, settings_post(mark=mark_of(table.settings), **{"levels-0-who": "cross"}))
    assert wrong.status_code == 422
    assert "Cấp đầu tiên là đơn vị tự chấm" in wrong.content.decode()


# -- the next version, comparing, trying -----------------------------------------------------------------
def test_a_later_change_is_a_new_version_with_its_reason(cast: Any) -> None:
    first = make_table(cast.year)
    make_sheet(first, cast.member, {"II.3": {"points": "15"}}, state="sent")
    client = cast.client(cast.an)
    began = {"title": first.title, "base": str(first.pk), "reason": ""}
    assert client.post(cast.url("criteria_start"), began).status_code == 422
    client.post(cast.url("criteria_start"), began | {"reason": "Theo góp ý"})
    one = row("II.3")
    client.post(cast.url("criteria_row", pk=one.pk), form_of(one, code="II.9", step="0,5"))
    assert row("II.9").former_code == "II.3"
    page = client.get(cast.url("criteria_compare")).content.decode()
    assert "II.9" in page
    page = client.get(cast.url("criteria_apply")).content.decode()
    assert "1 bảng chấm điểm chuyển sang bản mới" in page
    edition = CriteriaTable.objects.get(state="draft").edition
    assert client.post(cast.url("criteria_apply"), {"edition": "1"}).status_code == 409
    done = client.post(cast.url("criteria_apply"), {"edition": edition}, follow=True).content.decode()
    assert "Chuyển 1 bảng chấm điểm, 1 lượt điểm" in done
    assert ScoreEntry.objects.filter(source="carried", line__criterion__code="II.9").count() == 1
    assert "Bản 1" in done


def test_a_draft_is_tried_on_sheets_and_nothing_is_written(cast: Any) -> None:
    first = make_table(cast.year)
    for agency, points, reports in ((cast.member, "20", "4"), (cast.other, "15", "0")):
        make_sheet(first, agency, {"II.3": {"points": points}, "II.2": {"count": reports}}, state="sent")
    client = cast.client(cast.an)
    client.post(cast.url("criteria_start"), {"title": "Thử", "base": str(first.pk), "reason": "Thử"})
    one = row("II.2")
    client.post(cast.url("criteria_row", pk=one.pk), form_of(one, maximum="40", each="4"))
    entries = ScoreEntry.objects.count()
    page = client.get(cast.url("criteria_simulate")).content.decode()
    assert "mô phỏng" in page.lower()
    assert "2</b> trong" in page  # member 26 : other 25, then 44 : 55
    assert all(f">{points}<" in page for points in ("26", "25", "44", "55"))
    assert ScoreEntry.objects.count() == entries
    assert client.get(cast.url("criteria_simulate") + "?nam=1999").status_code == 404


# -- size ----------------------------------------------------------------------------------------------
def big_rows() -> list[Any]:
    """Four levels, 170 leaves, 1.000 points."""
    rows: list[Any] = []
    for a in range(1, 6):
        rows.append(
            (f"{a}", f"Phần {a}: thực hiện nhiệm vụ chính trị, chuyên môn được giao", "section", "200")
        )
        for b in range(1, 3):
            rows.append((f"{a}.{b}", "Nhóm nhiệm vụ trọng tâm của đơn vị trong năm", "section", "100"))
            for c in range(1, 3):
                rows.append((f"{a}.{b}.{c}", "Công tác tham mưu, tổ chức thực hiện", "section", "0"))
                for d in range(1, 10 if (a + b + c) % 2 else 9):
                    title = f"Tiêu chí số {d}: hoàn thành đúng hạn, đúng chất lượng các nhiệm vụ được giao"
                    rows.append((f"{a}.{b}.{c}.{d}", title, "direct", "5.5"))
    return rows


def test_a_table_of_170_leaves_stays_light_and_costs_as_little_as_a_small_one(
    cast: Any, django_assert_num_queries: Any
) -> None:
    draft(cast, big_rows())
    assert Criterion.objects.filter(rule="direct").count() == 170
    client = cast.client(cast.an)
    client.get(cast.url("criteria"))
    for name, queries in (("criteria", 7), ("criteria_edit", 7)):
        with django_assert_num_queries(queries):
            page = client.get(cast.url(name)).content
        assert len(gzip.compress(page)) < 100_000, name
    before = CriteriaTable.objects.get().edition
    with django_assert_num_queries(20):
        client.post(cast.url("criteria_arrange"), {"do": f"up-{row('3.1.1.5').pk}"})
    assert CriteriaTable.objects.get().edition == before + 1


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_with_one_row_and_with_three(
    cast: Any, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        year = ClusterYearFactory(cluster=cast.cluster, label=str(2010 + number))
        make_table(year, [("I", "Một", "direct", "10")])
        make_sheet(CriteriaTable.objects.get(year=year), cast.member, {"I": {"points": "5"}}, state="sent")
    draft(cast, [(f"{n}", "Một", "direct", "10") for n in range(1, count + 1)])
    client = cast.client(cast.an)
    client.get(cast.url("criteria"))
    for name, queries in (("criteria_library", 7), ("criteria", 7), ("criteria_edit", 7), ("criteria_compare", 8),
                          ("criteria_simulate", 16), ("criteria_start", 5), ("criteria_apply", 11)):  # fmt: skip
        with django_assert_num_queries(queries):
            client.get(cast.url(name))
