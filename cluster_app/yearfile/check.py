"""Everything that can be wrong with a document before a row is written: schema, references, rules of the domain.

Every fault is found in one pass over the file: an item that is wrong is left out of the later questions, the others
are still asked. Places are JSON pointers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _

from cluster_app.yearfile import canon, schema
from cluster_app.yearfile.package import FOLDER, Package, YearFileError
from cluster_app.yearfile.schema import Path, shown
from cluster_app.yearfile.shapes import EXACT_TEXT, FORMAT, SECTIONS, VERSION, Shape
from conference.models import Attendance, ElectionResult
from core.errors import DomainError, Problem
from core.files import FileRefused, recognise
from core.folding import fold, strip_unsafe
from core.models import StoredFile
from members import charter
from members.domain.rotation import Term, clashes
from members.domain.terms import check_terms
from members.models import Agency, Directive
from movements.models import Activity, ActivityPartner, Contribution, Contributor, Movement, Participation
from publishing.domain.canonical import CanonicalError, canonical_bytes, parse
from scoring.models import RankingEntry

Item = Mapping[str, Any]

# Agencies that must be members of the year; a guest or a host may come from anywhere.
MEMBERS_ONLY: Final[set[type[Model]]] = {
    Activity, ActivityPartner, Contributor, Participation, RankingEntry, ElectionResult, Attendance,
}  # fmt: skip


class Findings:
    """Faults by place, and which items are too broken to be asked more."""

    def __init__(self) -> None:
        """None yet."""
        self.faults: dict[tuple[Path, str], None] = {}
        self.broken: set[Path] = set()

    def add(self, place: Path, sentence: str) -> None:
        """Note a fault; its item (or section) is broken from now on."""
        self.faults[(place, sentence)] = None
        cut = max((index for index, part in enumerate(place) if isinstance(part, int)), default=0)
        self.broken.add(place[: cut + 1])

    def sound(self, place: Path) -> bool:
        """Whether nothing is wrong with the item at ``place`` or with what it stands in."""
        return not any(place[:size] in self.broken for size in range(1, len(place) + 1))

    def problems(self) -> list[Problem]:
        """One problem for each fault, in the order of the places."""
        ordered = sorted(self.faults, key=lambda fault: [(isinstance(part, str), part) for part in fault[0]])
        return [Problem(sentence, pointer(place)) for place, sentence in ordered]


def pointer(place: Path) -> str:
    """RFC 6901: ``/activities/3/title``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def check(document: Any, package: Package) -> Findings:
    """Every fault of the document and its files that can be seen without the database."""
    refuse_version(document)
    findings = Findings()
    for place, sentence in [*_keys_twice(document, ()), *schema.faults(document)]:
        findings.add(place, sentence)
    for question in (
        _bad_text,
        _repeated,
        _references,
        _beneficiaries,
        _parts,
        _terms,
        _dates,
        _numbers,
        _charter,
        _summaries,
    ):
        for place, sentence in list(question(_Sound(document, findings))):
            findings.add(place, sentence)
    for place, sentence in list(_files(_Sound(document, findings), package)):
        findings.add(place, sentence)
    return findings


