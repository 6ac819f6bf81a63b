"""Publish a year: what keeps it from being published, freezing it, and the verb with its strong confirmation."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import audit
from core.access import check
from core.dates import LOCAL_ZONE, format_date
from core.errors import DomainError, Problem, Refused
from core.folding import clean_line
from members import scope as scopes
from members.models import ClusterYear
from members.rules import ONLY_CHAIR
from members.scope import Scope
from publishing import memory
from publishing.domain.build import collect
from publishing.domain.canonical import canonical_bytes, parse, sha256
from publishing.domain.conditions import Condition, conditions, unmet
from publishing.models import AnnualSummary

WORD = gettext_noop("CÔNG BỐ")
WORDS = frozenset({WORD, "PUBLISH"})  # a page asks for the word of its language, either confirms
MAX_REASON = 500
ATTEMPTS = 5
_CONFLICTS = frozenset({"40001", "40P01", "23505"})  # serialization failure, deadlock, unique violation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published now: the data, its frozen bytes and their hash."""

    data: dict[str, Any]
    content: bytes
    sha256: str


class NotPublished(DomainError):
    """A publication was refused after the year had been read: carries what was read, so that a page can show it."""

    def __init__(
        self, problems: Sequence[Problem] | str, field: str, lines: list[Condition], built: Draft
    ) -> None:
        """Keep the conditions and the draft beside the sentences."""
        super().__init__(problems, field)
        self.lines, self.built = lines, built


def draft(year: ClusterYear) -> Draft:
    """Build the year from the tables as they stand; a constant number of queries, nothing is written."""
    content = canonical_bytes(collect(year))
    return Draft(parse(content), content, sha256(content))


def in_force(year: ClusterYear) -> AnnualSummary | None:
    """The newest version, or None; one query."""
    return AnnualSummary.objects.filter(year=year).order_by("-number").first()


def publish(scope: Scope, expected_sha256: str, word: str, reason: str = "") -> AnnualSummary:
    """Publish the scope's year as its next version and return it.

    Effects in order: the year is locked, rights and blockers are asked again, the year is built inside one snapshot,
    the version is written, the audit tells of it; after the commit the public pages look again. Raises ``Refused``
    without the right, and ``DomainError`` when ``word`` is none of ``WORDS``, something is missing, what would be
    published is not what ``expected_sha256`` names, nothing changed since the version in force, or a correction has no
    reason.
    """
    check(scope, "summary_publish")
    if clean_line(unicodedata.normalize("NFC", word)) not in WORDS:
        raise DomainError(
            _("Gõ đúng hai chữ %(word)s (chữ hoa, có dấu) để xác nhận.") % {"word": _(WORD)}, "word"
        )
    reason = clean_line(reason)
    if len(reason) > MAX_REASON:
        raise DomainError(_("Lý do dài quá %(max)d ký tự.") % {"max": MAX_REASON}, "reason")
    return in_snapshot(lambda: _publish(scope, expected_sha256, reason))


def _publish(scope: Scope, expected_sha256: str, reason: str) -> AnnualSummary:
    year = _locked(scope.year)
    now = scopes.load(scope.user, scope.cluster.slug, year.label)
    if now is None:
        raise Refused(str(ONLY_CHAIR))
    check(now, "summary_publish")
    lines, built, last = conditions(year), draft(year), in_force(year)
    if problems := unmet(lines):
        raise NotPublished(problems, "", lines, built)
    if last and last.sha256 == built.sha256:
        raise NotPublished(same_as(last), "expected", lines, built)
    if built.sha256 != expected_sha256:
        sentence = _(
            "Số liệu đã thay đổi sau khi bạn xem trước, nên chưa công bố gì. Hãy xem lại bản mới bên dưới rồi xác nhận "
            "lần nữa."
        )
        raise NotPublished(sentence, "expected", lines, built)
    if last and not reason:
        sentence = _("Đây là bản đính chính: ghi lý do để mọi người biết vì sao thay bản trước.")
        raise NotPublished(sentence, "reason", lines, built)
    return _write(
        year,
        built,
        last,
        now.agency_id,
        actor_id=scope.user.pk,
        role=now.audit_role,
        reason=reason,
        at=timezone.now(),
    )


