"""The verbs of the evidence library: room, versions, one file for several activities, leaving and coming back."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core import files, staging
from core.access import Refused
from core.audit import verify
from core.errors import DomainError, Stale
from core.models import AuditEvent, StagedUpload
from movements.domain import library
from movements.domain.evidence import library_for, quota_of
from movements.library_rows import version_then
from movements.models import Activity, Evidence, EvidenceUse, EvidenceVersion
from tests.factories import ActivityFactory, EvidenceFactory, StoredFileFactory
from tests.factories.pledges import TagFactory
from tests.support.race import errors, race, values
from tests.support.uploads import PDF, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


def staged(user: Any, *contents: bytes, name: str = "Biên bản.pdf") -> list[str]:
    done = staging.stage(user.pk, [upload(name, content) for content in contents or (PDF,)])
    return [row.token for row in done.staged]


def own_file(cast: Any, content: bytes = PDF, **more: Any) -> Evidence:
    """A file of the member's library with real bytes, beside nothing."""
    stored = files.store(io.BytesIO(content), files.PDF)
    return EvidenceFactory(activity=None, year=cast.year, agency=cast.member, file=stored, **more)


def activity(cast: Any, **more: Any) -> Activity:
    return ActivityFactory(year=cast.year, agency=cast.member, **more)


def sentences(caught: Any) -> str:
    return " ".join(problem.sentence for problem in caught.value.problems)


# -- adding --------------------------------------------------------------------------------------
def test_files_come_in_with_one_note_and_the_same_labels(cast: Any) -> None:
    tag = TagFactory(year=cast.year, code="II.3")
    tokens = staged(cast.chi, PDF, PDF + b"2")
    rows = library.add_files(cast.scope(cast.chi), cast.member.pk, tokens, note="Đợt 1", tags=[tag.pk])
    assert [(row.note, row.agency, list(row.tags.all())) for row in rows] == [
        ("Đợt 1", cast.member, [tag])
    ] * 2
    assert not StagedUpload.objects.exists()
    events = AuditEvent.objects.filter(action="evidence_add")
    assert [json.loads(event.after)["sha256"] for event in events.order_by("id")] == [
        row.file.sha256 for row in rows
    ]
    assert not list(verify(events[0].chain))


def test_bytes_that_are_there_stay_as_they_are(cast: Any) -> None:
    row = own_file(cast, note="Của tôi", name="Cũ.pdf")
    (again,) = library.add_files(cast.scope(cast.chi), cast.member.pk, staged(cast.chi), note="Khác")
    assert (again.pk, again.note, again.name) == (row.pk, "Của tôi", "Cũ.pdf")
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    "who, phase, agency, allowed",
    [
        ("chi", "carry_out", "member", True), ("lan", "carry_out", "member", True), ("chi", "verify", "member", True),
        ("chi", "prepare", "member", False), ("chi", "carry_out", "other", False), ("an", "carry_out", "member", False),
        ("an", "carry_out", None, True), ("an", "verify", None, True), ("binh", "carry_out", None, False),
        ("officer", "carry_out", "member", False),
    ],
)  # fmt: skip
def test_who_adds_to_which_library(
    cast: Any, who: str, phase: str, agency: str | None, allowed: bool
) -> None:
    cast.go(phase)
    user = getattr(cast, who)
    owner = getattr(cast, agency).pk if agency else None
    tokens = staged(user)
    if allowed:
        assert library.add_files(cast.scope(user), owner, tokens)[0].agency_id == owner
    else:
        with pytest.raises(Refused):
            library.add_files(cast.scope(user), owner, tokens)
        assert not Evidence.objects.exists()


def test_what_is_wrong_is_said_and_nothing_written(cast: Any) -> None:
    other = TagFactory()
    retired = TagFactory(year=cast.year, retired_at=timezone.now())
    scope = cast.scope(cast.chi)
    for tokens, note, tags, words in (
        ([], "", [], "Chọn ít nhất một tệp"),
        (["x" * 30], "", [], "chọn lại"),
        (staged(cast.chi), "a" * 301, [], "Dài nhất 300"),
        (staged(cast.chi), "", [other.pk], "trong danh sách của năm"),
        (staged(cast.chi), "", [retired.pk], "trong danh sách của năm"),
    ):
        with pytest.raises(DomainError) as caught:
            library.add_files(scope, cast.member.pk, tokens, note=note, tags=tags)
        assert words in sentences(caught)
    assert not Evidence.objects.exists()


