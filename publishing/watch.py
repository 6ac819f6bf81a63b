"""Public pages of a cluster's activities look again after every audited change of that cluster.

The head of the cluster's audit chain is written by every verb, whichever app it is of and whatever it changed: a title,
a picture, a receiver, the switch itself. So nothing that was withdrawn stays remembered because a verb forgot to say.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from core.audit import cluster_chain
from core.models import AuditHead
from publishing import memory

_PREFIX = cluster_chain(0).removesuffix("0")


@receiver(post_save, sender=AuditHead, dispatch_uid="publishing.watch")
def look_again(instance: AuditHead, **_more: Any) -> None:
    """Forget the cluster's public activities once the change is committed."""
    number = instance.chain.removeprefix(_PREFIX)
    if instance.chain.startswith(_PREFIX) and number.isdecimal():
        # robust: the change is committed, so a full disk must not make it look refused; a minute forgets it too
        transaction.on_commit(partial(memory.published, memory.of_cluster(int(number))), robust=True)