def refuse_version(document: Any) -> None:
    """Another format or version has other rules: nothing else is asked then."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise YearFileError(
            _('đây không phải tệp năm: cần "format": "%(format)s".') % {"format": FORMAT}, "/format"
        )
    version = document.get("schema")
    if type(version) is not int or version != VERSION:
        sentence = _("phiên bản cấu trúc %(file)s; phần mềm này đọc phiên bản %(known)s.")
        raise YearFileError(sentence % {"file": shown(version), "known": VERSION}, "/schema")


class _Sound:
    """The parts of a document that later questions may ask."""

    def __init__(self, document: Any, findings: Findings) -> None:
        self.document, self.findings = document, findings

    def single(self, name: str) -> Item:
        """A section that is one object; empty when broken or absent."""
        return self.document.get(name) or {} if self.findings.sound((name,)) else {}

    def each(self, name: str) -> Iterator[tuple[Path, Item]]:
        """Sound items of a section."""
        for place, item, shape in self.everything():
            if shape is SECTIONS[name] and self.findings.sound(place):
                yield place, item

    def everything(self) -> Iterator[tuple[Path, Item, Shape]]:
        """Every sound item of every list, however deep."""
        for name, shape in SECTIONS.items():
            if not shape.single and name in self.document:
                yield from self._inside(shape, self.document[name], (name,))

    def _inside(self, shape: Shape, items: Any, place: Path) -> Iterator[tuple[Path, Item, Shape]]:
        if not isinstance(items, list):
            return
        for index, item in enumerate(items):
            here = (*place, index)
            if isinstance(item, dict) and self.findings.sound(here):
                yield here, item, shape
                for key, child in shape.lists.items():
                    yield from self._inside(child, item.get(key, []), (*here, key))

    def named(self, name: str, key: str) -> set[Any]:
        """What items of a section are called, broken ones too: a second fault must not follow from the first."""
        items = self.document.get(name, [])
        values = (
            [item.get(key) for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        )
        return {value for value in values if isinstance(value, str)}


Faults = Iterator[tuple[Path, str]]


def _keys_twice(value: Any, place: Path) -> Faults:
    if isinstance(value, canon.Repeated):
        for name in value.keys_twice:
            yield (*place, name), _("tên này viết hai lần trong cùng một nhóm.")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for at, part in parts:
        yield from _keys_twice(part, (*place, at))


def _bad_text(sound: _Sound) -> Faults:
    """Characters that no stored text may hold."""
    for place, item, shape in sound.everything():
        for key, value in item.items():
            if (
                isinstance(value, str)
                and (shape.model, key) not in EXACT_TEXT
                and strip_unsafe(value) != value
            ):
                yield (*place, key), _("có ký tự điều khiển hoặc ký tự ẩn; xoá chúng đi.")
    for name, shape in SECTIONS.items():
        if shape.single:
            for key, value in sound.single(name).items():
                if isinstance(value, str) and strip_unsafe(value) != value:
                    yield (name, key), _("có ký tự điều khiển hoặc ký tự ẩn; xoá chúng đi.")


def _repeated(sound: _Sound) -> Faults:
    """Two items with one identity."""
    first: dict[tuple[Path, str], Path] = {}
    for place, item, shape in sound.everything():
        if shape.unique:
            identity = str([canon.sortable(_bare(part)) for part in shape.name_of(item)])
            at = first.setdefault((place[:-1], identity), place)
            if at != place:
                yield place, _("trùng với %(place)s (cùng %(keys)s).") % {
                    "place": pointer(at), "keys": ", ".join(shape.identity),
                }  # fmt: skip


def _bare(reference: Any) -> Any:
    return canon.without_nothing(reference) if isinstance(reference, dict) else reference


# -- references ----------------------------------------------------------------------------------
def _references(sound: _Sound) -> Faults:
    """Names that nothing in the file bears, agencies that are no members, and shared items that nothing uses."""
    papers = {_paper(item): place for place, item in sound.each("directives")}
    known: dict[type[Model], Any] = {
        Agency: sound.named("agencies", "code"), StoredFile: sound.named("files", "sha256"),
        Movement: sound.named("movements", "key"), Directive: papers, Contribution: _contributions(sound),
    }  # fmt: skip
    members = sound.named("memberships", "agency")
    used: dict[type[Model], set[Any]] = {model: set() for model in known}
    for place, item, shape in sound.everything():
        for key, model, reference in _named_by(shape, item):
            name = (
                _paper(reference)
                if model is Directive
                else _gift(reference)
                if model is Contribution
                else reference
            )
            if model not in known:
                continue
            used[model].add(name)
            if name not in known[model]:
                yield (*place, *key), _missing(model, name)
            elif (
                shape.model in MEMBERS_ONLY
                and model is Agency
                and name not in members
                and item.get("kind") != "guest"
            ):
                yield (
                    (*place, *key),
                    _("%(agency)s không phải đơn vị thành viên của năm.") % {"agency": shown(name)},
                )
    yield from _idle(sound, used, papers)


def _named_by(shape: Shape, item: Item) -> Iterator[tuple[Path, Any, Any]]:
    """Key path, model and name of every row that an item names."""
    for key, column in shape.fields():
        value: Any = item.get(key)
        if value is None or not column.is_relation:
            continue
        if column.many_to_many:
            for index, one in enumerate(value):
                yield (key, index), column.related_model, one
        else:
            yield (key,), column.related_model, value


def _missing(model: type[Model], name: Any) -> str:
    sections = {Agency: "agencies", StoredFile: "files", Movement: "movements", Directive: "directives"}
    text = shown(" · ".join(part for part in name if part) if isinstance(name, tuple) else name)
    if model is Contribution:
        return _("không có khoản đóng góp %(name)s trong tệp.") % {"name": text}
    return _("%(name)s không có trong /%(section)s.") % {"name": text, "section": sections[model]}


def _paper(item: Item) -> tuple[str, str, str]:
    return item["number"], item["issuer"], item.get("issued_on") or ""


def _gift(reference: Item) -> tuple[str, str]:
    return reference["activity"], reference["contribution"]


def _contributions(sound: _Sound) -> set[tuple[Any, Any]]:
    activities = sound.document.get("activities", [])
    return {
        (activity.get("key"), gift.get("key"))
        for activity in (activities if isinstance(activities, list) else []) if isinstance(activity, dict)
        for gift in (activity.get("contributions") or [] if isinstance(activity.get("contributions"), list) else [])
        if isinstance(gift, dict)
    }  # fmt: skip


def _idle(sound: _Sound, used: dict[type[Model], set[Any]], papers: Mapping[Any, Path]) -> Faults:
    """Agencies, directives and files that nothing in the file speaks of: a dump would not hold them."""
    if any(fault for fault in sound.findings.faults):
        return  # what used them may be the broken part
    for place, item in sound.each("agencies"):
        if item["code"] not in used[Agency]:
            yield place, _("không mục nào trong tệp nhắc đến đơn vị này.")
    for paper, place in papers.items():
        if paper not in used[Directive]:
            yield place, _("không mục nào trong tệp nhắc đến văn bản này.")
    for place, item in sound.each("files"):
        if item["sha256"] not in used[StoredFile]:
            yield place, _("không mục nào trong tệp dùng tệp này.")


def _beneficiaries(sound: _Sound) -> Faults:
    """One receiver has one spelling."""
    spelled: dict[str, tuple[str, Path]] = {}
    for place, item, shape in sound.everything():
        name = item.get("beneficiary") if shape.model is Contribution else None
        if name is not None:
            other, at = spelled.setdefault(fold(name), (name, place))
            if other != name:
                sentence = _("viết khác với %(other)s ở %(place)s; một nơi nhận chỉ viết một cách.")
                yield (*place, "beneficiary"), sentence % {"other": shown(other), "place": pointer(at)}


def _parts(sound: _Sound) -> Faults:
    """A part belongs to a whole of the same year, one level deep, and says how."""
    gifts = {}
    for place, activity in sound.each("activities"):
        for index, gift in enumerate(activity.get("contributions", [])):
            here = (*place, "contributions", index)
            if sound.findings.sound(here):
                gifts[(activity["key"], gift["key"])] = (here, gift)
    for name, (place, gift) in gifts.items():
        whole = gift.get("part_of")
        if bool(whole) != bool(gift.get("part_state")):
            yield (*place, "part_state"), _("part_of và part_state phải đi cùng nhau.")
        if not whole:
            continue
        if _gift(whole) == name:
            yield (*place, "part_of"), _("một khoản không thể nằm trong chính nó.")
        elif _gift(whole) in gifts and gifts[_gift(whole)][1].get("part_of"):
            yield (*place, "part_of"), _("khoản này lại thuộc một khoản khác; chỉ ghi được một tầng.")


# -- rules of the domain -------------------------------------------------------------------------
def _terms(sound: _Sound) -> Faults:
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


def _dates(sound: _Sound) -> Faults:
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


def _numbers(sound: _Sound) -> Faults:
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


def _charter(sound: _Sound) -> Faults:
    try:
        charter.read(sound.single("charter").get("data", {}))
    except DomainError as error:
        for problem in error.problems:
            yield ("charter", "data", problem.field), problem.sentence


def _summaries(sound: _Sound) -> Faults:
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


def _files(sound: _Sound, package: Package) -> Faults:
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
