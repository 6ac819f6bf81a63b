"""What this process remembers of published years, so that a repeated view asks nobody anything.

Two kinds. What is frozen (bytes under their hash, pages made of them) never changes and is kept until it is pushed out.
What a publication changes (which version is in force, lists, whole answers) is kept while the stamp file of this
machine, which every publication touches, stands as it stood, and for ``SECONDS`` at most: so long another machine may
show the version before.

What changes with the work of one cluster (its public activities) is kept under a stamp of that cluster, which every
audited change of the cluster touches: what was withdrawn is forgotten with the commit.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from django.conf import settings

SECONDS = 60


class Memory:
    """The newest ``most`` entries; safe between threads."""

    def __init__(self, most: int) -> None:
        """Remember nothing yet."""
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, Any] = OrderedDict()

    def get(self, key: object) -> Any:
        """The entry, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def put(self, key: object, value: Any) -> None:
        """Keep an entry; the one asked for longest ago goes when there are too many."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()


class StampedMemory(Memory):
    """Entries that count only while their stamp stands as it stood before they were looked up, and for ``SECONDS``."""

    def get(self, key: object) -> Any:
        """The entry while it counts, else None."""
        entry = super().get(key)
        if entry is None or entry[1] < time.monotonic() or entry[0] != stamp(entry[3]):
            return None
        return entry[2]

    def put_as_of(self, key: object, value: Any, stamp_before: int, under: str = "") -> None:
        """Keep an entry that was looked up after ``stamp_before`` was read; ``under``: whose stamp that is."""
        self.put(key, (stamp_before, time.monotonic() + SECONDS, value, under))


frozen = Memory(256)
shelves = StampedMemory(1024)
answers = StampedMemory(256)
cards = Memory(64)  # pictures by the mark of what stands on them


def stamp(under: str = "") -> int:
    """When something was published (or changed under a name) last on this machine; read it before looking up."""
    try:
        return os.stat(_path(under)).st_mtime_ns
    except OSError:
        return 0


def published(under: str = "") -> None:
    """Every process of this machine looks again from now on; call it after the commit."""
    path = _path(under)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = stamp(under)
    path.touch()
    if stamp(under) <= before:  # a clock that stood still or went back
        os.utime(path, ns=(before + 1, before + 1))


def forget_all() -> None:
    """Forget everything, for tests that roll back what they published."""
    for memory in (frozen, shelves, answers, cards):
        memory.clear()


def of_cluster(cluster_id: int) -> str:
    """The name under which the answers of one cluster's public activities are kept."""
    return f"cluster-{cluster_id}"


def _path(under: str = "") -> Path:
    folder = Path(settings.DATA_DIR)
    return folder / "stamps" / f"{under}.stamp" if under else folder / "published.stamp"
