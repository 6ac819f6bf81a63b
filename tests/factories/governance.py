"""Rows of governance: extensions, earlier charters, carry-overs, skips, secret links."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from members import models
from members.enums import Function, InvitationKind, PhaseKind
from tests.factories.members import (
    AgencyFactory,
    ClusterFactory,
    ClusterYearFactory,
    PersonFactory,
    UserFactory,
)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class PhaseExtensionFactory(DjangoModelFactory):
    """``PhaseExtensionFactory(year=…, kind="carry_out", agency=…, until=…)``."""

    class Meta:
        model = models.PhaseExtension
        exclude = ("year", "kind")

    year = factory.SubFactory(ClusterYearFactory)
    kind = PhaseKind.CARRY_OUT
    phase = factory.LazyAttribute(lambda row: models.Phase.objects.get(year=row.year, kind=row.kind))
    agency = factory.SubFactory(AgencyFactory)
    until = date(2020, 12, 31)
    reason = "Chờ số liệu của cấp trên"


class CharterVersionFactory(DjangoModelFactory):
    class Meta:
        model = models.CharterVersion

    year = factory.SubFactory(ClusterYearFactory)
    version = factory.Sequence(lambda n: n + 1)
    replaced_at = datetime(2020, 6, 1, tzinfo=UTC)


class CarryOverFactory(DjangoModelFactory):
    class Meta:
        model = models.CarryOver

    year = factory.SubFactory(ClusterYearFactory)
    predecessor = factory.SubFactory(AgencyFactory)
    successor = factory.SubFactory(AgencyFactory)
    decision_number = "12/QĐ-UBND"
    decision_date = date(2020, 7, 1)


class RotationSkipFactory(DjangoModelFactory):
    class Meta:
        model = models.RotationSkip

    cluster = factory.SubFactory(ClusterFactory)
    agency = factory.SubFactory(AgencyFactory)
    label = "2021"
    reason = "Đang sắp xếp lại tổ chức"


class InvitationFactory(DjangoModelFactory):
    """An invitation whose secret is ``secret``: ``InvitationFactory(secret="…", agency=…)``."""

    class Meta:
        model = models.Invitation
        exclude = ("secret",)

    secret = factory.Sequence(lambda n: f"bi-mat-{n}")
    kind = InvitationKind.JOIN
    token_hash = factory.LazyAttribute(lambda row: hashed(row.secret))
    agency = factory.SubFactory(AgencyFactory)
    function = Function.CLERK
    starts_on = date(2020, 1, 1)
    invited_by = factory.SubFactory(UserFactory)
    expires_at = datetime(2099, 1, 1, tzinfo=UTC)

    class Params:
        password = factory.Trait(
            kind=InvitationKind.PASSWORD, function="", starts_on=None, account=factory.SubFactory(UserFactory)
        )


class CalendarFeedFactory(DjangoModelFactory):
    """A calendar whose secret is ``secret``."""

    class Meta:
        model = models.CalendarFeed
        exclude = ("secret",)

    secret = factory.Sequence(lambda n: f"lich-{n}")
    user = factory.SubFactory(UserFactory)
    token_hash = factory.LazyAttribute(lambda row: hashed(row.secret))


def stand_in(principal: models.Person, **given: Any) -> models.Person:
    """Somebody who deputises for ``principal`` until a day."""
    given = {"starts_on": date(2020, 1, 1), "ends_on": date(2099, 1, 1)} | given
    person: models.Person = PersonFactory(
        agency=principal.agency, function=principal.function, cluster=principal.cluster,
        all_clusters=principal.all_clusters, stands_for=principal, **given,
    )  # fmt: skip
    return person
