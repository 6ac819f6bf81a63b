"""The database itself refuses to change or remove these rows."""

from typing import ClassVar

from django.db import migrations

from core.append_only import AppendOnly


class Migration(migrations.Migration):
    """Triggers on both databases."""

    dependencies: ClassVar = [("publishing", "0001_initial")]
    operations: ClassVar = [AppendOnly("publishing_annualsummary")]
