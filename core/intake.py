"""How an uploaded file becomes a stored one: recognised, cleaned of metadata, scanned, kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import IO

from django.utils.translation import gettext as _

from core import files, pictures, scanner
from core.models import Scan, StoredFile

security = logging.getLogger("security")
Recognise = Callable[[IO[bytes], int, str], files.FileKind]


class Gate:
    """One person's uploads of one request: a scanner that does not answer is not asked again for each file."""

    def __init__(self, user_id: int) -> None:
        """Remember who brings the files, for the security log."""
        self._user_id = user_id
        self._asks = scanner.is_on()

    def take_in(
        self, content: IO[bytes], size: int, name: str, recognise: Recognise = files.recognise
    ) -> tuple[files.FileKind, StoredFile]:
        """The kind and the row of a file that passed; raises ``FileRefused``. ``recognise`` says what is taken.

        Effects in order: recognised by content, metadata taken off pictures, scanned, bytes and row kept. The hash is
        that of the cleaned bytes.
        """
        kind = recognise(content, size, name)
        try:
            clean = pictures.cleaned(content, kind.content_type)
        except pictures.BrokenPicture as error:
            raise files.broken(files.shown_name(name)) from error
        verdict = self._verdict(clean)
        if verdict.finding:
            security.warning("infected upload user=%s finding=%s", self._user_id, verdict.finding)
            raise files.FileRefused(
                _(
                    "Tệp “%(name)s” bị từ chối: phần mềm quét vi-rút tìm thấy %(finding)s. Hãy quét lại máy của bạn."
                )
                % {"name": files.shown_name(name), "finding": verdict.finding}
            )
        return kind, files.store(clean, kind, verdict.state)

    def _verdict(self, content: IO[bytes]) -> scanner.Verdict:
        if not self._asks:
            return scanner.Verdict(Scan.WAITING if scanner.is_on() else Scan.NONE)
        verdict = scanner.scan(content)
        self._asks = verdict.state == Scan.CLEAN or bool(verdict.finding)
        return verdict
