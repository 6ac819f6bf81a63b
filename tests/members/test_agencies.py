"""Names with their days, and who follows whom."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core import audit
from core.errors import DomainError
from core.folding import sort_key
from core.models import AuditEvent
from members.domain.actor import SYSTEM
from members.domain.agencies import add_name, follows, link, overlaps
from members.models import AgencyLink, AgencyName
from members.queries import agency_names
from tests.factories import AgencyFactory
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
MERGED = date(2025, 7, 1)


def test_a_new_name_starts_where_the_old_one_ends(cast: Any) -> None:
    add_name(
        SYSTEM,
        cast.member.pk,
        " Chi cục  Thống kê ",
        "Thống kê",
        MERGED,
        aliases="TK",
        reason="Theo nghị định",
    )
    assert agency_names([cast.member.pk], date(2025, 6, 30))[cast.member.pk][0] == "Cục Thống kê tỉnh"
    assert agency_names([cast.member.pk], MERGED)[cast.member.pk] == ("Chi cục Thống kê", "Thống kê")
    new = AgencyName.objects.get(valid_from=MERGED)
    assert (new.sort_key, new.aliases) == (sort_key("Chi cục Thống kê"), "TK")
    event = AuditEvent.objects.get(chain=audit.SITE)
    assert (event.action, event.reason, event.target_id) == (
        "agency_rename",
        "Theo nghị định",
        str(cast.member.pk),
    )


def test_a_name_before_a_later_one_is_refused(cast: Any) -> None:
    add_name(SYSTEM, cast.member.pk, "Chi cục", "Chi cục", MERGED)
    for day in (MERGED, date(2024, 1, 1)):
        with pytest.raises(DomainError, match="đã có tên “Chi cục” từ ngày 01/07/2025"):
            add_name(SYSTEM, cast.member.pk, "Khác", "Khác", day)
    assert AgencyName.objects.filter(agency=cast.member).count() == 2


def test_a_name_needs_words(cast: Any) -> None:
    for name, short in (("", "x"), ("x", " ")):
        with pytest.raises(DomainError, match="Ghi tên đầy đủ và tên gọn"):
            add_name(SYSTEM, cast.member.pk, name, short, MERGED)


def test_overlaps_are_named() -> None:
    def row(name: str, start: date | None, end: date | None) -> AgencyName:
        return AgencyName(name=name, valid_from=start, valid_to=end)

    first, second = row("A", None, MERGED), row("B", MERGED, None)
    assert overlaps([second, first]) == []
    assert overlaps([]) == []
    (problem,) = overlaps([first, row("C", date(2025, 6, 30), None)])
    assert problem.sentence == "Hai tên cùng có hiệu lực từ 30/06/2025: “A” và “C”."
    assert "từ ban đầu" in overlaps([row("A", None, None), row("B", None, MERGED)])[0].sentence


def test_a_merger_links_both_to_one(cast: Any) -> None:
    merged = AgencyFactory()
    for before in (cast.member, cast.other):
        link(SYSTEM, before.pk, merged.pk, MERGED, "Nghị quyết  sáp nhập")
    assert set(merged.predecessor_links.values_list("predecessor", flat=True)) == {
        cast.member.pk,
        cast.other.pk,
    }
    assert AgencyLink.objects.first().basis == "Nghị quyết sáp nhập"  # type: ignore[union-attr]
    assert [event.action for event in AuditEvent.objects.order_by("id")] == ["agency_link"] * 2


def test_links_that_make_no_sense_are_refused(cast: Any) -> None:
    link(SYSTEM, cast.member.pk, cast.other.pk, MERGED)
    link(SYSTEM, cast.other.pk, cast.deputy.pk, MERGED)
    for before, after, sentence in (
        (cast.member, cast.member, "kế thừa chính mình"),
        (cast.member, cast.other, "đã được ghi"),
        (cast.other, cast.member, "kế thừa lẫn nhau"),
        (cast.deputy, cast.member, "kế thừa lẫn nhau"),
    ):
        with pytest.raises(DomainError, match=sentence):
            link(SYSTEM, before.pk, after.pk, MERGED)
    assert AgencyLink.objects.count() == 2


def test_following_goes_over_several_links() -> None:
    pairs = {(1, 2), (2, 3), (4, 3)}
    assert follows(pairs, 3, 1)
    assert follows(pairs, 3, 4)
    assert not follows(pairs, 1, 3)
    assert not follows(pairs, 1, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_names_at_once_never_overlap(cast: Any) -> None:
    outcomes = race(
        lambda: add_name(SYSTEM, cast.member.pk, "Tên một", "Một", MERGED),
        lambda: add_name(SYSTEM, cast.member.pk, "Tên hai", "Hai", date(2025, 8, 1)),
    )
    assert values(outcomes)
    assert all(isinstance(error, DomainError) for error in errors(outcomes))
    assert overlaps(list(AgencyName.objects.filter(agency=cast.member).order_by("pk"))) == []
