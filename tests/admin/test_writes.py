"""What the admin site writes: rows and audit together, days the Vietnamese way, rules said in sentences."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import audit
from core.models import AuditEvent
from members.enums import PhaseKind
from members.models import (
    Agency,
    AgencyName,
    Charter,
    Cluster,
    ClusterYear,
    Directive,
    Membership,
    Person,
    RoleTerm,
    YearDirective,
)
from movements.models import Movement
from tests.admin.tools import change, form_data, url
from tests.factories import (
    ActivityFactory,
    AgencyFactory,
    AgencyNameFactory,
    ClusterFactory,
    ClusterYearFactory,
    DirectiveFactory,
    MembershipFactory,
    MovementFactory,
    OfficerFactory,
    PersonFactory,
    RankingFactory,
    RoleTermFactory,
    UserFactory,
    YearDirectiveFactory,
)

# Inlines carry their settings as JSON in an attribute, which may end in two braces; Django's model formsets look up
# each row that a form sends by its id.
pytestmark = [pytest.mark.django_db, pytest.mark.typed_braces, pytest.mark.nplusone_ok]


def events(chain: str = audit.SITE) -> list[AuditEvent]:
    assert list(audit.verify(chain)) == [] or not AuditEvent.objects.filter(chain=chain).exists()
    return list(AuditEvent.objects.filter(chain=chain).order_by("seq"))


def said(answer: Any) -> str:
    """The page, which must be an answer with errors."""
    assert answer.status_code == 200
    return str(answer.content.decode())


# -- audit ---------------------------------------------------------------------------------------
def test_a_change_is_in_the_audit_of_its_cluster_with_before_and_after(cast: Any) -> None:
    assert change(cast.client(cast.officer), cast.year, slogan="Đoàn kết, sáng tạo").status_code == 302
    (event,) = events(audit.cluster_chain(cast.cluster.pk))
    assert (event.action, event.target_type, event.target_id) == (
        "admin_change", "members.clusteryear", str(cast.year.pk),
    )  # fmt: skip
    assert json.loads(event.before) == {"slogan": ""}
    assert json.loads(event.after) == {"slogan": "Đoàn kết, sáng tạo", "fields": ["slogan"]}
    assert event.actor_id == cast.officer.pk
    assert event.role.startswith("council/officer/agency:")


def test_saving_without_a_change_leaves_no_line(cast: Any) -> None:
    assert change(cast.client(cast.officer), cast.year).status_code == 302
    assert not AuditEvent.objects.exists()
    cast.year.charter.refresh_from_db()
    assert (cast.year.charter.data, cast.year.charter.version) == ({}, 1)


def test_rows_below_are_in_the_audit_too(cast: Any) -> None:
    answer = change(
        cast.client(cast.root), cast.year,
        memberships__2__left_on="1/9/2020", memberships__3__DELETE="on", phases__2__planned_to="30/11/2020",
    )  # fmt: skip
    assert answer.status_code == 302
    lines = [(event.action, event.target_type) for event in events(audit.cluster_chain(cast.cluster.pk))]
    assert lines == [
        ("admin_change", "members.membership"),
        ("admin_delete", "members.membership"),
        ("admin_change", "members.phase"),
    ]
    assert Membership.objects.get(year=cast.year, agency=cast.member).left_on == date(2020, 9, 1)
    assert not Membership.objects.filter(year=cast.year, agency=cast.other).exists()


def test_when_the_audit_cannot_be_written_nothing_is(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("no audit")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(RuntimeError):
        change(cast.client(cast.officer), cast.year, slogan="Mới")
    cast.year.refresh_from_db()
    assert cast.year.slogan == ""


def test_a_deletion_is_in_the_audit(cast: Any) -> None:
    paper = DirectiveFactory(number="01-CT/TU")
    assert cast.client(cast.root).post(url(Directive, "delete", paper.pk), {"post": "yes"}).status_code == 302
    (event,) = events()
    assert (event.action, event.target_id) == ("admin_delete", str(paper.pk))
    assert json.loads(event.before)["number"] == "01-CT/TU"
    assert event.role == "superuser"


def test_no_name_of_a_person_gets_into_the_audit(cast: Any) -> None:
    client = cast.client(cast.root)
    account = UserFactory(
        username="hoa.tt", first_name="Hòa", last_name="Trương Thu", email="hoa@example.org"
    )
    PersonFactory(user=account, agency=cast.member)
    answer = change(client, account, first_name="Hoa", email="thuhoa@example.org", is_active="")
    assert answer.status_code == 302
    passwords = {
        "password1": "mot-mat-khau-moi-dai",
        "password2": "mot-mat-khau-moi-dai",
        "usable_password": "true",
    }
    answer = client.post(f"/admin/auth/user/{account.pk}/password/", passwords)
    assert answer.status_code == 302
    changed, password = events()
    assert (changed.action, password.action) == ("admin_change", "admin_password")
    assert "first_name" in changed.after
    everything = " ".join(event.before + event.after + event.reason + event.role for event in events())
    for word in ("Hòa", "Hoa", "Trương", "example.org", "hoa.tt", "mot-mat-khau"):
        assert word not in everything


def test_the_history_of_a_row_is_told_from_the_audit(cast: Any) -> None:
    client = cast.client(cast.officer)
    change(client, cast.year, slogan="Đoàn kết")
    page = client.get(url(ClusterYear, "history", cast.year.pk)).content.decode()
    assert "Sửa ở trang quản trị" in page
    assert "Đoàn kết" in page
    assert "chuyên viên Thường trực" in page


# -- years ---------------------------------------------------------------------------------------
def test_a_first_year_gets_its_steps_and_rules(cast: Any) -> None:
    cluster = ClusterFactory()
    page = cast.client(cast.root).get(url(ClusterYear, "add"))
    data = form_data(page) | {
        "cluster": cluster.pk, "label": "2012-2013", "starts_on": "1/9/2012", "ends_on": "31-5-2013",
        "memberships-TOTAL_FORMS": "1", "memberships-0-order": "1", "memberships-0-agency": cast.member.pk,
    }  # fmt: skip
    assert cast.client(cast.root).post(url(ClusterYear, "add"), data).status_code == 302
    year = ClusterYear.objects.get(cluster=cluster)
    assert (year.starts_on, year.ends_on) == (date(2012, 9, 1), date(2013, 5, 31))
    assert year.phases.count() == 7
    assert year.phases.get(opened_at__isnull=False).kind == PhaseKind.PREPARE
    assert year.charter.data == {}
    assert year.memberships.get().agency == cast.member
    assert [event.action for event in events(audit.cluster_chain(cluster.pk))] == ["admin_add", "admin_add"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"starts_on": "31/02/2020"}, "31/02/2020"),
        ({"starts_on": "1/1/2021"}, "Ngày kết thúc phải sau ngày bắt đầu"),
        ({"slogan": "x" * 301}, "300"),
        ({"starts_on": ""}, "bắt buộc"),
        ({"charter__0__data": "{"}, "JSON"),
        ({"charter__0__data": '{"quorum": 5}'}, "Không có quy định tên “quorum”"),
        (
            {"charter__0__data": '{"quorum_share": "nhiều"}'},
            "Quy định “quorum_share” có giá trị không hợp lệ",
        ),
        ({"charter__0__data": "[1]"}, "các cặp tên và giá trị"),
        ({"memberships__0__DELETE": "on"}, "đang là Cụm trưởng, Cụm phó"),
        ({"memberships__2__DELETE": "on"}, "đã có số liệu trong năm"),
        (
            {"memberships__2__joined_on": "2/9/2020", "memberships__2__left_on": "1/9/2020"},
            "Ngày kết thúc phải sau",
        ),
        (
            {"phases__1__planned_from": "5/5/2020", "phases__1__planned_to": "4/5/2020"},
            "Ngày kết thúc phải sau",
        ),
    ],
)
def test_a_wrong_year_is_refused_with_a_sentence(cast: Any, fields: dict[str, str], sentence: str) -> None:
    ActivityFactory(year=cast.year, agency=cast.member)
    assert sentence in said(change(cast.client(cast.officer), cast.year, **fields))
    assert not AuditEvent.objects.exists()
    assert cast.year.memberships.count() == 4


def test_a_year_that_overlaps_another_is_refused(cast: Any) -> None:
    ClusterYearFactory(cluster=cast.cluster, label="2021")
    answer = change(cast.client(cast.officer), cast.year, ends_on="5/1/2021")
    assert "Thời gian trùng với năm 2021 (01/01/2021–31/12/2021)" in said(answer)


def test_days_are_read_day_first(cast: Any) -> None:
    change(cast.client(cast.officer), cast.year, memberships__2__joined_on="3/4/2020")
    assert Membership.objects.get(year=cast.year, agency=cast.member).joined_on == date(2020, 4, 3)
    page = cast.client(cast.officer).get(url(ClusterYear, "change", cast.year.pk)).content.decode()
    assert 'value="03/04/2020"' in page


def test_a_changed_rule_stays_in_its_version_until_something_rests_on_it(cast: Any) -> None:
    page = cast.client(cast.officer).get(url(ClusterYear, "change", cast.year.pk))
    rules = json.loads(form_data(page)["charter-0-data"])
    assert rules["public_ranks"] == 3
    rules["public_ranks"] = 5
    assert change(cast.client(cast.officer), cast.year, charter__0__data=json.dumps(rules)).status_code == 302
    charter = Charter.objects.get(year=cast.year)
    assert (charter.data["public_ranks"], charter.version) == (5, 1)
    RankingFactory(year=cast.year)
    rules["public_ranks"] = 7
    answer = change(cast.client(cast.officer), cast.year, charter__0__data=json.dumps(rules))
    assert "Ghi lý do sửa" in said(answer)
    sent = {"charter__0__data": json.dumps(rules), "charter__0__why": "Theo biên bản"}
    assert change(cast.client(cast.officer), cast.year, **sent).status_code == 302
    charter.refresh_from_db()
    assert (charter.data["public_ranks"], charter.version, charter.reason) == (7, 2, "Theo biên bản")
    assert charter.year.charter_versions.get().data["public_ranks"] == 5


def test_steps_terms_label_and_cluster_are_not_in_the_form(cast: Any) -> None:
    page = cast.client(cast.root).get(url(ClusterYear, "change", cast.year.pk))
    names = form_data(page)
    assert not {name for name in names if name.endswith(("opened_at", "closed_at", "sealed_at"))}
    assert not {"label", "cluster"} & set(names)
    change(cast.client(cast.root), cast.year, label="1999", phases__0__closed_at="", sealed_at="1/1/2021")
    cast.year.refresh_from_db()
    assert (cast.year.label, cast.year.sealed_at) == ("2020", None)


# -- agencies ------------------------------------------------------------------------------------
def test_an_agency_is_renamed_from_a_day_on(cast: Any) -> None:
    client = cast.client(cast.officer)
    answer = change(
        client, cast.member,
        names__TOTAL_FORMS="2", names__0__valid_to="1/7/2025", names__1__name="Chi cục Thống kê khu vực  I",
        names__1__short_name="Chi cục Thống kê", names__1__valid_from="1/7/2025", names__1__agency=cast.member.pk,
    )  # fmt: skip
    assert answer.status_code == 302
    old, new = AgencyName.objects.filter(agency=cast.member).order_by("valid_from")
    if old.valid_from is not None:
        old, new = new, old
    assert (old.valid_to, new.name, new.valid_from) == (
        date(2025, 7, 1), "Chi cục Thống kê khu vực I", date(2025, 7, 1),
    )  # fmt: skip
    assert new.sort_key


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"names__0__DELETE": "on"}, "Ghi ít nhất một tên"),
        ({"names__0__name": ""}, "bắt buộc"),
        (
            {"names__TOTAL_FORMS": "2", "names__1__name": "Tên mới", "names__1__short_name": "Mới",
             "names__1__valid_from": "1/7/2025"},
            "Hai tên cùng có hiệu lực từ 01/07/2025",
        ),
    ],
)  # fmt: skip
def test_wrong_names_are_refused(cast: Any, fields: dict[str, str], sentence: str) -> None:
    assert sentence in said(change(cast.client(cast.officer), cast.member, **fields))
    assert AgencyName.objects.filter(agency=cast.member).count() == 1


def test_agencies_are_found_without_accents_in_vietnamese_order(cast: Any) -> None:
    AgencyFactory(name="Ân xá", short_name="Ân xá")
    AgencyFactory(name="Ăn mặc", short_name="Ăn mặc")
    AgencyNameFactory(
        agency=cast.other, name="Bảo hiểm cũ", valid_to=date(2010, 1, 1), valid_from=date(2000, 1, 1)
    )
    client = cast.client(cast.root)
    assert (
        "Cục Quản lý thị trường"
        in client.get(url(Agency, "changelist"), {"q": "quan ly truong"}).content.decode()
    )
    assert "Cục Thống kê" not in client.get(url(Agency, "changelist"), {"q": "quan ly"}).content.decode()
    assert "Bảo hiểm xã hội" in client.get(url(Agency, "changelist"), {"q": "bao hiem cu"}).content.decode()
    page = client.get(url(Agency, "changelist")).content.decode()
    assert page.index("Ăn mặc") < page.index("Ân xá") < page.index("Bảo hiểm xã hội")


def test_an_agency_keeps_its_code(cast: Any) -> None:
    change(cast.client(cast.root), cast.member, code="khac")
    cast.member.refresh_from_db()
    assert cast.member.code == "thong-ke"


# -- papers, people, movements -------------------------------------------------------------------
def test_the_same_paper_twice_is_refused(cast: Any) -> None:
    DirectiveFactory(number="05-CT/TW", issuer="Bộ Chính trị", issued_on=date(2016, 5, 15))
    data = {
        "kind": "directive", "number": "05-CT/TW", "issuer": "Bộ Chính trị", "issued_on": "15/5/2016",
        "title": "Về học tập và làm theo",
    }  # fmt: skip
    client = cast.client(cast.officer)
    assert "đã có" in said(client.post(url(Directive, "add"), data))
    assert client.post(url(Directive, "add"), data | {"issuer": "Tỉnh ủy"}).status_code == 302


def test_a_person_needs_what_the_function_asks(cast: Any) -> None:
    client, newcomer = cast.client(cast.root), UserFactory()
    data = {"user": newcomer.pk, "agency": cast.member.pk, "starts_on": "5/1/2021", "function": "officer"}
    assert "phải chọn một cụm" in said(client.post(url(Person, "add"), data))
    assert client.post(url(Person, "add"), data | {"cluster": cast.cluster.pk}).status_code == 302
    assert Person.objects.get(user=newcomer).starts_on == date(2021, 1, 5)


def test_a_superuser_mends_a_movement_and_search_follows(cast: Any) -> None:
    movement = MovementFactory(year=cast.year, title="Chung tay vì người ngèo")
    activity = ActivityFactory(year=cast.year, agency=cast.member, movement=movement)
    answer = change(cast.client(cast.root), movement, title="Chung tay vì người nghèo")
    assert answer.status_code == 302
    movement.refresh_from_db()
    activity.refresh_from_db()
    assert movement.version == 2
    assert "nguoi ngheo" in movement.search
    assert "nguoi ngheo" in activity.search
    assert events(audit.cluster_chain(cast.cluster.pk))[0].target_type == "movements.movement"
    assert cast.client(cast.officer).post(url(Movement, "change", movement.pk), {}).status_code == 403


# -- lists ---------------------------------------------------------------------------------------
def more_years(cast: Any) -> None:
    for label in ("2011", "2012", "2013"):
        MembershipFactory(year=ClusterYearFactory(label=label), order=1)


def more_agencies(cast: Any) -> None:
    AgencyFactory.create_batch(3)


def more_people(cast: Any) -> None:
    for _ in range(3):
        PersonFactory(agency=AgencyFactory())


def more_terms(cast: Any) -> None:
    for _ in range(3):
        RoleTermFactory(agency=AgencyFactory())


def more_papers(cast: Any) -> None:
    DirectiveFactory.create_batch(3)


def more_clusters(cast: Any) -> None:
    ClusterFactory.create_batch(3)


@pytest.mark.parametrize(
    ("model", "more", "queries"),
    [
        (ClusterYear, more_years, 6),
        (Cluster, more_clusters, 5),
        (Agency, more_agencies, 6),
        (Person, more_people, 6),
        (RoleTerm, more_terms, 7),
        (Directive, more_papers, 5),
    ],
    ids=lambda value: value.__name__ if hasattr(value, "__name__") else str(value),
)
def test_lists_cost_the_same_for_any_number_of_rows(cast: Any, model: Any, more: Any, queries: int) -> None:
    """Session, account, office, count and rows, names of agencies, choices of filters."""
    DirectiveFactory()
    client = cast.client(OfficerFactory().user)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(url(model, "changelist")).status_code == 200
        counts.append(len(captured))
        more(cast)
    assert counts == [queries, queries]


def test_the_form_of_a_year_costs_the_same_for_any_number_of_rows(cast: Any) -> None:
    client = cast.client(OfficerFactory().user)
    YearDirectiveFactory(year=cast.year)
    # The first request of a process asks for content types.
    client.get(url(ClusterYear, "change", cast.year.pk))
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(ClusterYear, "change", cast.year.pk)).status_code == 200
        counts.append(len(captured))
        for order in (10, 11, 12):
            MembershipFactory(year=cast.year, order=order)
            YearDirectiveFactory(year=cast.year, order=order)
    assert counts == [counts[0]] * 2
    assert YearDirective.objects.count() == 7
