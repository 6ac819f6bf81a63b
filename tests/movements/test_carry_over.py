"""What an agency takes over: its staff completes it, nobody of it judges it, its page counts each gift once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.errors import Refused
from members import charter
from members.enums import Assessed, LinkKind, Role
from members.models import Agency, CarryOver, Membership, RoleTerm
from members.queries import assessed_among, member_rows, unassessed
from movements.domain.states import confirm, submit, take_back
from movements.domain.totals import Gift, Giver, own_gifts, total
from movements.enums import ActivityState
from movements.models import Contributor
from movements.queries import activities_for, of_agency
from movements.tasks import entry_tasks
from publishing.domain.conditions import conditions
from scoring.domain.record import Draft, Line, problems_of
from scoring.queries import rank_rows
from tests.factories import (
    ActivityFactory,
    AttendanceFactory,
    ConferenceFactory,
    ContributionFactory,
    MembershipFactory,
    PersonFactory,
    RankingEntryFactory,
    RankingFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2020, 7, 1)


def taken_over(
    cast: Any, after: Agency | None = None, assessed: str = Assessed.SUCCESSOR
) -> tuple[Agency, Any]:
    """``cast.other`` ended on the day; its successor and somebody of its staff."""
    Membership.objects.filter(year=cast.year, agency=cast.other).update(left_on=DAY)
    if after is None:
        after = MembershipFactory(
            year=cast.year, order=5, joined_on=DAY, agency__name="Bảo hiểm xã hội khu vực",
            agency__short_name="Bảo hiểm khu vực",
        ).agency  # fmt: skip
    cast.other.successor_links.create(successor=after, on=DAY, kind=LinkKind.MERGE)
    CarryOver.objects.create(
        year=cast.year, predecessor=cast.other, successor=after, assessed=assessed, decision_number="45/QĐ-UBND",
        decision_date=DAY,
    )  # fmt: skip
    return after, PersonFactory(agency=after).user


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return " ".join(str(answer.content.decode()).split())


def test_the_successors_staff_sees_completes_and_sends(cast: Any) -> None:
    draft = ActivityFactory(year=cast.year, agency=cast.other, title="Hiến máu tháng 4")
    _after, hoa = taken_over(cast)
    client = cast.client(hoa)
    assert "Hiến máu tháng 4" in text(client.get(cast.url("activity_list")))
    assert "Hiến máu tháng 4" in text(client.get(cast.url("activity_detail", pk=draft.pk)))
    assert client.get(cast.url("activity_edit", pk=draft.pk)).status_code == 200
    assert any("nháp" in task.title for task in entry_tasks(cast.scope(hoa)))
    submit(cast.scope(hoa), draft.pk)
    draft.refresh_from_db()
    assert (draft.state, draft.agency) == (ActivityState.SUBMITTED, cast.other)
    assert cast.client(cast.chi).get(cast.url("activity_edit", pk=draft.pk)).status_code == 403
    CarryOver.objects.all().delete()
    with pytest.raises(Refused):
        take_back(cast.scope(hoa), draft.pk)


def test_the_list_of_the_successor_holds_both(cast: Any) -> None:
    old = ActivityFactory(year=cast.year, agency=cast.other, confirmed=True)
    after, hoa = taken_over(cast)
    new = ActivityFactory(year=cast.year, agency=after, confirmed=True)
    ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    rows = activities_for(cast.scope(hoa))
    assert set(of_agency(rows, after.pk)) == {old, new}
    assert set(of_agency(rows, cast.other.pk)) == {old}
    page = text(cast.client(cast.an).get(cast.url("activity_list"), {"don_vi": after.pk}))
    assert old.title in page
    assert "Bảo hiểm xã hội" in page, "under the name of its owner"


def test_nobody_of_the_successor_judges_it(cast: Any) -> None:
    sent = ActivityFactory(year=cast.year, agency=cast.other, submitted=True)
    taken_over(cast, after=cast.chair)
    with pytest.raises(Refused):
        confirm(cast.scope(cast.an), sent.pk)
    assert not [task for task in entry_tasks(cast.scope(cast.an)) if "Xác nhận" in task.title]
    assert [task for task in entry_tasks(cast.scope(cast.binh)) if "Xác nhận 1 hoạt động" in task.title]
    confirm(cast.scope(cast.binh), sent.pk)


def test_a_deputy_that_took_it_over_leaves_it_to_the_chair(cast: Any) -> None:
    sent = ActivityFactory(year=cast.year, agency=cast.other, submitted=True)
    taken_over(cast, after=cast.deputy)
    with pytest.raises(Refused):
        confirm(cast.scope(cast.binh), sent.pk)
    confirm(cast.scope(cast.an), sent.pk)


def test_the_chair_that_was_taken_over_is_judged_as_before(cast: Any) -> None:
    """The heir acts as chair: what the old chair recorded is the deputy's to judge."""
    sent = ActivityFactory(year=cast.year, agency=cast.other, submitted=True)
    after, hoa = taken_over(cast)
    RoleTerm.objects.filter(role=Role.CHAIR).update(ends_on=DAY)
    RoleTerm.objects.create(cluster=cast.cluster, agency=after, role=Role.CHAIR, starts_on=DAY)
    with pytest.raises(Refused):
        confirm(cast.scope(hoa), sent.pk)
    confirm(cast.scope(cast.binh), sent.pk)


