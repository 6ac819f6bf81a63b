"""Every rule that the database states for the members app, broken by its name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from members.enums import DirectiveUse, Function, PhaseKind, Role
from members.models import (
    Agency,
    AgencyLink,
    AgencyName,
    Associate,
    Cluster,
    ClusterYear,
    Directive,
    Membership,
    Person,
    Phase,
    RoleTerm,
    YearDirective,
)
from tests.factories import AgencyFactory
from tests.factories import governance as factories

pytestmark = pytest.mark.django_db
NOON = datetime(2020, 7, 1, 5, tzinfo=UTC)
DAY, DAY_BEFORE = date(2020, 7, 1), date(2020, 6, 30)
OUTSIDE = "Giá trị không nằm trong danh sách cho phép."
ORDER = "Ngày kết thúc phải sau ngày bắt đầu."


def name(cast: Any, **given: Any) -> AgencyName:
    return AgencyName(agency=cast.member, name="Tên", short_name="Tên", **given)


def paper(**given: Any) -> Directive:
    return Directive(
        **{"kind": "plan", "number": "1", "issuer": "Tỉnh ủy", "issued_on": DAY, "title": "Về việc", **given}
    )


def saved(row: models.Model) -> models.Model:
    row.save()
    return row


def own_parent(cast: Any) -> Cluster:
    cast.cluster.parent = cast.cluster
    return cast.cluster  # type: ignore[no-any-return]


def person(cast: Any, **given: Any) -> Person:
    return Person(
        **{"user": cast.an, "agency": cast.chair, "function": Function.CLERK, "starts_on": DAY, **given}
    )


def term(cast: Any, **given: Any) -> RoleTerm:
    given = {"agency": cast.member, "role": Role.DEPUTY, "order": 2, "starts_on": DAY, **given}
    return RoleTerm(cluster=cast.cluster, **given)


def second_open(cast: Any) -> Phase:
    row: Phase = cast.year.phases.get(kind=PhaseKind.VERIFY)
    row.opened_at = "2020-09-01T00:00:00Z"  # type: ignore[assignment]
    return row


def phase(cast: Any, which: str, **given: Any) -> Phase:
    row: Phase = cast.year.phases.get(kind=which)
    for field, value in given.items():
        setattr(row, field, value)
    return row


def linked(cast: Any) -> AgencyLink:
    AgencyLink.objects.create(predecessor=cast.member, successor=cast.other, on=DAY)
    return AgencyLink(predecessor=cast.member, successor=cast.other, on=DAY)


def cited(cast: Any) -> YearDirective:
    given = {"year": cast.year, "directive": saved(paper()), "use": DirectiveUse.CARRIED_OUT}
    YearDirective.objects.create(**given)
    return YearDirective(**given)


def year(cast: Any, **given: Any) -> ClusterYear:
    given = {"label": "2021", "starts_on": DAY, "ends_on": date(2021, 6, 30), **given}
    return ClusterYear(cluster=cast.cluster, **given)


def twice(factory: Any, **given: Any) -> models.Model:
    """A second row beside the same one that is saved."""
    factory(**given)
    if "year" in given and factory is factories.PhaseExtensionFactory:
        given["phase"] = given["year"].phases.get(kind=PhaseKind.CARRY_OUT)
    return factory.build(**given)  # type: ignore[no-any-return]


def associated_twice(cast: Any) -> models.Model:
    Associate.objects.create(year=cast.year, agency=cast.other)
    return Associate(year=cast.year, agency=cast.other)


def carry(cast: Any, **given: Any) -> models.Model:
    rows = {"year": cast.year, "predecessor": cast.member, "successor": cast.other, **given}
    return factories.CarryOverFactory.build(**rows)  # type: ignore[no-any-return]


def invitation(cast: Any, **given: Any) -> models.Model:
    rows = {"agency": cast.member, "invited_by": cast.lan, **given}
    return factories.InvitationFactory.build(**rows)  # type: ignore[no-any-return]


def charter(cast: Any, **given: Any) -> models.Model:
    for field, value in given.items():
        setattr(cast.year.charter, field, value)
    return cast.year.charter  # type: ignore[no-any-return]


def own_stand_in(cast: Any) -> Person:
    row: Person = cast.chi.people.get()
    row.stands_for, row.ends_on = row, date(2099, 1, 1)
    return row


# name of the constraint → a row that breaks it, the sentence people read ("": Django's own of unique fields)
BROKEN: dict[str, tuple[Callable[[Any], models.Model], str]] = {
    "agency_kind": (lambda _: Agency(code="x", kind="x"), OUTSIDE),
    "agencyname_dates": (lambda c: name(c, valid_from=DAY, valid_to=DAY), ORDER),
    "agencyname_start": (
        lambda c: (saved(name(c, valid_from=DAY)), name(c, valid_from=DAY))[1],
        "Đơn vị đã có một tên bắt đầu từ ngày này.",
    ),
    "agencyname_first": (lambda c: name(c), "Đơn vị đã có một tên không ghi ngày bắt đầu."),
    "agencylink_once": (linked, ""),
    "agencylink_two": (
        lambda c: AgencyLink(predecessor=c.member, successor=c.member, on=DAY),
        "Đơn vị không thể kế thừa chính mình.",
    ),
    "cluster_kind": (lambda _: Cluster(name="x", short_name="x", slug="x", kind="x"), OUTSIDE),
    "cluster_level": (lambda _: Cluster(name="x", short_name="x", slug="x", level="x"), OUTSIDE),
    "cluster_not_own_parent": (own_parent, "Một cụm không thể thuộc chính nó."),
    "clusteryear_label": (lambda c: year(c, label="2020"), "Cụm đã có năm này."),
    "clusteryear_period": (lambda c: year(c, ends_on=DAY_BEFORE), ORDER),
    "directive_identity": (
        lambda _: (saved(paper()), paper(title="Khác"))[1],
        "Văn bản cùng số, cùng cơ quan, cùng ngày đã có.",
    ),
    "directive_undated": (
        lambda _: (saved(paper(issued_on=None)), paper(issued_on=None))[1],
        "Văn bản cùng số, cùng cơ quan, không ghi ngày đã có.",
    ),
    "directive_kind": (lambda _: paper(kind="x"), OUTSIDE),
    "directive_validity": (lambda _: paper(valid_from=DAY, valid_to=DAY), ORDER),
    "yeardirective_once": (cited, ""),
    "yeardirective_use": (lambda c: YearDirective(year=c.year, directive=saved(paper()), use="x"), OUTSIDE),
    "membership_once": (
        lambda c: Membership(year=c.year, agency=c.member, order=9),
        "Đơn vị đã là thành viên năm này.",
    ),
    "membership_dates": (
        lambda c: Membership(year=c.year, agency=AgencyFactory(), order=9, joined_on=DAY, left_on=DAY),
        ORDER,
    ),
    "person_function": (lambda c: person(c, function="x"), OUTSIDE),
    "person_dates": (lambda c: person(c, ends_on=DAY), ORDER),
    "person_scope": (
        lambda c: person(c, function=Function.OFFICER),
        "Chức năng của Hội đồng phải chọn một cụm, hoặc mọi cụm; chức năng của đơn vị thì không chọn cụm.",
    ),
    "phase_kind_once": (lambda c: Phase(year=c.year, kind=PhaseKind.VERIFY, order=20), ""),
    "phase_order_once": (
        lambda c: (c.year.phases.get(order=7).delete(), phase(c, PhaseKind.VERIFY, order=6))[1],
        "",
    ),
    "phase_one_open": (second_open, "Một năm chỉ có một bước đang mở."),
    "phase_open_before_close": (
        lambda c: phase(c, PhaseKind.VERIFY, closed_at="2020-09-01T00:00:00Z"),
        "Bước chưa mở thì không thể đóng.",
    ),
    "phase_planned": (lambda c: phase(c, PhaseKind.VERIFY, planned_from=DAY, planned_to=DAY_BEFORE), ORDER),
    "phase_kind": (lambda c: phase(c, PhaseKind.VERIFY, kind="x"), OUTSIDE),
    "roleterm_start": (
        lambda c: term(c, order=1, starts_on=date(2020, 1, 1)),
        "Đã có một nhiệm kỳ cùng vai trò bắt đầu từ ngày này.",
    ),
    "roleterm_dates": (lambda c: term(c, ends_on=DAY), ORDER),
    "roleterm_role": (lambda c: term(c, role="x"), OUTSIDE),
    "roleterm_basis": (lambda c: term(c, basis="x"), OUTSIDE),
    "agencylink_kind": (
        lambda c: AgencyLink(predecessor=c.member, successor=c.other, on=DAY, kind="x"),
        OUTSIDE,
    ),
    "charter_reason": (lambda c: charter(c, version=2), "Bản sửa đổi của quy chế phải ghi lý do."),
    "charterversion_once": (
        lambda c: twice(factories.CharterVersionFactory, year=c.year, version=1),
        "Năm này đã có bản quy chế cùng số.",
    ),
    "phase_moves_on_a_day": (
        lambda c: phase(c, PhaseKind.VERIFY, moves_on=True, planned_to=None),
        "Muốn tự chuyển bước thì phải có ngày hết hạn.",
    ),
    "phaseextension_once": (
        lambda c: twice(factories.PhaseExtensionFactory, year=c.year, agency=c.member),
        "Đơn vị đã được gia hạn ở bước này.",
    ),
    "phaseextension_reason": (
        lambda c: factories.PhaseExtensionFactory.build(
            year=c.year, agency=c.member, phase=c.year.phases.first(), reason=""
        ),
        "Gia hạn phải ghi lý do.",
    ),
    "carryover_once": (
        lambda c: twice(factories.CarryOverFactory, year=c.year, predecessor=c.member, successor=c.other),
        "Kết quả của đơn vị này đã có đơn vị kế thừa trong năm.",
    ),
    "carryover_two": (
        lambda c: carry(c, successor=c.member),
        "Đơn vị không thể kế thừa chính mình.",
    ),
    "carryover_decision": (
        lambda c: carry(c, decision_number=""),
        "Kế thừa kết quả phải ghi số quyết định hoặc biên bản.",
    ),
    "carryover_assessed": (lambda c: carry(c, assessed="x"), OUTSIDE),
    "associate_once": (
        associated_twice,
        "Cơ quan này đã có trong danh sách phối hợp.",
    ),
    "rotationskip_once": (
        lambda c: twice(factories.RotationSkipFactory, cluster=c.cluster, agency=c.member),
        "Đơn vị đã được bỏ qua năm này.",
    ),
    "rotationskip_reason": (
        lambda c: factories.RotationSkipFactory.build(cluster=c.cluster, agency=c.member, reason=""),
        "Bỏ qua một đơn vị phải ghi lý do.",
    ),
    "person_stand_in_ends": (
        lambda c: person(c, stands_for=c.chi.people.get()),
        "Ủy quyền làm thay phải có ngày kết thúc.",
    ),
    "person_stand_in_other": (own_stand_in, "Không ai làm thay chính mình."),
    "invitation_kind": (lambda c: invitation(c, kind="x"), ""),
    "invitation_function": (lambda c: invitation(c, function="x"), OUTSIDE),
    "invitation_dates": (lambda c: invitation(c, ends_on=date(2020, 1, 1)), ORDER),
    "invitation_one_end": (
        lambda c: invitation(c, used_at=NOON, revoked_at=NOON),
        "Lời mời đã dùng thì không thu hồi được nữa.",
    ),
    "invitation_for": (
        lambda c: invitation(c, starts_on=None),
        "Lời mời phải ghi chức năng và ngày bắt đầu.",
    ),
    "invitation_scope": (
        lambda c: invitation(c, function=Function.OFFICER),
        "Chức năng của Hội đồng phải chọn một cụm, hoặc mọi cụm; chức năng của đơn vị thì không chọn cụm.",
    ),
    "calendarfeed_one_live": (
        lambda c: twice(factories.CalendarFeedFactory, user=c.an),
        "Mỗi người chỉ có một liên kết lịch đang dùng.",
    ),
}


# A row of an unknown kind is for nothing either; which of the two rules is told first is the database's choice.
ALSO_BROKEN = {"invitation_kind": "invitation_for"}


def stated() -> dict[str, models.BaseConstraint]:
    """Every constraint of the app by name."""
    found = {}
    for model in apps.get_app_config("members").get_models():
        found |= {constraint.name: constraint for constraint in model._meta.constraints}
    return found


def test_every_rule_is_in_the_table() -> None:
    assert sorted(BROKEN) == sorted(stated())


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_people_read_a_sentence(cast: Any, rule: str) -> None:
    make, sentence = BROKEN[rule]
    row = make(cast)
    with pytest.raises(ValidationError) as caught:
        stated()[rule].validate(type(row), row)
    assert not sentence or caught.value.messages == [sentence]


@pytest.mark.parametrize("rule", sorted(BROKEN))
def test_the_database_refuses(cast: Any, rule: str, on_postgres: bool) -> None:
    row = BROKEN[rule][0](cast)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        row.save()
    if on_postgres or isinstance(stated()[rule], models.CheckConstraint):
        assert any(name in str(caught.value) for name in (rule, ALSO_BROKEN.get(rule, rule)))
    else:  # SQLite names the columns of a unique rule
        assert "UNIQUE constraint failed" in str(caught.value)


# -- what the rules leave free -------------------------------------------------------------------
def test_control_rows_that_keep_the_rules_are_saved(cast: Any) -> None:
    rows: list[models.Model] = [
        name(cast, valid_from=DAY, valid_to=date(2020, 7, 2)),
        AgencyLink(predecessor=cast.member, successor=cast.other, on=DAY),
        AgencyLink(predecessor=cast.other, successor=cast.member, on=DAY),
        year(cast),
        paper(),
        paper(issued_on=None),
        paper(issuer="Bộ Chính trị"),
        person(cast, ends_on=date(2020, 7, 2)),
        person(cast, function=Function.OFFICER, cluster=cast.cluster),
        person(cast, function=Function.OBSERVER, all_clusters=True),
        phase(cast, PhaseKind.VERIFY, planned_from=DAY, planned_to=DAY),
        term(cast),
        term(cast, starts_on=DAY_BEFORE, ends_on=DAY),
    ]
    for row in rows:
        row.full_clean()
        row.save()


@pytest.mark.parametrize("label", ["20", "2020-", "2020-21", "2020/2021", "năm 2020", "2020-2021-2022", ""])
def test_a_label_is_a_year_or_two(cast: Any, label: str) -> None:
    with pytest.raises(ValidationError):
        year(cast, label=label).full_clean()


def test_a_council_function_for_one_cluster_and_for_all_is_refused(cast: Any) -> None:
    row = person(cast, function=Function.OBSERVER, cluster=cast.cluster, all_clusters=True)
    with pytest.raises(IntegrityError, match="person_scope"), transaction.atomic():
        row.save()


def test_agencies_people_and_terms_are_kept_while_something_points_to_them(cast: Any) -> None:
    for row in (cast.chair, cast.cluster, cast.an):
        with pytest.raises(models.ProtectedError):
            row.delete()
