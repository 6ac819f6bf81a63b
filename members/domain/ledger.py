"""Events of a verb that changes several clusters: kept until everything is changed, then written in one order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from core import audit
from members.domain.actor import Actor


@dataclass
class Ledger:
    """What happened; ``write`` appends it to the chains of the clusters in order, the installation's last."""

    actor: Actor
    reason: str = ""
    _told: list[tuple[str, str, Model, Any, Any]] = field(default_factory=list)

    def tell(self, chain: str, action: str, target: Model, before: Any = None, after: Any = None) -> None:
        """Remember an event."""
        self._told.append((chain, action, target, before, after))

    def write(self) -> None:
        """Append the events; the heads of their chains are locked here, last in the transaction."""
        for chain, action, target, before, after in sorted(
            self._told, key=lambda one: (one[0] == audit.SITE, one[0])
        ):
            audit.record(
                chain, action, target, actor_id=self.actor.user_id, role=self.actor.role,
                before=before, after=after, reason=self.reason,
            )  # fmt: skip
