"""What an agency registers: written with its rows, sent, judged by four eyes; what was achieved; who may, when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.access import Refused
from core.audit import verify
from core.errors import DomainError, Stale
from core.models import AuditEvent
from core.quantity import Qualifier
from members.models import Agency
from movements.domain import registrations
from movements.domain.actuals import save_actuals
from movements.domain.registration_entry import ActualDraft, RegistrationDraft, TargetDraft, TitleDraft
from movements.domain.registrations import move, save_registration
from movements.enums import Holder, RegistrationState
from movements.models import Registration, Target, TitleKind, TitleRegistration
from movements.pledge_tasks import pledge_tasks
from movements.pledge_words import reminder, suspicions
from movements.queries_pledges import kinds_of, registrations_for
from tests.factories import MovementFactory
from tests.factories.pledges import (
    MOMENT,
    RegistrationFactory,
    TargetFactory,
    TitleKindFactory,
    TitleRegistrationFactory,
)
from tests.support.constraints import assert_refused
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db

DRAFT, SENT, ACCEPTED, RETURNED = RegistrationState.values
PEOPLE = ("an", "binh", "chi", "lan", "officer", "observer")
ROW = TargetDraft("a", "Số thu ngân sách", "tỷ đồng", plan=Decimal(1200), plan_words="1.200")
TITLE = TitleDraft("t", "Tập thể lao động xuất sắc", Holder.COLLECTIVE, 2)
WHOLE = RegistrationDraft((ROW,), (TITLE,), "Ghi chú")


def made(agency: Any, year: Any, state: str = DRAFT) -> Registration:
    """A registration with a target, in a state."""
    moments: dict[str, Any] = {
        DRAFT: {},
        SENT: {"sent_at": MOMENT},
        ACCEPTED: {"sent_at": MOMENT, "accepted_at": MOMENT},
        RETURNED: {"sent_at": MOMENT, "returned_at": MOMENT, "return_reason": "Thiếu đơn vị tính."},
    }
    row = RegistrationFactory(year=year, agency=agency, state=state, **moments[state])
    TargetFactory(registration=row, content="Số thu ngân sách", order=1)
    return row


# -- the database --------------------------------------------------------------------------------
def test_the_tables_refuse_what_cannot_be(cast: Any) -> None:
    row = made(cast.member, cast.year)
    assert_refused(Registration(year=cast.year, agency=cast.member), "registration_once")
    assert_refused(
        Registration(year=cast.year, agency=cast.other, state=RETURNED, sent_at=MOMENT, returned_at=MOMENT),
        "registration_state_times",
    )
    target = {"registration": row, "order": 2, "unit": "%"}
    assert_refused(Target(**target, content="Số thu ngân sách"), "target_content")
    assert_refused(Target(**target, content=""), "target_words")
    assert_refused(Target(**target, content="x", direction="up"), "target_direction")
    assert_refused(Target(**target, content="x", actual_qualifier="maybe"), "target_actual_qualifier")
    assert_refused(Target(**target, content="x", key=row.targets.get().key), "target_key")
    title = TitleRegistrationFactory(registration=row, title="A", order=1)
    new = {"registration": row, "holder": Holder.PERSON}
    assert_refused(TitleRegistration(**new, title="A", order=2), "titleregistration_once")
    assert_refused(TitleRegistration(**new, title="B", order=title.order), "titleregistration_order")
    assert_refused(TitleRegistration(**new, title="B", order=2, count=0), "titleregistration_some")
    assert_refused(
        TitleRegistration(**{**new, "holder": "all"}, title="B", order=2), "titleregistration_holder"
    )
    assert_refused(TitleKind(name="x", holder="all"), "titlekind_holder")
    assert_refused(
        TitleKind(name="x", holder=Holder.PERSON, valid_from=date(2024, 1, 1), valid_to=date(2023, 1, 1)),
        "titlekind_dates",
    )


# -- writing -------------------------------------------------------------------------------------
def test_rows_keep_what_was_achieved_and_change_places_and_contents(cast: Any) -> None:
    chi = cast.scope(cast.chi)
    two = TargetDraft("b", "Số hồ sơ trễ hạn", "hồ sơ", plan=Decimal(5), direction="lower")
    row = save_registration(chi, cast.member.pk, RegistrationDraft((ROW, two), (TITLE,)), version=0)
    first, second = row.targets.order_by("order")
    Target.objects.filter(pk=first.pk).update(actual=Decimal(900))
    swapped = RegistrationDraft(
        (
            TargetDraft("a", first.content, "hồ sơ", key=second.key, plan=Decimal(5), direction="lower"),
            TargetDraft("b", second.content, "tỷ đồng", key=first.key, plan=Decimal(-3)),
        ),
        (TITLE, TitleDraft("u", "Chiến sĩ thi đua cơ sở", Holder.PERSON, 3)),
    )
    save_registration(chi, cast.member.pk, swapped, version=1)
    now = {target.pk: target for target in Target.objects.filter(registration=row)}
    assert (now[first.pk].content, now[first.pk].order, now[first.pk].actual) == (
        second.content,
        2,
        Decimal(900),
    )
    assert (now[first.pk].plan, now[first.pk].version) == (Decimal(-3), 2)
    save_registration(chi, cast.member.pk, RegistrationDraft(swapped.targets[:1]), version=2)
    assert list(row.targets.values_list("pk", flat=True)) == [second.pk]
    assert not row.titles.exists()
    event = AuditEvent.objects.order_by("-seq").first()
    assert event is not None
    assert f'"target:{first.key}":null' in event.after
    assert "Chiến sĩ thi đua cơ sở" in event.before
    assert list(verify(event.chain)) == []


def test_what_was_achieved_is_never_read_in_another_unit(cast: Any) -> None:
    chi = cast.scope(cast.chi)
    row = save_registration(chi, cast.member.pk, WHOLE, version=0)
    target = row.targets.get()
    other = replace(ROW, key=target.key, unit="triệu đồng")
    save_registration(chi, cast.member.pk, RegistrationDraft((other,)), version=1)
    Target.objects.filter(pk=target.pk).update(actual=Decimal(900), actual_words="900")
    for unit, fits in (("TRIỆU đồng", True), ("tỷ đồng", False)):
        draft = RegistrationDraft((replace(other, unit=unit),))
        if fits:
            save_registration(chi, cast.member.pk, draft)
            continue
        with pytest.raises(DomainError, match="900 TRIỆU đồng") as caught:
            save_registration(chi, cast.member.pk, draft)
        assert [problem.field for problem in caught.value.problems] == ["target:a:unit"]
    save_registration(chi, cast.member.pk, RegistrationDraft((replace(ROW, key=""),)))
    assert (row.targets.get().unit, row.targets.get().actual) == ("tỷ đồng", None)


def test_what_is_wrong_with_rows_is_said_at_each_cell(cast: Any) -> None:
    elsewhere = MovementFactory()
    wrong = RegistrationDraft(
        (
            ROW,
            TargetDraft("b", "số thu NGÂN sách", "", movement_id=elsewhere.pk, direction="up"),
            TargetDraft("c", "", "%", note="a" * 301),
        ),
        (TITLE, TitleDraft("u", TITLE.title, "", 0), TitleDraft("v", "", Holder.PERSON, 1)),
        "a" * 2001,
    )
    with pytest.raises(DomainError) as caught:
        save_registration(cast.scope(cast.chi), cast.member.pk, wrong)
    assert {problem.field for problem in caught.value.problems} == {
        "note", "target:b:content", "target:b:unit", "target:b:direction", "target:b:movement", "target:c:content",
        "target:c:note", "title:u:title", "title:u:holder", "title:u:count", "title:v:title",
    }  # fmt: skip
    many = RegistrationDraft(tuple(TargetDraft(str(n), f"x{n}", "%") for n in range(61)))
    with pytest.raises(DomainError, match="Nhiều nhất 60 dòng"):
        save_registration(cast.scope(cast.chi), cast.member.pk, many)
    assert not Registration.objects.exists()


def test_who_writes_for_which_agency(cast: Any) -> None:
    for name in ("an", "binh", "officer", "observer"):
        with pytest.raises(Refused):
            save_registration(cast.scope(getattr(cast, name)), cast.member.pk, WHOLE)
    with pytest.raises(Agency.DoesNotExist):
        save_registration(cast.scope(cast.chi), cast.officer.pk + 10**6, WHOLE)
    save_registration(cast.scope(cast.chi), cast.member.pk, WHOLE, version=0)
    with pytest.raises(Stale):
        save_registration(cast.scope(cast.lan), cast.member.pk, WHOLE, version=0)


@pytest.mark.parametrize("state", [SENT, ACCEPTED])
def test_a_plan_that_was_sent_stands(cast: Any, state: str) -> None:
    made(cast.member, cast.year, state)
    with pytest.raises(Refused):
        save_registration(cast.scope(cast.chi), cast.member.pk, WHOLE)


def test_a_change_after_acceptance_goes_by_a_return_with_its_reason(cast: Any) -> None:
    row = made(cast.member, cast.year, ACCEPTED)
    move(cast.scope(cast.an), cast.member.pk, "return", reason="Tỉnh giao lại chỉ tiêu")
    key = row.targets.get().key
    changed = RegistrationDraft(
        (TargetDraft("a", "Số thu ngân sách", "tỷ đồng", key=key, plan=Decimal(1500)),)
    )
    save_registration(cast.scope(cast.chi), cast.member.pk, changed, send=True)
    move(cast.scope(cast.an), cast.member.pk, "accept")
    row.refresh_from_db()
    assert (row.state, row.return_reason, row.targets.get().plan) == (ACCEPTED, "", Decimal(1500))
    edit = AuditEvent.objects.get(action="registration_edit")
    assert '"plan":"1200"' in edit.before
    assert '"plan":"1500"' in edit.after
    assert AuditEvent.objects.get(action="registration_return").reason == "Tỉnh giao lại chỉ tiêu"


# -- states --------------------------------------------------------------------------------------
MAY = {
    ("member", "send", DRAFT): {"chi", "lan"},
    ("member", "send", RETURNED): {"chi", "lan"},
    ("member", "take_back", SENT): {"chi", "lan"},
    ("member", "accept", SENT): {"an"},
    ("member", "return", SENT): {"an"},
    ("member", "return", ACCEPTED): {"an"},
    ("deputy", "accept", SENT): {"an"},
    ("chair", "send", DRAFT): {"an"},
    ("chair", "accept", SENT): {"binh"},
    ("chair", "return", ACCEPTED): {"binh"},
}
TARGET = {"send": SENT, "take_back": DRAFT, "accept": ACCEPTED, "return": RETURNED}


@pytest.mark.parametrize(("owner", "action", "state"), MAY)
def test_who_moves_a_registration(cast: Any, owner: str, action: str, state: str) -> None:
    agency = getattr(cast, owner)
    for who in PEOPLE:
        Registration.objects.all().delete()
        row = made(agency, cast.year, state)
        scope = cast.scope(getattr(cast, who))
        if who in MAY[owner, action, state]:
            assert move(scope, agency.pk, action, reason="Lý do").state == TARGET[action]
        else:
            with pytest.raises((Refused, Registration.DoesNotExist)):
                move(scope, agency.pk, action, reason="Lý do")
            row.refresh_from_db()
            assert row.state == state


@pytest.mark.parametrize(
    ("who", "action", "state"),
    [("chi", "send", SENT), ("chi", "send", ACCEPTED), ("chi", "take_back", ACCEPTED), ("chi", "take_back", DRAFT),
     ("an", "accept", ACCEPTED)],
)  # fmt: skip
def test_a_wrong_state_gets_a_sentence(cast: Any, who: str, action: str, state: str) -> None:
    made(cast.member, cast.year, state)
    with pytest.raises(DomainError, match="đang ở trạng thái"):
        move(cast.scope(getattr(cast, who)), cast.member.pk, action)


@pytest.mark.parametrize(
    ("step", "action", "state", "who", "may"),
    [
        ("prepare", "send", DRAFT, "chi", True),
        ("prepare", "accept", SENT, "an", True),
        ("verify", "send", DRAFT, "chi", False),
        ("verify", "accept", SENT, "an", True),
        ("verify", "send", RETURNED, "chi", True),
        ("verify", "take_back", SENT, "chi", False),
        ("sealed", "return", ACCEPTED, "an", False),
    ],
)
def test_the_steps_that_open_it(cast: Any, step: str, action: str, state: str, who: str, may: bool) -> None:
    made(cast.member, cast.year, state)
    if step == "sealed":
        cast.year.sealed_at = MOMENT
        cast.year.save()
    else:
        cast.go(step)
    scope = cast.scope(getattr(cast, who))
    if may:
        move(scope, cast.member.pk, action)
    else:
        with pytest.raises(Refused):
            move(scope, cast.member.pk, action, reason="x")


def test_an_empty_one_is_not_sent_and_a_return_needs_its_reason(cast: Any) -> None:
    with pytest.raises(DomainError, match="còn trống"):
        save_registration(cast.scope(cast.chi), cast.member.pk, RegistrationDraft(), send=True)
    assert not Registration.objects.exists()
    made(cast.member, cast.year, SENT)
    for reason in (" ", "a" * 1001):
        with pytest.raises(DomainError) as caught:
            move(cast.scope(cast.an), cast.member.pk, "return", reason=reason)
        assert caught.value.problems[0].field == "reason"
    with pytest.raises(Stale):
        move(cast.scope(cast.an), cast.member.pk, "accept", version=9)


def test_what_others_have_not_sent_is_not_to_be_read(cast: Any) -> None:
    for agency, state in zip(cast.agencies, (DRAFT, SENT, ACCEPTED, RETURNED), strict=True):
        made(agency, cast.year, state)
    read = {
        name: {row.agency_id for row in registrations_for(cast.scope(getattr(cast, name)))} for name in PEOPLE
    }
    known = {cast.deputy.pk, cast.member.pk}
    assert read["an"] == known | {cast.chair.pk}
    assert read["chi"] == read["officer"] == read["binh"] == known


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_begin_at_once_and_one_registration_is_made(cast: Any) -> None:
    scopes = [cast.scope(cast.chi), cast.scope(cast.lan)]
    outcomes = race(
        *(lambda scope=scope: save_registration(scope, cast.member.pk, WHOLE, version=0) for scope in scopes)
    )
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [Stale]
    assert Target.objects.count() == 1


# -- what was achieved ---------------------------------------------------------------------------
def actual(target: Target, number: str | None, **more: Any) -> ActualDraft:
    given = {"words": number or "", "seen": target.version, **more}
    return ActualDraft(target.key, Decimal(number) if number else None, **given)


def test_a_figure_is_written_with_its_qualifier_and_day(cast: Any) -> None:
    target = made(cast.member, cast.year, ACCEPTED).targets.get()
    draft = actual(target, "95", qualifier=Qualifier.OVER, on=date(2020, 9, 30))
    assert save_actuals(cast.scope(cast.chi), cast.member.pk, [draft]) == 1
    assert save_actuals(cast.scope(cast.chi), cast.member.pk, [draft]) == 0
    target.refresh_from_db()
    assert (target.actual, target.actual_qualifier, target.actual_on) == (
        Decimal(95),
        "over",
        date(2020, 9, 30),
    )
    event = AuditEvent.objects.get(action="target_actual")
    assert '"content":"Số thu ngân sách"' in event.after


def test_of_two_people_in_one_row_the_second_is_told_and_other_rows_stay(cast: Any) -> None:
    row = made(cast.member, cast.year, ACCEPTED)
    one, two = row.targets.get(), TargetFactory(registration=row, order=2)
    save_actuals(cast.scope(cast.chi), cast.member.pk, [actual(one, "5"), actual(two, None, touched=False)])
    lan = cast.scope(cast.lan)
    assert save_actuals(lan, cast.member.pk, [actual(one, None, touched=False), actual(two, "7")]) == 1
    with pytest.raises(Stale) as caught:
        save_actuals(lan, cast.member.pk, [actual(one, "6")])
    assert caught.value.current.targets[one.key].actual == Decimal(5)  # type: ignore[attr-defined]
    assert save_actuals(lan, cast.member.pk, [actual(one, "5")]) == 0
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.actual, two.actual) == (Decimal(5), Decimal(7))


def test_what_is_wrong_with_a_figure(cast: Any) -> None:
    target = made(cast.member, cast.year, ACCEPTED).targets.get()
    drafts = [
        actual(target, None, on=date(2020, 1, 1)),
        actual(target, "5", on=date(2999, 1, 1), words="a" * 61),
        ActualDraft("gone", Decimal(5)),
    ]
    with pytest.raises(DomainError) as caught:
        save_actuals(cast.scope(cast.chi), cast.member.pk, drafts)
    fields = [problem.field for problem in caught.value.problems]
    assert fields == [f"{target.key}:actual", f"{target.key}:actual", f"{target.key}:on", "gone:actual"]


@pytest.mark.parametrize(
    ("step", "state", "allowed"),
    [
        ("carry_out", ACCEPTED, {"chi", "lan"}),
        ("carry_out", SENT, {"chi", "lan"}),
        ("carry_out", DRAFT, set()),
        ("carry_out", RETURNED, set()),
        ("prepare", ACCEPTED, set()),
        ("verify", ACCEPTED, {"an"}),
        ("publish", ACCEPTED, {"an"}),
    ],
)
def test_who_writes_figures_and_when(cast: Any, step: str, state: str, allowed: set[str]) -> None:
    target = made(cast.member, cast.year, state).targets.get()
    cast.go(step)
    done = set()
    for place, who in enumerate(PEOPLE):
        target.refresh_from_db()
        try:
            save_actuals(cast.scope(getattr(cast, who)), cast.member.pk, [actual(target, str(place + 1))])
        except (Refused, Registration.DoesNotExist):
            continue
        done.add(who)
    assert done == allowed


# -- catalogue, tasks, words ---------------------------------------------------------------------
def test_the_catalogue_of_a_year_is_that_of_its_law(cast: Any) -> None:
    TitleKind.objects.all().delete()
    for name, first, last in (
        ("cũ", None, date(2023, 12, 31)),
        ("mới", date(2024, 1, 1), None),
        ("luôn", None, None),
    ):
        TitleKindFactory(name=name, valid_from=first, valid_to=last)
    assert {kind.name for kind in kinds_of(cast.year)} == {"cũ", "luôn"}
    cast.year.starts_on, cast.year.ends_on = date(2024, 1, 1), date(2024, 12, 31)
    assert {kind.name for kind in kinds_of(cast.year)} == {"mới", "luôn"}
    cast.year.starts_on, cast.year.ends_on = date(2023, 9, 1), date(2024, 5, 31)
    assert {kind.name for kind in kinds_of(cast.year)} == {"cũ", "mới", "luôn"}


def test_the_home_page_tells_what_is_to_be_sent_mended_and_answered(cast: Any) -> None:
    made(cast.member, cast.year, RETURNED)
    made(cast.deputy, cast.year, SENT)
    made(cast.chair, cast.year, SENT)
    (mend,) = pledge_tasks(cast.scope(cast.chi))
    assert (mend.urgency, mend.detail) == ("err", "Thiếu đơn vị tính.")
    assert [task.title for task in pledge_tasks(cast.scope(cast.an))] == ["Tiếp nhận 1 bản đăng ký đã gửi"]
    assert [task.title for task in pledge_tasks(cast.scope(cast.binh))] == ["Tiếp nhận 1 bản đăng ký đã gửi"]
    Registration.objects.all().delete()
    made(cast.member, cast.year)
    assert [task.button for task in pledge_tasks(cast.scope(cast.chi))] == ["Xem và gửi"]


def test_a_reminder_names_who_is_missing_and_is_empty_when_nobody_is() -> None:
    words = reminder("2020", ["A", "B"], ["C"], date(2020, 3, 5), "https://x.test/")
    assert "Chưa ký giao ước thi đua năm 2020 (ký kết ngày 05/03/2020): A; B." in words
    assert "Chưa gửi bản đăng ký thi đua năm 2020: C." in words
    assert reminder("2020", [], [], None, "x") == ""


def test_plan_and_actual_are_compared_among_members_apart(cast: Any) -> None:
    rows = [made(agency, cast.year, SENT) for agency in cast.agencies[:3]]
    for row, plan, got in zip(rows, ("90", "0.9", "95"), ("90", "96", "1"), strict=True):
        row.targets.update(unit="%", plan=Decimal(plan), actual=Decimal(got))
    found = suspicions(Target.objects.all())
    assert found.keys() == {rows[1].targets.get().pk, rows[2].targets.get().pk}
    assert "kế hoạch ghi 0,9, các đơn vị khác khoảng 92,5" in found[rows[1].targets.get().pk]


def test_every_step_has_its_words(cast: Any) -> None:
    assert set(registrations.TRANSITIONS) == set(TARGET)
