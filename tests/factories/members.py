"""Factories of the members app and of accounts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import factory
from django.contrib.auth import get_user_model
from factory.django import DjangoModelFactory

from core.folding import sort_key
from members import models
from members.enums import AgencyKind, Basis, DirectiveKind, DirectiveUse, Function, PhaseKind, Role

PASSWORD = "mat-khau-cua-bai-thu"


class UserFactory(DjangoModelFactory):
    """An account that signs in with ``PASSWORD``."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"nguoi{n}")
    password = factory.django.Password(PASSWORD)


class ClusterFactory(DjangoModelFactory):
    class Meta:
        model = models.Cluster

    name = factory.Sequence(lambda n: f"Cụm thi đua số {n}")
    short_name = factory.Sequence(lambda n: f"Cụm số {n}")
    slug = factory.Sequence(lambda n: f"cum-{n}")
    place = "Tỉnh Lạng Sơn"


class AgencyNameFactory(DjangoModelFactory):
    class Meta:
        model = models.AgencyName

    name = factory.Sequence(lambda n: f"Cục số {n} tỉnh Lạng Sơn")
    short_name = factory.LazyAttribute(lambda row: row.name.removesuffix(" tỉnh Lạng Sơn"))
    sort_key = factory.LazyAttribute(lambda row: sort_key(row.name))


class AgencyFactory(DjangoModelFactory):
    """An agency with one name of always: ``AgencyFactory(name=…, short_name=…)``."""

    class Meta:
        model = models.Agency
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"don-vi-{n}")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> models.Agency:
        names = {key: kwargs.pop(key) for key in ("name", "short_name", "aliases") if key in kwargs}
        agency: models.Agency = super()._create(model_class, *args, **kwargs)
        AgencyNameFactory(agency=agency, **names)
        return agency


class ClusterYearFactory(DjangoModelFactory):
    """A year with its charter and seven phases; ``open_phase`` is open, the ones before it are closed."""

    class Meta:
        model = models.ClusterYear
        skip_postgeneration_save = True

    cluster = factory.SubFactory(ClusterFactory)
    label = "2020"
    starts_on = factory.LazyAttribute(lambda year: date(int(year.label[:4]), 1, 1))
    ends_on = factory.LazyAttribute(lambda year: date(int(year.label[-4:]), 12, 31))

    @factory.post_generation
    def open_phase(self: Any, create: bool, extracted: str | None, **_kwargs: Any) -> None:
        """Make the steps of the year."""
        models.Charter.objects.create(year=self)
        for order, kind in enumerate(PhaseKind.values, 1):
            models.Phase.objects.create(year=self, kind=kind, order=order)
        if extracted != "none":
            open_phase(self, extracted or PhaseKind.CARRY_OUT)


def open_phase(year: models.ClusterYear, kind: str) -> None:
    """Put the year at a step, as if the steps before were closed in their turn."""
    at = datetime(year.starts_on.year, year.starts_on.month, 1, tzinfo=UTC)
    order = PhaseKind.values.index(kind) + 1
    year.phases.update(opened_at=None, closed_at=None)
    year.phases.filter(order__lt=order).update(opened_at=at, closed_at=at)
    year.phases.filter(order=order).update(opened_at=at)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    year = factory.SubFactory(ClusterYearFactory)
    agency = factory.SubFactory(AgencyFactory)
    order = factory.Sequence(lambda n: n % 30_000 + 1)


class RoleTermFactory(DjangoModelFactory):
    class Meta:
        model = models.RoleTerm

    cluster = factory.SubFactory(ClusterFactory)
    agency = factory.SubFactory(AgencyFactory)
    role = Role.CHAIR
    starts_on = date(2020, 1, 1)
    basis = Basis.ELECTED


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = models.Person

    user = factory.SubFactory(UserFactory)
    agency = factory.SubFactory(AgencyFactory)
    function = Function.CLERK
    starts_on = date(2020, 1, 1)


class OfficerFactory(PersonFactory):
    """An officer of the standing body, for all clusters unless one is named."""

    agency = factory.SubFactory(AgencyFactory, kind=AgencyKind.COUNCIL, name="Ban Thi đua - Khen thưởng tỉnh")
    function = Function.OFFICER
    all_clusters = factory.LazyAttribute(lambda person: getattr(person, "cluster", None) is None)


class DirectiveFactory(DjangoModelFactory):
    class Meta:
        model = models.Directive

    kind = DirectiveKind.DIRECTIVE
    number = factory.Sequence(lambda n: f"{n:02d}-CT/TW")
    issuer = "Bộ Chính trị"
    issued_on = date(2014, 4, 7)
    title = "Về tiếp tục đổi mới công tác thi đua, khen thưởng"


class YearDirectiveFactory(DjangoModelFactory):
    class Meta:
        model = models.YearDirective

    year = factory.SubFactory(ClusterYearFactory)
    directive = factory.SubFactory(DirectiveFactory)
    use = DirectiveUse.CARRIED_OUT
