"""Upload handler that keeps a file that is too large from filling memory or disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler


class Capped(FileUploadHandler):
    """Drops what comes after the limit: the form is still read, and the gate refuses the file by its size."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass the chunk on until the limit is passed."""
        return None if start > settings.UPLOAD_MAX_BYTES else raw_data

    def file_complete(self, file_size: int) -> Any:
        """The handlers behind this one make the file."""
        return None
