"""Who gave how much of a joint gift, as text: "Văn phòng HĐND tỉnh: 40 tr; Hội Chữ thập đỏ"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.folding import clean_line
from core.quantity import format_number
from movements.domain.entry import Shares
from movements.domain.record import Record

_FIGURE = re.compile(r"[0-9][\w.,\s]*")
OWN = "own"  # in place of a member's id: the share of whoever records the activity


def names_in(text: str) -> list[str]:
    """Names separated by semicolons, tidied."""
    return [name for part in text.split(";") if (name := clean_line(part))]


def shared_names(text: str) -> list[tuple[str, str]]:
    """Names with the words of their share: "Văn phòng HĐND tỉnh: 40 tr; Hội Chữ thập đỏ".

    What stands behind a colon is a share where it reads like a figure, else it belongs to the name.
    """
    found = []
    for part in names_in(text):
        name, colon, words = part.rpartition(":")
        is_share = bool(colon and name.strip()) and _FIGURE.fullmatch(words.strip()) is not None
        found.append((clean_line(name), clean_line(words)) if is_share else (part, ""))
    return found


def outside_words(givers: Sequence[Any]) -> str:
    """The givers outside the cluster as :func:`shared_names` reads them back."""
    return "; ".join(
        row.outside_name if row.share is None else f"{row.outside_name}: {format_number(row.share)}"
        for row in givers
        if row.outside_name
    )


def shares_of(record: Record, givers: Sequence[Any]) -> Shares:
    owner = record.activity.agency_id
    known = [row for row in givers if row.share is not None]
    return Shares(
        next((row.share for row in known if row.agency_id is not None and row.agency_id == owner), None),
        tuple((row.agency_id, row.share) for row in known if row.agency_id not in (None, owner)),
        tuple((row.outside_name, row.share) for row in known if row.outside_name),
    )


def share_words(shares: Shares) -> dict[str, str]:
    """The recorded shares as their inputs show them."""
    words = {str(pk): format_number(share) for pk, share in shares.members}
    return words if shares.own is None else {**words, OWN: format_number(shares.own)}
