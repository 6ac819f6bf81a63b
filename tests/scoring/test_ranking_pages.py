"""The ranking page and the form that records it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core import audit
from members.enums import PhaseKind
from scoring.domain import record
from scoring.models import Ranking
from tests.factories import MembershipFactory, RankingEntryFactory, RankingFactory
from tests.support.race import errors, meeting_point, race, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_conference(cast: Any) -> Any:
    cast.go(PhaseKind.DELIBERATE)
    return cast


def lines(cast: Any, *ranks: Any, **more: str) -> dict[str, str]:
    """What a browser posts: ranks in charter order."""
    data = {"method": "deliberation", "decided_on": "5/1/2021", "note": "", "base": "0"}
    for agency, rank in zip(cast.agencies, ranks, strict=True):
        data |= {
            f"{agency.pk}-rank": str(rank),
            f"{agency.pk}-points": "",
            f"{agency.pk}-votes": "",
            f"{agency.pk}-note": "",
        }
    return data | more


def entries(cast: Any) -> dict[int, int | None]:
    newest = Ranking.objects.filter(year=cast.year).order_by("-revision").first()
    assert newest is not None
    return dict(newest.entries.values_list("agency", "rank"))


def test_ranks_without_points_are_recorded_and_shown(at_conference: Any) -> None:
    cast = at_conference
    answer = cast.client(cast.an).post(cast.url("ranking_edit"), lines(cast, 1, 2, "", 3), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [(cast.url("ranking"), 302)]
    assert entries(cast) == {cast.chair.pk: 1, cast.deputy.pk: 2, cast.member.pk: None, cast.other.pk: 3}
    assert "Hạng Nhất" in page
    assert "1 đơn vị không công bố hạng" in page
    assert "không kèm điểm" in page
    assert list(audit.verify(audit.cluster_chain(cast.cluster.pk))) == []


def test_a_correction_is_a_new_revision_with_a_reason(at_conference: Any) -> None:
    cast = at_conference
    client, url = cast.client(cast.binh), cast.url("ranking_edit")
    client.post(url, lines(cast, 1, 2, 3, ""))
    refused = client.post(url, lines(cast, 2, 1, 3, "", base="1", reason=""))
    assert refused.status_code == 422
    assert "Ghi lý do sửa" in refused.content.decode()
    client.post(url, lines(cast, 2, 1, 3, "", base="1", reason="Theo biên bản hội nghị"))
    assert list(Ranking.objects.values_list("revision", "reason")) == [(2, "Theo biên bản hội nghị"), (1, "")]
    assert entries(cast)[cast.deputy.pk] == 1


@pytest.mark.parametrize(
    ("ranks", "more", "sentence"),
    [
        (("", "", "", ""), {}, "Ghi hạng của ít nhất một đơn vị"),
        ((1, 1, 2, ""), {}, "theo quy chế phải là hạng 3"),
        ((2, 3, "", ""), {}, "theo quy chế phải là hạng 1"),
        (("nhất", 2, 3, 4), {}, "Ghi số nguyên"),
        ((-1, 2, 3, 4), {}, "không thể nhỏ hơn 1"),
        ((1, 2, 3, 4), {"decided_on": "31/02/2021"}, "31/02/2021"),
        ((1, 2, 3, 4), {"decided_on": "5/1/2099"}, "không thể ở tương lai"),
        ((1, 2, 3, 4), {"method": "score"}, "phải có điểm"),
        ((1, 2, 3, 4), {"method": "dice"}, "dice"),
        ((1, 2, 3, 4), {"note": "x" * 1001}, "1000"),
    ],
)
def test_bad_input_gets_a_sentence_keeps_the_typing_and_writes_nothing(
    at_conference: Any, ranks: tuple[Any, ...], more: dict[str, str], sentence: str
) -> None:
    cast = at_conference
    answer = cast.client(cast.an).post(cast.url("ranking_edit"), lines(cast, *ranks, **more))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert not Ranking.objects.exists()
    assert all(f'value="{rank}"' in page for rank in ranks if rank != "")


def test_points_against_ranks_are_told(at_conference: Any) -> None:
    cast = at_conference
    points = {
        f"{agency.pk}-points": value
        for agency, value in zip(cast.agencies, ("90", "95,5", "80", "70"), strict=True)
    }
    answer = cast.client(cast.an).post(
        cast.url("ranking_edit"), lines(cast, 1, 2, 3, 4, method="score", **points)
    )
    assert "Thứ tự hạng trái với điểm" in answer.content.decode()
    assert not Ranking.objects.exists()


def test_ranks_are_filled_from_points_and_kept_exact(at_conference: Any) -> None:
    cast = at_conference
    points = {
        f"{agency.pk}-points": value
        for agency, value in zip(cast.agencies, ("95,5", "96,75", "95,5", ""), strict=True)
    }
    data = lines(cast, "", "", "", "", method="score", **points)
    page = cast.client(cast.an).post(cast.url("ranking_edit"), data | {"compute": "1"}).content.decode()
    assert not Ranking.objects.exists()
    assert f'name="{cast.deputy.pk}-rank" value="1"' in page
    ranks = {f"{cast.chair.pk}-rank": "2", f"{cast.deputy.pk}-rank": "1", f"{cast.member.pk}-rank": "2"}
    cast.client(cast.an).post(cast.url("ranking_edit"), data | ranks)
    stored = dict(Ranking.objects.get().entries.values_list("agency", "points"))
    assert stored[cast.deputy.pk] == Decimal("96.75")
    shown = cast.client(cast.an).get(cast.url("ranking")).content.decode()
    assert "96,75" in shown
    assert "Đồng hạng Nhì" in shown


def test_the_second_of_two_sees_both_values_and_loses_nothing(at_conference: Any) -> None:
    cast = at_conference
    url = cast.url("ranking_edit")
    cast.client(cast.binh).post(url, lines(cast, 2, 1, 3, ""))
    answer = cast.client(cast.an).post(url, lines(cast, 1, 2, 3, ""))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Người khác vừa ghi" in page
    assert "Ngân hàng Nhà nước: Hạng" in page
    assert f'name="{cast.chair.pk}-rank" value="1"' in page
    assert Ranking.objects.count() == 1
    again = cast.client(cast.an).post(url, lines(cast, 1, 2, 3, "", base="1", reason="Ghi lại theo biên bản"))
    assert again.status_code == 302
    assert entries(cast)[cast.chair.pk] == 1


def test_an_agency_outside_the_cluster_cannot_be_slipped_in(at_conference: Any) -> None:
    cast = at_conference
    stranger = MembershipFactory().agency
    cast.client(cast.an).post(
        cast.url("ranking_edit"), lines(cast, 1, 2, 3, "") | {f"{stranger.pk}-rank": "1"}
    )
    assert stranger.pk not in entries(cast)
    draft = record.Draft("deliberation", (record.Line(stranger.pk, 1),), base=1, reason="x")
    with pytest.raises(record.DomainError, match="không thuộc Cụm"):
        record.record_ranking(cast.scope(cast.an), draft)


def test_who_sees_and_when(cast: Any) -> None:
    RankingEntryFactory(ranking=RankingFactory(year=cast.year), agency=cast.chair, rank=1)
    seen = {
        phase: {
            name: cast.client(getattr(cast, name)).get(cast.url("ranking")).status_code
            for name in ("an", "binh", "chi", "lan", "officer", "observer", "dung")
        }
        for phase in (PhaseKind.DELIBERATE, PhaseKind.PUBLISH)
        if cast.go(phase) is None
    }
    insiders = {"an": 200, "binh": 200, "officer": 200, "observer": 200, "dung": 404}
    assert seen[PhaseKind.DELIBERATE] == insiders | {"chi": 403, "lan": 403}
    assert seen[PhaseKind.PUBLISH] == insiders | {"chi": 200, "lan": 200}


def test_only_leadership_records_and_only_in_its_steps(cast: Any) -> None:
    cast.go(PhaseKind.PUBLISH)
    for name, status in (
        ("chi", 403),
        ("lan", 403),
        ("officer", 403),
        ("observer", 403),
        ("dung", 404),
        ("root", 404),
    ):
        assert (
            cast.client(getattr(cast, name))
            .post(cast.url("ranking_edit"), lines(cast, 1, 2, 3, ""))
            .status_code
            == status
        )
    cast.go(PhaseKind.CARRY_OUT)
    answer = cast.client(cast.an).post(cast.url("ranking_edit"), lines(cast, 1, 2, 3, ""))
    assert answer.status_code == 403
    assert "Bình xét" in answer.content.decode()
    assert cast.client().post(cast.url("ranking_edit")).status_code == 401
    assert not Ranking.objects.exists()


@pytest.mark.parametrize("members", [1, 3])
def test_the_same_queries_for_one_member_and_for_three(
    at_conference: Any, django_assert_num_queries: Any, members: int
) -> None:
    cast = at_conference
    for agency in cast.agencies[members:]:
        cast.year.memberships.filter(agency=agency).delete()
    ranking = RankingFactory(year=cast.year)
    for place, agency in enumerate(cast.agencies[:members], 1):
        RankingEntryFactory(ranking=ranking, agency=agency, rank=place)
    client = cast.client(cast.an)
    with django_assert_num_queries(11):
        assert client.get(cast.url("ranking")).status_code == 200
    with django_assert_num_queries(11):
        assert client.get(cast.url("ranking_edit")).status_code == 200


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_record_at_once_one_wins_whole(cast: Any) -> None:
    cast.go(PhaseKind.DELIBERATE)
    scope = cast.scope(cast.an)
    ranks = [(1, 2, 3, None), (2, 1, None, 3)]

    def attempt(places: tuple[int | None, ...]) -> Any:
        rows = tuple(record.Line(agency.pk, rank) for agency, rank in zip(cast.agencies, places, strict=True))
        return lambda: record.record_ranking(scope, record.Draft("deliberation", rows))

    outcomes = race(*[attempt(places) for places in ranks])
    assert len(values(outcomes)) == 1
    assert [type(error).__name__ for error in errors(outcomes)] == ["Stale"]
    assert tuple(entries(cast)[agency.pk] for agency in cast.agencies) in ranks


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_read_the_same_revision(cast: Any) -> None:
    """The twin reads the newest number without the lock: both want number 1, the database has to refuse one."""

    meet = meeting_point(2)

    def unprotected() -> None:
        newest = Ranking.objects.filter(year=cast.year).count()
        meet()
        with transaction.atomic():
            Ranking.objects.create(year=cast.year, revision=newest + 1, method="vote")

    outcomes = race(unprotected, unprotected)
    assert [type(error) for error in errors(outcomes)] == [IntegrityError]
