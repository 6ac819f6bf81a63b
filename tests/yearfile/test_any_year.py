"""Whatever a year holds, it comes out as it went in."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster_app.yearfile import canon
from cluster_app.yearfile.dump import document_of
from cluster_app.yearfile.load import load_year
from cluster_app.yearfile.shapes import VERSION
from core.folding import strip_unsafe
from members.models import ClusterYear
from movements.models import Contribution
from tests.factories import (
    ActivityFactory,
    BeneficiaryFactory,
    ContributionFactory,
    GoodsFactory,
    MovementFactory,
    ParticipationFactory,
    RankingEntryFactory,
    RankingFactory,
    YearTextFactory,
)

ALPHABET = "aăâđêôơưẠẵ Kh́ 0.,;:-–“”‘'\"\\/<>{}%€\n\t漢🙂e\u0301"
FIRST = date(2020, 1, 1)


def words(limit: int, least: int = 0) -> st.SearchStrategy[str]:
    """Text as people and other programs write it; composed, and never only spaces where something must stand."""
    texts = st.text(ALPHABET, min_size=least, max_size=limit // 2).map(
        lambda text: canon.clean(strip_unsafe(text))
    )
    return texts.filter(lambda text: text.strip()) if least else texts


DAYS = st.integers(0, 365).map(lambda n: FIRST + timedelta(days=n))
NUMBERS = (
    st.decimals(0, 10**12 - 1, places=4, allow_nan=False)
    .filter(bool)
    .map(lambda n: format(n, "f").rstrip("0").rstrip("."))
)
QUALIFIERS = st.sampled_from(["exact", "over", "at_least", "nearly", "about"])


@st.composite
def gifts(draw: Any, members: list[str], wholes: list[dict[str, str]]) -> dict[str, Any]:
    gift: dict[str, Any] = {
        "kind": draw(st.sampled_from(["money", "goods", "service", "workdays"])), "description": draw(words(300, 1)),
    }  # fmt: skip
    counted = draw(st.booleans())
    if counted:
        gift |= {"quantity": draw(NUMBERS), "unit": draw(words(30, 1)), "quantity_words": draw(words(60))}
        gift["quantity_qualifier"] = draw(QUALIFIERS)
    if not counted or draw(st.booleans()):
        gift |= {"value": draw(st.integers(1, 10**13 - 1)), "value_qualifier": draw(QUALIFIERS)}
    if draw(st.booleans()):
        gift["beneficiary"] = draw(st.sampled_from(["Sở Y tế", "Hộ nghèo", "Ủy ban MTTQ"]))
    givers = draw(st.lists(st.sampled_from(members), unique=True, max_size=2))
    gift["contributors"] = [{"order": place, "agency": code} for place, code in enumerate(givers, 1)]
    if draw(st.booleans()):
        outside = {
            "order": 9,
            "outside_name": draw(words(200, 1)),
            "share": draw(st.none() | st.integers(0, 10**12)),
        }
        gift["contributors"].append(outside)
    if wholes and draw(st.booleans()):
        gift |= {
            "part_of": draw(st.sampled_from(wholes)),
            "part_state": draw(st.sampled_from(["included", "unknown"])),
        }
    return gift


@st.composite
def activities(draw: Any, members: list[str], movements: list[str]) -> list[dict[str, Any]]:
    made, wholes = [], []
    for place in range(draw(st.integers(0, 3))):
        days = sorted(draw(st.tuples(DAYS, DAYS)))
        activity: dict[str, Any] = {
            "key": f"viec-{place}", "scope": "agency", "agency": draw(st.sampled_from(members)), "state": "draft",
            "title": draw(words(300, 1)), "story": draw(words(400)), "place": draw(words(300)),
            "movement": draw(st.sampled_from([None, *movements])), "in_summary": draw(st.booleans()),
            "precision": "day", "starts_on": days[0].isoformat(), "ends_on": days[1].isoformat(), "contributions": [],
        }  # fmt: skip
        for number in range(draw(st.integers(0, 3))):
            gift = draw(gifts(members, wholes)) | {"key": f"k{number}", "order": number + 1}
            activity["contributions"].append(gift)
            if "part_of" not in gift:
                wholes.append({"activity": activity["key"], "contribution": gift["key"]})
        made.append(activity)
    return made


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    members = [f"don-vi-{place}" for place in range(draw(st.integers(1, 4)))]
    movements = [f"phong-trao-{place}" for place in range(draw(st.integers(0, 2)))]
    document = {
        "format": "cluster-year", "schema": VERSION,
        "cluster": {
            "kind": "cum", "name": draw(words(300, 1)), "short_name": draw(words(100, 1)), "slug": "c",
            "level": "province",
        },
        "year": {"label": "2020", "starts_on": "2020-01-01", "ends_on": "2020-12-31", "slogan": draw(words(300))},
        "agencies": [
            {"code": code, "kind": "party", "names": [{"name": draw(words(300, 1)), "short_name": draw(words(100, 1))}]}
            for code in members
        ],
        "phases": [{"kind": "prepare", "order": draw(st.integers(1, 32767))}],
        "memberships": [{"agency": code, "order": draw(st.integers(1, 32767))} for code in members],
        "movements": [
            {
                "key": key, "order": draw(st.integers(1, 3)), "title": f"{key} {draw(words(200))}".strip(),
                "level": "central", "kind": "regular",
            }
            for key in movements
        ],
        "activities": draw(activities(members, movements)),
        "rankings": [
            {"revision": 1, "method": "score", "entries": [
                {"agency": code, "rank": draw(st.none() | st.integers(1, 9)), "points": draw(st.none() | NUMBERS)}
                for code in draw(st.permutations(members))
            ]}
        ],
    }  # fmt: skip
    return document


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=documents())
def test_any_year_comes_out_as_it_went_in(tmp_path: Path, document: dict[str, Any]) -> None:
    wanted = canon.to_bytes(canon.normal_document(document))
    path = tmp_path / "year.json"
    path.write_bytes(wanted)
    with transaction.atomic():
        year = load_year(path).year
        assert canon.to_bytes(document_of(year)) == wanted
        assert load_year(path).changed is False
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_people_recorded_comes_out_loads_elsewhere_and_comes_out_the_same(
    cast: Any, tmp_path: Path
) -> None:
    """Rows made by the factories, not by a file: dump, empty the year, load, dump."""
    movement = MovementFactory(year=cast.year)
    ParticipationFactory(movement=movement, agency=cast.member)
    place = BeneficiaryFactory(cluster=cast.cluster)
    for agency in cast.agencies:
        activity = ActivityFactory(year=cast.year, agency=agency, movement=movement, confirmed=True)
        whole = ContributionFactory(activity=activity, order=1, beneficiary=place)
        GoodsFactory(
            activity=activity,
            order=2,
            part_of=whole,
            part_state="unknown",
            by=[agency, "Văn phòng HĐND tỉnh"],
        )
    ranking = RankingFactory(year=cast.year)
    RankingEntryFactory(ranking=ranking, agency=cast.chair, rank=1)
    YearTextFactory(year=cast.year)
    first = tmp_path / "first.json"
    call_command("dump_year", cast.cluster.slug, "2020", "-o", first, stdout=io.StringIO())
    assert load_year(first).changed is False
    empty_year(cast.year)
    assert load_year(first).changed is True
    second = tmp_path / "second.json"
    call_command("dump_year", cast.cluster.slug, "2020", "-o", second, stdout=io.StringIO())
    assert second.read_bytes() == first.read_bytes()


def empty_year(year: ClusterYear) -> None:
    """Take away everything of the year, as an installation that never had it."""
    Contribution.objects.filter(activity__year=year).update(part_of=None, part_state="")
    for related in ("activities", "movements", "rankings", "texts"):
        getattr(year, related).all().delete()
    year.delete()
