"""A record of hand-over that both sides have signed is neither changed nor removed: the database refuses."""

from typing import ClassVar

from django.db import migrations

from core.append_only import AppendOnly


class Migration(migrations.Migration):
    """Triggers on both databases, for frozen rows only."""

    dependencies: ClassVar = [("publishing", "0003_handover")]
    operations: ClassVar = [AppendOnly("publishing_handover", "OLD.frozen_at IS NOT NULL")]
