"""The audit chain: whole after every change, broken by every tampering, one chain under a race."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from core import audit
from core.audit_words import ACTIONS, action_words, lines, role_words
from core.models import AuditEvent, AuditHead
from tests.factories import ClusterFactory
from tests.support.race import errors, race, values
from tests.support.tables import guards_lifted

pytestmark = pytest.mark.django_db
CHAIN = "cluster:1"


@pytest.fixture
def row(db: None) -> Any:
    return ClusterFactory()


def write(row: Any, count: int = 1, chain: str = CHAIN) -> None:
    for number in range(count):
        audit.record(chain, "test", row, actor_id=7, role="chair", after={"number": number})


def tamper(sql: str, *parameters: Any) -> None:
    """Change the table as somebody with the database's password would."""
    with guards_lifted(connection), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


# -- appending -----------------------------------------------------------------------------------
def test_events_are_numbered_and_chained(row: Any) -> None:
    write(row, 3)
    events = list(AuditEvent.objects.filter(chain=CHAIN).order_by("seq"))
    assert [event.seq for event in events] == [1, 2, 3]
    assert events[0].prev_hash == audit.START
    assert [event.prev_hash for event in events[1:]] == [event.hash for event in events[:-1]]
    assert AuditHead.objects.get(chain=CHAIN).hash == events[-1].hash
    assert list(audit.verify(CHAIN)) == []


def test_chains_stand_apart(row: Any) -> None:
    write(row, 2)
    write(row, 1, audit.SITE)
    assert audit.chains() == [CHAIN, audit.SITE]
    assert AuditEvent.objects.get(chain=audit.SITE).seq == 1
    assert audit.cluster_chain(5) == "cluster:5"


def test_a_change_that_is_rolled_back_leaves_no_line(row: Any) -> None:
    write(row)
    with transaction.atomic():
        write(row)
        transaction.set_rollback(True)
    assert AuditEvent.objects.count() == 1
    assert list(audit.verify(CHAIN)) == []


def test_the_hash_covers_every_field(row: Any) -> None:
    write(row)
    event = AuditEvent.objects.get()
    assert audit.digest(event) == event.hash
    for field, value in {
        "chain": "site", "seq": 2, "at": datetime(2020, 1, 1, tzinfo=UTC), "actor_id": 8, "role": "member",
        "action": "x", "target_type": "y", "target_id": "0", "before": "{}", "after": "",
        "reason": "z", "prev_hash": "1" * 64,
    }.items():  # fmt: skip
        was = getattr(event, field)
        setattr(event, field, value)
        assert audit.digest(event) != event.hash, field
        setattr(event, field, was)
    assert audit.digest(event) == event.hash


def test_canonical_text_is_the_same_for_the_same_values(row: Any) -> None:
    value = {
        "b": Decimal("1.50"),
        "a": date(2021, 1, 5),
        "c": datetime(2021, 1, 5, tzinfo=UTC),
        "d": row,
        "e": "Đoàn",
    }
    assert audit.canonical(value) == (
        f'{{"a":"2021-01-05","b":"1.50","c":"2021-01-05T00:00:00+00:00","d":{row.pk},"e":"Đoàn"}}'
    )


def test_snapshots_leave_out_stamps_and_what_is_asked(row: Any) -> None:
    kept = audit.snapshot(row, "slug")
    assert kept["name"] == row.name
    assert not {"created_at", "updated_at", "search", "slug"} & set(kept)
    assert audit.changed({"a": 1, "b": 2}, {"a": 1, "b": 3}) == ({"b": 2}, {"b": 3})


# -- tampering -----------------------------------------------------------------------------------
def test_an_altered_line_is_found(row: Any) -> None:
    write(row, 3)
    tamper("UPDATE core_auditevent SET reason = 'nothing' WHERE seq = 2")
    assert list(audit.verify(CHAIN)) == [f"{CHAIN} #2: nội dung đã bị sửa"]


def test_an_altered_line_with_a_fitting_hash_is_found(row: Any) -> None:
    write(row, 3)
    event = AuditEvent.objects.get(seq=2)
    event.reason = "nothing"
    tamper("UPDATE core_auditevent SET reason = %s, hash = %s WHERE seq = 2", "nothing", audit.digest(event))
    assert list(audit.verify(CHAIN)) == [f"{CHAIN} #3: không nối với dòng trước"]


