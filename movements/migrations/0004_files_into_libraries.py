"""Files that stood beside one activity move into the library of its agency, and serve the activity from there."""

import secrets
from typing import Any, ClassVar

from django.db import migrations


def into_libraries(apps: Any, _schema_editor: Any) -> None:
    """One file of a library for the same bytes of one agency in a year; a removed one stays by itself."""
    evidence, use = apps.get_model("movements", "Evidence"), apps.get_model("movements", "EvidenceUse")
    kept: dict[Any, Any] = {}
    keys: set[tuple[int, str]] = set()
    for row in evidence.objects.select_related("activity").order_by("pk").iterator(chunk_size=500):
        activity = row.activity
        place = (activity.year_id, activity.agency_id, row.file_id)
        standing = kept.get(place) if row.removed_at is None else None
        use.objects.create(
            activity=activity,
            evidence=standing or row,
            added_by_id=row.added_by_id,
            removed_at=row.removed_at,
        )
        if standing is not None:
            row.delete()
            continue
        if row.removed_at is None:
            kept[place] = row
        row.year_id, row.agency_id = activity.year_id, activity.agency_id
        if (row.year_id, row.key) in keys:
            row.key = secrets.token_hex(8)
        keys.add((row.year_id, row.key))
        row.save(update_fields=["year", "agency", "key"])


def beside_activities(apps: Any, _schema_editor: Any) -> None:
    """Back: a row beside each activity that a file served."""
    evidence, use = apps.get_model("movements", "Evidence"), apps.get_model("movements", "EvidenceUse")
    # Rows are read ahead: whether a file has found its activity cannot be asked of them.
    placed: set[int] = set()
    for row in use.objects.select_related("evidence").order_by("pk").iterator(chunk_size=500):
        file = row.evidence
        if file.pk not in placed:
            placed.add(file.pk)
            file.activity_id = row.activity_id
            file.removed_at = row.removed_at or file.removed_at
            file.save(update_fields=["activity", "removed_at"])
        else:
            evidence.objects.create(
                activity_id=row.activity_id, key=secrets.token_hex(8), file_id=file.file_id, name=file.name,
                note=file.note, added_by_id=row.added_by_id, removed_at=row.removed_at,
            )  # fmt: skip
    evidence.objects.filter(activity=None).delete()
    use.objects.all().delete()


class Migration(migrations.Migration):
    """Data alone, in a transaction of its own: PostgreSQL alters no table with rows waiting for their checks."""

    dependencies: ClassVar = [("movements", "0003_ledger_and_library")]
    operations: ClassVar = [migrations.RunPython(into_libraries, beside_activities)]
