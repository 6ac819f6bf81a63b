"""The verb that records, called without its form: it checks everything itself, and writes all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core import audit, submit
from core.dates import PartialDate, Precision
from core.errors import DomainError, Refused, Stale
from core.models import AuditEvent
from core.quantity import Qualifier
from movements.domain.activities import save_activity
from movements.domain.contributions import receivers_named
from movements.domain.entry import ActivityDraft, GiftDraft, PartOf
from movements.domain.record import load_record, totals_gift
from movements.enums import ActivityScope, ActivityState
from movements.history import history_of
from movements.models import Activity, Beneficiary, Contribution, Contributor
from tests.factories import ActivityFactory, BeneficiaryFactory, ContributionFactory, EvidenceFactory

pytestmark = pytest.mark.django_db

DAY = PartialDate(date(2020, 4, 5), date(2020, 4, 5), Precision.DAY)
GIFT = GiftDraft("0", "money", "Tiền ủng hộ", value=10_000_000)


@pytest.fixture
def draft(cast: Any) -> ActivityDraft:
    return ActivityDraft("Trao quà", DAY, cast.member.pk, gifts=(GIFT,))


def problems(cast: Any, draft: ActivityDraft, user: Any = None, **options: Any) -> set[tuple[str, str]]:
    """Fields and beginnings of the sentences; nothing was written."""
    before = (Activity.objects.count(), Contribution.objects.count(), AuditEvent.objects.count())
    with pytest.raises(DomainError) as caught:
        save_activity(cast.scope(user or cast.chi), draft, **options)
    assert (Activity.objects.count(), Contribution.objects.count(), AuditEvent.objects.count()) == before
    assert not Beneficiary.objects.exists()
    return {(problem.field, problem.sentence) for problem in caught.value.problems}


def fields(cast: Any, draft: ActivityDraft, user: Any = None, **options: Any) -> set[str]:
    return {field for field, _sentence in problems(cast, draft, user, **options)}


# -- checks --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change, field",
    [
        ({"title": ""}, "title"), ({"title": "a" * 301}, "title"), ({"place": "a" * 301}, "place"),
        ({"story": "a" * 4001}, "story"), ({"result": "a" * 2001}, "result"), ({"movement_id": 10**15}, "movement"),
        ({"partners": (10**15,)}, "partners"), ({"agency_id": 10**15}, "owner"), ({"agency_id": None}, "owner"),
        ({"files": ("x" * 43,)}, "files"),
        ({"when": replace(DAY, start=date(2019, 12, 31))}, "when"),
        ({"when": PartialDate(date(2021, 1, 1), date(2021, 1, 31), Precision.MONTH)}, "when"),
    ],
)  # fmt: skip
def test_the_head_is_checked(cast: Any, draft: ActivityDraft, change: Any, field: str) -> None:
    assert fields(cast, replace(draft, **change)) == {field}


@pytest.mark.parametrize(
    "change, field",
    [
        ({"kind": "bribe"}, "kind"), ({"description": ""}, "description"), ({"description": "a" * 301}, "description"),
        ({"value": None}, "value"), ({"value": 0}, "value"), ({"value": -5}, "value"), ({"value": 10**13}, "value"),
        ({"quantity": Decimal(0), "unit": "bộ"}, "quantity"), ({"quantity": Decimal(3)}, "unit"),
        ({"quantity": Decimal(10) ** 12, "unit": "bộ"}, "quantity"), ({"partners": (10**15,)}, "partners"),
        ({"outside": ("a" * 201,)}, "outside"), ({"outside": tuple("abcdefghijklmnopqrstuv")}, "outside"),
        ({"unit": "a" * 31, "quantity": Decimal(3)}, "unit"), ({"beneficiary": "a" * 301}, "beneficiary"),
        ({"value_words": "a" * 61}, "value"), ({"part": PartOf("perhaps", row="1")}, "part"),
        ({"part": PartOf("included", row="0")}, "part"), ({"part": PartOf("included", row="9")}, "part"),
        ({"part": PartOf("included", gift=10**15)}, "part"), ({"part": PartOf("included")}, "part"),
    ],
)  # fmt: skip
def test_rows_are_checked(cast: Any, draft: ActivityDraft, change: Any, field: str) -> None:
    assert fields(cast, replace(draft, gifts=(replace(GIFT, **change),))) == {f"0:{field}"}


def test_all_problems_are_told_at_once(cast: Any, draft: ActivityDraft) -> None:
    rows = tuple(replace(GIFT, ref=str(number), value=-1) for number in range(61))
    told = fields(cast, replace(draft, title="", gifts=rows))
    assert {"title", "", "0:value", "60:value"} <= told


def test_a_member_records_only_for_the_own_agency(cast: Any, draft: ActivityDraft) -> None:
    assert fields(cast, replace(draft, agency_id=cast.other.pk)) == {"owner"}
    cast.go("verify")
    assert fields(cast, draft, cast.an) == {
        "owner"
    }  # the chair's staff, but as a draft nobody of them could see
    assert save_activity(cast.scope(cast.an), draft, send=True).state == ActivityState.SUBMITTED


def test_rights_and_versions_come_before_the_checks(cast: Any, draft: ActivityDraft) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    with pytest.raises(Activity.DoesNotExist):
        save_activity(cast.scope(cast.binh), draft, activity.pk)
    with pytest.raises(Activity.DoesNotExist):
        save_activity(cast.scope(cast.chi), draft, 10**15)
    with pytest.raises(Stale) as caught:
        save_activity(cast.scope(cast.chi), replace(draft, title=""), activity.pk, version=7)
    assert caught.value.current == activity
    scope = cast.scope(cast.chi)
    cast.go("verify")  # the step closes while the form is open
    for pk in (None, activity.pk):
        with pytest.raises(Refused):
            save_activity(scope, draft, pk)


# -- what is part of what ------------------------------------------------------------------------
def test_figures_may_be_named_by_their_id_inside_one_activity(cast: Any, draft: ActivityDraft) -> None:
    activity = save_activity(cast.scope(cast.chi), draft)
    whole = activity.contributions.get()
    part = replace(GIFT, ref="1", part=PartOf("included", gift=whole.pk))
    save_activity(cast.scope(cast.chi), replace(draft, gifts=(replace(GIFT, pk=whole.pk), part)), activity.pk)
    assert whole.parts.count() == 1
    alone = replace(part, ref="0")  # the whole is not among the rows, so it stays as it is
    save_activity(cast.scope(cast.chi), replace(draft, gifts=(alone,)), activity.pk)
    assert whole.parts.count() == 2
    own = replace(GIFT, pk=whole.pk, part=PartOf("included", gift=whole.pk))
    assert fields(cast, replace(draft, gifts=(own,)), pk=activity.pk) == {"0:part"}
    gone = replace(draft, gifts=(alone,), deleted=frozenset({whole.pk}))
    assert fields(cast, gone, pk=activity.pk) == {"0:part", ""}


def test_a_whole_never_becomes_a_part(cast: Any, draft: ActivityDraft) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    whole, other = (ContributionFactory(activity=activity, order=n) for n in (1, 2))
    elsewhere = ActivityFactory(year=cast.year, agency=cast.member)
    ContributionFactory(activity=elsewhere, part_of=whole, part_state="included")
    row = replace(GIFT, pk=whole.pk, part=PartOf("included", gift=other.pk))
    assert fields(cast, replace(draft, gifts=(row,)), pk=activity.pk) == {"0:part"}
    part = elsewhere.contributions.get()
    row = replace(GIFT, part=PartOf("included", gift=part.pk))
    assert fields(cast, replace(draft, gifts=(row,))) == {"0:part"}


# -- what is written -----------------------------------------------------------------------------
def test_shares_and_owners_of_recorded_gifts_stay(cast: Any, draft: ActivityDraft) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    joint = ContributionFactory(activity=activity, order=1, by=[cast.other, "Hội A"])
    Contributor.objects.filter(agency=cast.other).update(share=4_000_000)
    implied = ContributionFactory(activity=activity, order=2, by=())
    rows = (
        replace(GIFT, pk=joint.pk, partners=(cast.other.pk, cast.deputy.pk), outside=("hội a",)),
        replace(GIFT, ref="1", pk=implied.pk, outside=("Hội B",)),
    )
    save_activity(cast.scope(cast.chi), replace(draft, gifts=rows), activity.pk)

    def givers(gift: Contribution) -> list[Any]:
        rows = gift.contributors.order_by("order")
        return [(giver.agency or giver.outside_name, giver.share) for giver in rows]

    assert givers(joint) == [(cast.other, 4_000_000), ("Hội A", None), (cast.deputy, None)]
    assert givers(implied) == [(cast.member, None), ("Hội B", None)]
    save_activity(cast.scope(cast.chi), replace(draft, gifts=(replace(rows[1], outside=()),)), activity.pk)
    assert givers(implied) == [(cast.member, None)]


def test_a_gift_of_nobody_named_counts_for_its_owner(cast: Any) -> None:
    activity = ActivityFactory(year=cast.year, agency=cast.member)
    gift = ContributionFactory(activity=activity, by=())
    record = load_record(activity)
    assert [giver.agency_id for giver in totals_gift(record, record.gifts[0]).givers] == [cast.member.pk]
    assert record.gift(gift.pk) == gift


def test_a_joint_activity_loses_and_gains_partners(cast: Any, draft: ActivityDraft) -> None:
    scope = cast.scope(cast.chi)
    activity = save_activity(scope, replace(draft, partners=(cast.other.pk, cast.member.pk)))
    assert activity.scope == ActivityScope.JOINT
    save_activity(scope, replace(draft, partners=(cast.deputy.pk,)), activity.pk)
    assert [row.agency for row in activity.partners.all()] == [cast.deputy]
    assert save_activity(scope, draft, activity.pk).scope == ActivityScope.AGENCY


def test_an_unknown_time_stands_at_the_beginning_of_the_year(cast: Any, draft: ActivityDraft) -> None:
    unknown = replace(draft, when=PartialDate(None, None, Precision.UNKNOWN))
    assert save_activity(cast.scope(cast.chi), unknown).sorted_on == date(2020, 1, 1)


def test_a_change_is_audited_with_both_values_and_no_name(cast: Any, draft: ActivityDraft) -> None:
    activity = save_activity(cast.scope(cast.chi), draft)
    gift = activity.contributions.get()
    EvidenceFactory(activity=activity)
    row = replace(GIFT, pk=gift.pk, value=11_000_000, value_qualifier=Qualifier.OVER)
    save_activity(cast.scope(cast.lan), replace(draft, title="Tên mới", gifts=(row,)), activity.pk)
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.actor_id) == ("activity_edit", cast.lan.pk)
    assert event.role == f"member/leader/agency:{cast.member.pk}"
    assert '"title":"Trao quà"' in event.before
    assert '"title":"Tên mới"' in event.after
    assert f'"gift:{gift.key}"' in event.after
    assert "file:" not in event.after
    assert "lan" not in event.after
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_history_names_every_kind_of_change_and_knows_who_is_who(cast: Any, draft: ActivityDraft) -> None:
    activity = save_activity(cast.scope(cast.chi), draft)
    gift, file = activity.contributions.get(), EvidenceFactory(activity=activity)
    gone = replace(
        draft,
        gifts=(),
        deleted=frozenset({gift.pk}),
        removed_files=frozenset({file.pk}),
        partners=(cast.other.pk,),
    )
    save_activity(cast.scope(cast.chi), gone, activity.pk)
    for action, role in (("year_load", ""), ("activity_confirm", f"council/officer/agency:{cast.other.pk}")):
        audit.record("site", action, activity, actor_id=None, role=role, after={"x": 1})
    told = history_of(activity)
    assert [line["title"] for line in told] == [
        "Cục Thống kê ghi hoạt động", "Cục Thống kê sửa hoạt động", "Hệ thống cập nhật hồ sơ",
        "Bảo hiểm xã hội (Chuyên viên Thường trực Hội đồng) xác nhận",
    ]  # fmt: skip
    for words in ("đơn vị cùng thực hiện", "xóa khoản “Tiền ủng hộ”", "gỡ tệp “Biên bản bàn giao.pdf”"):
        assert words in told[1]["text"]
    assert told[3]["end"]


# -- shared receivers ----------------------------------------------------------------------------
def test_receivers_are_found_made_and_mended(cast: Any) -> None:
    known = BeneficiaryFactory(cluster=cast.cluster, name="Sở Y tế")
    BeneficiaryFactory(cluster=cast.cluster, name="Ho ngheo")
    found = receivers_named(cast.cluster.pk, ["so y te", "Hộ nghèo", "Trường học", ""])
    assert found["so y te"] == known
    assert sorted(row.name for row in found.values()) == ["Hộ nghèo", "Sở Y tế", "Trường học"]
    assert Beneficiary.objects.get(folded="ho ngheo").name == "Hộ nghèo"
    assert Beneficiary.objects.get(pk=known.pk).name == "Sở Y tế"


def test_another_cluster_has_its_own_receivers(cast: Any) -> None:
    BeneficiaryFactory(cluster=ActivityFactory().year.cluster, name="Sở Y tế")
    assert receivers_named(cast.cluster.pk, ["Sở Y tế"])["so y te"].cluster == cast.cluster


# -- submit keys ---------------------------------------------------------------------------------
def test_a_broken_constraint_of_the_work_is_not_taken_for_a_second_sending(cast: Any) -> None:
    from django.db import IntegrityError

    def work() -> str:
        Beneficiary.objects.create(cluster=cast.cluster, name="a", folded="a")
        Beneficiary.objects.create(cluster=cast.cluster, name="a", folded="a")
        return "/"

    with pytest.raises(IntegrityError):
        submit.once(cast.chi.pk, submit.new_key(), work)
    assert not Beneficiary.objects.exists()