@pytest.mark.parametrize(
    ("gone", "found"),
    [
        (1, ["thiếu hoặc thừa dòng, cần #1, gặp #2", "#2: không nối với dòng trước"]),
        (2, ["thiếu hoặc thừa dòng, cần #2, gặp #3", "#3: không nối với dòng trước"]),
        (3, ["đầu chuỗi không khớp với dòng cuối"]),
    ],
)
def test_a_removed_line_is_found(row: Any, gone: int, found: list[str]) -> None:
    write(row, 3)
    tamper("DELETE FROM core_auditevent WHERE seq = %s", gone)
    sentences = list(audit.verify(CHAIN))
    assert len(sentences) == len(found)
    assert all(part in sentence for part, sentence in zip(found, sentences, strict=True))


def test_an_added_line_is_found(row: Any) -> None:
    write(row, 2)
    last = AuditEvent.objects.get(seq=2)
    AuditEvent.objects.create(
        chain=CHAIN, seq=3, at=last.at, actor_id=7, action="forged", target_type="x", target_id="1",
        prev_hash=last.hash, hash="0" * 64,
    )  # fmt: skip
    assert list(audit.verify(CHAIN)) == [
        f"{CHAIN} #3: nội dung đã bị sửa",
        f"{CHAIN}: đầu chuỗi không khớp với dòng cuối",
    ]


def test_a_chain_cut_to_nothing_is_found(row: Any) -> None:
    write(row, 2)
    tamper("DELETE FROM core_auditevent")
    assert list(audit.verify(CHAIN)) == [f"{CHAIN}: đầu chuỗi không khớp với dòng cuối"]
    tamper("DELETE FROM core_audithead")
    write(row, 2)
    tamper("DELETE FROM core_audithead")
    assert CHAIN in audit.chains()
    assert list(audit.verify(CHAIN)) == [f"{CHAIN}: đầu chuỗi không khớp với dòng cuối"]


def test_two_lines_in_one_place_are_refused(row: Any) -> None:
    write(row)
    event = AuditEvent.objects.get()
    event.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


# -- the command ---------------------------------------------------------------------------------
def test_the_command_names_whole_chains(row: Any) -> None:
    write(row, 2)
    write(row, 1, audit.SITE)
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert said.getvalue().splitlines() == [f"{CHAIN}: nguyên vẹn", f"{audit.SITE}: nguyên vẹn"]


def test_the_command_fails_and_names_each_break(row: Any) -> None:
    write(row, 2)
    tamper("UPDATE core_auditevent SET action = 'x' WHERE seq = 1")
    said = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verify_audit", stdout=StringIO(), stderr=said)
    assert caught.value.returncode == 1
    assert "#1: nội dung đã bị sửa" in said.getvalue()


# -- races ---------------------------------------------------------------------------------------
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_keep_one_chain() -> None:
    row = ClusterFactory()
    outcomes = race(*[lambda: write(row, 5)] * 4)
    assert errors(outcomes) == []
    assert len(values(outcomes)) == 4
    assert list(AuditEvent.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 21))
    assert list(audit.verify(CHAIN)) == []


# -- in words ------------------------------------------------------------------------------------
def test_actions_roles_and_values_are_told_in_words() -> None:
    assert action_words("phase_advance") == "Chuyển bước"
    assert action_words("unheard_of") == "unheard_of"
    assert role_words("chair/clerk/agency:7") == "Cụm trưởng, cán bộ nhập liệu, đơn vị #7"
    assert role_words("unheard_of") == "unheard_of"
    assert (
        lines('{"label":"2021","members":[1,2],"sealed_at":null}')
        == "label: 2021\nmembers: [1, 2]\nsealed_at: null"
    )
    assert (lines(""), lines("no json"), lines("[1]")) == ("", "no json", "[1]")


def test_every_action_of_the_code_has_words() -> None:
    """An audit line that a person reads never shows a bare key."""
    root = Path(__file__).resolve().parent.parent.parent
    found = set()
    for app in ("members", "movements", "scoring", "conference", "publishing", "cluster_app", "core"):
        for path in (root / app).rglob("*.py"):
            text = path.read_text()
            for call in re.finditer(r"audit\.record\(\s*(?:[^()]|\([^()]*\))*?\)", text):
                found |= set(re.findall(r"\"([a-z]+_[a-z_]+)\"", call.group()))
    fields = ("_id", "_at", "_by")
    bare = {name for name in found - set(ACTIONS) if not name.endswith(fields) and not name.startswith("is_")}
    assert bare == set()
    assert len(found & set(ACTIONS)) >= 8
