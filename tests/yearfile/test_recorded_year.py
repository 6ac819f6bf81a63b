"""A year that people recorded through the application comes out of an empty place as it was, with all it knows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model

from cluster_app.yearfile.load import load_year
from core import staging
from core.dates import PartialDate, Precision
from core.models import StagedUpload, StoredFile
from core.quantity import Qualifier
from members.enums import Function, PhaseKind
from members.models import ClusterYear
from movements.domain import (
    confirmations,
    duplicates,
    library,
    movements,
    notices,
    pledges,
    public,
    registrations,
    reviews,
    signatures,
    states,
    tags,
)
from movements.domain.activities import save_activity
from movements.domain.actuals import save_actuals
from movements.domain.entry import About, ActivityDraft, Apart, GiftDraft, PartOf, Shares
from movements.domain.registration_entry import ActualDraft, RegistrationDraft, TargetDraft, TitleDraft
from movements.models import Activity, Contribution, Evidence, EvidenceVersion, Movement, Tag
from tests.factories import PersonFactory
from tests.support.uploads import PDF, upload

pytestmark = pytest.mark.django_db
DAY = PartialDate(date(2020, 4, 5), date(2020, 4, 5), Precision.DAY)


@pytest.fixture(autouse=True)
def _within_the_year(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    with time_machine.travel("2020-06-15T10:00:00+07:00"):
        yield


def staged(user: Any, name: str, content: bytes) -> tuple[str, ...]:
    return tuple(row.token for row in staging.stage(user.pk, [upload(name, content)]).staged)


def record_movement(cast: Any) -> Movement:
    """Launched with a paper, sent, joined by one, declined by another, answered below; reviewed once for good."""
    an, chi = cast.scope(cast.an), cast.scope(cast.chi)
    draft = movements.MovementDraft(
        "Chung tay vì người nghèo", "central", "regular", slogan="Không để ai bị bỏ lại phía sau",
        starts_on=date(2020, 1, 6), standards="Mỗi đơn vị một việc", decision_number="05/KH",
        decision_date=date(2020, 1, 3), files=staged(cast.an, "Kế hoạch.pdf", PDF + b"plan"),
    )  # fmt: skip
    movement = movements.save_movement(an, draft)
    told = [cast.chair.pk, cast.member.pk, cast.other.pk]
    notices.send(an, movement.pk, told, answer_by=date(2020, 7, 1))
    joined = notices.Answer(True, "Thống kê vì người nghèo", "5/KH", date(2020, 2, 3), "Một dòng\nhai dòng")
    notices.answer(chi, movement.pk, cast.member.pk, joined)
    clerk = PersonFactory(agency=cast.other, function=Function.CLERK).user
    notices.answer(
        cast.scope(clerk), movement.pk, cast.other.pk, notices.Answer(False, reason="Đã làm năm 2019")
    )
    notices.mark_seen(an, movement.pk, cast.chair.pk)
    movements.save_movement(
        chi,
        movements.MovementDraft(
            "Tháng vì người nghèo", "agency", "regular", agency_id=cast.member.pk, responds_to_id=movement.pk
        ),
    )
    return movement


def record_pledge(cast: Any) -> None:
    """A compact that was opened twice, signed by the chair and the member, taken back once, closed with a reason."""
    an, lan = cast.scope(cast.an), cast.scope(cast.lan)
    pledges.save_pledge(
        an, pledges.PledgeDraft("Giao ước", "Chúng tôi", "Lạng Sơn", date(2020, 3, 5), ("Một.", "Hai."))
    )
    pledge = pledges.open_pledge(an)
    signatures.sign(lan, cast.member.pk, pledge.mark)
    pledges.reopen_draft(an, "Sửa nội dung 2")
    pledges.save_pledge(
        an, pledges.PledgeDraft("Giao ước", "Chúng tôi", "Lạng Sơn", None, ("Một.", "Hai.", "Ba."))
    )
    pledge = pledges.open_pledge(an)
    leader = PersonFactory(agency=cast.chair, function=Function.LEADER, post="Giám đốc").user
    for user, agency in ((cast.lan, cast.member), (leader, cast.chair)):
        signatures.sign(cast.scope(user), agency.pk, pledge.mark)
    signatures.take_back(lan, cast.member.pk)
    signatures.sign(lan, cast.member.pk, pledge.mark)
    pledges.close_pledge(an, "Hai đơn vị ký bản giấy.")


def record_registration(cast: Any, movement: Movement) -> None:
    """Returned once, accepted, with what was achieved: no target, zero, below zero, lower is better."""
    chi, agency = cast.scope(cast.chi), cast.member.pk
    draft = RegistrationDraft(
        (
            TargetDraft(
                "a",
                "Số thu",
                "tỷ đồng",
                plan=Decimal("1200.5"),
                plan_words="1.200,5",
                movement_id=movement.pk,
            ),
            TargetDraft("b", "Hồ sơ trễ hạn", "hồ sơ", plan=Decimal(0), plan_words="0", direction="lower"),
            TargetDraft("c", "Chênh lệch", "%", plan=Decimal("-3.25"), plan_words="−3,25", direction="lower"),
            TargetDraft("d", "Tin, bài", "tin", note="Không giao"),
        ),
        (
            TitleDraft("t", "Tập thể lao động xuất sắc", "collective", 2),
            TitleDraft("u", "Giấy khen", "person", 12),
        ),
        "Theo công văn 12",
    )
    registrations.save_registration(chi, agency, draft, version=0, send=True)
    registrations.move(cast.scope(cast.an), agency, "return", reason="Thiếu đơn vị tính")
    registrations.move(chi, agency, "send")
    row = registrations.move(cast.scope(cast.an), agency, "accept")
    figures = {"Số thu": ("trên 1.300", 1300, Qualifier.OVER), "Hồ sơ trễ hạn": ("0", 0, Qualifier.EXACT)}
    save_actuals(
        chi, agency,
        [
            ActualDraft(target.key, Decimal(number), qualifier, words, date(2020, 6, 1), seen=target.version)
            for target in row.targets.all()
            for words, number, qualifier in [figures.get(target.content, ("-4,5", "-4.5", Qualifier.EXACT))]
        ],
    )  # fmt: skip
    registrations.save_registration(
        cast.scope(cast.binh), cast.deputy.pk, RegistrationDraft(note="Nháp"), version=0
    )


def record_activities(cast: Any, movement: Movement) -> list[Activity]:
    """One of the member with everything a form asks, one of the deputy that reports the same gift, both confirmed."""
    chi = cast.scope(cast.chi)
    tag, old = (
        tags.save_tag(cast.scope(cast.an), draft)
        for draft in (tags.TagDraft("An sinh", "II.3"), tags.TagDraft("Cũ"))
    )
    about = About("Lãnh đạo các phòng", 120, (tag.pk, old.pk), True)
    shares = Shares(50_000_000, ((cast.deputy.pk, 20_000_000),), (("Văn phòng HĐND tỉnh", 30_000_000),))
    whole = GiftDraft(
        "w", "money", "Tổng", value=580_000_000, value_qualifier=Qualifier.OVER, value_words="trên 580 triệu"
    )
    joint = GiftDraft(
        "j", "money", "Tiền làm nhà", value=100_000_000, beneficiary="Hộ nghèo xã Chi Lăng", partners=(cast.deputy.pk,),
        outside=("Văn phòng HĐND tỉnh",), shares=shares, part=PartOf("unknown", row="w"),
        apart=Apart(date(2020, 4, 6), "Xã Chi Lăng", "Sửa nhà"),
    )  # fmt: skip
    goods = GiftDraft(
        "g", "goods", "Khẩu trang", quantity=Decimal("21000.5"), unit="chiếc", quantity_qualifier=Qualifier.NEARLY,
        quantity_words="gần 21.000,5", part=PartOf("included", row="w"),
    )  # fmt: skip
    draft = ActivityDraft(
        "Trao quà", DAY, cast.member.pk, movement.pk, (cast.deputy.pk,), "Chi Lăng", "Kể", "Kết quả", about=about,
        gifts=(whole, joint, goods), files=staged(cast.chi, "Biên bản.pdf", PDF),
    )  # fmt: skip
    one = save_activity(chi, draft, send=True)
    tags.retire_tag(cast.scope(cast.an), old.pk, retired=True)
    same = GiftDraft("s", "money", "Tiền nhà", value=100_000_000, beneficiary="Hộ nghèo xã Chi Lăng")
    month = PartialDate(date(2020, 4, 1), date(2020, 4, 30), Precision.MONTH)
    two = save_activity(
        cast.scope(cast.binh), ActivityDraft("Làm nhà", month, cast.deputy.pk, gifts=(same,)), send=True
    )
    return [states.confirm(cast.scope(cast.an), row.pk) for row in (one, two)]


def record_judgements(cast: Any) -> None:
    """Files: one replaced while hidden, one removed; gifts: confirmed twice, one taken back, a pair ruled on."""
    an, chi = cast.scope(cast.an), cast.scope(cast.chi)
    paper = Evidence.objects.get(name="Biên bản.pdf")
    (token,) = staged(cast.chi, "Biên bản ký.pdf", PDF + b"signed")
    shown = Activity.objects.get(is_public=True)
    public.set_public(chi, shown.pk, False)
    library.replace_file(chi, paper.pk, token, reason="Bản có chữ ký")
    public.set_public(an, shown.pk, True)
    extra = library.add_files(
        chi,
        cast.member.pk,
        staged(cast.chi, "Thừa.pdf", PDF + b"extra"),
        note="Thừa",
        tags=[Tag.objects.get(code="II.3").pk],
    )
    library.remove_file(chi, extra[0].pk)
    gift, twin = (Contribution.objects.get(description=words) for words in ("Tiền làm nhà", "Tiền nhà"))
    confirmations.confirm_gift(an, gift.pk, "chair")
    confirmations.withdraw_confirmation(an, gift.pk, "chair")
    confirmations.confirm_gift(an, gift.pk, "chair")
    confirmations.confirm_gift(chi, gift.pk, "receiver", document="Giấy nhận 12", evidence_id=paper.pk)
    duplicates.rule_different(an, twin.pk, gift.pk, "Hai căn nhà")


def record_year(cast: Any) -> None:
    """Everything, each step while it is open."""
    cast.go(PhaseKind.LAUNCH)
    movement = record_movement(cast)
    record_pledge(cast)
    cast.go(PhaseKind.CARRY_OUT)
    record_registration(cast, movement)
    record_activities(cast, movement)
    record_judgements(cast)
    draft = reviews.ReviewDraft("interim", date(2020, 6, 10), "Tốt", "Chậm", "Sớm hơn")
    reviews.save_review(cast.scope(cast.an), movement.pk, draft, close=True)
    reviews.save_review(cast.scope(cast.binh), movement.pk, reviews.ReviewDraft("final", date(2020, 12, 1)))


def empty_place(settings: Any, folder: Path) -> None:
    """As an installation that never had any year: rows and files gone, people's accounts still there."""
    models: list[type[Model]] = [StagedUpload, StoredFile]
    for label in ("publishing", "conference", "scoring", "movements", "members"):
        models += apps.get_app_config(label).get_models()
    for model in models:
        model._default_manager.all()._raw_delete(model._default_manager.db)
    for model in models:
        for field in model._meta.many_to_many:
            through = field.remote_field.through
            through._default_manager.all()._raw_delete(through._default_manager.db)
    settings.FILES_DIR = folder


def dumped(path: Path) -> bytes:
    call_command("dump_year", "trung-uong", "2020", "-o", path, "--zip", stdout=io.StringIO())
    return path.read_bytes()


def test_what_the_application_recorded_comes_out_the_same_of_an_empty_place(
    cast: Any, tmp_path: Path, settings: Any
) -> None:
    record_year(cast)
    assert EvidenceVersion.objects.count() == 1
    first = dumped(tmp_path / "first.zip")
    assert load_year(tmp_path / "first.zip").changed is False
    empty_place(settings, tmp_path / "elsewhere")
    assert not ClusterYear.objects.exists()
    assert load_year(tmp_path / "first.zip").changed is True
    assert dumped(tmp_path / "second.zip") == first
    gift = confirmations.with_confirmations(Contribution.objects.filter(description="Tiền làm nhà")).get()
    assert [one.holds for one in confirmations.standing_of(gift)] == [True, True]
