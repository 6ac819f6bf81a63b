"""Rules of the domain that a document must keep, asked before a row is written."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from cluster_app.yearfile import canon
from cluster_app.yearfile.package import FOLDER, Package, YearFileError
from cluster_app.yearfile.schema import Path
from cluster_app.yearfile.sound import Faults, Item, Sound
from core.dates import PartialDate, Precision, format_partial, local_today, parse_partial
from core.errors import DomainError
from core.files import FileRefused, recognise
from members import charter
from members.domain.rotation import Term, clashes
from members.domain.terms import check_terms
from members.models import ClusterYear
from movements.domain.activities import time_problem
from movements.domain.entry import MAX_GIVERS, QUANTITY_LIMIT, VALUE_LIMIT, ActivityDraft
from movements.enums import ActivityScope
from movements.models import Contribution
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
    """Steps close after they open; what is recorded has happened, and activities in the year."""
    for place, item in sound.each("phases"):
        opened, closed = item.get("opened_at"), item.get("closed_at")
        if opened and closed and canon.moment(closed) < canon.moment(opened):
            yield (*place, "closed_at"), _("đóng trước khi mở.")
    today = local_today(timezone.now())
    for name, key in (("conferences", "held_on"), ("rankings", "decided_on")):
        for place, item in sound.each(name):
            if item.get(key) and date.fromisoformat(item[key]) > today:
                yield (*place, key), _("ngày này chưa tới.")
    said = sound.single("year")
    if said:
        first, last = (date.fromisoformat(said[key]) for key in ("starts_on", "ends_on"))
        year = ClusterYear(label=said["label"], starts_on=first, ends_on=last)
        for place, item in sound.each("activities"):
            yield from _time(place, item, year, today)


def _time(place: Path, item: Item, year: ClusterYear, today: date) -> Faults:
    """The rule of the entry form; a time known to the month or year covers all of it."""
    start, end = (
        date.fromisoformat(item[key]) if item.get(key) else None for key in ("starts_on", "ends_on")
    )
    when = PartialDate(start, end, Precision(item["precision"]))
    if problem := time_problem(year, ActivityDraft(item["title"], when), today):
        yield (*place, "starts_on"), problem
    elif start and end and start <= end and parse_partial(format_partial(when)) != when:
        yield (*place, "starts_on"), _("biết đến tháng hoặc năm thì ghi từ ngày đầu đến ngày cuối.")


def _whose(sound: Sound) -> Faults:
    """One agency, several, or the cluster: as the partners say."""
    for place, item in sound.each("activities"):
        partners = [one["agency"] for _place, one in sound.inside(place, item, "partners")]
        if item.get("agency") in partners:
            yield (*place, "partners"), _("đơn vị phối hợp không thể là chính đơn vị thực hiện.")
        elif (item["scope"] == ActivityScope.JOINT) != bool(item.get("partners")):
            yield (*place, "scope"), _("“joint” khi và chỉ khi có đơn vị phối hợp.")


def _limits(sound: Sound) -> Faults:
    """The largest figures that sums of a year can hold."""
    for place, item, shape in sound.everything():
        if shape.model is not Contribution:
            continue
        if Decimal(item.get("quantity") or 0) >= QUANTITY_LIMIT:
            yield (*place, "quantity"), _("lớn quá, phải dưới %(limit)s.") % {"limit": QUANTITY_LIMIT}
        if (item.get("value") or 0) >= VALUE_LIMIT:
            yield (*place, "value"), _("lớn quá, phải dưới %(limit)s.") % {"limit": VALUE_LIMIT}
        if len(item.get("contributors", [])) > MAX_GIVERS:
            yield (*place, "contributors"), _("có nhiều nhất %(limit)s bên cùng góp.") % {"limit": MAX_GIVERS}


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
    """The rules of the year can be read, those in force and those before; versions before it are lower."""
    yield from _rules_of(("charter",), sound.single("charter"))
    for place, item in sound.each("charter_versions"):
        yield from _rules_of(place, item)
        if item["version"] >= sound.single("charter").get("version", 0):
            yield (*place, "version"), _("phải nhỏ hơn số của bản đang áp dụng.")


def _rules_of(place: Path, item: Item) -> Faults:
    try:
        charter.read(item.get("data", {}))
    except DomainError as error:
        for problem in error.problems:
            yield (*place, "data", problem.field), problem.sentence


def _skips(sound: Sound) -> Faults:
    """A year's file tells of its own year only."""
    for place, item in sound.each("rotation_skips"):
        if item["label"] != sound.single("year").get("label", item["label"]):
            yield (*place, "label"), _("phải là năm của tệp.")


def _frozen(sound: Sound) -> Faults:
    """What was frozen is canonical JSON and bears its own hash; a version of the summary its own schema too."""
    for place, item in sound.each("summaries"):
        faults = list(_hashed(place, item))
        yield from faults
        if not faults and parse(item["content"]).get("schema") != item["schema"]:
            yield (*place, "schema"), _("không khớp với nội dung.")
    for place, item in sound.each("handovers"):
        if item.get("content"):
            yield from _hashed(place, item)


def _hashed(place: Path, item: Item) -> Faults:
    content = item["content"]
    try:
        canonical = canonical_bytes(parse(content)) == content.encode()
    except (ValueError, CanonicalError, RecursionError):
        canonical = False
    if not canonical:
        yield (
            (*place, "content"),
            _("không phải JSON ở dạng chuẩn (khóa xếp thứ tự, không khoảng trắng, NFC)."),
        )
    elif hashlib.sha256(content.encode()).hexdigest() != item.get("sha256"):
        yield (*place, "sha256"), _("không khớp với nội dung.")


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


def _responses(sound: Sound) -> Faults:
    """A movement in local words responds to one that responds to none."""
    wholes = {item["key"]: item.get("responds_to") for _place, item in sound.each("movements")}
    for place, item in sound.each("movements"):
        whole = item.get("responds_to")
        if whole == item["key"]:
            yield (*place, "responds_to"), _("một phong trào không thể hưởng ứng chính nó.")
        elif whole and wholes.get(whole):
            yield (
                (*place, "responds_to"),
                _("phong trào này lại hưởng ứng một phong trào khác; chỉ ghi được một tầng."),
            )


def _library(sound: Sound) -> Faults:
    """The present version of a file follows those it replaced, without a gap."""
    for place, item in sound.each("library"):
        numbers = sorted(one["number"] for _place, one in sound.inside(place, item, "versions"))
        if numbers != list(range(1, item.get("version", 1))):
            yield (
                (*place, "version"),
                _("các bản cũ phải đánh số từ 1 đến trước bản hiện tại, không bỏ cách."),
            )


def _rulings(sound: Sound) -> Faults:
    """Of two gifts that are not the same, the one named first stands first."""
    for place, item in sound.each("duplicate_rulings"):
        if canon.sortable(item["first"]) >= canon.sortable(item["second"]):
            yield (*place, "second"), _("hai khoản phải khác nhau và xếp theo mã: khoản nhỏ hơn ghi ở first.")


QUESTIONS: Final = (
    _terms, _dates, _whose, _limits, _numbers, _charter, _skips, _frozen, _responses, _library, _rulings,
)  # fmt: skip
