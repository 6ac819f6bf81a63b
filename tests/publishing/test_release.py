"""Publishing: blockers, the typed word, what is frozen, corrections, the audit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.errors import DomainError, Problem, Refused
from core.models import AuditEvent
from members import guards, scope
from members.enums import Basis, PhaseKind, Role
from members.models import Charter, Membership
from publishing.domain import release
from publishing.domain.changes import changes
from publishing.domain.conditions import blockers, conditions
from publishing.models import AnnualSummary, YearText
from tests.factories import (
    ActivityFactory,
    PersonFactory,
    RankingEntryFactory,
    RankingFactory,
    RoleTermFactory,
    open_phase,
)


def scope_of(story: Any, user: Any = None) -> Any:
    return scope.load(user or story.chair_clerk, story.slug, "2020")


def publish(story: Any, reason: str = "", **changed: str) -> AnnualSummary:
    sent = {
        "expected_sha256": release.draft(story.year).sha256,
        "word": "CÔNG BỐ",
        "reason": reason,
    } | changed
    return release.publish(scope_of(story), **sent)


def refusal(story: Any, **kwargs: str) -> Problem:
    """The one problem a publication meets; nothing may be written."""
    before = AnnualSummary.objects.count(), AuditEvent.objects.count()
    with pytest.raises(DomainError) as caught:
        publish(story, **kwargs)
    assert (AnnualSummary.objects.count(), AuditEvent.objects.count()) == before
    (problem,) = caught.value.problems
    return problem


# -- the first version ---------------------------------------------------------------------------
def test_the_first_version_is_frozen_with_its_hash(story: Any) -> None:
    built = release.draft(story.year)
    version = publish(story)
    assert (version.number, version.reason, version.schema) == (1, "", 1)
    assert version.content.encode() == built.content
    assert version.sha256 == built.sha256
    assert version.published_by == story.agencies["ngan-hang"]
    assert version.actor_id == story.chair_clerk.pk


def test_the_audit_tells_of_it_and_holds(story: Any) -> None:
    version = publish(story)
    event = AuditEvent.objects.get(action="summary_publish")
    assert (event.chain, event.target_id) == (f"cluster:{story.year.cluster_id}", str(version.pk))
    assert version.sha256 in event.after
    assert event.role == f"chair/clerk/agency:{story.agencies['ngan-hang'].pk}"
    call_command("verify_audit", verbosity=0)


def test_a_later_edit_of_a_table_changes_no_version(story: Any) -> None:
    version = publish(story)
    frozen = version.content
    story.masks.delete()
    story.conference.delete()
    version.refresh_from_db()
    assert version.content == frozen


@pytest.mark.parametrize("change", [{"content": "{}"}, {"reason": "khác"}, {"number": 7}])
def test_the_database_refuses_to_change_a_version(story: Any, change: dict[str, Any]) -> None:
    version = publish(story)
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnualSummary.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnualSummary.objects.filter(pk=version.pk).delete()


# -- the word ------------------------------------------------------------------------------------
@pytest.mark.parametrize("word", ["", "công bố", "CONG BO", "CÔNG BỐ!", "CÔNG  BỐ X", "OK"])
def test_another_word_publishes_nothing(story: Any, word: str) -> None:
    assert refusal(story, word=word) == Problem(
        "Gõ đúng hai chữ CÔNG BỐ (chữ hoa, có dấu) để xác nhận.", "word"
    )


@pytest.mark.parametrize("word", ["CÔNG BỐ", "  CÔNG   BỐ ", "CO\u0302NG BO\u0302\u0301"])
def test_the_word_may_be_typed_with_marks_apart_and_spare_spaces(story: Any, word: str) -> None:
    assert publish(story, word=word).number == 1


# -- blockers ------------------------------------------------------------------------------------
def no_members(story: Any) -> None:
    Membership.objects.filter(year=story.year).delete()
    for entry in story.ranking.entries.all():
        entry.delete()
    story.ranking.delete()


def later(story: Any) -> None:
    story.conference.held_on = date(2199, 1, 5)
    story.conference.save()


def unranked(story: Any) -> None:
    RankingFactory(year=story.year, revision=2)


def stranger_ranked(story: Any) -> None:
    RankingEntryFactory(ranking=story.ranking, rank=4)


BLOCKERS: dict[str, tuple[Any, str, str]] = {
    "an activity waits": (
        lambda story: ActivityFactory(year=story.year, agency=story.agencies["thue"], submitted=True),
        "Còn 1 hoạt động đã gửi mà chưa được xác nhận hoặc trả lại.", "activity_list?trang_thai=submitted",
    ),
    "no ranking": (
        lambda story: story.ranking.delete(), "Chưa ghi kết quả xếp hạng.", "ranking_edit"
    ),
    "a ranking without ranks": (unranked, "Bảng xếp hạng chưa ghi hạng cho đơn vị nào.", "ranking_edit"),
    "a ranked stranger": (
        stranger_ranked, "Bảng xếp hạng có đơn vị không phải thành viên của năm.", "ranking_edit"
    ),
    "the conference is still to come": (
        later, "Hội nghị tổng kết ghi ngày 05/01/2199, chưa diễn ra.", "conference_edit"
    ),
    "nobody elected": (
        lambda story: story.conference.elected.all().delete(),
        "Chưa ghi kết quả bầu Cụm trưởng, Cụm phó của năm sau.", "conference_edit",
    ),
    "no direction": (
        lambda story: YearText.objects.filter(year=story.year, kind="direction").delete(),
        "Chưa viết phương hướng năm sau.", "year_texts",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BLOCKERS)
def test_each_blocker_says_what_is_missing_and_writes_nothing(story: Any, case: str) -> None:
    break_it, sentence, link = BLOCKERS[case]
    break_it(story)
    assert blockers(story.year) == [Problem(sentence, link=link)]
    assert refusal(story) == Problem(sentence, link=link)


def test_no_conference_means_no_election_either(story: Any) -> None:
    story.conference.delete()
    assert [problem.link for problem in blockers(story.year)] == [
        "conference_edit",
        "conference_edit",
    ]


def test_a_year_without_members_is_never_published(story: Any) -> None:
    no_members(story)
    Charter.objects.filter(year=story.year).update(data={"publish_needs": []})
    assert refusal(story).sentence == "Năm này chưa có đơn vị thành viên nào."


@pytest.mark.parametrize("case", BLOCKERS)
def test_the_charter_decides_which_conditions_an_office_asks_for(story: Any, case: str) -> None:
    BLOCKERS[case][0](story)
    Charter.objects.filter(year=story.year).update(data={"publish_needs": []})
    assert blockers(story.year) == []
    assert publish(story).number == 1


def test_a_chair_appointed_by_decision_meets_the_condition(story: Any) -> None:
    story.conference.elected.all().delete()
    RoleTermFactory(
        cluster=story.year.cluster, agency=story.agencies["thue"], role=Role.CHAIR, starts_on=date(2021, 2, 1),
        basis=Basis.APPOINTED,
    )  # fmt: skip
    assert blockers(story.year) == []


def test_remarks_are_said_but_do_not_block(story: Any) -> None:
    ActivityFactory(year=story.year, agency=story.agencies["thue"])
    said = [line.sentence for line in conditions(story.year) if line.remark]
    assert said == [
        "1 hoạt động còn là nháp hoặc bị trả lại sẽ không có trong bản công bố.",
        "5 khoản chưa rõ đã gồm trong tổng số hay chưa: bản công bố nói rõ như vậy và không cộng thêm.",
    ]
    assert blockers(story.year) == []


def test_conditions_cost_the_same_for_any_number_of_rows(story: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(8):
        conditions(story.year)
    for _ in range(3):
        ActivityFactory(year=story.year, agency=story.agencies["thue"], submitted=True)
    with django_assert_num_queries(8):
        conditions(story.year)


# -- what was previewed is what is published -----------------------------------------------------
def test_what_changed_since_the_preview_is_not_published(story: Any) -> None:
    seen = release.draft(story.year).sha256
    story.masks.quantity = 22_000
    story.masks.save()
    problem = refusal(story, expected_sha256=seen)
    assert problem.field == "expected"
    assert problem.sentence.startswith("Số liệu đã thay đổi sau khi bạn xem trước, nên chưa công bố gì.")


# -- corrections ---------------------------------------------------------------------------------
def test_a_correction_takes_the_next_number_with_its_reason(story: Any) -> None:
    first = publish(story)
    story.masks.quantity = 22_000
    story.masks.save()
    second = publish(story, reason="Sửa số khẩu trang theo biên bản bàn giao.")
    assert (second.number, second.reason) == (2, "Sửa số khẩu trang theo biên bản bàn giao.")
    assert release.in_force(story.year) == second
    assert first.sha256 != second.sha256


@pytest.mark.parametrize("reason", ["", "   ", "\u200b"])
def test_a_correction_without_a_reason_is_refused(story: Any, reason: str) -> None:
    publish(story)
    story.masks.delete()
    assert refusal(story, reason=reason).field == "reason"


def test_an_over_long_reason_is_refused(story: Any) -> None:
    assert refusal(story, reason="x" * 501) == Problem("Lý do dài quá 500 ký tự.", "reason")


def test_the_same_content_is_not_published_twice(story: Any) -> None:
    publish(story)
    problem = refusal(story, reason="Bấm lại.")
    assert problem.sentence.startswith("Nội dung này đã được công bố là bản số 1, lúc ")
    assert problem.sentence.endswith("; không có gì mới để công bố.")


def test_what_differs_is_named_in_words(story: Any) -> None:
    before = release.draft(story.year).data
    story.masks.quantity = 22_000
    story.masks.save()
    YearText.objects.filter(year=story.year, kind="direction").update(text="Giữ vững phong trào.")
    story.ranking.entries.filter(rank=3).update(agency=story.agencies["thue"])
    found = {
        change.where: (change.before, change.after)
        for change in changes(before, release.draft(story.year).data)
    }
    assert found["Đóng góp: Khẩu trang y tế (3), số lượng"] == ("gần 21.000 chiếc", "gần 22.000 chiếc")
    assert found["Nội dung viết, Phương hướng năm sau"][1] == "Giữ vững phong trào."
    assert found["Xếp hạng, đơn vị: Bảo hiểm xã hội tỉnh Lạng Sơn, hạng"] == ("3", "")
    assert changes(before, before) == []


# -- who and when --------------------------------------------------------------------------------
@pytest.mark.parametrize("phase", [kind for kind in PhaseKind.values if kind != PhaseKind.PUBLISH])
def test_only_the_last_step_lets_anybody_publish(story: Any, phase: str) -> None:
    open_phase(story.year, phase)
    with pytest.raises(Refused, match="Việc này mở ở bước: Công bố"):
        publish(story)
    assert not AnnualSummary.objects.exists()


@pytest.mark.parametrize("code", ["quan-ly-thi-truong", "thue"])
def test_only_the_chairs_staff_publishes(story: Any, code: str) -> None:
    clerk = PersonFactory(agency=story.agencies[code]).user
    with pytest.raises(Refused, match="Cụm trưởng"):
        release.publish(scope_of(story, clerk), release.draft(story.year).sha256, "CÔNG BỐ")


def test_a_year_sealed_meanwhile_is_not_published(story: Any) -> None:
    """The scope was loaded before somebody closed the year: the verb looks again under its lock."""
    stale = scope_of(story)
    type(story.year).objects.filter(pk=story.year.pk).update(sealed_at=timezone.now())
    with pytest.raises(Refused, match="đã đóng"):
        release.publish(stale, release.draft(story.year).sha256, "CÔNG BỐ")


def test_the_last_step_closes_only_with_a_version(story: Any) -> None:
    said = [problem.sentence for problem in guards.missing(story.year, PhaseKind.PUBLISH)]
    assert "Chưa công bố bản tổng kết của năm." in said
    publish(story)
    assert "Chưa công bố bản tổng kết của năm." not in [
        problem.sentence for problem in guards.missing(story.year, PhaseKind.PUBLISH)
    ]


# -- freezing by a command -----------------------------------------------------------------------
def test_a_command_freezes_without_rights_or_word(story: Any) -> None:
    at = datetime(2021, 1, 6, 2, tzinfo=UTC)
    version = release.freeze(story.year, story.agencies["ngan-hang"].pk, at=at)
    assert (version.number, version.published_at, version.actor_id) == (1, at, None)
    with pytest.raises(DomainError, match="không có gì mới"):
        release.freeze(story.year, story.agencies["ngan-hang"].pk, reason="lần nữa")
    story.masks.delete()
    with pytest.raises(DomainError, match="phải ghi lý do"):
        release.freeze(story.year, story.agencies["ngan-hang"].pk)
    assert release.freeze(story.year, story.agencies["ngan-hang"].pk, reason="Bớt một khoản.").number == 2
