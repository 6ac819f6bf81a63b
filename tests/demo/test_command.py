"""``manage.py demo``: once is enough, nothing of people's work is touched, never in production."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from cluster_app import demo
from core import audit
from core.models import AuditEvent
from members.models import Cluster, ClusterYear, Person
from movements.models import Activity
from publishing.models import AnnualSummary
from tests.factories import ClusterFactory, UserFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def counts() -> tuple[int, ...]:
    models = (Cluster, ClusterYear, Activity, AnnualSummary, Person, get_user_model(), AuditEvent)
    return tuple(model._default_manager.count() for model in models)


def test_it_loads_all_years_publishes_one_and_prints_the_accounts() -> None:
    said = run()
    assert counts()[:6] == (2, 4, 138, 1, 17, 18)
    assert "Đã nạp lang-son-trung-uong, năm 2020." in said
    assert "Đã nạp lang-son-trung-uong, năm 2021." in said
    assert "Đã nạp thuc-hanh, năm 2025." in said
    assert demo.PASSWORD in said
    assert all(account.username in said for account in demo.ACCOUNTS)


def test_a_second_run_changes_nothing() -> None:
    run()
    before = counts()
    assert "lang-son-trung-uong, năm 2020 đã có, giữ nguyên." in run()
    assert counts() == before


def test_a_second_run_keeps_what_people_wrote() -> None:
    run()
    Activity.objects.filter(key="tham-tang-qua").update(title="Đã sửa")
    user = get_user_model().objects.get(username="thue")
    user.set_password("mat-khau-cua-rieng-toi")
    user.save()
    run()
    assert Activity.objects.get(key="tham-tang-qua").title == "Đã sửa"
    assert authenticate(username="thue", password="mat-khau-cua-rieng-toi")


def test_if_empty_leaves_another_installation_alone() -> None:
    ClusterFactory()
    assert run("--if-empty") == ""
    assert (Cluster.objects.count(), get_user_model().objects.count()) == (1, 0)


def test_if_empty_loads_into_an_empty_one() -> None:
    assert "Đã nạp lang-son-trung-uong, năm 2020." in run("--if-empty")
    assert run("--if-empty") == ""


def test_accounts_only_prints_what_is_there() -> None:
    assert run("--accounts") == ""
    UserFactory(username="thue")
    said = run("--accounts")
    assert "thue" in said
    assert "nganhang" not in said
    assert not Cluster.objects.exists()


def test_it_refuses_production(settings: Any) -> None:
    settings.APP_ENV = "production"
    for arguments in ((), ("--if-empty",), ("--accounts",)):
        with pytest.raises(CommandError, match="khi chạy thật"):
            run(*arguments)
    assert counts() == (0,) * 7


def test_the_password_is_documented_and_long_enough(settings: Any) -> None:
    assert demo.PASSWORD in (settings.BASE_DIR / "README.md").read_text()
    assert len(demo.PASSWORD) >= 12
    with pytest.raises(ValidationError, match="dễ đoán"):  # it is known to everybody: nobody may choose it
        validate_password(demo.PASSWORD, get_user_model()(username=demo.ACCOUNTS[0].username))


def test_every_account_is_in_the_readme(settings: Any) -> None:
    readme = (settings.BASE_DIR / "README.md").read_text()
    assert not [account.username for account in demo.ACCOUNTS if f"`{account.username}`" not in readme]


def test_the_audit_chains_are_whole_and_hold_no_account_name() -> None:
    run()
    assert [fault for chain in audit.chains() for fault in audit.verify(chain)] == []
    texts = " ".join(event.after for event in AuditEvent.objects.all())
    assert not [account.username for account in demo.ACCOUNTS if f'"{account.username}"' in texts]


def test_published_by_the_chair_of_its_day() -> None:
    run()
    version = AnnualSummary.objects.get()
    assert (version.year.label, version.number, version.published_by.code) == (
        "2020",
        1,
        "quan-ly-thi-truong-lang-son",
    )
    assert version.published_at == demo.PUBLISHED_AT
