"""Migrations 0004, 0005: files that stood beside one activity each move into the libraries of agencies, and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BESIDE, MOVED = ("movements", "0003_ledger_and_library"), ("movements", "0005_library_rules")


@pytest.fixture
def go() -> Any:
    """Go to a migration and give its models; at the end the database stands where it stood."""

    def to(target: tuple[str, str]) -> Any:
        MigrationExecutor(connection).migrate([target])
        return MigrationExecutor(connection).loader.project_state([target]).apps

    yield to
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def beside(apps: Any) -> dict[str, Any]:
    """Bytes of one agency beside two activities, once removed, under one key twice; another agency's; the cluster's."""
    member, year = apps.get_model("members", "Agency"), apps.get_model("members", "ClusterYear")
    cluster = apps.get_model("members", "Cluster").objects.create(name="Cụm", short_name="Cụm", slug="cum")
    the_year = year.objects.create(
        cluster=cluster, label="2020", starts_on="2020-01-01", ends_on="2020-12-31"
    )
    first, other = (member.objects.create(code=code) for code in ("mot", "hai"))
    activity, evidence = apps.get_model("movements", "Activity"), apps.get_model("movements", "Evidence")
    stored = apps.get_model("core", "StoredFile")
    same, alone = (
        stored.objects.create(sha256=sign * 64, size=1, content_type="application/pdf") for sign in "ab"
    )

    def act(key: str, agency: Any) -> Any:
        return activity.objects.create(
            year=the_year, key=key, agency=agency, scope="agency" if agency else "cluster", title=key,
            precision="unknown", sorted_on="2020-01-01", state="draft",
        )  # fmt: skip

    acts = {key: act(key, agency) for key, agency in (("a", first), ("b", first), ("c", other), ("d", None))}
    for key, where, file, removed in (
        ("k1", "a", same, False), ("k2", "b", same, False), ("k3", "a", alone, True), ("k3", "b", alone, False),
        ("k4", "c", same, False), ("k5", "d", same, False),
    ):  # fmt: skip
        evidence.objects.create(
            activity=acts[where],
            key=key,
            file=file,
            name=f"{key}.pdf",
            removed_at=timezone.now() if removed else None,
        )
    return {"year": the_year.pk, "first": first.pk, "other": other.pk}


def uses(apps: Any) -> list[tuple[Any, ...]]:
    rows = apps.get_model("movements", "EvidenceUse").objects.order_by(
        "activity__key", "evidence__file__sha256", "pk"
    )
    return [
        (row.activity.key, row.evidence.file.sha256[0], row.evidence.agency_id, bool(row.removed_at))
        for row in rows.select_related("activity", "evidence__file")
    ]


def test_files_move_into_libraries_and_back(go: Any) -> None:
    made = beside(go(BESIDE))
    apps = go(MOVED)
    evidence = apps.get_model("movements", "Evidence")
    first, other = made["first"], made["other"]
    assert uses(apps) == [
        ("a", "a", first, False), ("a", "b", first, True), ("b", "a", first, False), ("b", "b", first, False),
        ("c", "a", other, False), ("d", "a", None, False),
    ]  # fmt: skip
    assert (
        evidence.objects.count() == 5
    )  # the same bytes of one agency became one file; a removed one stays by itself
    assert evidence.objects.filter(year=made["year"]).values("key").distinct().count() == 5
    assert not evidence.objects.filter(year=None).exists()

    apps = go(BESIDE)
    back = apps.get_model("movements", "Evidence").objects.order_by("activity__key", "file__sha256", "pk")
    rows = back.select_related("activity", "file")
    assert [(row.activity.key, row.file.sha256[0], bool(row.removed_at)) for row in rows] == [
        ("a", "a", False), ("a", "b", True), ("b", "a", False), ("b", "b", False), ("c", "a", False), ("d", "a", False),
    ]  # fmt: skip
    assert not apps.get_model("movements", "EvidenceUse").objects.exists()