# -- room (F20) ----------------------------------------------------------------------------------
def test_room_counts_every_bytes_once_and_old_versions_too(cast: Any, settings: Any) -> None:
    settings.EVIDENCE_QUOTA_BYTES = 10_000
    first, second = StoredFileFactory(size=1000), StoredFileFactory(size=300)
    row = EvidenceFactory(activity=None, year=cast.year, agency=cast.member, file=first, version=2)
    EvidenceVersion.objects.create(evidence=row, number=1, file=second, name="a", replaced_at=timezone.now())
    EvidenceFactory(activity=None, year=cast.year, agency=cast.member, file=first, removed_at=timezone.now())
    EvidenceFactory(activity=None, year=cast.year, agency=cast.other, file=StoredFileFactory(size=7))
    assert quota_of(cast.year.pk, cast.member.pk).used == 1300
    assert quota_of(cast.year.pk, cast.other.pk).used == 7
    assert quota_of(cast.year.pk, None).used == 0


def test_a_full_library_says_figures_and_others_go_on(cast: Any, settings: Any) -> None:
    settings.EVIDENCE_QUOTA_BYTES = 2 * 1024**3
    EvidenceFactory(
        activity=None, year=cast.year, agency=cast.member, file=StoredFileFactory(size=2 * 1024**3 - 10)
    )
    with pytest.raises(DomainError) as caught:
        library.add_files(cast.scope(cast.chi), cast.member.pk, staged(cast.chi))
    assert "đã dùng 2/2 GB" in sentences(caught)
    assert caught.value.problems[0].field == "files"
    library.add_files(cast.scope(cast.an), cast.chair.pk, staged(cast.an))
    known = own_file(cast, PDF + b"known")
    again = library.add_files(cast.scope(cast.chi), cast.member.pk, staged(cast.chi, PDF + b"known"))
    assert again == [known]  # bytes that are there take no more room


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_at_once_do_not_fill_the_last_room_twice(cast: Any, settings: Any) -> None:
    settings.EVIDENCE_QUOTA_BYTES = len(PDF) + 10
    tokens = [staged(user, PDF + bytes([number])) for number, user in enumerate((cast.chi, cast.lan))]
    scopes = [cast.scope(user) for user in (cast.chi, cast.lan)]
    done = race(*(
        lambda scope=scope, mine=mine: library.add_files(scope, cast.member.pk, mine)
        for scope, mine in zip(scopes, tokens, strict=True)
    ))  # fmt: skip
    assert len(values(done)) == 1
    assert [type(error) for error in errors(done)] == [DomainError]


# -- describing ----------------------------------------------------------------------------------
def test_note_and_labels_change_with_the_state_that_was_seen(cast: Any) -> None:
    row, tag = own_file(cast), TagFactory(year=cast.year)
    seen = library.seen_mark(row)
    scope = cast.scope(cast.chi)
    library.edit_file(scope, row.pk, note="Mới", tags=[tag.pk], seen=seen)
    with pytest.raises(Stale):
        library.edit_file(scope, row.pk, note="Của người khác", tags=[], seen=seen)
    row.refresh_from_db()
    assert (row.note, list(row.tags.all())) == ("Mới", [tag])
    assert json.loads(AuditEvent.objects.get(action="evidence_edit").after) == {
        "note": "Mới",
        "tags": [str(tag)],
    }
    library.edit_file(scope, row.pk, note="Mới", tags=[tag.pk])
    assert AuditEvent.objects.filter(action="evidence_edit").count() == 1  # nothing changed, nothing said


def test_a_retired_label_stays_on_what_carries_it(cast: Any) -> None:
    row, tag = own_file(cast), TagFactory(year=cast.year, retired_at=timezone.now())
    row.tags.add(tag)
    library.edit_file(cast.scope(cast.chi), row.pk, note="x", tags=[tag.pk])
    assert list(row.tags.all()) == [tag]


