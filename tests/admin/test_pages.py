"""Every page of the admin site: opens for those who may, within our content policy."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from cluster_app.admin_site import GROUPS
from core import audit
from core.models import AuditEvent
from tests.admin.tools import url
from tests.factories import (
    ActivityFactory,
    ConferenceFactory,
    DirectiveFactory,
    MovementFactory,
    RankingEntryFactory,
    StoredFileFactory,
    YearTextFactory,
)

# Inlines carry their settings as JSON in an attribute, which may end in two braces.
pytestmark = [pytest.mark.django_db, pytest.mark.typed_braces]
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)


@pytest.fixture
def full(cast: Any) -> Any:
    """A year with something of everything."""
    ActivityFactory(year=cast.year, agency=cast.member, confirmed=True)
    MovementFactory(year=cast.year)
    RankingEntryFactory(ranking__year=cast.year, agency=cast.chair, rank=1)
    ConferenceFactory(year=cast.year)
    YearTextFactory(year=cast.year)
    DirectiveFactory()
    StoredFileFactory()
    chain = audit.cluster_chain(cast.cluster.pk)
    audit.record(
        chain, "phase_advance", cast.year, actor_id=cast.an.pk, role=f"chair/clerk/agency:{cast.chair.pk}"
    )
    audit.record(
        chain, "unheard_of", cast.year, actor_id=None, before={"label": "2019"}, after={"label": "2020"}
    )
    return cast


def test_every_registered_model_stands_in_one_group() -> None:
    named = [label for _name, labels in GROUPS for label in labels]
    assert sorted(named) == [model._meta.label_lower for model in REGISTERED]
    assert len(named) == len(set(named))


def test_keys_and_staged_files_are_not_registered() -> None:
    labels = {model._meta.label_lower for model in REGISTERED}
    assert not labels & {
        "core.submitkey",
        "core.stagedupload",
        "auth.group",
        "account.emailaddress",
        "admin.logentry",
    }


@pytest.mark.parametrize("who", ["root", "officer"])
@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label_lower)
def test_lists_rows_histories_and_forms_open(full: Any, model: Any, who: str) -> None:
    client = full.client(getattr(full, who))
    holder = admin.site._registry[model]
    if who == "officer" and holder.superuser_only:
        assert client.get(url(model, "changelist")).status_code == 403
        return
    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "changelist"), {"q": "quan ly"}).status_code == 200
    row = model._base_manager.first()
    if row is not None:
        shown = client.get(url(model, "change", row.pk))
        assert shown.status_code in (200, 302)
        assert client.get(url(model, "history", row.pk)).status_code in (200, 404)
    added = client.get(url(model, "add"))
    assert added.status_code == (200 if who == "root" and holder.addable else added.status_code)
    assert added.status_code in (200, 403)


def test_the_first_page_has_groups_in_vietnamese(full: Any) -> None:
    page = full.client(full.root).get(reverse("admin:index")).content.decode()
    for name, _labels in GROUPS:
        assert str(name) in page
    english = full.client(full.root).get("/en/admin/")
    assert english.status_code == 200


def test_the_audit_is_told_in_words_and_filtered(full: Any) -> None:
    client = full.client(full.officer)
    page = client.get(url(AuditEvent, "changelist")).content.decode()
    assert "Chuyển bước" in page
    assert "năm thi đua #" in page
    assert f"Cụm trưởng, cán bộ nhập liệu, đơn vị #{full.chair.pk}" in page
    only = client.get(url(AuditEvent, "changelist"), {"viec": "unheard_of"}).content.decode()
    assert only.count('class="field-words') == 1
    shown = client.get(
        url(AuditEvent, "change", AuditEvent.objects.get(action="unheard_of").pk)
    ).content.decode()
    assert "Năm: 2019" in shown
    assert "Năm: 2020" in shown


def test_an_audit_line_of_something_that_is_no_model_any_more_is_still_told(full: Any) -> None:
    event = AuditEvent.objects.get(action="unheard_of")
    event.target_type = "members.gone"
    assert admin.site._registry[AuditEvent].what(event) == f"members.gone #{full.year.pk}"