def test_the_page_of_the_successor_counts_each_gift_once(cast: Any) -> None:
    after, hoa = taken_over(cast)
    old = ActivityFactory(year=cast.year, agency=cast.other, confirmed=True)
    ContributionFactory(activity=old)
    ContributionFactory(activity=old, by=[cast.other, after])
    new = ActivityFactory(year=cast.year, agency=after, confirmed=True)
    ContributionFactory(activity=new, by=[after, cast.member])
    page = text(cast.client(cast.an).get(cast.url("agency_detail", pk=after.pk)))
    assert "30.000.000" in page
    assert "Kế thừa từ Bảo hiểm xã hội (đến trước ngày 01/07/2020)" in page
    assert "45/QĐ-UBND, 01/07/2020 · 2 khoản đóng góp" in page
    before = text(cast.client(cast.an).get(cast.url("agency_detail", pk=cast.other.pk)))
    assert "20.000.000" in before
    assert "Kết quả trong năm (đến trước ngày 01/07/2020) do Bảo hiểm khu vực kế thừa" in before
    assert "30.000.000" in text(cast.client(hoa).get(cast.url("year_home")))


def test_shares_of_both_are_added_and_a_gift_of_both_alone_is_whole() -> None:
    mine, theirs, other = Giver(1, share=3), Giver(2, share=4), Giver(3, share=5)
    joint = Gift(1, 1, value=12, givers=(mine, theirs, other))
    assert [gift.value for gift in own_gifts([joint], 1, 2)] == [7]
    both = Gift(2, 1, value=10, givers=(mine, theirs))
    assert [gift.value for gift in own_gifts([both], 1, 2)] == [10]
    unknown = Gift(3, 1, value=10, givers=(mine, Giver(2), other))
    assert [gift.value for gift in own_gifts([unknown], 1, 2)] == [10]
    assert total(own_gifts([joint, both, unknown], 1, 2)).gifts == 3


def test_nothing_is_recorded_for_an_agency_after_it_left(cast: Any) -> None:
    taken_over(cast)
    cast.go("verify")
    answer = cast.client(cast.an).post(
        cast.url("activity_add"),
        {
            "owner": cast.other.pk, "title": "Sau sáp nhập", "precision": "day", "when": "5/8/2020",
            "khoan-TOTAL_FORMS": "0", "khoan-INITIAL_FORMS": "0", "send": "1",
        },
    )  # fmt: skip
    assert "rời cụm từ ngày 01/07/2020" in " ".join(answer.content.decode().split())


# -- who is ranked -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("assessed", "before", "after"),
    [
        (Assessed.SUCCESSOR, False, True),
        (Assessed.PREDECESSOR, True, False),
        (Assessed.BOTH, True, True),
        (Assessed.NONE, False, False),
    ],
)
def test_the_decision_says_who_is_ranked(cast: Any, assessed: str, before: bool, after: bool) -> None:
    heir, _hoa = taken_over(cast, assessed=assessed)
    found = assessed_among(cast.year, member_rows(cast.year))
    assert (cast.other.pk in found, heir.pk in found) == (before, after)
    listed = {row.member.agency_id for row in rank_rows(cast.year, None)}
    assert (cast.other.pk in listed, heir.pk in listed) == (before, after)
    gone = set(
        Membership.objects.filter(unassessed(cast.year), year=cast.year).values_list("agency", flat=True)
    )
    assert (cast.other.pk in gone, heir.pk in gone) == (not before, not after)
    lines = (Line(cast.chair.pk, 1), Line(heir.pk, 2))
    draft = Draft("deliberation", lines)
    scope = cast.scope(cast.an)

    problems = problems_of(draft, cast.year, charter.read({}), scope.today)
    assert any("không xếp hạng năm 2020" in one.sentence for one in problems) is not after


