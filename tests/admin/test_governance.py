"""Stale forms, folded search, circles of parents, links and sessions that the office revokes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from core.audit_words import lines
from core.models import AuditEvent
from members.enums import Function
from members.models import (
    AgencyName,
    CalendarFeed,
    Cluster,
    ClusterYear,
    Directive,
    Invitation,
    Membership,
    Person,
    RoleTerm,
)
from tests.admin.tools import form_data, url
from tests.factories import AgencyFactory, ClusterFactory, DirectiveFactory

# Formsets of the admin site look each row up by itself.
pytestmark = [pytest.mark.django_db, pytest.mark.typed_braces, pytest.mark.nplusone_ok]
STALE = "Vừa có người khác sửa dòng này"


def opened(cast: Any, row: Any, user: Any = None) -> dict[str, str]:
    """The form of a row as a browser would send it back."""
    return form_data(cast.client(user or cast.root).get(url(type(row), "change", row.pk)))


def send(cast: Any, row: Any, data: dict[str, str], user: Any = None) -> Any:
    return cast.client(user or cast.root).post(url(type(row), "change", row.pk), data)


# -- an old form ---------------------------------------------------------------------------------
def test_a_form_opened_before_somebody_else_saved_is_refused_and_keeps_what_was_typed(cast: Any) -> None:
    first, second = opened(cast, cast.cluster), opened(cast, cast.cluster)
    assert send(cast, cast.cluster, first | {"place": "Nơi thứ nhất"}).status_code == 302
    answer = send(cast, cast.cluster, second | {"place": "Nơi thứ hai"})
    assert answer.status_code == 200
    assert STALE in answer.content.decode()
    kept = form_data(answer)
    assert kept["place"] == "Nơi thứ hai"
    cast.cluster.refresh_from_db()
    assert cast.cluster.place == "Nơi thứ nhất"
    assert send(cast, cast.cluster, kept).status_code == 302
    cast.cluster.refresh_from_db()
    assert cast.cluster.place == "Nơi thứ hai"


def test_rows_below_count_too(cast: Any) -> None:
    old = opened(cast, cast.year)
    Membership.objects.filter(agency=cast.other).update(left_on=date(2020, 10, 1))
    assert STALE in send(cast, cast.year, old | {"slogan": "Mới"}).content.decode()
    old = opened(cast, cast.member)
    AgencyName.objects.filter(agency=cast.member).update(aliases="CTK")
    assert STALE in send(cast, cast.member, old).content.decode()


@pytest.mark.parametrize("model", [Cluster, ClusterYear, Directive, Person])
def test_an_unchanged_row_is_saved(cast: Any, model: Any) -> None:
    DirectiveFactory()
    row = model.objects.filter(**({"function": Function.CLERK} if model is Person else {})).first()
    data = opened(cast, row)
    assert data["seen_mark"]
    assert send(cast, row, data).status_code == 302


def test_a_sign_in_in_between_does_not_make_an_account_stale(cast: Any) -> None:
    data = opened(cast, cast.chi)
    type(cast.chi).objects.filter(pk=cast.chi.pk).update(last_login=datetime(2026, 1, 1, tzinfo=UTC))
    assert send(cast, cast.chi, data | {"last_name": "Nguyễn Thị"}).status_code == 302


def test_what_is_only_shown_has_no_mark(cast: Any) -> None:
    term = RoleTerm.objects.first()
    assert "seen_mark" not in opened(cast, term)


# -- search --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("model", "query", "number"),
    [
        (Cluster, "co quan trung uong", 1),
        (Cluster, "uong TRUNG", 1),
        (ClusterYear, "2020 co quan", 1),
        (RoleTerm, "quan ly thi truong", 1),
        (Membership, "thong ke", 1),
        (Membership, "bao hiem 2020 khong co", 0),
        (Person, "nguyen chi", 1),
        (Directive, "doi moi cong tac", 1),
    ],
)
def test_long_lists_are_searched_without_accents(cast: Any, model: Any, query: str, number: int) -> None:
    type(cast.chi).objects.filter(pk=cast.chi.pk).update(last_name="Nguyễn Thị", first_name="Chi")
    DirectiveFactory()
    answer = cast.client(cast.root).get(url(model, "changelist"), {"q": query})
    assert answer.status_code == 200
    assert len(answer.context["cl"].result_list) == number


def test_an_officer_finds_only_in_the_own_clusters(cast: Any) -> None:
    ClusterFactory(name="Cụm cơ quan xa lạ")
    answer = cast.client(cast.officer).get(url(Cluster, "changelist"), {"q": "co quan"})
    assert [row.pk for row in answer.context["cl"].result_list] == [cast.cluster.pk]


def test_a_search_reads_a_bounded_number_of_rows(cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("core.admin_search.READ", 2)
    answer = cast.client(cast.root).get(url(Membership, "changelist"), {"q": "thong ke"})
    assert "chỉ tìm trong các dòng mới nhất" in answer.content.decode()


# -- history ---------------------------------------------------------------------------------------
def test_a_history_reads_as_the_page_does(cast: Any) -> None:
    data = opened(cast, cast.cluster) | {
        "place": "Nơi mới",
        "kind": "khoi",
        "parent": str(ClusterFactory().pk),
    }
    send(cast, cast.cluster, data)
    page = cast.client(cast.root).get(url(Cluster, "history", cast.cluster.pk)).content.decode()
    for words in ("Loại: Cụm", "Loại: Khối", "Địa bàn: Nơi mới", "Thuộc cụm, khối: –", "Thuộc cụm, khối: #"):
        assert words in page
    assert lines('{"joined_on":"2020-07-01","left_on":null,"x":[1]}', "members.membership") == (
        "Vào từ ngày: 01/07/2020\nRời từ ngày: –\nx: [1]"
    )
    assert lines('{"sealed_at":"2021-02-01T00:00:00+00:00","sample":true}', "members.clusteryear") == (
        "Đóng năm lúc: 07:00 01/02/2021\nSố liệu minh họa: có"
    )
    assert lines('{"a":1}', "no.model") == "a: 1"


# -- circles ---------------------------------------------------------------------------------------
def test_a_cluster_never_stands_inside_itself(cast: Any) -> None:
    child = ClusterFactory(parent=cast.cluster)
    grandchild = ClusterFactory(parent=child)
    answer = send(cast, cast.cluster, opened(cast, cast.cluster) | {"parent": str(grandchild.pk)})
    assert answer.status_code == 200
    assert "không thể thuộc lẫn nhau" in answer.content.decode()
    other = ClusterFactory()
    assert send(cast, child, opened(cast, child) | {"parent": str(other.pk)}).status_code == 302


# -- links and sessions ----------------------------------------------------------------------------
def act(cast: Any, model: Any, action: str, *pks: int, user: Any = None) -> Any:
    data = {"action": action, "_selected_action": list(pks)}
    return cast.client(user or cast.root).post(url(model, "changelist"), data)


def test_a_stolen_link_is_revoked_at_once_and_its_secret_is_nowhere(cast: Any) -> None:
    row = Invitation.objects.create(
        token_hash="f" * 64, name="Nguyễn Văn A", agency=cast.member, function=Function.CLERK,
        starts_on=date(2020, 1, 1), expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    shown = cast.client(cast.root).get(url(Invitation, "change", row.pk)).content.decode()
    assert "f" * 64 not in shown
    assert act(cast, Invitation, "revoke", row.pk, user=cast.officer).status_code == 302
    row.refresh_from_db()
    assert (row.revoked_at is not None, row.name) == (True, "")
    assert AuditEvent.objects.filter(action="invitation_revoke", target_id=str(row.pk)).count() == 1
    act(cast, Invitation, "revoke", row.pk)
    assert AuditEvent.objects.filter(action="invitation_revoke").count() == 1


def test_an_officer_revokes_no_link_of_another_cluster(cast: Any) -> None:
    row = Invitation.objects.create(
        token_hash="e" * 64, agency=AgencyFactory(), function=Function.CLERK, starts_on=date(2020, 1, 1),
        expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    act(cast, Invitation, "revoke", row.pk, user=cast.officer)
    row.refresh_from_db()
    assert row.revoked_at is None


def test_a_calendar_link_is_revoked_by_a_superuser(cast: Any) -> None:
    row = CalendarFeed.objects.create(user=cast.chi, token_hash="d" * 64)
    assert cast.client(cast.officer).get(url(CalendarFeed, "changelist")).status_code == 403
    act(cast, CalendarFeed, "revoke", row.pk)
    row.refresh_from_db()
    assert row.revoked_at is not None
    event = AuditEvent.objects.get(action="calendar_link_revoke")
    assert (event.actor_id, event.target_id) == (cast.root.pk, str(cast.chi.pk))


def test_an_account_is_signed_out_everywhere(cast: Any) -> None:
    from allauth.usersessions.models import UserSession

    client = cast.client(cast.chi)
    assert client.get(cast.url("year_home")).status_code == 200
    key = client.session.session_key
    row = UserSession.objects.filter(user=cast.chi).first() or UserSession.objects.create(
        user=cast.chi, session_key=key, ip="127.0.0.1", user_agent="x"
    )
    act(cast, UserSession, "end", row.pk)
    assert client.get(cast.url("year_home")).status_code == 302
    assert AuditEvent.objects.filter(action="sessions_end", actor_id=cast.root.pk).count() == 1


def test_a_lost_second_factor_is_taken_off_by_a_superuser_but_never_ones_own(cast: Any) -> None:
    for user in (cast.chi, cast.root):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    act(cast, type(cast.chi), "reset_factors", cast.chi.pk, cast.root.pk)
    assert [row.user for row in Authenticator.objects.all()] == [cast.root]
    assert AuditEvent.objects.get(action="second_factor_reset").actor_id == cast.root.pk


def test_the_pages_above_the_clusters_are_a_step_away(cast: Any) -> None:
    page = cast.client(cast.root).get(reverse("admin:index")).content.decode()
    assert reverse("council") in page
    assert "Phiên đăng nhập" in page
