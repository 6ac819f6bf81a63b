"""The scanner's second look: files that wait for it, and those that came before it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from core import files, scanner
from core.models import Scan, StoredFile

security = logging.getLogger("security")


@dataclass
class Rescanned:
    """How many are clean now and how many still wait; hash and finding of the infected ones."""

    clean: int = 0
    waiting: int = 0
    infected: list[tuple[str, str]] = field(default_factory=list)


def rescan(*, everything: bool = False) -> Rescanned:
    """Scan what waits (``everything``: also what was never scanned), oldest first.

    Clean ones open at once. An infected one waits for ever: nobody gets it, its record stays, the log names it. A
    scanner that does not answer leaves each file as it was.
    """
    states = [Scan.WAITING, Scan.NONE] if everything else [Scan.WAITING]
    done = Rescanned()
    for row in StoredFile.objects.filter(scan__in=states).order_by("id").iterator(chunk_size=200):
        try:
            with files.open_stored(row) as content:
                verdict = scanner.scan(content)
        except files.FileDamaged:
            done.waiting += 1
            continue
        if verdict.finding:
            security.warning("infected file sha256=%s finding=%s", row.sha256, verdict.finding)
            done.infected.append((row.sha256, verdict.finding))
            StoredFile.objects.filter(pk=row.pk).update(scan=Scan.WAITING)
        elif verdict.state == Scan.CLEAN:
            done.clean += 1
            StoredFile.objects.filter(pk=row.pk).update(scan=Scan.CLEAN)
        else:
            done.waiting += 1
    return done
