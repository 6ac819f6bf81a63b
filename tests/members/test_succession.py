"""Merging, splitting and dissolving: members, offices, people and results, in every cluster at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.errors import DomainError, Refused
from core.models import AuditEvent
from members.domain import memberships, terms
from members.domain.actor import SYSTEM, Actor
from members.domain.agencies import NewAgency, add_name, overlaps
from members.domain.handover import HandOver, rotate
from members.domain.memberships import join, leave, reorder
from members.domain.pictures import Outdated, picture, tried
from members.domain.rotation import clashes
from members.domain.succession import DEPUTY_ACTS, ENDS, HEIR, Succession, reorganise
from members.domain.terms import terms_of
from members.enums import AgencyKind, Assessed, Basis, Function, LinkKind, Role
from members.models import (
    Agency,
    AgencyLink,
    AgencyName,
    CarryOver,
    ClusterYear,
    Membership,
    Person,
    RoleTerm,
)
from members.queries import covering, member_rows, members_on
from tests.factories import (
    AgencyFactory,
    ClusterYearFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
)
from tests.support.race import meeting_point, race

pytestmark = pytest.mark.django_db
DAY, LATER = date(2020, 7, 1), date(2020, 8, 1)
MERGED = NewAgency("Cục Thống kê - Bảo hiểm tỉnh", "Thống kê - Bảo hiểm")


def order(kind: str, before: list[Agency], after: tuple[Any, ...] = (), **more: Any) -> Succession:
    values = {"on": DAY, "decision_number": "45/QĐ-UBND", "decision_date": DAY, **more}
    return Succession(kind, tuple(one.pk for one in before), after, **values)


def merge(cast: Any, *before: Agency, after: Any = MERGED, **more: Any) -> Agency:
    made = reorganise(SYSTEM, order(LinkKind.MERGE, list(before), (after,), **more))
    return Agency.objects.get(pk=made[0])


def rows(year: ClusterYear) -> list[tuple[int, int, date | None, date | None]]:
    found = Membership.objects.filter(year=year).order_by("order")
    return list(found.values_list("order", "agency", "joined_on", "left_on"))


def leading(cast: Any, day: date) -> list[tuple[str, int, str]]:
    found = covering(RoleTerm.objects.filter(cluster=cast.cluster), day)
    return sorted(found.values_list("role", "agency", "basis"))


def second_cluster(cast: Any, *agencies: Agency) -> ClusterYear:
    year = ClusterYearFactory(label="2020")
    for place, agency in enumerate(agencies, 1):
        MembershipFactory(year=year, agency=agency, order=place)
    return year


# -- merging -------------------------------------------------------------------------------------
def test_two_members_become_one_at_the_place_of_the_first(cast: Any) -> None:
    after = merge(cast, cast.member, cast.other)
    assert rows(cast.year) == [
        (1, cast.chair.pk, None, None),
        (2, cast.deputy.pk, None, None),
        (3, cast.member.pk, None, DAY),
        (4, after.pk, DAY, None),
        (5, cast.other.pk, None, DAY),
    ]
    assert set(after.predecessor_links.values_list("predecessor", "kind", "on", "basis")) == {
        (one.pk, LinkKind.MERGE, DAY, "45/QĐ-UBND, 01/07/2020") for one in (cast.member, cast.other)
    }
    assert set(Agency.objects.filter(closed_on=DAY)) == {cast.member, cast.other}
    assert [row.agency_id for row in members_on(cast.year, DAY)] == [cast.chair.pk, cast.deputy.pk, after.pk]
    assert len(members_on(cast.year, date(2020, 6, 30))) == 4


def test_one_member_goes_into_another(cast: Any) -> None:
    merge(cast, cast.other, after=cast.member.pk)
    assert rows(cast.year)[2:] == [(3, cast.member.pk, None, None), (4, cast.other.pk, None, DAY)]
    cast.member.refresh_from_db()
    assert cast.member.closed_on is None


def test_it_acts_in_every_cluster_and_in_years_opened_ahead_never_in_a_sealed_one(cast: Any) -> None:
    ahead = ClusterYearFactory(cluster=cast.cluster, label="2021")
    for place, one in enumerate((cast.chair, cast.member, cast.other), 1):
        MembershipFactory(year=ahead, agency=one, order=place)
    sealed = second_cluster(cast, cast.member)
    ClusterYear.objects.filter(pk=sealed.pk).update(sealed_at=timezone.now())
    elsewhere = second_cluster(cast, cast.chair, cast.other)
    after = merge(cast, cast.member, cast.other)
    assert rows(ahead) == [(1, cast.chair.pk, None, None), (2, after.pk, None, None)]
    assert rows(elsewhere) == [
        (1, cast.chair.pk, None, None), (2, cast.other.pk, None, DAY), (3, after.pk, DAY, None),
    ]  # fmt: skip
    assert rows(sealed) == [(1, cast.member.pk, None, None)]


def test_who_does_not_look_after_every_cluster_is_told_which(cast: Any) -> None:
    elsewhere = second_cluster(cast, cast.other)
    officer = Actor(cast.officer.pk, "council/officer", cluster_ids=frozenset({cast.cluster.pk}))
    with pytest.raises(Refused, match=f"Bảo hiểm xã hội còn thuộc {elsewhere.cluster.name}"):
        reorganise(officer, order(LinkKind.MERGE, [cast.member, cast.other], (MERGED,)))
    with pytest.raises(Refused):
        reorganise(officer, order(LinkKind.MERGE, [cast.member], (cast.other.pk,)))
    assert not AgencyLink.objects.exists()
    both = Actor(
        cast.officer.pk,
        "council/officer",
        cluster_ids=frozenset({cast.cluster.pk, elsewhere.cluster_id}),
    )
    reorganise(both, order(LinkKind.MERGE, [cast.member, cast.other], (MERGED,)))


def test_names_of_the_time_stay(cast: Any) -> None:
    merge(cast, cast.member, cast.other)
    names = [row.name for row in member_rows(cast.year)]
    assert {"Cục Thống kê tỉnh", "Bảo hiểm xã hội tỉnh", MERGED.name} <= set(names)


def test_the_paper_and_the_agencies_are_checked(cast: Any) -> None:
    council = AgencyFactory(kind=AgencyKind.COUNCIL)
    for wrong, sentence in (
        (order(LinkKind.MERGE, [cast.member], (MERGED,), decision_number=" "), "Ghi số quyết định"),
        (order(LinkKind.MERGE, [cast.member], (MERGED,), decision_date=date(2999, 1, 1)), "sau hôm nay"),
        (order(LinkKind.MERGE, [], (MERGED,)), "Chọn đơn vị thay đổi"),
        (order(LinkKind.MERGE, [cast.member]), "Chọn hoặc ghi đơn vị mới"),
        (order(LinkKind.MERGE, [cast.member], (cast.member.pk,)), "phải khác các đơn vị trước"),
        (order(LinkKind.SPLIT, [cast.member], (cast.other.pk, cast.other.pk)), "và khác nhau"),
        (order(LinkKind.MERGE, [cast.member], (council.pk,)), "Chọn một đơn vị"),
        (order(LinkKind.MERGE, [cast.member], (MERGED,), heir=3), "Chọn đơn vị kế thừa"),
        (order(LinkKind.MERGE, [cast.member], (MERGED,), assessed="?"), "được xét thi đua"),
        (order(LinkKind.MERGE, [cast.member], (NewAgency("", ""),)), "Ghi tên đầy đủ"),
    ):
        with pytest.raises(DomainError, match=sentence):
            reorganise(SYSTEM, wrong)
    assert not AgencyLink.objects.exists()
    assert not AuditEvent.objects.exists()
    merge(cast, cast.member, after=cast.other.pk)
    with pytest.raises(DomainError, match="Cục Thống kê đã giải thể từ ngày 01/07/2020"):
        merge(cast, cast.member, after=cast.deputy.pk)
    Agency.objects.update(closed_on=None)
    with pytest.raises(DomainError, match="không thể kế thừa lẫn nhau"):
        merge(cast, cast.other, after=cast.member.pk)
    with pytest.raises(DomainError, match="đã được ghi là kế thừa"):
        merge(cast, cast.member, after=cast.other.pk)


# -- offices -------------------------------------------------------------------------------------
def test_the_heir_of_the_chair_acts(cast: Any) -> None:
    after = merge(cast, cast.chair, cast.member)
    assert leading(cast, DAY) == [
        ("chair", after.pk, Basis.ACTING),
        ("deputy", cast.deputy.pk, Basis.ELECTED),
    ]
    assert leading(cast, date(2020, 6, 30))[0][1] == cast.chair.pk
    assert RoleTerm.objects.get(basis=Basis.ACTING).decision_number == "45/QĐ-UBND"


def test_or_the_deputy_acts_or_the_office_ends(cast: Any) -> None:
    term = RoleTerm.objects.get(role=Role.CHAIR)
    with_deputy = order(LinkKind.MERGE, [cast.chair], (cast.other.pk,), offices={term.pk: DEPUTY_ACTS})
    shown = tried(lambda: reorganise(SYSTEM, with_deputy), [cast.cluster.pk], DAY)
    assert [(one.agency_id, one.role) for one in shown.after.terms[cast.cluster.pk] if one.covers(DAY)] == [
        (cast.deputy.pk, Role.CHAIR)
    ]
    assert leading(cast, DAY)[0][1] == cast.chair.pk, "a trial leaves nothing behind"
    merge(cast, cast.chair, after=cast.other.pk, offices={term.pk: ENDS})
    assert leading(cast, DAY) == [("deputy", cast.deputy.pk, Basis.ELECTED)]


def test_the_deputy_that_takes_the_chair_in_is_deputy_no_more(cast: Any) -> None:
    merge(cast, cast.chair, after=cast.deputy.pk)
    assert leading(cast, DAY) == [("chair", cast.deputy.pk, Basis.ACTING)]


def test_chair_and_deputy_merged_hold_one_office(cast: Any) -> None:
    after = merge(cast, cast.chair, cast.deputy)
    assert leading(cast, DAY) == [("chair", after.pk, Basis.ACTING)]
    deputy = RoleTerm.objects.get(role=Role.DEPUTY, starts_on=date(2020, 1, 1))
    assert deputy.ends_on == DAY


def test_two_offices_for_one_are_refused_with_a_sentence(cast: Any) -> None:
    both = {term.pk: HEIR for term in RoleTerm.objects.all()}
    with pytest.raises(DomainError, match="vừa là Cụm trưởng vừa là Cụm phó"):
        merge(cast, cast.chair, cast.deputy, offices=both)
    assert not AgencyLink.objects.exists()


def test_without_a_deputy_nobody_can_act(cast: Any) -> None:
    term = RoleTerm.objects.get(role=Role.CHAIR)
    RoleTerm.objects.filter(role=Role.DEPUTY).delete()
    with pytest.raises(DomainError, match="không có Cụm phó"):
        merge(cast, cast.chair, after=cast.other.pk, offices={term.pk: DEPUTY_ACTS})
    with pytest.raises(DomainError, match="Không có đơn vị sau"):
        reorganise(SYSTEM, order("", [cast.chair], offices={term.pk: HEIR}))


def test_an_office_that_begins_later_stands_in_the_way(cast: Any) -> None:
    RoleTermFactory(
        cluster=cast.cluster, agency=cast.other, role=Role.DEPUTY, order=2, starts_on=date(2020, 9, 1)
    )
    with pytest.raises(DomainError, match="bắt đầu từ ngày 01/09/2020"):
        merge(cast, cast.member, cast.other)


# -- splitting, dissolving -----------------------------------------------------------------------
def test_a_split_gives_its_place_to_all_parts(cast: Any) -> None:
    parts = (NewAgency("Cục Một tỉnh", "Cục Một"), NewAgency("Cục Hai tỉnh", "Cục Hai"))
    one, two = reorganise(SYSTEM, order(LinkKind.SPLIT, [cast.chair], parts, heir=1))
    assert [agency for _place, agency, _from, _to in rows(cast.year)][:4] == [
        cast.chair.pk, one, two, cast.deputy.pk,
    ]  # fmt: skip
    assert leading(cast, DAY)[0] == ("chair", two, Basis.ACTING)
    assert not Person.objects.filter(agency=one).exists()
    assert Person.objects.filter(agency=two).get().user == cast.an


def test_a_part_may_leave_its_agency_standing(cast: Any) -> None:
    part = reorganise(
        SYSTEM, order(LinkKind.SPLIT, [cast.chair], (NewAgency("Cục Ba", "Cục Ba"),), keeps=True)
    )[0]
    assert rows(cast.year)[:2] == [(1, cast.chair.pk, None, None), (2, part, DAY, None)]
    assert leading(cast, DAY)[0][1] == cast.chair.pk
    cast.chair.refresh_from_db()
    assert cast.chair.closed_on is None
    assert Person.objects.get(user=cast.an).ends_on is None


def test_dissolved_the_deputy_acts_and_people_stop(cast: Any) -> None:
    assert reorganise(SYSTEM, order("", [cast.chair])) == []
    assert leading(cast, DAY) == [("chair", cast.deputy.pk, Basis.ACTING)]
    assert Person.objects.get(user=cast.an).ends_on == DAY
    assert rows(cast.year)[0][3] == DAY
    assert "agency_dissolve" in {event.action for event in AuditEvent.objects.all()}


# -- people --------------------------------------------------------------------------------------
def test_people_go_on_at_the_heir(cast: Any) -> None:
    chi, lan = Person.objects.get(user=cast.chi), Person.objects.get(user=cast.lan)
    stand_in = PersonFactory(
        user=cast.chi,
        agency=cast.member,
        function=Function.LEADER,
        stands_for=lan,
        ends_on=date(2020, 12, 31),
    )
    coming = PersonFactory(agency=cast.member, starts_on=date(2020, 9, 1))
    council = PersonFactory(agency=cast.member, function=Function.OBSERVER, cluster=cast.cluster)
    after = merge(cast, cast.member, cast.other)
    for row in (chi, lan, stand_in, coming, council):
        row.refresh_from_db()
    assert [row.ends_on for row in (chi, lan, stand_in, council)] == [DAY, DAY, DAY, None]
    assert coming.agency == after
    new = Person.objects.filter(agency=after, starts_on=DAY)
    assert set(new.values_list("user", "function")) == {
        (cast.chi.pk, Function.CLERK), (cast.lan.pk, Function.LEADER), (cast.chi.pk, Function.LEADER),
    }  # fmt: skip
    substitute = new.get(stands_for__isnull=False)
    assert (substitute.stands_for.user, substitute.ends_on) == (cast.lan, date(2020, 12, 31))
    told = AuditEvent.objects.filter(action__startswith="person_")
    assert {event.action for event in told} == {"person_end", "person_move"}
    assert all(event.chain == "site" for event in told)


def test_people_stay_where_nobody_wants_them_moved_and_are_not_doubled(cast: Any) -> None:
    merge(cast, cast.member, after=cast.other.pk, people=False)
    assert Person.objects.get(user=cast.chi).ends_on is None
    PersonFactory(user=cast.an, agency=cast.deputy)
    merge(cast, cast.chair, after=cast.deputy.pk)
    assert Person.objects.filter(user=cast.an, agency=cast.deputy).count() == 1


# -- results -------------------------------------------------------------------------------------
def test_results_may_go_over_at_once(cast: Any) -> None:
    ClusterYearFactory(cluster=cast.cluster, label="2021")
    after = merge(cast, cast.member, cast.other, assessed=Assessed.BOTH)
    assert set(CarryOver.objects.values_list("year", "predecessor", "successor", "assessed")) == {
        (cast.year.pk, one.pk, after.pk, Assessed.BOTH) for one in (cast.member, cast.other)
    }


# -- together ------------------------------------------------------------------------------------
def test_a_form_over_an_older_state_is_outdated(cast: Any) -> None:
    seen = picture([cast.cluster.pk]).mark
    add = Succession(LinkKind.MERGE, (cast.member.pk,), (cast.other.pk,), DAY, "1")
    reorganise(SYSTEM, add, seen=seen)
    with pytest.raises(Outdated):
        reorganise(SYSTEM, add, seen=seen)


def check_all(cluster_id: int) -> None:
    """What holds after any sequence of changes."""
    assert clashes(terms_of(cluster_id)) == []
    for agency in Agency.objects.all():
        assert overlaps(list(AgencyName.objects.filter(agency=agency).order_by("pk"))) == []
    for year in ClusterYear.objects.filter(cluster=cluster_id):
        found = list(Membership.objects.filter(year=year).order_by("order"))
        assert [row.order for row in found] == list(range(1, len(found) + 1))
        for day in (year.starts_on, DAY, date(2020, 9, 30), year.ends_on):
            covering = [row for row in found if memberships.is_member_on(row, day)]
            assert [row.agency_id for row in covering] == [row.agency_id for row in members_on(year, day)]
            leads = [term for term in terms_of(cluster_id) if term.covers(day)]
            assert {term.agency_id for term in leads} <= {row.agency_id for row in covering}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["join", "leave", "merge", "absorb", "split", "dissolve", "rename", "reorder", "replace"]
        ),
        st.integers(0, 30),
        st.integers(0, 30),
        st.dates(date(2020, 1, 1), date(2020, 12, 31)),
    ),
    min_size=1,
    max_size=8,
)


@given(steps=STEPS)
@settings(
    max_examples=40,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_after_any_sequence_the_rules_hold(cast: Any, steps: list[tuple[str, int, int, date]]) -> None:

    point = transaction.savepoint()
    try:
        for verb, first, second, day in steps:
            standing = [row.agency_id for row in member_rows(cast.year)]
            one, two = standing[first % len(standing)], standing[second % len(standing)]
            try:
                apply(cast, verb, one, two, day)
            except DomainError:
                continue
            check_all(cast.cluster.pk)
    finally:
        transaction.savepoint_rollback(point)


def apply(cast: Any, verb: str, one: int, two: int, day: date) -> None:
    new = NewAgency(f"Cục mới {verb}", f"Cục {verb}")
    plain = {"on": day, "decision_number": "1/QĐ"}
    everybody = list(
        Membership.objects.filter(year=cast.year).order_by("-order").values_list("agency", flat=True)
    )
    verbs: dict[str, Any] = {
        "join": lambda: join(SYSTEM, cast.year.pk, new, day, reason="x"),
        "leave": lambda: leave(SYSTEM, cast.year.pk, one, day, reason="x"),
        "merge": lambda: reorganise(SYSTEM, Succession("merge", tuple({one, two}), (new,), **plain)),
        "absorb": lambda: reorganise(SYSTEM, Succession("merge", (one,), (two,), **plain)),
        "split": lambda: reorganise(SYSTEM, Succession("split", (one,), (new, new), **plain)),
        "dissolve": lambda: reorganise(SYSTEM, Succession("", (one,), (), **plain)),
        "rename": lambda: add_name(SYSTEM, one, "Tên mới", "Tên", day),
        "reorder": lambda: reorder(SYSTEM, cast.year.pk, everybody),
        "replace": lambda: rotate(SYSTEM, cast.year.pk, HandOver(one, (two,), day, within=True)),
    }
    verbs[verb]()


# -- at once -------------------------------------------------------------------------------------
def merge_and_rotate(cast: Any) -> list[Any]:
    return race(
        lambda: reorganise(SYSTEM, order(LinkKind.MERGE, [cast.chair], (cast.other.pk,), on=LATER)),
        lambda: rotate(SYSTEM, cast.year.pk, HandOver(cast.member.pk, (), DAY, within=True)),
    )


def chairs(cast: Any) -> list[int]:
    found = [term for term in terms_of(cast.cluster.pk) if term.role == Role.CHAIR and term.covers(LATER)]
    return [term.agency_id for term in found]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_merge_and_rotate_at_once_leave_one_chair(cast: Any) -> None:
    outcomes = merge_and_rotate(cast)
    assert len(chairs(cast)) == 1
    assert all(one.error is None or isinstance(one.error, DomainError) for one in outcomes), outcomes
    check_all(cast.cluster.pk)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_there_would_be_two(
    cast: Any, monkeypatch: pytest.MonkeyPatch, on_postgres: bool
) -> None:
    """Control. SQLite's writers wait for each other in any case."""
    meet = meeting_point(2)
    checked = terms._problems

    def slow(*args: Any) -> Any:
        found = checked(*args)
        meet()
        return found

    monkeypatch.setattr("members.domain.terms.lock_cluster", lambda _pk: None)
    monkeypatch.setattr("members.domain.succession.lock_cluster", lambda _pk: None)
    monkeypatch.setattr("members.domain.handover.lock_cluster", lambda _pk: None)
    monkeypatch.setattr("members.domain.terms._problems", slow)
    merge_and_rotate(cast)
    assert len(chairs(cast)) == (2 if on_postgres else 1)
