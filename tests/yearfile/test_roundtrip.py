"""What goes in comes out: the same bytes, on both databases."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cluster_app.yearfile.dump import document_of
from cluster_app.yearfile.load import load_year
from core.models import AuditEvent
from members.models import ClusterYear, Membership
from movements.models import Activity, Contribution
from tests.factories import ActivityFactory, ContributionFactory, DirectiveFactory, MovementFactory
from tests.yearfile import full

pytestmark = pytest.mark.django_db
FILES = sorted((settings.BASE_DIR / "demo").glob("*.json"))
DEMO = [path for path in FILES if path.stem.startswith("lang-son")]


def dump(cluster: str, label: str, target: Path, *options: str) -> bytes:
    call_command("dump_year", cluster, label, "-o", target, *options, stdout=io.StringIO())
    return target.read_bytes()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_demo_file_alone_comes_out_as_it_went_in(path: Path, tmp_path: Path) -> None:
    cluster, _dash, label = path.stem.rpartition("-")
    load_year(path)
    assert dump(cluster, label, tmp_path / "out.json") == path.read_bytes()


@pytest.mark.parametrize("order", [DEMO, DEMO[::-1]], ids=["2020 first", "2021 first"])
def test_two_years_of_one_cluster_load_in_either_order(order: list[Path], tmp_path: Path) -> None:
    for path in order:
        load_year(path)
    for path in order:
        assert dump("lang-son-trung-uong", path.stem[-4:], tmp_path / "out.json") == path.read_bytes()


def test_every_key_and_file_comes_out_as_it_went_in(tmp_path: Path) -> None:
    package = full.as_zip(full.document())
    load_year(full.put(tmp_path, package))
    assert dump("khoi-trung-uong", "2012-2013", tmp_path / "out.zip") == package
    assert dump("khoi-trung-uong", "2012-2013", tmp_path / "out", "--zip") == package


def test_the_output_takes_the_bytes_when_no_file_is_named(tmp_path: Path) -> None:
    load_year(DEMO[0])
    raw = io.BytesIO()
    with redirect_stdout(io.TextIOWrapper(raw, encoding="utf-8")):
        call_command("dump_year", "lang-son-trung-uong", "2020")
        assert raw.getvalue() == DEMO[0].read_bytes()


def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    path = full.put(tmp_path, full.document())
    first = load_year(path)
    events = AuditEvent.objects.count()
    second = load_year(path)
    assert (first.changed, second.changed) == (True, False)
    assert AuditEvent.objects.count() == events == 1
    assert Activity.objects.count() == 3


def test_a_file_written_another_way_is_the_same_file(tmp_path: Path) -> None:
    """Order of items, defaults written out, Z instead of +07:00, decomposed letters."""
    load_year(full.put(tmp_path, full.document()))
    other = full.document()
    other["agencies"].reverse()
    other["memberships"].reverse()
    other["year"]["sealed_at"] = "2013-12-31T16:30:00.123456Z"
    other["activities"][1] |= {"place": "", "movement": None, "contributions": []}
    other["texts"][0]["text"] = "Phương hướng"
    assert load_year(full.put(tmp_path, other)).changed is False


def test_derived_columns_are_made(tmp_path: Path) -> None:
    load_year(full.put(tmp_path, full.document()))
    activity = Activity.objects.get(key="ung-ho")
    assert "dong bao" in activity.search
    assert "van phong hdnd tinh" in activity.search
    assert activity.sorted_on.isoformat() == "2012-11-20"
    assert all(name.sort_key for name in activity.agency.names.all())
    assert Contribution.objects.get(key="gao").part_of.key == "tong"


def test_the_audit_tells_of_the_load_without_a_person(tmp_path: Path) -> None:
    load_year(full.put(tmp_path, full.document()))
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id, event.chain[:8]) == ("year_load", None, "cluster:")
    assert '"activities":3' in event.after


def test_a_dump_asks_as_many_questions_for_a_large_year_as_for_a_small_one(
    tmp_path: Path, django_assert_num_queries: Any
) -> None:
    year = load_year(full.put(tmp_path, full.document())).year
    with CaptureQueriesContext(connection) as small:
        document_of(ClusterYear.objects.select_related("cluster").get(pk=year.pk))
    for number in range(5):
        activity = ActivityFactory(year=year, agency=year.memberships.first().agency)
        ContributionFactory(activity=activity)
        movement = MovementFactory(year=year, order=100 + number)
        movement.directives.add(DirectiveFactory())
    with django_assert_num_queries(len(small)):
        document_of(ClusterYear.objects.select_related("cluster").get(pk=year.pk))


def test_a_dump_that_could_not_be_loaded_says_so(tmp_path: Path) -> None:
    load_year(DEMO[0])
    Membership.objects.filter(agency__code="thue-lang-son").delete()
    errors = io.StringIO()
    target = tmp_path / "out.json"
    call_command(
        "dump_year", "lang-son-trung-uong", "2020", "-o", target, stdout=io.StringIO(), stderr=errors
    )
    assert "sẽ không nạp lại được: /conferences/0/attendance/5/agency" in errors.getvalue()
    assert target.exists()


def test_the_schema_is_printed_without_a_database_row(tmp_path: Path) -> None:
    call_command("dump_year", "--schema", "-o", tmp_path / "schema.json", stdout=io.StringIO())
    printed = (settings.BASE_DIR / "docs/year-file.schema.json").read_bytes()
    assert (tmp_path / "schema.json").read_bytes() == printed
