"""A list that is narrowed to a rare kind of gift finds it without reading every activity."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index."""

    dependencies: ClassVar = [("movements", "0007_activity_title_key")]
    operations: ClassVar = [
        migrations.AddIndex(
            "contribution", models.Index(fields=["kind", "activity"], name="contribution_of_kind")
        )
    ]
