"""Adjustments: proposed by one, decided by another, within caps, the same merit once; they count when approved."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core import audit
from core.errors import DomainError, Refused, Stale
from members.enums import PhaseKind
from members.guards import missing
from scoring.adjust_sums import room, room_without, room_words
from scoring.domain import adjustments
from scoring.domain.adjustments import Proposal
from scoring.models import Adjustment, ScoreNotice, YearScoring
from scoring.queries_adjustments import adjustment_for, adjustments_for
from scoring.totals import board
from tests.factories import PersonFactory, UserFactory
from tests.scoring.appeals_cast import released

pytestmark = pytest.mark.django_db


def bonus(agency: Any, **more: Any) -> Proposal:
    """Two points for a certificate of the province."""
    given = Proposal(
        agency.pk, "bonus", "Được tặng Bằng khen", Decimal(2), award="Bằng khen", award_level="cấp tỉnh",
        award_year="2020", paper_number="12/QĐ-UBND",
    )  # fmt: skip
    return replace(given, **more)


@pytest.mark.parametrize(
    ("proposer", "subject", "decides", "refused"),
    [
        ("chi", "member", "an", ["chi", "binh", "officer", "observer"]),
        ("binh", "member", "an", ["binh", "chi", "officer"]),
        ("an", "member", "binh", ["an", "chi", "officer"]),
        ("an", "chair", "binh", ["an", "officer"]),
        ("binh", "chair", "officer", ["an", "binh", "chi"]),
        ("officer", "member", "an", ["officer", "binh"]),
    ],
)
def test_another_than_proposer_and_subject_decides(
    cast: Any, proposer: str, subject: str, decides: str, refused: list[str]
) -> None:
    cast.go(PhaseKind.VERIFY)
    row = adjustments.propose(cast.scope(getattr(cast, proposer)), bonus(getattr(cast, subject)))
    for who in refused:
        with pytest.raises((Refused, Adjustment.DoesNotExist)):
            adjustments.approve(cast.scope(getattr(cast, who)), row.pk)
    done = adjustments.approve(cast.scope(getattr(cast, decides)), row.pk, version=1)
    assert done.state == "approved"
    assert {done.decider_id} & {done.proposer_id, done.agency_id} == set()
    assert set(ScoreNotice.objects.values_list("agency", flat=True)) == {row.agency_id, row.proposer_id}
    with pytest.raises(Stale):
        adjustments.refuse(cast.scope(getattr(cast, decides)), row.pk, version=1, reason="Nghĩ lại")
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


@pytest.mark.parametrize("phase", PhaseKind.values)
def test_open_while_points_are_not_settled(cast: Any, phase: str) -> None:
    cast.go(phase)
    opened = phase in (PhaseKind.CARRY_OUT, PhaseKind.SELF_SCORE, PhaseKind.VERIFY, PhaseKind.DELIBERATE)
    if opened:
        assert adjustments.propose(cast.scope(cast.chi), bonus(cast.member)).pk
    else:
        with pytest.raises(Refused):
            adjustments.propose(cast.scope(cast.chi), bonus(cast.member))


def test_a_member_proposes_for_itself_alone_and_the_observer_for_nobody(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    for who in (cast.chi, cast.observer):
        with pytest.raises(Refused):
            adjustments.propose(cast.scope(who), bonus(cast.other))


def test_who_sees_what(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    other = UserFactory()
    PersonFactory(user=other, agency=cast.other, function="clerk")
    row = adjustments.propose(cast.scope(cast.an), bonus(cast.member, kind="penalty", award=""))

    def seen(user: Any) -> bool:
        scope = cast.scope(user)
        assert adjustments_for(scope).filter(pk=row.pk).exists() == (
            adjustment_for(scope, row.pk) is not None
        )
        return adjustments_for(scope).filter(pk=row.pk).exists()

    assert [seen(user) for user in (cast.binh, cast.officer, cast.observer)] == [True] * 3
    assert not seen(cast.chi)  # proposed about it, not yet decided
    adjustments.approve(cast.scope(cast.binh), row.pk)
    assert seen(cast.chi)
    assert not seen(other)
    cast.go(PhaseKind.PUBLISH)
    assert seen(other)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": None}, "points"),
        ({"points": Decimal(0)}, "points"),
        ({"ground": ""}, "ground"),
        ({"ground": "x" * 501}, "ground"),
        ({"kind": "gift"}, "kind"),
        ({"kind": "zero", "code": "IX"}, "code"),
        ({"kind": "grade_limit", "grade": "Tuyệt vời"}, "grade"),
        ({"award_level": ""}, "award_level"),
        ({"award_year": ""}, "award_year"),
        ({"paper_number": ""}, "paper_number"),
        ({"evidence_id": 10**6}, "evidence"),
    ],
)
def test_a_wrong_proposal_writes_nothing(cast: Any, change: dict[str, Any], field: str) -> None:
    released(cast)
    with pytest.raises(DomainError) as caught:
        adjustments.propose(cast.scope(cast.chi), bonus(cast.member, **change))
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not Adjustment.objects.exists()


def test_the_same_merit_a_second_time_must_be_meant(cast: Any) -> None:
    released(cast)
    scope = cast.scope(cast.chi)
    adjustments.propose(scope, bonus(cast.member))
    for again in (
        bonus(cast.member, paper_number="99/QĐ", award="BẰNG  KHEN"),
        bonus(cast.member, award="", paper_number="12/qđ-ubnd"),
    ):
        with pytest.raises(DomainError) as caught:
            adjustments.propose(scope, again)
        assert [problem.field for problem in caught.value.problems] == ["twice"]
        assert "Được tặng Bằng khen" in caught.value.problems[0].sentence
    line = cast.member.score_sheets.get().lines.get(criterion__code="II.1")
    line.citation = "Quyết định số 45/QĐ-BTC"
    line.save()
    with pytest.raises(DomainError, match=r"tiêu chí II\.1"):
        adjustments.propose(scope, bonus(cast.member, award="", paper_number="45/QĐ-BTC"))
    assert adjustments.propose(scope, bonus(cast.member, twice=True)).pk
    assert adjustments.propose(scope, bonus(cast.member, award_year="2019", paper_number="7/QĐ")).pk


def test_only_approved_ones_count_and_the_cap_is_told(cast: Any) -> None:
    released(cast, settings={"bonus_cap": "10"})
    scope, agency = cast.scope(cast.an), cast.member.pk
    first = adjustments.propose(scope, bonus(cast.member, points=Decimal(8)))
    assert board(cast.year).total(agency).bonus == 0
    adjustments.approve(cast.scope(cast.binh), first.pk)
    standing = board(cast.year)
    assert (standing.total(agency).bonus, standing.total(agency).total) == (8, 99)
    told = room_words(room(standing, agency, "bonus", Decimal(5)))
    assert told == "đã cộng 8, trần 10, còn 2: khoản này tính 2"
    second = adjustments.propose(
        scope, bonus(cast.member, points=Decimal(5), paper_number="13/QĐ", award="Cờ")
    )
    adjustments.approve(cast.scope(cast.binh), second.pk)
    standing = board(cast.year)
    assert standing.total(agency).bonus == 10
    second.refresh_from_db()
    assert room_without(standing, second).counts == 2
    assert room_words(room(standing, cast.other.pk, "penalty", Decimal(1))) == (
        "đã trừ 0, không có trần: khoản này tính 1"
    )


def test_zero_grade_limit_and_disqualification_reach_the_total(cast: Any) -> None:
    released(cast)
    cast.year.charter.data = {
        "bands": [{"label": "Xuất sắc", "at_least": "90"}, {"label": "Tốt", "at_least": "80"}]
    }
    cast.year.charter.save()
    scope = cast.scope(cast.an)
    common = {"points": None, "award": ""}
    for given in (
        bonus(cast.member, kind="zero", code="II.2", paper_number="1", **common),
        bonus(cast.member, kind="grade_limit", grade="Tốt", paper_number="2", **common),
        bonus(cast.member, kind="disqualified", ground="Lãnh đạo bị kỷ luật", paper_number="3", **common),
    ):
        adjustments.approve(cast.scope(cast.binh), adjustments.propose(scope, given).pk)
    total = board(cast.year).total(cast.member.pk)
    assert total.total == 71
    assert total.disqualified == ("Lãnh đạo bị kỷ luật",)
    assert [one.grade for one in total.grade_limits] == ["Tốt"]


def test_a_refusal_needs_a_reason_and_a_withdrawal_its_proposer(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    row = adjustments.propose(cast.scope(cast.chi), bonus(cast.member))
    with pytest.raises(DomainError, match="Ghi lý do"):
        adjustments.refuse(cast.scope(cast.an), row.pk)
    with pytest.raises(Refused):
        adjustments.withdraw(cast.scope(cast.an), row.pk)
    assert adjustments.withdraw(cast.scope(cast.lan), row.pk).state == "withdrawn"
    again = adjustments.propose(cast.scope(cast.chi), bonus(cast.member))
    refused = adjustments.refuse(cast.scope(cast.an), again.pk, reason="Văn bản không thuộc năm nay")
    assert refused.decision_reason
    assert "Văn bản không thuộc năm nay" in ScoreNotice.objects.get().words


def test_final_points_take_no_adjustment_and_the_last_step_waits_for_open_ones(cast: Any) -> None:
    released(cast)
    row = adjustments.propose(cast.scope(cast.chi), bonus(cast.member))
    said = [problem.sentence for problem in missing(cast.year, PhaseKind.DELIBERATE)]
    assert "Còn 1 đề xuất điều chỉnh điểm chưa quyết định." in said
    YearScoring.objects.update(final_at=timezone.now())
    with pytest.raises(DomainError, match="đã chốt"):
        adjustments.approve(cast.scope(cast.an), row.pk)
    with pytest.raises(DomainError, match="đã chốt"):
        adjustments.propose(cast.scope(cast.chi), bonus(cast.member, twice=True))
    assert Adjustment.objects.get().state == "proposed"
    adjustments.withdraw(cast.scope(cast.chi), row.pk)
    assert not [one for one in missing(cast.year, PhaseKind.DELIBERATE) if "điều chỉnh" in one.sentence]