def ranked_and_left_out(cast: Any) -> tuple[set[int], set[int]]:
    members = Membership.objects.filter(year=cast.year)
    gone = set(members.filter(unassessed(cast.year)).values_list("agency", flat=True))
    everybody = set(members.values_list("agency", flat=True))
    return set(assessed_among(cast.year, member_rows(cast.year))), everybody - gone


@pytest.mark.parametrize("first", [Assessed.PREDECESSOR, Assessed.SUCCESSOR, Assessed.NONE, Assessed.BOTH])
@pytest.mark.parametrize("second", [Assessed.PREDECESSOR, Assessed.SUCCESSOR, Assessed.NONE, Assessed.BOTH])
def test_two_decisions_on_one_heir_say_the_same_everywhere(cast: Any, first: str, second: str) -> None:
    """The ranking and the conditions of the summary ask in two ways; neither depends on the order of the rows."""
    heir, _hoa = taken_over(cast, assessed=first)
    Membership.objects.filter(year=cast.year, agency=cast.member).update(left_on=DAY)
    CarryOver.objects.create(
        year=cast.year, predecessor=cast.member, successor=heir, assessed=second, decision_number="46/QĐ-UBND"
    )
    ranked, not_left_out = ranked_and_left_out(cast)
    assert ranked == not_left_out
    leaves_out = {Assessed.PREDECESSOR, Assessed.NONE}
    assert (heir.pk in ranked) is not bool({first, second} & leaves_out)


def test_a_successor_that_left_before_the_cut_off_is_not_ranked(cast: Any) -> None:
    heir, _hoa = taken_over(cast)
    Membership.objects.filter(year=cast.year, agency=heir).update(left_on=date(2020, 12, 1))
    ranked, not_left_out = ranked_and_left_out(cast)
    assert ranked == not_left_out
    assert heir.pk not in ranked


def test_c17_ranking_uses_the_members_of_the_cut_off_date(cast: Any) -> None:
    """Row C17: who left before the year's last day is not ranked, who left after it is."""
    Membership.objects.filter(year=cast.year, agency=cast.other).update(left_on=date(2020, 12, 31))
    assert cast.other.pk not in assessed_among(cast.year, member_rows(cast.year))
    Membership.objects.filter(year=cast.year, agency=cast.other).update(left_on=date(2021, 1, 1))
    assert cast.other.pk in assessed_among(cast.year, member_rows(cast.year))


def test_a_place_recorded_before_stays_on_the_page(cast: Any) -> None:
    """The revision that stands keeps its lines; the next one is asked for."""

    ranking = RankingFactory(year=cast.year)
    RankingEntryFactory(ranking=ranking, agency=cast.other, rank=1)
    taken_over(cast)
    assert cast.other.pk in {row.member.agency_id for row in rank_rows(cast.year, ranking)}
    told = [line.sentence for line in conditions(cast.year) if not line.ok]
    assert any("không xếp hạng năm này" in sentence for sentence in told)


def test_who_left_stays_choosable_for_what_it_did(cast: Any) -> None:
    taken_over(cast)
    page = text(cast.client(cast.chi).get(cast.url("activity_add")))
    assert "Bảo hiểm xã hội" in page
    gift = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member), by=[cast.other])
    assert Contributor.objects.filter(contribution=gift, agency=cast.other).exists()


def test_who_left_is_not_expected_at_the_conference(cast: Any) -> None:
    cast.go("deliberate")
    taken_over(cast)
    conference = ConferenceFactory(year=cast.year)
    AttendanceFactory(conference=conference, kind="member", agency=cast.chair, office="Giám đốc")
    shown = cast.client(cast.an).get(cast.url("conference")).context
    assert {row.agency_id for row, _office in shown["present"]} == {
        row.agency_id for row in member_rows(cast.year) if row.agency_id != cast.other.pk
    }
