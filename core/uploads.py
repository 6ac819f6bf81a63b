"""What is sent: a file that is too large never fills memory or disk, a body that broke off is never taken for whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

GATHERED = "cluster.temporary_files"  # in the WSGI environment: files of the request that is being read


class Capped(FileUploadHandler):
    """Drops what comes after the limit: the form is still read, and the gate refuses the file by its size."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass the chunk on until the limit is passed."""
        return None if start > settings.UPLOAD_MAX_BYTES else raw_data

    def file_complete(self, file_size: int) -> Any:
        """The handlers behind this one make the file."""
        return None


class Gathered(TemporaryFileUploadHandler):
    """Django's temporary files, known to the body they come from, so that they go when it breaks off."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start the file and note it."""
        super().new_file(*args, **kwargs)
        if self.request is not None:
            self.request.META.setdefault(GATHERED, []).append(self.file)


class WholeBody:
    """The body of a request that ends with an error when it is shorter than its Content-Length.

    Django takes what arrived for all there is: an upload that broke off in the middle of a file would be saved, with
    half of the file and without the fields behind it.
    """

    def __init__(self, environ: dict[str, Any], promised: int) -> None:
        self._stream: IO[bytes] = environ["wsgi.input"]
        self._environ = environ
        self._left = promised

    def read(self, size: int = -1) -> bytes:
        """As a file reads; ``OSError`` when the sender stopped too early."""
        data = self._stream.read(size)
        return self._counted(data, complete=0 <= size <= len(data))

    def readline(self, size: int = -1) -> bytes:
        """As a file reads a line; ``OSError`` when the sender stopped too early."""
        data = self._stream.readline(size)
        return self._counted(data, complete=data.endswith(b"\n") or 0 <= size <= len(data))

    def _counted(self, data: bytes, *, complete: bool) -> bytes:
        self._left -= len(data)
        if self._left > 0 and not complete:
            for file in self._environ.get(GATHERED, ()):
                file.close()
            raise OSError("the body ended before its Content-Length")
        return data


def whole_bodies(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, with every body that has a length guarded by :class:`WholeBody`."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH", "")
        if length.isascii() and length.isdigit():
            environ["wsgi.input"] = WholeBody(environ, int(length))
        return application(environ, start_response)

    return guarded
