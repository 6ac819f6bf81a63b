"""Lists sort titles by the Vietnamese alphabet, page by page; a movement's activities are found in the order of days."""

from django.db import migrations, models

import core.fields
from core.folding import sort_key

BATCH = 5000


def fill(apps, schema_editor):
    """The keys of the rows there are, some thousands at a time."""
    activities = apps.get_model("movements", "Activity").objects.using(schema_editor.connection.alias)
    last = 0
    while True:
        rows = list(activities.filter(pk__gt=last).order_by("pk").values_list("pk", "title")[:BATCH])
        if not rows:
            return
        last = rows[-1][0]
        with schema_editor.connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE movements_activity SET title_key = %s WHERE id = %s",
                [(sort_key(title), pk) for pk, title in rows],
            )


class Migration(migrations.Migration):
    dependencies = [("movements", "0006_titles_of_the_law")]

    operations = [
        migrations.AddField("activity", "title_key", core.fields.SortKeyField(source="title")),
        migrations.AddIndex(
            "activity", models.Index(fields=["year", "title_key", "id"], name="activity_title_list")
        ),
        migrations.AddIndex(
            "activity",
            models.Index(fields=["year", "movement", "-sorted_on", "-id"], name="activity_movement_list"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
