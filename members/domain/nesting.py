"""A cluster inside a cluster (domain 7, case 29): no circle, wherever a parent is written."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import DomainError
from members.models import Cluster


def is_circle(pairs: dict[int, int | None], cluster_id: int, parent_id: int | None) -> bool:
    """Whether ``parent_id`` above ``cluster_id`` would put a cluster inside itself; ``pairs``: cluster → parent."""
    seen: set[int] = set()
    above = parent_id
    while above is not None and above not in seen:
        if above == cluster_id:
            return True
        seen.add(above)
        above = pairs.get(above)
    return False


def check_parent(cluster_id: int | None, parent_id: int | None) -> None:
    """Raise ``DomainError`` (field ``parent``) when the parent stands inside the cluster, at any depth.

    ``cluster_id`` is None for a cluster that is not written yet. One query.
    """
    if cluster_id is None or parent_id is None:
        return
    pairs = dict(Cluster.objects.filter(parent__isnull=False).values_list("pk", "parent"))
    if is_circle(pairs, cluster_id, parent_id):
        raise DomainError(
            _("Cụm được chọn nằm trong chính cụm này; hai cụm không thể thuộc lẫn nhau."), "parent"
        )