# -- versions ------------------------------------------------------------------------------------
def test_a_newer_version_keeps_the_bytes_before_it(cast: Any) -> None:
    row = own_file(cast)
    old = row.file
    draft = activity(cast)
    EvidenceUse.objects.create(activity=draft, evidence=row)
    (token,) = staged(cast.chi, PDF + b"new", name="Bản có dấu.pdf")
    library.replace_file(cast.scope(cast.chi), row.pk, token)
    row.refresh_from_db()
    assert (row.version, row.name, row.file == old) == (2, "Bản có dấu.pdf", False)
    kept = row.versions.get()
    assert (kept.number, kept.file, kept.replaced_by) == (1, old, cast.chi)
    event = AuditEvent.objects.get(action="evidence_replace")
    assert json.loads(event.before)["sha256"] == old.sha256
    assert json.loads(event.after)["sha256"] == row.file.sha256
    draft.refresh_from_db()
    assert draft.version == 2
    assert "ban co dau" in draft.search


def test_beside_what_was_sent_a_reason_is_asked_and_nobody_confirms_unseen(cast: Any) -> None:
    row = own_file(cast)
    sent = activity(cast, submitted=True)
    EvidenceUse.objects.create(activity=sent, evidence=row)
    scope = cast.scope(cast.chi)
    with pytest.raises(DomainError) as caught:
        library.replace_file(scope, row.pk, *staged(cast.chi, PDF + b"new"))
    assert [problem.field for problem in caught.value.problems] == ["reason"]
    library.replace_file(scope, row.pk, *staged(cast.chi, PDF + b"new"), reason="Bản scan rõ hơn")
    sent.refresh_from_db()
    assert sent.version == 2  # a confirmation of version 1 is stale
    told = AuditEvent.objects.get(action="activity_edit")
    assert told.reason == "Bản scan rõ hơn"
    assert (
        json.loads(told.before)[f"file:{row.key}"]["sha256"]
        != json.loads(told.after)[f"file:{row.key}"]["sha256"]
    )
    assert row.versions.get().reason == "Bản scan rõ hơn"


def test_it_says_which_version_was_confirmed(cast: Any) -> None:
    now = timezone.now()
    row = own_file(cast, version=3)
    old = [
        EvidenceVersion(evidence=row, number=number, file=row.file, name="a", replaced_at=now - timedelta(days=age))
        for number, age in ((1, 10), (2, 5))
    ]  # fmt: skip
    for age, number in ((20, 1), (7, 2), (1, 3)):
        done = activity(cast, confirmed=True)
        done.confirmed_at = now - timedelta(days=age)
        assert version_then(done, row, old).endswith(f"bản {number}")
    sent = activity(cast, submitted=True)
    sent.submitted_at = now - timedelta(days=7)
    assert version_then(sent, row, old).startswith("lúc gửi")
    assert version_then(activity(cast), row, old) == ""
    assert version_then(done, row, []) == ""


def test_a_version_that_is_none_is_refused(cast: Any, settings: Any) -> None:
    row, twin = own_file(cast), own_file(cast, PDF + b"twin", name="Khác.pdf")
    scope = cast.scope(cast.chi)
    seen = library.seen_mark(row)
    for content, words in ((PDF, "giống hệt"), (PDF + b"twin", f"với tên “{twin.name}”")):
        with pytest.raises(DomainError, match=words):
            library.replace_file(scope, row.pk, *staged(cast.chi, content))
    with pytest.raises(DomainError, match="Chọn tệp mới"):
        library.replace_file(scope, row.pk, "")
    with pytest.raises(DomainError, match="Dài nhất"):
        library.replace_file(scope, row.pk, *staged(cast.chi, PDF + b"3"), reason="a" * 301)
    library.edit_file(scope, row.pk, note="Vừa sửa", tags=[])
    with pytest.raises(Stale):
        library.replace_file(scope, row.pk, *staged(cast.chi, PDF + b"4"), seen=seen)
    settings.EVIDENCE_QUOTA_BYTES = 1
    with pytest.raises(DomainError, match="đã dùng"):
        library.replace_file(scope, row.pk, *staged(cast.chi, PDF + b"5"))
    assert not EvidenceVersion.objects.exists()


# -- beside activities ---------------------------------------------------------------------------
def test_one_file_serves_several_activities(cast: Any) -> None:
    row, drafts = own_file(cast, name="Công văn.pdf"), [activity(cast), activity(cast)]
    pks = [one.pk for one in drafts]
    assert library.attach(cast.scope(cast.chi), [row.pk], pks) == 2
    assert EvidenceUse.objects.filter(evidence=row).count() == 2
    for one in drafts:
        one.refresh_from_db()
        assert (one.version, "cong van" in one.search) == (2, True)
    assert AuditEvent.objects.filter(action="activity_edit").count() == 2
    assert library.attach(cast.scope(cast.chi), [row.pk], pks) == 0  # it is there already


