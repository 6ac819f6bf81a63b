"""The cache that all processes of one machine share without a further service."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache


class SharedFiles(FileBasedCache):
    """Django's cache in files, with an ``add`` that only one of several processes wins.

    Why files: the limits on sign-in must hold over all workers, which memory of a process cannot do, and a cache in the
    database would write on pages that only read. A service such as Redis takes its place through ``CACHE_URL``.
    """

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store unless the key is there; a hard link is made by one process alone (sign-in's locks rely on it)."""
        if self.has_key(key, version):
            return False
        self._createdir()  # type: ignore[attr-defined]
        name = self._key_to_file(key, version)  # type: ignore[attr-defined]
        handle, draft = tempfile.mkstemp(dir=self._dir)  # type: ignore[attr-defined]
        try:
            with open(handle, "wb") as file:
                self._write_content(file, timeout, value)  # type: ignore[attr-defined]
            os.link(draft, name)
        except FileExistsError:
            return False
        finally:
            os.remove(draft)
        return True
