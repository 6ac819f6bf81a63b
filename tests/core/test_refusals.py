"""Refused writes are in the audit, refused reads in the security log, and nothing that was typed in either."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.test import Client

from core import audit
from core.models import AuditEvent
from members.enums import PhaseKind

pytestmark = pytest.mark.django_db


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action="refused").order_by("chain", "seq"))


def test_a_refused_write_of_an_insider_stands_in_the_chain_of_the_cluster(cast: Any) -> None:
    cast.go(PhaseKind.DELIBERATE)
    answer = cast.client(cast.chi).post(cast.url("activity_add"), {"title": "Bí mật của tôi"})
    assert answer.status_code == 403
    (event,) = events()
    assert event.chain == audit.cluster_chain(cast.cluster.pk)
    assert (event.actor_id, event.target_type) == (cast.chi.pk, "auth.user")
    assert event.role == f"member/clerk/agency:{cast.member.pk}"
    told = json.loads(event.after)
    assert (told["status"], told["page"], told["method"]) == (403, "activity_add", "POST")
    assert "Bình xét" in event.reason  # the very sentence the person was told
    assert "Bí mật" not in event.after + event.reason
    assert list(audit.verify(event.chain)) == []


def test_a_refused_write_of_an_outsider_stands_in_the_chain_of_the_installation(cast: Any) -> None:
    assert cast.client(cast.dung).post(cast.url("phase_advance")).status_code == 404
    (event,) = events()
    assert (event.chain, event.actor_id, event.role) == (audit.SITE, cast.dung.pk, "")
    assert json.loads(event.after)["status"] == 404


def test_a_refused_write_in_the_admin_site_leaves_an_event(cast: Any) -> None:
    assert cast.client(cast.chi).post("/admin/members/cluster/add/", {"name": "x"}).status_code in (302, 403)
    answer = cast.client(cast.officer).post("/admin/core/auditevent/add/", {"action": "x"})
    assert answer.status_code == 403
    assert [event.actor_id for event in events()][-1] == cast.officer.pk


def test_a_missing_token_leaves_an_event(cast: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.an)
    assert client.post(cast.url("phase_advance"), {"phase": "carry_out"}).status_code == 403
    assert [event.actor_id for event in events()] == [cast.an.pk]


def test_reads_leave_a_line_in_the_log_and_no_event(cast: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "security"):
        assert cast.client(cast.chi).get(cast.url("phase_advance")).status_code == 403
        assert cast.client(cast.dung).get(cast.url("year_home")).status_code == 404
    told = [record.getMessage() for record in caplog.records]
    assert f"refused status=403 user={cast.chi.pk} path={cast.url('phase_advance')}" in told
    assert f"refused status=404 user={cast.dung.pk} path={cast.url('year_home')}" in told
    assert events() == []


def test_what_is_allowed_wrong_or_anonymous_leaves_none(cast: Any) -> None:
    assert cast.client(cast.an).post(cast.url("activity_add"), {}).status_code == 422
    assert Client().post(cast.url("phase_advance")).status_code in (302, 401)
    assert cast.client(cast.an).post("/khong-co-trang-nay/").status_code == 404
    assert events() == []