def test_what_may_not_be_edited_gets_no_file(cast: Any, settings: Any) -> None:
    row, scope = own_file(cast), cast.scope(cast.chi)
    with pytest.raises(Refused):
        library.attach(scope, [row.pk], [activity(cast, confirmed=True).pk])
    hidden = ActivityFactory(year=cast.year, agency=cast.other)
    with pytest.raises(Activity.DoesNotExist):
        library.attach(scope, [row.pk], [hidden.pk])
    foreign = EvidenceFactory(activity=ActivityFactory(year=cast.year, agency=cast.other, submitted=True))
    with pytest.raises(Evidence.DoesNotExist):  # seen, but of another library
        library.attach(scope, [foreign.pk], [activity(cast).pk])
    for chosen, wanted in (([], [1]), ([row.pk], []), ([row.pk], range(30))):
        with pytest.raises(DomainError):
            library.attach(scope, chosen, list(wanted))
    settings.UPLOAD_MAX_FILES = 1
    full = activity(cast)
    EvidenceFactory(activity=full)
    with pytest.raises(DomainError, match="nhiều nhất 1 tệp"):
        library.attach(scope, [row.pk], [full.pk])
    assert not EvidenceUse.objects.filter(evidence=row).exists()


def test_the_chair_puts_files_of_the_cluster_beside_its_activities(cast: Any) -> None:
    (row,) = library.add_files(cast.scope(cast.an), None, staged(cast.an))
    whole = ActivityFactory(year=cast.year, agency=None, scope="cluster")
    assert library.attach(cast.scope(cast.an), [row.pk], [whole.pk]) == 1
    assert row not in library_for(cast.scope(cast.binh))  # a draft of the cluster


# -- leaving and coming back ---------------------------------------------------------------------
def test_a_removed_file_leaves_drafts_and_comes_back_to_them(cast: Any) -> None:
    row, draft, sent_later = own_file(cast, name="Công văn.pdf"), activity(cast), activity(cast)
    scope = cast.scope(cast.chi)
    library.attach(scope, [row.pk], [draft.pk, sent_later.pk])
    library.remove_file(scope, row.pk)
    draft.refresh_from_db()
    assert "cong van" not in draft.search
    assert row not in library_for(scope)
    assert row in library_for(scope, removed=True)
    assert row not in library_for(cast.scope(cast.an), removed=True)
    Activity.objects.filter(pk=sent_later.pk).update(state="submitted", submitted_at=timezone.now())
    library.restore_file(scope, row.pk)
    standing = EvidenceUse.objects.filter(evidence=row, removed_at__isnull=True)
    assert [use.activity for use in standing] == [draft]
    assert [event.action for event in AuditEvent.objects.filter(target_type="movements.evidence").order_by("id")] == [
        "evidence_remove", "evidence_restore",
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["submitted", "confirmed"])
def test_what_proves_a_sent_activity_stays(cast: Any, state: str) -> None:
    row = own_file(cast)
    EvidenceUse.objects.create(activity=activity(cast, title="Trao quà", **{state: True}), evidence=row)
    with pytest.raises(DomainError, match="Trao quà"):
        library.remove_file(cast.scope(cast.chi), row.pk)
    assert Evidence.objects.get(pk=row.pk).removed_at is None


def test_it_does_not_come_back_beside_its_twin(cast: Any) -> None:
    row, scope = own_file(cast), cast.scope(cast.chi)
    library.remove_file(scope, row.pk)
    own_file(cast, name="Tải lại.pdf")
    with pytest.raises(DomainError, match="“Tải lại"):
        library.restore_file(scope, row.pk)


@pytest.mark.parametrize("verb", [library.remove_file, library.restore_file])
def test_nobody_else_removes_or_restores(cast: Any, verb: Any) -> None:
    removed = timezone.now() if verb is library.restore_file else None
    row = own_file(cast, removed_at=removed)
    for who in (cast.binh, cast.an, cast.officer):
        with pytest.raises((Evidence.DoesNotExist, Refused)):
            verb(cast.scope(who), row.pk)
    cast.go("prepare")
    with pytest.raises(Refused):
        verb(cast.scope(cast.chi), row.pk)
