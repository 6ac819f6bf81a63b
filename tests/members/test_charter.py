"""Changing a charter: in place while nothing rests on it, else as the next version; two editors at once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from core import audit
from core.errors import DomainError, Refused, Stale
from core.models import AuditEvent
from members import charter
from members.charter import Rules, read
from members.charter_uses import resting_on
from members.domain import charter as verbs
from members.domain.charter import mark_of, save_charter
from members.enums import PhaseKind
from members.models import Charter, CharterVersion
from scoring.domain.record import Draft, Line, record_ranking
from tests.factories import ConferenceFactory, ElectionResultFactory, RankingFactory
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db
NEW = replace(Rules(), public_ranks=5, tie_break=("bonus",))


def stored(cast: Any) -> Charter:
    return Charter.objects.get(year=cast.year)


def save(cast: Any, rules: Rules = NEW, user: Any = None, **more: Any) -> Charter:
    more.setdefault("seen", mark_of(stored(cast)))
    return save_charter(cast.scope(user or cast.an), rules, **more)


def test_unused_it_is_edited_in_place_and_told_key_by_key(cast: Any) -> None:
    saved = save(cast)
    assert (saved.version, saved.reason, read(stored(cast).data)) == (1, "", NEW)
    assert not CharterVersion.objects.exists()
    event = AuditEvent.objects.get(action="charter_edit")
    assert json.loads(event.before) == {"public_ranks": 3, "tie_break": []}
    assert json.loads(event.after) == {"public_ranks": 5, "tie_break": ["bonus"], "version": 1}
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_once_used_a_change_is_the_next_version_with_a_reason(cast: Any) -> None:
    save(cast, replace(Rules(), public_ranks=1))
    RankingFactory(year=cast.year)
    with pytest.raises(DomainError) as refused:
        save(cast)
    assert [problem.field for problem in refused.value.problems] == ["reason"]
    saved = save(cast, reason="Hội nghị thông qua")
    assert (saved.version, saved.reason, saved.data["public_ranks"]) == (2, "Hội nghị thông qua", 5)
    old = CharterVersion.objects.get(year=cast.year)
    assert (old.version, old.reason, old.data["public_ranks"]) == (1, "", 1)
    save(cast, replace(NEW, decimals=3), reason="Sửa lần nữa")
    assert list(CharterVersion.objects.values_list("version", "reason")) == [
        (2, "Hội nghị thông qua"),
        (1, ""),
    ]
    event = AuditEvent.objects.filter(action="charter_version").latest("seq")
    assert (json.loads(event.before), event.reason) == ({"decimals": 2}, "Sửa lần nữa")


def test_what_was_recorded_stays_when_the_rules_change(cast: Any) -> None:
    cast.go(PhaseKind.DELIBERATE)
    lines = tuple(Line(one.pk, place) for one, place in zip(cast.agencies, (1, 1, 3, 4), strict=True))
    ranking = record_ranking(cast.scope(cast.an), Draft("deliberation", lines))
    save(cast, replace(Rules(), ranks="dense"), reason="Đổi cách xếp hạng")
    assert sorted(ranking.entries.values_list("rank", flat=True)) == [1, 1, 3, 4]


def test_a_ranking_asks_the_rules_as_they_stand_after_the_lock(cast: Any) -> None:
    cast.go(PhaseKind.DELIBERATE)
    before = cast.scope(cast.an)
    save(cast, replace(Rules(), ranks="dense"))
    lines = tuple(Line(one.pk, place) for one, place in zip(cast.agencies, (1, 1, 3, 4), strict=True))
    with pytest.raises(DomainError, match="theo quy chế"):
        record_ranking(before, Draft("deliberation", lines))


@pytest.mark.parametrize("used", ["ranking", "conference"])
def test_what_rests_on_it_is_said(cast: Any, used: str) -> None:
    assert resting_on(cast.year) == []
    {"ranking": RankingFactory, "conference": ConferenceFactory}[used](year=cast.year)
    assert len(resting_on(cast.year)) == 1
    assert resting_on(cast.year)[0].startswith("Đã ghi")


def test_an_election_rests_on_it_too(cast: Any) -> None:
    ElectionResultFactory(conference__year=cast.year, agency=cast.deputy)
    assert resting_on(cast.year) == [
        "Đã ghi hội nghị ngày 05/01/2021.",
        "Đã ghi kết quả bầu Cụm trưởng, Cụm phó.",
    ]


def test_rules_that_stand_already_change_nothing(cast: Any) -> None:
    save(cast)
    seen = "anything"
    assert save(cast, seen=seen).version == 1
    assert AuditEvent.objects.count() == 1


def test_an_old_form_is_stale(cast: Any) -> None:
    seen = mark_of(stored(cast))
    save(cast, replace(Rules(), decimals=3))
    with pytest.raises(Stale) as stale:
        save(cast, seen=seen)
    assert isinstance(stale.value.current, Charter)
    assert stored(cast).data["decimals"] == 3


def test_contradictions_are_refused_by_the_verb_too(cast: Any) -> None:
    with pytest.raises(DomainError) as refused:
        save(cast, replace(Rules(), threshold=100))
    assert [problem.field for problem in refused.value.problems] == ["threshold"]
    RankingFactory(year=cast.year)
    with pytest.raises(DomainError, match="Dài nhất"):
        save(cast, reason="x" * 301)


def test_only_the_chairs_staff_and_the_officer_change_it(cast: Any) -> None:
    for user in (cast.binh, cast.chi, cast.lan, cast.observer):
        with pytest.raises(Refused):
            save(cast, user=user)
    assert save(cast, user=cast.an).version == 1
    assert save(cast, Rules(), user=cast.officer).version == 1


def test_a_sealed_year_keeps_its_rules(cast: Any) -> None:
    cast.year.sealed_at = timezone.now()
    cast.year.save()
    for user in (cast.an, cast.officer):
        with pytest.raises(Refused):
            save(cast, user=user)
    assert stored(cast).data == {}


RACERS = [replace(Rules(), public_ranks=7), replace(Rules(), public_ranks=9)]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_wins_and_the_other_is_told(cast: Any) -> None:
    RankingFactory(year=cast.year)
    seen = mark_of(stored(cast))
    outcomes = race(
        *[lambda rules=rules: save(cast, rules, seen=seen, reason="Cùng sửa") for rules in RACERS]
    )
    assert len(values(outcomes)) == 1
    assert [type(error) for error in errors(outcomes)] == [Stale]
    assert (stored(cast).version, CharterVersion.objects.count()) == (2, 1)
    assert stored(cast).data["public_ranks"] == values(outcomes)[0].data["public_ranks"]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_trusting_the_row_of_the_form_one_editor_would_be_lost(cast: Any, monkeypatch: Any) -> None:
    seen = mark_of(stored(cast))
    shown = {thread: stored(cast) for thread in range(2)}
    for row in shown.values():
        row.year = cast.year
    monkeypatch.setattr(verbs, "locked_charter", lambda year: shown.popitem()[1])
    outcomes = race(*[lambda rules=rules: save(cast, rules, seen=seen) for rules in RACERS])
    assert len(values(outcomes)) == 2
    assert charter.read(stored(cast).data) in RACERS
