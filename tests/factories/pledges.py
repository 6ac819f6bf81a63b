"""Factories of compacts, registrations, labels and what is said of gifts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from movements import models as movements
from movements.enums import ConfirmedBy, Holder, ReviewKind, TagKind
from tests.factories.members import AgencyFactory, ClusterYearFactory, UserFactory
from tests.factories.records import ContributionFactory, MovementFactory, StoredFileFactory

MOMENT = datetime(2020, 3, 2, 2, tzinfo=UTC)


class TagFactory(DjangoModelFactory):
    """A free label; ``code="II.3"`` makes it a criterion."""

    class Meta:
        model = movements.Tag

    year = factory.SubFactory(ClusterYearFactory)
    code = ""
    kind = factory.LazyAttribute(lambda row: TagKind.CRITERION if row.code else TagKind.FREE)
    label = factory.Sequence(lambda n: f"An sinh xã hội {n}")
    order = factory.Sequence(lambda n: n % 30_000 + 1)


class MovementFileFactory(DjangoModelFactory):
    class Meta:
        model = movements.MovementFile

    movement = factory.SubFactory(MovementFactory)
    file = factory.SubFactory(StoredFileFactory)
    name = "Kế hoạch phát động.pdf"


class MovementNoticeFactory(DjangoModelFactory):
    class Meta:
        model = movements.MovementNotice

    movement = factory.SubFactory(MovementFactory)
    agency = factory.SubFactory(AgencyFactory)
    sent_at = MOMENT


class MovementReviewFactory(DjangoModelFactory):
    class Meta:
        model = movements.MovementReview

    movement = factory.SubFactory(MovementFactory)
    kind = ReviewKind.INTERIM
    held_on = MOMENT.date()
    result = "Các đơn vị hưởng ứng đầy đủ."


class PledgeFactory(DjangoModelFactory):
    """A draft with two contents."""

    class Meta:
        model = movements.Pledge
        skip_postgeneration_save = True

    year = factory.SubFactory(ClusterYearFactory)
    title = "Giao ước thi đua năm 2020"

    @factory.post_generation
    def clauses(self, create: bool, extracted: object, **_kwargs: object) -> None:
        texts = ("Hoàn thành xuất sắc nhiệm vụ chính trị.", "Làm tốt công tác an sinh xã hội.")
        for order, text in enumerate(texts if extracted is None else extracted, 1):
            movements.PledgeClause.objects.create(pledge=self, order=order, text=text)


class SignatureFactory(DjangoModelFactory):
    class Meta:
        model = movements.Signature

    pledge = factory.SubFactory(PledgeFactory)
    agency = factory.SubFactory(AgencyFactory)
    signed_at = MOMENT
    signed_by = factory.SubFactory(UserFactory)
    post = "Giám đốc"
    mark = "0" * 64


class RegistrationFactory(DjangoModelFactory):
    class Meta:
        model = movements.Registration

    year = factory.SubFactory(ClusterYearFactory)
    agency = factory.SubFactory(AgencyFactory)


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = movements.Target

    registration = factory.SubFactory(RegistrationFactory)
    order = factory.Sequence(lambda n: n % 30_000 + 1)
    content = factory.Sequence(lambda n: f"Số thu nộp ngân sách {n}")
    unit = "tỷ đồng"
    plan = Decimal(1200)
    plan_words = "1.200"


class TitleKindFactory(DjangoModelFactory):
    class Meta:
        model = movements.TitleKind

    name = factory.Sequence(lambda n: f"Tập thể lao động xuất sắc {n}")
    holder = Holder.COLLECTIVE


class TitleRegistrationFactory(DjangoModelFactory):
    class Meta:
        model = movements.TitleRegistration

    registration = factory.SubFactory(RegistrationFactory)
    order = factory.Sequence(lambda n: n % 30_000 + 1)
    holder = Holder.COLLECTIVE
    title = "Tập thể lao động xuất sắc"


class GiftConfirmationFactory(DjangoModelFactory):
    class Meta:
        model = movements.GiftConfirmation

    contribution = factory.SubFactory(ContributionFactory)
    source = ConfirmedBy.CHAIR
    mark = "0" * 64
    confirmed_at = MOMENT


class DuplicateRulingFactory(DjangoModelFactory):
    class Meta:
        model = movements.DuplicateRuling

    first = factory.SubFactory(ContributionFactory)
    second = factory.SubFactory(ContributionFactory)
    reason = "Hai đợt khác nhau."


class RowDraftFactory(DjangoModelFactory):
    class Meta:
        model = movements.RowDraft

    year = factory.SubFactory(ClusterYearFactory)
    user = factory.SubFactory(UserFactory)
    grid = "gifts"


class ImportRunFactory(DjangoModelFactory):
    class Meta:
        model = movements.ImportRun

    year = factory.SubFactory(ClusterYearFactory)
    user = factory.SubFactory(UserFactory)
    file = factory.SubFactory(StoredFileFactory)
    name = "hoat-dong.xlsx"
    kind = "gifts"


class SavedFilterFactory(DjangoModelFactory):
    class Meta:
        model = movements.SavedFilter

    user = factory.SubFactory(UserFactory)
    cluster = factory.SelfAttribute("year.cluster")
    page = "activities"
    name = factory.Sequence(lambda n: f"Bộ lọc {n}")

    class Params:
        year = factory.SubFactory(ClusterYearFactory)
