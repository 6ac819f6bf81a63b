"""Factories of movements, scoring, conference and publishing."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from conference import models as conference
from conference.enums import AttendeeKind, ConferenceKind, MomentKind
from core.folding import fold
from core.models import StoredFile
from core.search import searchable
from members.enums import Level, Role
from movements import models as movements
from movements.enums import ActivityState, ContributionKind, MovementKind, Precision
from publishing import models as publishing
from publishing.enums import TextKind
from scoring import models as scoring
from scoring.enums import RankingMethod
from tests.factories.members import AgencyFactory, ClusterYearFactory

MOMENT = datetime(2020, 6, 1, 2, tzinfo=UTC)


class MovementFactory(DjangoModelFactory):
    class Meta:
        model = movements.Movement
        skip_postgeneration_save = True

    year = factory.SubFactory(ClusterYearFactory)
    title = factory.Sequence(lambda n: f"Phong trào thi đua số {n}")
    level = Level.PROVINCE
    launched_by = "Ủy ban nhân dân tỉnh Lạng Sơn"
    kind = MovementKind.REGULAR
    order = factory.Sequence(lambda n: n % 30_000 + 1)
    search = factory.LazyAttribute(lambda row: searchable([row.title]))


class ParticipationFactory(DjangoModelFactory):
    class Meta:
        model = movements.Participation

    movement = factory.SubFactory(MovementFactory)
    agency = factory.SubFactory(AgencyFactory)


class ActivityFactory(DjangoModelFactory):
    """A draft of its agency; ``submitted=True``, ``confirmed=True``, ``returned=True`` for the other states."""

    class Meta:
        model = movements.Activity
        skip_postgeneration_save = True

    class Params:
        submitted = factory.Trait(state=ActivityState.SUBMITTED, submitted_at=MOMENT)
        confirmed = factory.Trait(state=ActivityState.CONFIRMED, submitted_at=MOMENT, confirmed_at=MOMENT)
        returned = factory.Trait(
            state=ActivityState.RETURNED,
            submitted_at=MOMENT,
            returned_at=MOMENT,
            return_reason="Thiếu minh chứng.",
        )

    year = factory.SubFactory(ClusterYearFactory)
    agency = factory.SubFactory(AgencyFactory)
    title = factory.Sequence(lambda n: f"Trao quà cho hộ nghèo, đợt {n}")
    precision = Precision.DAY
    starts_on = date(2020, 4, 5)
    ends_on = factory.SelfAttribute("starts_on")
    sorted_on = factory.LazyAttribute(lambda row: row.starts_on or row.year.starts_on)
    search = factory.LazyAttribute(lambda row: searchable([row.title]))


class BeneficiaryFactory(DjangoModelFactory):
    class Meta:
        model = movements.Beneficiary

    name = factory.Sequence(lambda n: f"Hộ nghèo xã số {n}")
    folded = factory.LazyAttribute(lambda row: fold(row.name))


class ContributionFactory(DjangoModelFactory):
    """Ten million đồng by the activity's agency."""

    class Meta:
        model = movements.Contribution
        skip_postgeneration_save = True

    activity = factory.SubFactory(ActivityFactory)
    order = factory.Sequence(lambda n: n % 30_000 + 1)
    kind = ContributionKind.MONEY
    description = "Tiền ủng hộ"
    value = 10_000_000
    value_words = "10 triệu đồng"

    @factory.post_generation
    def by(self, create: bool, extracted: object, **_kwargs: object) -> None:
        """``by=[agency, "Văn phòng HĐND tỉnh"]``; the activity's agency when nothing is said, nobody for ()."""
        givers = [self.activity.agency] if extracted is None else list(extracted)
        for order, giver in enumerate((one for one in givers if one), 1):
            named = {"outside_name": giver} if isinstance(giver, str) else {"agency": giver}
            movements.Contributor.objects.create(contribution=self, order=order, **named)


class GoodsFactory(ContributionFactory):
    """3.000 masks."""

    kind = ContributionKind.GOODS
    description = "Khẩu trang y tế"
    quantity = Decimal(3000)
    unit = "chiếc"
    quantity_words = "3.000 khẩu trang"
    value = None
    value_words = ""


class StoredFileFactory(DjangoModelFactory):
    """The row only; the bytes are not on disk."""

    class Meta:
        model = StoredFile

    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    size = 1234
    content_type = "application/pdf"


class EvidenceFactory(DjangoModelFactory):
    """A file of the library beside ``activity``; with ``activity=None`` (and ``year``, ``agency``) beside none."""

    class Meta:
        model = movements.Evidence

    activity = factory.SubFactory(ActivityFactory)
    year = factory.LazyAttribute(lambda row: row.activity.year)
    agency = factory.LazyAttribute(lambda row: row.activity.agency)
    file = factory.SubFactory(StoredFileFactory)
    name = "Biên bản bàn giao.pdf"

    @classmethod
    def _create(cls, model_class, *args, activity, **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        if activity is not None:
            movements.EvidenceUse.objects.create(activity=activity, evidence=row)
        return row


class RankingFactory(DjangoModelFactory):
    class Meta:
        model = scoring.Ranking

    year = factory.SubFactory(ClusterYearFactory)
    revision = 1
    method = RankingMethod.DELIBERATION
    decided_on = date(2021, 1, 5)
    reason = factory.LazyAttribute(lambda row: "" if row.revision == 1 else "Sửa theo biên bản.")


class RankingEntryFactory(DjangoModelFactory):
    class Meta:
        model = scoring.RankingEntry

    ranking = factory.SubFactory(RankingFactory)
    agency = factory.SubFactory(AgencyFactory)


class ConferenceFactory(DjangoModelFactory):
    class Meta:
        model = conference.Conference

    year = factory.SubFactory(ClusterYearFactory)
    kind = ConferenceKind.FINAL
    title = "Hội nghị tổng kết công tác thi đua, khen thưởng năm 2020"
    held_on = date(2021, 1, 5)
    place = "Ngân hàng Nhà nước Chi nhánh tỉnh Lạng Sơn"


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = conference.Attendance

    conference = factory.SubFactory(ConferenceFactory)
    order = factory.Sequence(lambda n: n % 30_000 + 1)
    kind = AttendeeKind.GUEST
    office = "Lãnh đạo Ban Thi đua - Khen thưởng tỉnh"


class ConferenceMomentFactory(DjangoModelFactory):
    class Meta:
        model = conference.Moment

    conference = factory.SubFactory(ConferenceFactory)
    order = factory.Sequence(lambda n: n % 30_000 + 1)
    kind = MomentKind.OPENING
    office = "Giám đốc"


class ElectionResultFactory(DjangoModelFactory):
    class Meta:
        model = conference.ElectionResult

    conference = factory.SubFactory(ConferenceFactory)
    agency = factory.SubFactory(AgencyFactory)
    for_label = "2021"
    role = Role.CHAIR


class YearTextFactory(DjangoModelFactory):
    class Meta:
        model = publishing.YearText

    year = factory.SubFactory(ClusterYearFactory)
    kind = TextKind.DIRECTION
    order = factory.Sequence(lambda n: n % 30_000 + 1)
    text = "Nâng cao nhận thức về vai trò, tác dụng của phong trào thi đua yêu nước."
