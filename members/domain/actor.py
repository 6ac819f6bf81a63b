"""Who acts, where no cluster-year is in hand: the admin site, a command, a year file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.errors import Refused

if TYPE_CHECKING:
    from members.scope import Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """An account by id, the role it acts in (kept in the audit, no person's name) and the clusters it is officer of."""

    user_id: int | None
    role: str
    every_cluster: bool = False
    cluster_ids: frozenset[int] = field(default_factory=frozenset)

    @classmethod
    def of(cls, scope: Scope) -> Actor:
        """The person of a scope; an officer there covers the cluster of the scope and no other."""
        covered = frozenset({scope.year.cluster_id}) if scope.is_officer else frozenset()
        return cls(scope.user_key(), scope.audit_role, cluster_ids=covered)

    def covers(self, cluster_id: int) -> bool:
        """Whether the actor is officer of the cluster."""
        return self.every_cluster or cluster_id in self.cluster_ids

    def check(self, cluster_id: int) -> None:
        """Raise ``Refused`` unless the actor is officer of the cluster."""
        if not self.covers(cluster_id):
            raise Refused(_("Chỉ chuyên viên Thường trực Hội đồng phụ trách cụm làm được việc này."))


SYSTEM = Actor(None, "system", every_cluster=True)
