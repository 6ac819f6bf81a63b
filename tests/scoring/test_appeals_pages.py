"""The pages of appeals, adjustments and notices: they work by plain POST, and tell nobody more than they may know."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.models import StagedUpload
from members.enums import PhaseKind
from scoring.domain import adjustments, appeal_decide
from scoring.domain.appeal_decide import Decision
from scoring.enums import NoticeKind
from scoring.models import Adjustment, Appeal, AppealFile, AppealReply, ScoreNotice, YearScoring
from scoring.notices import tell
from scoring.render.appeal_paper import appeal_docx
from scoring.tasks import score_tasks
from tests.factories import PersonFactory, UserFactory
from tests.scoring.appeals_cast import line_of, make_appeal, released
from tests.scoring.test_adjustments import bonus
from tests.support.uploads import PDF

pytestmark = pytest.mark.django_db


def body(answer: Any) -> str:
    """The words of a page, in one line."""
    return re.sub(r"\s+", " ", answer.content.decode())


def download(answer: Any) -> bytes:
    """The bytes of a file, which is closed again."""
    content = b"".join(answer.streaming_content)
    for close in answer._resource_closers:
        close()
    return content


@pytest.fixture
def scored(cast: Any) -> Any:
    released(cast)
    return cast


@pytest.fixture
def stranger(scored: Any) -> Any:
    """Staff of a member that no appeal concerns."""
    user = UserFactory()
    PersonFactory(user=user, agency=scored.other, function="clerk")
    return user


# -- filing ----------------------------------------------------------------------------------------
def test_filed_from_a_line_with_files_once(scored: Any) -> None:
    client, line = scored.client(scored.chi), line_of(scored.member)
    page = body(client.get(scored.url("appeal_list")))
    assert scored.url("appeal_add", line=line.pk) in page
    assert page.index("II.1 Nhân điển hình") < page.index("I.1 Hoàn thành")  # what was changed first
    url = scored.url("appeal_add", line=line.pk)
    key = re.search(r'name="submit_key" value="([^"]+)"', client.get(url).content.decode())
    assert key is not None
    data = {"words": "", "wanted": "17,5", "submit_key": key[1]}
    wrong = client.post(url, {**data, "attached": SimpleUploadedFile("giay-khen.pdf", PDF)})
    assert wrong.status_code == 422
    assert "giay-khen.pdf" in body(wrong)
    assert 'value="17,5"' in body(wrong)
    held = StagedUpload.objects.get().token
    data |= {"words": "Đã có giấy khen.", "held_file": held}
    done = client.post(url, data)
    row = Appeal.objects.get()
    assert done.url == client.post(url, data).url == scored.url("appeal_detail", pk=row.pk)
    kept = AppealFile.objects.get()
    assert (kept.name, kept.agency, row.wanted) == ("giay-khen.pdf", scored.member, Decimal("17.5"))
    assert not StagedUpload.objects.exists()
    assert client.get(url).url == done.url  # a second one is not offered
    file_url = scored.url("appeal_file", pk=kept.pk)
    assert download(scored.client(scored.binh).get(file_url)) == PDF


def test_a_forged_file_is_refused_and_nothing_written(scored: Any) -> None:
    url = scored.url("appeal_add", line=line_of(scored.member).pk)
    forged = SimpleUploadedFile("a.pdf", b"MZ not a pdf")
    answer = scored.client(scored.chi).post(url, {"words": "Sai điểm", "attached": forged})
    assert answer.status_code == 422
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("an", 403), ("binh", 403), ("officer", 403), ("dung", 404)])
def test_nobody_files_for_another(scored: Any, who: str, status: int) -> None:
    url = scored.url("appeal_add", line=line_of(scored.member).pk)
    client = scored.client(getattr(scored, who))
    assert client.get(url).status_code == client.post(url, {"words": "Sai"}).status_code == status


def test_a_closed_window_or_step_is_said_with_403(scored: Any) -> None:
    url, client = scored.url("appeal_add", line=line_of(scored.member).pk), scored.client(scored.chi)
    YearScoring.objects.update(appeals_until="2020-12-28")
    for answer in (client.get(url), client.post(url, {"words": "Sai"})):
        assert answer.status_code == 403
        assert "hết lúc 24:00 ngày 28/12/2020" in body(answer)
    assert "hết lúc 24:00 ngày 28/12/2020" in body(client.get(scored.url("appeal_list")))
    scored.go(PhaseKind.PUBLISH)
    assert client.post(url, {"words": "Sai"}).status_code == 403
    assert client.get(scored.url("appeal_add", line=10**9)).status_code == 404
    assert not Appeal.objects.exists()


# -- who sees what ---------------------------------------------------------------------------------
def test_only_the_decider_sees_what_it_would_do(scored: Any) -> None:
    row = make_appeal(scored, scored.member)
    url = scored.url("appeal_detail", pk=row.pk)
    shown = body(scored.client(scored.binh).get(url))
    assert "91 → 92" in shown
    assert "3 → 1" in shown
    for who in (scored.chi, scored.an, scored.officer, scored.observer):
        page = body(scored.client(who).get(url))
        assert "91 → 92" not in page
        assert "3 → 1" not in page
        assert "Giải quyết và ra thông báo" not in page


def test_strangers_get_404_and_lists_hold_their_tongue(scored: Any, stranger: Any) -> None:
    row = make_appeal(scored, scored.member)
    appeal_decide.decide(scored.scope(scored.binh), row.pk, Decision("accepted", "Đúng."), appeal_docx)
    client = scored.client(stranger)
    for name in ("appeal_detail", "appeal_paper"):
        assert client.get(scored.url(name, pk=row.pk)).status_code == 404
        assert client.get(scored.url(name, pk=10**20)).status_code == 404
    for name in ("appeal_decide", "appeal_reply", "appeal_withdraw"):
        assert client.post(scored.url(name, pk=row.pk), {"version": "1"}).status_code in (403, 404)
    assert "Nhân điển hình" not in body(client.get(scored.url("appeal_list")))


def test_after_the_decision_the_filer_reads_figures_without_ranks(scored: Any) -> None:
    row = make_appeal(scored, scored.member)
    appeal_decide.decide(scored.scope(scored.binh), row.pk, Decision("accepted", "Đúng."), appeal_docx)
    url = scored.url("appeal_detail", pk=row.pk)
    own, leads = body(scored.client(scored.chi).get(url)), body(scored.client(scored.an).get(url))
    assert "91 → 92" in own
    assert "3 → 1" not in own
    assert "3 → 1" in leads
    scored.go(PhaseKind.PUBLISH)
    assert "3 → 1" in body(scored.client(scored.chi).get(url))
    paper = scored.client(scored.chi).get(scored.url("appeal_paper", pk=row.pk))
    assert paper.status_code == 200
    assert "thong-bao-ket-qua-kien-nghi-01-2020.docx" in paper["Content-Disposition"]
    assert download(paper)[:2] == b"PK"


# -- deciding --------------------------------------------------------------------------------------
def test_tried_then_decided_by_plain_posts(scored: Any) -> None:
    row = make_appeal(scored, scored.member)
    client, url = scored.client(scored.binh), scored.url("appeal_decide", pk=row.pk)
    tried = client.post(url, {"version": "1", "outcome": "partly", "points": "16,5", "compute": "1"})
    assert tried.status_code == 200
    assert "91 → 91,5" in body(tried)
    assert "Ghi kết luận và lý do" not in body(tried)
    wrong = client.post(url, {"version": "1", "outcome": "partly", "points": "16,3", "words": "Một phần"})
    assert wrong.status_code == 422
    assert "16,3" in body(wrong)
    row.refresh_from_db()
    assert row.state == "filed"
    good = {"version": "1", "outcome": "partly", "points": "16,5", "words": "Một phần"}
    done = client.post(url, good, follow=True)
    assert "thông báo số 1" in body(done)
    assert "01/TB-KN" in body(done)
    late = client.post(url, good)
    assert late.status_code == 409
    assert "Việc của bạn chưa được ghi" in body(late)
    assert scored.client(scored.an).post(url, good).status_code in (403, 409)


def test_the_figures_giver_is_refused_with_the_rule(scored: Any) -> None:
    row = make_appeal(scored, scored.member)
    answer = scored.client(scored.an).post(
        scored.url("appeal_decide", pk=row.pk), {"version": "1", "outcome": "accepted", "words": "Đúng"}
    )
    assert answer.status_code == 403
    assert "không phải bên đã cho điểm" in body(answer)


def test_both_sides_talk_and_lay_files(scored: Any) -> None:
    row = make_appeal(scored, scored.member)
    url = scored.url("appeal_reply", pk=row.pk)
    answer = scored.client(scored.an).post(
        url, {"words": "Cần bản gốc.", "attached": SimpleUploadedFile("cham.pdf", PDF)}
    )
    assert answer.status_code == 302
    assert scored.client(scored.chi).post(url, {"words": "Đã gửi kèm."}).status_code == 302
    assert list(AppealReply.objects.values_list("agency", flat=True)) == [scored.chair.pk, scored.member.pk]
    page = body(scored.client(scored.lan).get(scored.url("appeal_detail", pk=row.pk)))
    assert all(part in page for part in ("Cần bản gốc.", "Đã gửi kèm.", "cham.pdf"))
    assert [one.kind for one in ScoreNotice.objects.all()] == ["appeal"]
    assert scored.client(scored.chi).post(url, {"words": ""}).status_code == 422
    assert scored.client(scored.observer).post(url, {"words": "Tôi xem"}).status_code == 403
    gone = scored.client(scored.chi).post(
        scored.url("appeal_withdraw", pk=row.pk), {"version": "1"}, follow=True
    )
    assert "Đã rút kiến nghị." in body(gone)
    assert scored.client(scored.an).post(url, {"words": "Muộn"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_a_constant_number_of_queries(
    scored: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for code in ("II.1", "II.2", "I.1")[:rows]:
        make_appeal(scored, scored.member, code)
    for number in range(rows):
        adjustments.propose(
            scored.scope(scored.chi), bonus(scored.member, award="", paper_number=str(number))
        )
    tell(scored.year, [scored.member.pk] * rows, NoticeKind.RELEASED, "Điểm đã công bố")
    client = scored.client(scored.chi)
    for name in ("appeal_list", "adjustment_list", "score_notices"):
        client.get(scored.url(name))
    with django_assert_num_queries(15):
        client.get(scored.url("appeal_list"))
    with django_assert_num_queries(6):
        client.get(scored.url("adjustment_list"))
    with django_assert_num_queries(6):
        client.get(scored.url("score_notices"))


# -- adjustments -----------------------------------------------------------------------------------
def test_proposed_with_the_arithmetic_and_approved(cast: Any) -> None:
    released(cast, settings={"bonus_cap": "3", "disqualifiers": ["Lãnh đạo bị kỷ luật"]})
    client, url = cast.client(cast.binh), cast.url("adjustment_add")
    assert "Lãnh đạo bị kỷ luật" in body(client.get(url))
    data = {
        "agency": str(cast.member.pk), "kind": "bonus", "points": "5", "ground": "Được khen", "award": "Bằng khen",
        "award_level": "cấp tỉnh", "award_year": "2020", "paper_number": "12/QĐ-UBND", "paper_date": "1/12/2020",
    }  # fmt: skip
    tried = client.post(url, {**data, "compute": "1", "ground": ""})
    assert tried.status_code == 200
    assert "Đã cộng 0, trần 3, còn 3: khoản này tính 3" in body(tried)
    assert client.post(url, {**data, "award_level": ""}).status_code == 422
    assert client.post(url, data).status_code == 302
    row = Adjustment.objects.get()
    assert (row.award, row.proposer) == ("Bằng khen; cấp tỉnh; năm 2020", cast.deputy)
    again = client.post(url, data)
    assert again.status_code == 422
    assert "Đã kiểm tra" in body(again)
    detail, step = cast.url("adjustment_detail", pk=row.pk), cast.url("adjustment_step", pk=row.pk)
    assert "khoản này tính 3" in body(cast.client(cast.an).get(detail))
    assert cast.client(cast.chi).get(detail).status_code == 404
    assert cast.client(cast.an).post(step, {"version": "1", "action": "refuse"}).status_code == 422
    assert cast.client(cast.binh).post(step, {"version": "1", "action": "approve"}).status_code == 403
    assert cast.client(cast.an).post(step, {"version": "1", "action": "approve"}).status_code == 302
    assert cast.client(cast.an).post(step, {"version": "1", "action": "approve"}).status_code == 409
    assert cast.client(cast.an).post(step, {"version": "1", "action": "x"}).status_code == 400
    assert "khoản này tính 3" in body(cast.client(cast.chi).get(detail))
    opposite = body(cast.client(cast.an).get(f"{url}?thu_hoi={row.pk}"))
    assert "Thu hồi khoản đã duyệt" in opposite
    assert client.get(f"{url}?thu_hoi=999999").status_code == 404


def test_the_proof_is_for_the_sides_and_the_deciders(cast: Any) -> None:
    released(cast)
    chosen = SimpleUploadedFile("bang-khen.pdf", PDF)
    assert cast.client(cast.chi).post(
        cast.url("library"), {"files": chosen, "owner": str(cast.member.pk), "note": ""}
    ).status_code == 302  # fmt: skip
    kept = cast.year.evidence.get()
    row = adjustments.propose(cast.scope(cast.chi), bonus(cast.member, paper_number="", evidence_id=kept.pk))
    url = cast.url("adjustment_file", pk=row.pk)
    for who in (cast.an, cast.chi, cast.observer):
        assert download(cast.client(who).get(url)) == PDF
    adjustments.approve(cast.scope(cast.an), row.pk)
    cast.go(PhaseKind.PUBLISH)
    user = UserFactory()
    PersonFactory(user=user, agency=cast.other, function="clerk")
    assert cast.client(user).get(cast.url("adjustment_detail", pk=row.pk)).status_code == 200
    assert cast.client(user).get(url).status_code == 403


# -- notices and tasks -----------------------------------------------------------------------------
def test_notices_are_tasks_until_somebody_says_seen(scored: Any) -> None:
    tell(
        scored.year,
        [scored.member.pk, scored.member.pk, scored.chair.pk],
        NoticeKind.RETURNED,
        "Dòng II.1\nthiếu",
    )
    assert ScoreNotice.objects.count() == 2
    scope = scored.scope(scored.chi)
    assert [task.detail for task in score_tasks(scope)] == ["Dòng II.1 thiếu"]
    client, newest = scored.client(scored.chi), ScoreNotice.objects.get(agency=scored.member).pk
    assert "Chưa xem" in body(client.get(scored.url("score_notices")))
    assert [task.detail for task in score_tasks(scope)] == ["Dòng II.1 thiếu"]  # looking writes nothing
    assert client.post(scored.url("score_notices_seen"), {"newest": str(10**12)}).status_code == 302
    assert score_tasks(scope) == []
    assert ScoreNotice.objects.get(agency=scored.chair).seen_at is None
    tell(scored.year, [scored.member.pk], NoticeKind.RELEASED, "x" * 600)
    client.post(scored.url("score_notices_seen"), {"newest": str(newest)})
    assert len(score_tasks(scope)) == 1
    assert client.post(scored.url("score_notices_seen"), {"newest": "-1"}).status_code == 400
    with pytest.raises(ValueError, match="returned"):
        tell(scored.year, [scored.member.pk], NoticeKind.RETURNED, " ")


def test_what_waits_is_a_task_of_who_decides_it(scored: Any) -> None:
    make_appeal(scored, scored.member)
    adjustments.propose(scored.scope(scored.chi), bonus(scored.member))

    def titles(user: Any) -> list[str]:
        return [task.title for task in score_tasks(scored.scope(user))]

    assert titles(scored.binh) == ["Giải quyết 1 kiến nghị về điểm"]
    assert titles(scored.an) == ["Quyết định 1 đề xuất điều chỉnh điểm"]
    assert titles(scored.officer) == titles(scored.observer) == titles(scored.chi) == []


def test_sums_of_caps_tell_a_member_no_verified_figure_before_the_release(cast: Any) -> None:
    table = released(cast)
    table.criteria.filter(code__in=["II", "II.1"]).update(part="bonus")
    url, client = cast.url("adjustment_add"), cast.client(cast.chi)
    data = {"agency": str(cast.member.pk), "kind": "bonus", "points": "5", "compute": "1"}
    assert "Đã cộng 16, không có trần" in body(client.post(url, data))
    YearScoring.objects.update(released_at=None)
    assert "Đã cộng 18, không có trần" in body(client.post(url, data))  # what it gave itself
    assert "Đã cộng 16, không có trần" in body(cast.client(cast.an).post(url, data))
