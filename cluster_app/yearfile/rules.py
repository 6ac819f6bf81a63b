"""Rules of the domain that a document must keep, asked before a row is written."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO
from typing import Final

from django.utils.translation import gettext as _

from cluster_app.yearfile import canon
from cluster_app.yearfile.package import FOLDER, Package, YearFileError
from cluster_app.yearfile.schema import Path
from cluster_app.yearfile.sound import Faults, Item, Sound
from core.errors import DomainError
from core.files import FileRefused, recognise
from members import charter
from members.domain.rotation import Term, clashes
from members.domain.terms import check_terms
from publishing.domain.canonical import CanonicalError, canonical_bytes, parse


def _terms(sound: Sound) -> Faults:
    """Never two chairs at one moment, chair ≠ deputy, members only."""
    codes = sorted(sound.named("agencies", "code"))
    names = dict(enumerate(codes))
    members = sound.named("memberships", "agency")
    terms: list[Term] = []
    places: dict[Term, Path] = {}
    for place, item in sound.each("role_terms"):
        if item["agency"] not in codes:
            continue
        ends = item.get("ends_on")
        term = Term(
            codes.index(item["agency"]), item["role"], item["order"], date.fromisoformat(item["starts_on"]),
            date.fromisoformat(ends) if ends else None, pk=len(terms),
        )  # fmt: skip
        terms.append(term)
        places[term] = place
        if item["agency"] not in members:
            yield (*place, "agency"), check_terms([], [term], names)[0].sentence
    for clash in clashes(terms):
        yield (
            places[max(clash.first, clash.second, key=lambda term: term.pk or 0)],
            check_terms(
                [clash.first] if clash.first is clash.second else [clash.first, clash.second], [], names
            )[0].sentence,
        )


def _dates(sound: Sound) -> Faults:
    """Steps close after they open; an activity lies in the year or touches it."""
    year = sound.single("year")
    for place, item in sound.each("phases"):
        opened, closed = item.get("opened_at"), item.get("closed_at")
        if opened and closed and canon.moment(closed) < canon.moment(opened):
            yield (*place, "closed_at"), _("đóng trước khi mở.")
    if not year:
        return
    for place, item in sound.each("activities"):
        first, last = item.get("starts_on"), item.get("ends_on")
        if first and last and (last < year["starts_on"] or first > year["ends_on"]):
            yield (*place, "starts_on"), _("thời gian nằm ngoài năm (%(from)s đến %(to)s).") % {
                "from": year["starts_on"], "to": year["ends_on"],
            }  # fmt: skip


def _numbers(sound: Sound) -> Faults:
    """Revisions and versions are counted 1, 2, 3 without a gap."""
    for name, key in (("rankings", "revision"), ("summaries", "number")):
        items = sorted(sound.each(name), key=lambda pair, key=key: pair[1][key])  # type: ignore[misc]
        for wanted, (place, item) in enumerate(items, 1):
            if item[key] != wanted and len(items) == len(sound.document.get(name, [])):
                yield (
                    (*place, key),
                    _("phải là %(wanted)s: đánh số từ 1, không bỏ cách.") % {"wanted": wanted},
                )
                break


def _charter(sound: Sound) -> Faults:
    try:
        charter.read(sound.single("charter").get("data", {}))
    except DomainError as error:
        for problem in error.problems:
            yield ("charter", "data", problem.field), problem.sentence


def _summaries(sound: Sound) -> Faults:
    """A frozen version is canonical JSON and bears its own hash."""
    for place, item in sound.each("summaries"):
        content = item["content"]
        try:
            canonical = canonical_bytes(parse(content)) == content.encode()
        except (ValueError, CanonicalError, RecursionError):
            canonical = False
        if not canonical:
            yield (
                (*place, "content"),
                _("không phải JSON ở dạng chuẩn (khoá xếp thứ tự, không khoảng trắng, NFC)."),
            )
        elif hashlib.sha256(content.encode()).hexdigest() != item["sha256"]:
            yield (*place, "sha256"), _("không khớp với nội dung.")
        elif parse(content).get("schema") != item["schema"]:
            yield (*place, "schema"), _("không khớp với nội dung.")


def files(sound: Sound, package: Package) -> Faults:
    """Every file listed is there with its bytes; every file there is listed."""
    listed = sound.named("files", "sha256")
    for stray in sorted(package.members - listed):
        yield ("files",), _("gói có %(name)s nhưng danh sách này không ghi.") % {"name": FOLDER + stray}
    for place, item in sound.each("files"):
        sha256 = item["sha256"]
        if sha256 not in package.members:
            yield (
                place,
                _("gói không có %(name)s; tệp năm có minh chứng phải là gói ZIP.")
                % {"name": FOLDER + sha256},
            )
            continue
        try:
            content = package.read(sha256)
        except YearFileError as error:
            yield place, error.problems[0].sentence
            continue
        if hashlib.sha256(content).hexdigest() != sha256:
            yield (
                (*place, "sha256"),
                _("nội dung của %(name)s có mã khác: tệp đã bị sửa hoặc hỏng.") % {"name": FOLDER + sha256},
            )
        elif len(content) != item["size"]:
            yield (*place, "size"), _("tệp dài %(size)s byte.") % {"size": len(content)}
        else:
            yield from _kind(place, item, content)


def _kind(place: Path, item: Item, content: bytes) -> Faults:
    """The gate of every upload: the content says what a file is."""
    try:
        found = recognise(BytesIO(content), len(content), "").content_type
    except FileRefused as refusal:
        yield place, refusal.sentence
        return
    if found != item["content_type"]:
        yield (*place, "content_type"), _("nội dung tệp là %(found)s.") % {"found": found}


QUESTIONS: Final = (_terms, _dates, _numbers, _charter, _summaries)