def same_as(version: AnnualSummary) -> str:
    """The sentence that says nothing new can be published."""
    return _("Nội dung này đã được công bố là bản số %(number)d, %(moment)s; không có gì mới để công bố.") % {
        "number": version.number,
        "moment": moment_words(version.published_at),
    }


def moment_words(moment: datetime) -> str:
    """``lúc 14:32 ngày 05/01/2021``, in Viet Nam's time."""
    local = moment.astimezone(LOCAL_ZONE)
    return _("lúc %(time)s ngày %(day)s") % {"time": f"{local:%H:%M}", "day": format_date(local.date())}


def freeze(
    year: ClusterYear, agency: int, actor_id: int | None = None, reason: str = "", at: datetime | None = None
) -> AnnualSummary:
    """Build and write the next version without asking for rights, word or blockers: for commands that load a year.

    ``agency`` is the id of the office that publishes. Raises ``DomainError`` when the version in force has the same
    content, or when a correction has no reason.
    """

    def work() -> AnnualSummary:
        locked = _locked(year)
        built, last = draft(locked), in_force(locked)
        if last and last.sha256 == built.sha256:
            raise DomainError(same_as(last), "expected")
        if last and not reason:
            raise DomainError(_("Công bố bản đính chính phải ghi lý do."), "reason")
        moment = at or timezone.now()
        return _write(
            locked, built, last, agency, actor_id=actor_id, role="command", reason=reason, at=moment
        )

    return in_snapshot(work)


def _locked(year: ClusterYear) -> ClusterYear:
    return ClusterYear.objects.select_related("cluster").select_for_update(of=("self",)).get(pk=year.pk)


def _write(
    year: ClusterYear,
    built: Draft,
    last: AnnualSummary | None,
    agency_id: int,
    *,
    actor_id: int | None,
    role: str,
    reason: str,
    at: datetime,
) -> AnnualSummary:
    version = AnnualSummary.objects.create(
        year=year,
        number=last.number + 1 if last else 1,
        schema=built.data["schema"],
        content=built.content.decode(),
        sha256=built.sha256,
        published_at=at,
        published_by_id=agency_id,
        actor_id=actor_id,
        reason=reason if last else "",
    )
    transaction.on_commit(memory.published)
    audit.record(
        audit.cluster_chain(year.cluster_id),
        "summary_publish",
        version,
        actor_id=actor_id,
        role=role,
        before={"number": last.number, "sha256": last.sha256} if last else None,
        after={"number": version.number, "sha256": version.sha256, "year": year.label},
        reason=version.reason,
    )
    return version


def in_snapshot(work: Callable[[], T]) -> T:
    """Run ``work`` in one transaction that sees one state of the database, again when it lost a race.

    PostgreSQL: REPEATABLE READ. SQLite: the transaction holds the write lock from its start. Inside a transaction of
    the caller the work runs once, as it stands.
    """
    nested = connection.in_atomic_block
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                if not nested and connection.vendor == "postgresql":
                    with connection.cursor() as cursor:
                        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                return work()
        except (IntegrityError, OperationalError) as error:
            if nested or attempt == ATTEMPTS or not lost_race(error):
                raise
    raise AssertionError("unreachable")


def lost_race(error: DatabaseError) -> bool:
    """Whether PostgreSQL says that somebody else was first, so that a second try may succeed."""
    return getattr(error.__cause__, "pgcode", "") in _CONFLICTS


def link(problem: Problem, slug: str, label: str) -> str:
    """The address of the page that mends a problem; empty when it names none."""
    name, _question, query = problem.link.partition("?")
    if not name:
        return ""
    address = reverse(name, kwargs={"cluster": slug, "label": label})
    return f"{address}?{query}" if query else address
