"""The compact: written, opened, signed once by a leader of each member, closed; who has signed on which day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from core.access import Refused
from core.audit import verify
from core.errors import DomainError, Stale
from core.models import AuditEvent
from members.calendar import events
from members.carry import Shift
from members.domain.actor import SYSTEM
from members.enums import Function
from members.models import ClusterYear, Membership
from movements import pledge_carried, pledge_days
from movements.domain import pledges, signatures
from movements.domain.pledges import PledgeDraft
from movements.enums import PledgeState
from movements.models import Pledge, PledgeClause, Signature
from movements.pledge_tasks import pledge_tasks
from movements.queries_pledges import clauses_of, roll_of
from tests.factories import ClusterYearFactory, MembershipFactory, PersonFactory
from tests.factories.pledges import PledgeFactory, SignatureFactory
from tests.support.cast import make_cast
from tests.support.constraints import assert_refused
from tests.support.race import errors, meeting_point, race, values

pytestmark = pytest.mark.django_db

DRAFT = PledgeDraft("Giao ước thi đua năm 2020", clauses=("Một.", "Hai.", "Ba.", "Bốn."))


@pytest.fixture
def within_the_year() -> Iterator[None]:
    with time_machine.travel("2020-03-05T10:00:00+07:00"):
        yield


def opened(cast: Any, **changes: Any) -> Pledge:
    """A compact that is open for signing."""
    pledge = PledgeFactory(year=cast.year, **changes)
    return pledges.open_pledge(cast.scope(cast.an), version=pledge.version)


def leader_of(agency: Any, **changes: Any) -> Any:
    return PersonFactory(agency=agency, function=Function.LEADER, post="Cục trưởng", **changes).user


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


# -- the database --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": "ready"}, "pledge_state_known"),
        ({"state": "open", "mark": "a" * 64}, "pledge_state_times"),
        (
            {
                "state": "closed", "mark": "a" * 64, "opened_at": datetime(2020, 3, 5, tzinfo=UTC),
                "closed_at": datetime(2020, 3, 4, tzinfo=UTC),
            },
            "pledge_times",
        ),
    ],
)  # fmt: skip
def test_the_table_refuses_a_state_without_its_moments(changes: dict[str, Any], name: str) -> None:
    row = Pledge(year=ClusterYearFactory(), title="Giao ước", **changes)
    if name == "pledge_state_known":  # a state nobody knows fits no moments either
        with pytest.raises(Exception, match="pledge_state"):
            row.save()
        return
    assert_refused(row, name)


def test_the_table_refuses_a_second_signature_that_stands_and_a_second_content_at_one_place() -> None:
    signature = SignatureFactory()
    assert_refused(
        Signature(pledge=signature.pledge, agency=signature.agency, signed_at=signature.signed_at, mark="b"),
        "signature_once",
        "Đơn vị đã ký giao ước này.",
    )
    SignatureFactory(pledge=signature.pledge, agency=signature.agency, lapsed_at=signature.signed_at)
    assert_refused(PledgeClause(pledge=signature.pledge, order=1, text="x"), "pledgeclause_order")


# -- verbs ---------------------------------------------------------------------------------------
def test_a_compact_from_the_draft_to_the_last_signature(cast: Any, within_the_year: None) -> None:
    an = cast.scope(cast.an)
    pledge = pledges.save_pledge(an, DRAFT, version=0)
    pledges.save_pledge(cast.scope(cast.binh), DRAFT, version=1)  # nothing new: nothing written
    pledge = pledges.open_pledge(an, version=1)
    assert len(pledge.mark) == 64
    for agency in cast.agencies:
        signatures.sign(cast.scope(leader_of(agency)), agency.pk, pledge.mark)
    done = pledges.close_pledge(an)
    assert (done.state, roll_of(cast.year, done, date(2020, 3, 5)).signed) == (PledgeState.CLOSED, 4)
    actions = list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))
    assert actions == ["pledge_add", "pledge_open", *["pledge_sign"] * 4, "pledge_close"]
    (chain,) = set(AuditEvent.objects.values_list("chain", flat=True))
    assert list(verify(chain)) == []
    assert not any("nguoi" in event.after for event in AuditEvent.objects.all())


def test_words_that_are_open_for_signing_do_not_change(cast: Any) -> None:
    pledge = opened(cast)
    with pytest.raises(DomainError, match="không đổi được"):
        pledges.save_pledge(cast.scope(cast.an), DRAFT, version=pledge.version)
    with pytest.raises(DomainError, match="Đang ký"):
        pledges.open_pledge(cast.scope(cast.an))


def test_an_empty_compact_is_not_opened_and_nothing_is_closed_unsigned(cast: Any) -> None:
    with pytest.raises(DomainError, match="chưa có giao ước"):
        pledges.open_pledge(cast.scope(cast.an))
    PledgeFactory(year=cast.year, clauses=[])
    with pytest.raises(DomainError, match="chưa có nội dung"):
        pledges.open_pledge(cast.scope(cast.an))
    Pledge.objects.all().delete()
    opened(cast)
    with pytest.raises(DomainError, match="Chưa đơn vị nào ký"):
        pledges.close_pledge(cast.scope(cast.an), "Lý do")


def test_closing_without_everybody_needs_a_reason_that_the_audit_keeps(
    cast: Any, within_the_year: None
) -> None:
    pledge = opened(cast)
    signatures.sign(cast.scope(cast.lan), cast.member.pk, pledge.mark)
    for reason in ("", " \u200b "):
        with pytest.raises(DomainError, match="Ngân hàng Nhà nước") as caught:
            pledges.close_pledge(cast.scope(cast.an), reason)
        assert caught.value.problems[0].field == "reason"
    pledges.close_pledge(cast.scope(cast.an), "Ba đơn vị ký bản giấy.")
    event = AuditEvent.objects.get(action="pledge_close")
    assert event.reason == "Ba đơn vị ký bản giấy."
    assert f'"missing":[{cast.chair.pk},{cast.deputy.pk},{cast.other.pk}]' in event.after


def test_back_to_the_draft_lapses_what_was_signed_and_keeps_it(cast: Any, within_the_year: None) -> None:
    pledge = opened(cast)
    lan = cast.scope(cast.lan)
    signatures.sign(lan, cast.member.pk, pledge.mark)
    with pytest.raises(DomainError, match="Ghi lý do"):
        pledges.reopen_draft(cast.scope(cast.an), " ")
    pledge = pledges.reopen_draft(cast.scope(cast.an), "Sửa nội dung 2")
    assert (pledge.state, pledge.mark) == (PledgeState.DRAFT, "")
    assert Signature.objects.filter(lapsed_at__isnull=False).count() == 1
    assert f'"lapsed":[{cast.member.pk}]' in AuditEvent.objects.get(action="pledge_reopen").after
    pledges.save_pledge(cast.scope(cast.an), DRAFT)
    again = pledges.open_pledge(cast.scope(cast.an))
    signatures.sign(lan, cast.member.pk, again.mark)
    assert Signature.objects.filter(lapsed_at__isnull=True).get().mark == again.mark


def test_the_mark_holds_every_word_and_no_id(cast: Any) -> None:
    pledge = PledgeFactory(year=cast.year)
    elsewhere = PledgeFactory(title=pledge.title)
    words = clauses_of(pledge)
    mark = pledges.mark_of(pledge, words, "Đoàn kết")
    assert pledges.mark_of(elsewhere, words, "Đoàn kết") == mark
    pledge.place = "Hội trường"
    others = {
        pledges.mark_of(pledge, words, "Đoàn kết"),
        pledges.mark_of(elsewhere, words[::-1], "Đoàn kết"),
        pledges.mark_of(elsewhere, words, ""),
    }
    assert len(others | {mark}) == 4


def test_somebody_saved_first(cast: Any) -> None:
    pledges.save_pledge(cast.scope(cast.an), DRAFT, version=0)
    with pytest.raises(Stale):
        pledges.save_pledge(cast.scope(cast.binh), DRAFT, version=0)
    with pytest.raises(Stale):
        pledges.open_pledge(cast.scope(cast.an), version=7)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (PledgeDraft(""), "title"),
        (PledgeDraft("a" * 301), "title"),
        (PledgeDraft("x", place="a" * 201), "place"),
        (PledgeDraft("x", clauses=("ok", "a" * 2001)), "clauses:1"),
        (PledgeDraft("x", clauses=("a",) * 31), ""),
    ],
)
def test_what_is_wrong_with_the_words(cast: Any, draft: PledgeDraft, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        pledges.save_pledge(cast.scope(cast.an), draft)
    assert field in [problem.field for problem in caught.value.problems]
    assert not Pledge.objects.exists()


def test_an_unusual_number_of_contents_is_a_hint() -> None:
    assert pledges.hints_of(["x"] * 3)
    assert pledges.hints_of(["x"] * 7)
    assert not pledges.hints_of(["x"] * 4)
    assert not pledges.hints_of([])


# -- signatures ----------------------------------------------------------------------------------
def test_a_leader_signs_or_who_stands_in_and_nobody_else(cast: Any, within_the_year: None) -> None:
    mark = opened(cast).mark
    for name in ("an", "binh", "chi", "officer", "observer"):
        user = getattr(cast, name)
        with pytest.raises(Refused, match="lãnh đạo"):
            signatures.sign(cast.scope(user), cast.member.pk, mark)
    with pytest.raises(Refused):
        signatures.sign(cast.scope(cast.lan), cast.other.pk, mark)
    first = signatures.sign(cast.scope(cast.lan), cast.member.pk, mark)
    again = signatures.sign(cast.scope(leader_of(cast.member)), cast.member.pk, mark)
    assert (again.pk, again.signed_by) == (first.pk, cast.lan)
    boss = PersonFactory(agency=cast.other, function=Function.LEADER, post="Giám đốc")
    stand_in = PersonFactory(
        agency=cast.other,
        function=Function.LEADER,
        post="Phó Giám đốc",
        stands_for=boss,
        ends_on=date(2020, 12, 31),
    )
    signed = signatures.sign(cast.scope(stand_in.user), cast.other.pk, mark)
    assert signed.post == "Phó Giám đốc, thay Giám đốc"
    assert (
        AuditEvent.objects.get(target_type="movements.pledge", role__contains="/for:").action == "pledge_sign"
    )


def test_other_words_than_those_that_were_read_are_not_signed(cast: Any, within_the_year: None) -> None:
    pledge = opened(cast)
    with pytest.raises(DomainError, match="vừa đổi"):
        signatures.sign(cast.scope(cast.lan), cast.member.pk, "0" * 64)
    PledgeClause.objects.filter(pledge=pledge, order=1).update(text="Đổi ngoài trang")
    with pytest.raises(DomainError, match="vừa đổi"):
        signatures.sign(cast.scope(cast.lan), cast.member.pk, pledge.mark)
    assert not Signature.objects.exists()


def test_a_signature_is_taken_back_while_the_compact_is_open(cast: Any, within_the_year: None) -> None:
    pledge = opened(cast)
    lan = cast.scope(cast.lan)
    assert not signatures.take_back(lan, cast.member.pk)
    signatures.sign(lan, cast.member.pk, pledge.mark)
    assert signatures.take_back(lan, cast.member.pk)
    assert AuditEvent.objects.filter(action="pledge_unsign").count() == 1
    signatures.sign(lan, cast.member.pk, pledge.mark)
    pledges.close_pledge(cast.scope(cast.an), "Đủ rồi")
    for verb in (
        lambda: signatures.take_back(lan, cast.member.pk),
        lambda: signatures.sign(lan, cast.member.pk, ""),
    ):
        with pytest.raises(DomainError, match="đã chốt"):
            verb()
    Pledge.objects.all().delete()
    with pytest.raises(DomainError, match="chưa mở ký"):
        signatures.sign(lan, cast.member.pk, "")


def test_who_joins_or_leaves_within_the_year_is_counted_by_the_day(cast: Any) -> None:
    """Four members; one leaves on 1 July, a fifth joins on 1 September."""
    Membership.objects.filter(year=cast.year, agency=cast.other).update(left_on=date(2020, 7, 1))
    late = MembershipFactory(year=cast.year, order=9, joined_on=date(2020, 9, 1)).agency
    pledge = opened(cast)
    with time_machine.travel("2020-06-30T23:00:00+07:00"):
        signatures.sign(cast.scope(leader_of(cast.other)), cast.other.pk, pledge.mark)
        with pytest.raises(DomainError, match="không là thành viên"):
            signatures.sign(cast.scope(leader_of(late)), late.pk, pledge.mark)
    for day, total, signed, gone in (
        (date(2020, 6, 30), 4, 1, 0),
        (date(2020, 7, 1), 3, 0, 1),
        (date(2020, 9, 1), 4, 0, 1),
    ):
        roll = roll_of(cast.year, pledge, day)
        assert (roll.total, roll.signed, len(roll.gone), roll.day) == (total, signed, gone, day)
    assert roll_of(cast.year, pledge, date(2019, 12, 1)).day == cast.year.starts_on
    assert roll_of(cast.year, pledge, date(2026, 1, 1)).day == cast.year.ends_on


def test_the_roll_of_a_closed_compact_is_that_of_its_closing(cast: Any) -> None:
    with time_machine.travel("2020-03-05T10:00:00+07:00"):
        pledge = opened(cast)
        signatures.sign(cast.scope(cast.lan), cast.member.pk, pledge.mark)
        pledge = pledges.close_pledge(cast.scope(cast.an), "Còn lại ký giấy")
    Membership.objects.filter(year=cast.year, agency=cast.other).update(left_on=date(2020, 7, 1))
    assert roll_of(cast.year, pledge, date(2020, 12, 1)).total == 4


@pytest.mark.parametrize(
    ("step", "may"), [("prepare", True), ("launch", True), ("carry_out", True), ("verify", False)]
)
def test_the_steps_that_open_the_compact(cast: Any, within_the_year: None, step: str, may: bool) -> None:
    mark = opened(cast).mark
    cast.go(step)
    verbs = [
        lambda: signatures.sign(cast.scope(cast.lan), cast.member.pk, mark),
        lambda: pledges.reopen_draft(cast.scope(cast.an), "Sửa"),
        lambda: pledges.save_pledge(cast.scope(cast.binh), DRAFT),
    ]
    for verb in verbs:
        if may:
            verb()
        else:
            with pytest.raises(Refused):
                verb()


def test_only_the_chair_opens_and_only_the_leadership_writes(cast: Any) -> None:
    PledgeFactory(year=cast.year)
    for name in ("binh", "chi", "lan", "officer"):
        with pytest.raises(Refused):
            pledges.open_pledge(cast.scope(getattr(cast, name)))
    for name in ("chi", "lan", "officer", "observer"):
        with pytest.raises(Refused):
            pledges.save_pledge(cast.scope(getattr(cast, name)), DRAFT)


# -- at one moment -------------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_leaders_of_one_agency_sign_at_once_and_one_signature_stands() -> None:
    cast = make_cast()
    mark = opened(cast).mark
    scopes = [cast.scope(cast.lan), cast.scope(leader_of(cast.member))]
    outcomes = race(
        *(lambda scope=scope: signatures.sign(scope, cast.member.pk, mark).pk for scope in scopes)
    )
    assert errors(outcomes) == []
    assert set(values(outcomes)) == {Signature.objects.get().pk}
    assert AuditEvent.objects.filter(action="pledge_sign").count() == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_find_none_and_the_table_refuses_one() -> None:
    pledge = PledgeFactory()
    agency = MembershipFactory(year=pledge.year).agency
    meet = meeting_point(2)

    def naively() -> bool:
        missing = not Signature.objects.filter(pledge=pledge, agency=agency).exists()
        meet()
        if missing:
            SignatureFactory(pledge=pledge, agency=agency)
        return missing

    outcomes = race(naively, naively)
    assert values(outcomes) == [True]
    assert len(errors(outcomes)) == 1


# -- calendar, coming year, home page ------------------------------------------------------------
def test_the_day_of_signing_stands_in_the_calendar(cast: Any) -> None:
    assert pledge_days.signings([cast.year]) == []
    PledgeFactory(year=cast.year, signing_on=date(2020, 3, 5))
    (event,) = pledge_days.signings([cast.year])
    assert (event.day, event.kind, event.url_name) == (date(2020, 3, 5), "pledge", "pledge")
    assert event in events([cast.year])


def test_a_coming_year_takes_the_words_as_a_draft(cast: Any) -> None:
    later = ClusterYearFactory(cluster=cast.cluster, label="2021", open_phase="none")
    shift = Shift.between("year", cast.year.starts_on, later.starts_on)
    assert pledge_carried.copy_compact(SYSTEM, cast.year, later, shift) == 0
    opened(cast, signing_on=date(2020, 3, 5))
    assert pledge_carried.count_contents(cast.year) == 2
    assert pledge_carried.copy_compact(SYSTEM, cast.year, later, shift) == 2
    copied = Pledge.objects.get(year=later)
    assert (copied.title, copied.state, copied.signing_on) == (
        "Giao ước thi đua năm 2021", PledgeState.DRAFT, date(2021, 3, 5),
    )  # fmt: skip
    assert clauses_of(copied) == pledge_carried.name_contents(cast.year, shift)


def test_the_home_page_asks_a_leader_to_sign_and_tells_a_clerk(cast: Any, within_the_year: None) -> None:
    PledgeFactory(year=cast.year)
    assert pledge_tasks(cast.scope(cast.lan)) == []
    Pledge.objects.all().delete()
    pledge = opened(cast)
    (task,) = pledge_tasks(cast.scope(cast.lan))
    assert task.title == "Ký giao ước thi đua thay mặt Cục Thống kê"
    (told,) = pledge_tasks(cast.scope(cast.chi))
    assert "chưa ký" in told.title
    signatures.sign(cast.scope(cast.lan), cast.member.pk, pledge.mark)
    assert pledge_tasks(cast.scope(cast.chi)) == []
    assert pledge_tasks(cast.scope(cast.officer)) == []
    ClusterYear.objects.filter(pk=cast.year.pk).update(sealed_at=datetime(2021, 1, 1, tzinfo=UTC))
    assert pledge_tasks(cast.scope(cast.an)) == []
