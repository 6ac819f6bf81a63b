"""What this process remembers of published years, so that a repeated view asks nobody anything.

Two kinds. What is frozen (bytes under their hash, pages made of them) never changes and is kept until it is pushed out.
What a publication changes (which version is in force, lists, whole answers) is kept while the stamp file of this
machine, which every publication touches, stands as it stood, and for ``SECONDS`` at most: so long another machine may
show the version before.
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
    """Entries that count only while nothing was published since they were looked up, and for ``SECONDS``."""

    def get(self, key: object) -> Any:
        """The entry while it counts, else None."""
        entry = super().get(key)
        if entry is None or entry[0] != stamp() or entry[1] < time.monotonic():
            return None
        return entry[2]

    def put_as_of(self, key: object, value: Any, stamp_before: int) -> None:
        """Keep an entry that was looked up after ``stamp_before`` was read."""
        self.put(key, (stamp_before, time.monotonic() + SECONDS, value))


frozen = Memory(256)
shelves = StampedMemory(1024)
answers = StampedMemory(256)


def stamp() -> int:
    """When something was published last on this machine; read it before looking something up."""
    try:
        return os.stat(_path()).st_mtime_ns
    except OSError:
        return 0


def published() -> None:
    """Every process of this machine looks again from now on; call it after the commit."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    before = stamp()
    path.touch()
    if stamp() <= before:  # a clock that stood still or went back
        os.utime(path, ns=(before + 1, before + 1))


def forget_all() -> None:
    """Forget everything, for tests that roll back what they published."""
    for memory in (frozen, shelves, answers):
        memory.clear()


def _path() -> Path:
    return Path(settings.DATA_DIR) / "published.stamp"
