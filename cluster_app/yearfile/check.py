"""Everything that can be wrong with a document before a row is written: schema, references, rules of the domain.

Every fault is found in one pass over the file: an item that is wrong is left out of the later questions, the others
are still asked. Places are JSON pointers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _

from cluster_app.yearfile import canon, rules, rules_scoring, schema
from cluster_app.yearfile.package import Package, YearFileError
from cluster_app.yearfile.schema import Path, shown
from cluster_app.yearfile.shapes import FORMAT, FROZEN, VERSION, Shape
from cluster_app.yearfile.sound import Faults, Findings, Item, Sound, pointer
from conference.models import Attendance, ElectionResult
from core.folding import fold, strip_unsafe
from core.models import StoredFile
from members.models import Agency, CarryOver, Directive, PhaseExtension
from movements.models import (
    Activity,
    ActivityPartner,
    Contribution,
    Contributor,
    Evidence,
    Movement,
    MovementNotice,
    Participation,
    Registration,
    Signature,
    Tag,
)
from scoring.models import CriteriaTable, Criterion, RankingEntry, ScoreLine, ScoringAct

# Agencies that must be members of the year; a guest or a host may come from anywhere.
MEMBERS_ONLY: Final[set[type[Model]]] = {
    Activity, ActivityPartner, Contributor, Participation, RankingEntry, ElectionResult, Attendance,
    CarryOver, PhaseExtension, Movement, MovementNotice, Evidence, Registration, Signature,
}  # fmt: skip


def check(document: Any, package: Package | None) -> Findings:
    """Every fault of the document and its files that can be seen without the database; None: files are not asked."""
    refuse_version(document)
    findings = Findings()
    for place, sentence in [*_keys_twice(document, ()), *schema.faults(document), *_bad_text(document, ())]:
        findings.add(place, sentence)
    for question in (
        _repeated,
        _references,
        _beneficiaries,
        _parts,
        *rules.QUESTIONS,
        *rules_scoring.QUESTIONS,
    ):
        for place, sentence in list(question(Sound(document, findings))):
            findings.add(place, sentence)
    for place, sentence in list(rules.files(Sound(document, findings), package)) if package else ():
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


def _keys_twice(value: Any, place: Path) -> Faults:
    if isinstance(value, canon.Repeated):
        for name in value.keys_twice:
            yield (*place, name), _("tên này viết hai lần trong cùng một nhóm.")
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for at, part in parts:
        yield from _keys_twice(part, (*place, at))


def _bad_text(value: Any, place: Path) -> Faults:
    """Characters that no stored text may hold; frozen versions are judged by their checksum."""
    if isinstance(value, str):
        if strip_unsafe(value) != value and not (place[0] in FROZEN and place[-1] == "content"):
            yield place, _("có ký tự điều khiển hoặc ký tự ẩn; xóa chúng đi.")
        return
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for at, part in parts:
        yield from _bad_text(part, (*place, at))


def _repeated(sound: Sound) -> Faults:
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
def _references(sound: Sound) -> Faults:
    """Names that nothing in the file bears, agencies that are no members, and shared items that nothing uses."""
    papers = _papers(sound)
    known: dict[type[Model], Any] = {
        Agency: sound.named("agencies", "code"), StoredFile: sound.named("files", "sha256"),
        Movement: sound.named("movements", "key"), Directive: papers, Contribution: _contributions(sound),
        Tag: sound.named("tags", "key"), Evidence: sound.named("library", "key"), **_scoring(sound),
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
    sections = {
        Agency: "agencies", StoredFile: "files", Movement: "movements", Directive: "directives", Tag: "tags",
        Evidence: "library", CriteriaTable: "criteria_tables", Criterion: "criteria_tables", ScoreLine: "score_sheets",
        ScoringAct: "scoring_acts",
    }  # fmt: skip
    text = shown(" · ".join(part for part in name if part) if isinstance(name, tuple) else name)
    if model is Contribution:
        return _("không có khoản đóng góp %(name)s trong tệp.") % {"name": text}
    return _("%(name)s không có trong /%(section)s.") % {"name": text, "section": sections[model]}


def _paper(item: Item) -> tuple[str, str, str]:
    return item["number"], item["issuer"], item.get("issued_on") or ""


def _gift(reference: Item) -> tuple[str, str]:
    return reference["activity"], reference["contribution"]


def _papers(sound: Sound) -> dict[tuple[str, str, str], Path]:
    """Papers of the file, broken ones too."""
    found: dict[tuple[str, str, str], Path] = {}
    for index, item in enumerate(sound.items("directives")):
        named = all(isinstance(item.get(key), str) for key in ("number", "issuer"))
        if named and isinstance(item.get("issued_on", ""), str):
            found[_paper(item)] = ("directives", index)
    return found


def _contributions(sound: Sound) -> set[tuple[Any, Any]]:
    """Gifts of the file, broken ones too."""
    found = set()
    for activity in sound.items("activities"):
        gifts = activity.get("contributions")
        for gift in gifts if isinstance(gifts, list) else []:
            if isinstance(gift, dict):
                found.add((str(activity.get("key")), str(gift.get("key"))))
    return found


def _scoring(sound: Sound) -> dict[type[Model], set[Any]]:
    """Tables, criteria, lines and acts of the file, broken ones too."""
    criteria = {
        f"{table.get('version')}/{item.get('code')}"
        for table in sound.items("criteria_tables")
        for item in _objects(table.get("criteria"))
    }
    lines = {
        f"{sheet.get('agency')}/{item.get('criterion')}"
        for sheet in sound.items("score_sheets")
        for item in _objects(sheet.get("lines"))
    }
    return {
        CriteriaTable: {
            item.get("version") for item in sound.items("criteria_tables") if _number(item, "version")
        },
        Criterion: criteria,
        ScoreLine: lines,
        ScoringAct: {item.get("number") for item in sound.items("scoring_acts") if _number(item, "number")},
    }


def _objects(items: Any) -> list[Item]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _number(item: Item, key: str) -> bool:
    return type(item.get(key)) is int


def _idle(sound: Sound, used: dict[type[Model], set[Any]], papers: Mapping[Any, Path]) -> Faults:
    """Agencies, directives and files that nothing in the file speaks of: a dump would not hold them."""
    if sound.findings.faults:
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


def _beneficiaries(sound: Sound) -> Faults:
    """One receiver has one spelling."""
    spelled: dict[str, tuple[str, Path]] = {}
    for place, item, shape in sound.everything():
        name = item.get("beneficiary") if shape.model is Contribution else None
        if name is not None:
            other, at = spelled.setdefault(fold(name), (name, place))
            if other != name:
                sentence = _("viết khác với %(other)s ở %(place)s; một nơi nhận chỉ viết một cách.")
                yield (*place, "beneficiary"), sentence % {"other": shown(other), "place": pointer(at)}


def _parts(sound: Sound) -> Faults:
    """A part belongs to a whole of the same year, one level deep, and says how."""
    gifts = {}
    for place, activity in sound.each("activities"):
        for here, gift in sound.inside(place, activity, "contributions"):
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
