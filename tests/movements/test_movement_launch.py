"""Launching: papers, standards, what a movement carries out, a member's own ones, what goes on into a coming year."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine

from core.access import Refused
from core.errors import DomainError
from members.domain.actor import Actor
from members.enums import Level, PhaseKind
from members.models import PhaseExtension
from movements.carried import copy_movements
from movements.domain.movements import MovementDraft, save_movement
from movements.models import Movement, MovementFile
from tests.factories import ClusterYearFactory, MembershipFactory, MovementFactory
from tests.factories.pledges import MovementFileFactory
from tests.support import uploads
from tests.support.constraints import assert_refused
from tests.support.race import errors, race, values

pytestmark = pytest.mark.django_db

TITLE = "Chung tay vì người nghèo"


def posted(**changes: Any) -> dict[str, Any]:
    return {"title": TITLE, "level": "province", "kind": "regular", "submit_key": "k" * 32, **changes}


def draft(title: str = TITLE, level: str = "province", **changes: Any) -> MovementDraft:
    return MovementDraft(title=title, level=level, kind="regular", **changes)


def text(answer: Any) -> str:
    return " ".join(str(answer.content.decode()).split())


def problems(cast: Any, given: MovementDraft, pk: int | None = None, who: str = "an") -> dict[str, str]:
    with pytest.raises(DomainError) as raised:
        save_movement(cast.scope(getattr(cast, who)), given, pk)
    return {problem.field: problem.sentence for problem in raised.value.problems}


# -- papers --------------------------------------------------------------------------------------
def test_papers_are_kept_over_errors_shown_and_taken_away_without_being_lost(cast: Any) -> None:
    client, address = cast.client(cast.an), cast.url("movement_add")
    data = posted(title="", standards="Một\nHai", decision_number="12/KH", decision_date="1/2/2020")
    answer = client.post(address, {**data, "files": [uploads.upload("Kế hoạch.pdf")]})
    assert answer.status_code == 422
    (held,) = answer.context["held"]
    assert held["name"] == "Kế hoạch.pdf"
    client.post(address, {**data, "title": TITLE, "held_file": held["token"], "submit_key": "l" * 32})
    movement = Movement.objects.get()
    assert (movement.standards, movement.decision_date) == ("Một\nHai", date(2020, 2, 1))
    (paper,) = movement.files.all()
    page = text(cast.client(cast.chi).get(cast.url("movement_detail", pk=movement.pk)))
    for words in ("Kế hoạch.pdf", "12/KH ngày 01/02/2020", "Một Hai"):
        assert words in page
    served = cast.client(cast.chi).get(cast.url("launch_file", pk=paper.pk))
    assert served["Content-Disposition"].startswith("attachment")
    assert b"".join(served.streaming_content) == uploads.PDF
    client.post(cast.url("movement_edit", pk=movement.pk), posted(version=1, remove_file=[paper.pk]))
    paper.refresh_from_db()
    assert paper.removed_at is not None
    assert cast.client(cast.chi).get(cast.url("launch_file", pk=paper.pk)).status_code == 404


def test_a_wrong_file_is_refused_beside_the_field(cast: Any) -> None:
    data = posted(files=[uploads.upload("a.pdf", b"MZ not a pdf")])
    answer = cast.client(cast.an).post(cast.url("movement_add"), data)
    assert answer.status_code == 422
    assert "không phải loại được nhận" in text(answer)
    assert not Movement.objects.exists()


def test_a_missing_or_foreign_paper_is_not_there(cast: Any) -> None:
    other = MovementFileFactory()
    for pk in (other.pk, 10**9, 10**20):
        assert cast.client(cast.an).get(cast.url("launch_file", pk=pk)).status_code == 404


def test_damaged_bytes_are_refused(cast: Any) -> None:
    paper = MovementFileFactory(movement=MovementFactory(year=cast.year))
    assert cast.client(cast.an).get(cast.url("launch_file", pk=paper.pk)).status_code == 410


def test_swept_uploads_and_too_many_are_said(cast: Any, settings: Any) -> None:
    assert "chọn lại" in problems(cast, draft(files=("x" * 43,)))["files"]
    settings.UPLOAD_MAX_FILES = 0
    assert (
        "nhiều nhất 0 tệp"
        in problems(cast, draft(), MovementFileFactory(movement__year=cast.year).movement_id)["files"]
    )


def test_one_paper_stands_once(cast: Any) -> None:
    first = MovementFileFactory()
    again = MovementFileFactory.build(movement=first.movement, file=first.file)
    assert_refused(again, "movementfile_once", "Tệp này đã có ở phong trào.")


# -- what it carries out -------------------------------------------------------------------------
def test_one_level_deep_in_the_same_year_and_upwards(cast: Any) -> None:
    scope = cast.scope(cast.an)
    root = save_movement(scope, draft("Gốc", "central"))
    local = save_movement(scope, draft("Tỉnh", "province", responds_to_id=root.pk))
    other = save_movement(scope, draft("Ngành", "sector"))
    elsewhere = MovementFactory(year=ClusterYearFactory(cluster=cast.cluster, label="2019"), level="central")
    found = {
        "itself": problems(cast, draft("Gốc", "central", responds_to_id=root.pk), root.pk),
        "chain": problems(cast, draft("Cụm", "cluster", responds_to_id=local.pk)),
        "circle": problems(cast, draft("Gốc", "cluster", responds_to_id=other.pk), root.pk),
        "downwards": problems(cast, draft("Khác", "central", responds_to_id=other.pk)),
        "another year": problems(cast, draft("Khác", "cluster", responds_to_id=elsewhere.pk)),
    }
    sentences = {name: one["responds_to"] for name, one in found.items()}
    assert "chính nó" in sentences["itself"]
    assert "phong trào gốc" in sentences["chain"]
    assert "phong trào gốc" in sentences["circle"]
    assert "cấp cao hơn" in sentences["downwards"]
    assert "năm này" in sentences["another year"]
    assert "hưởng ứng phong trào này" in problems(cast, draft("Gốc", "cluster"), root.pk)["level"]


def test_the_database_knows_no_movement_that_answers_itself(cast: Any) -> None:
    own = MovementFactory(year=cast.year)
    own.responds_to = own
    with pytest.raises(Exception, match="movement_not_own_response"):
        own.save()


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_that_would_answer_each_other_make_no_circle(cast: Any) -> None:
    scope = cast.scope(cast.an)
    first, second = (save_movement(scope, draft(f"Tên {number}", "sector")) for number in range(2))
    outcomes = race(
        lambda: save_movement(
            cast.scope(cast.an), draft("Tên 0", "cluster", responds_to_id=second.pk), first.pk
        ),
        lambda: save_movement(
            cast.scope(cast.binh), draft("Tên 1", "cluster", responds_to_id=first.pk), second.pk
        ),
    )
    assert (len(values(outcomes)), [type(error) for error in errors(outcomes)]) == (1, [DomainError])
    assert Movement.objects.filter(responds_to__isnull=False).count() == 1


def test_local_wordings_stand_side_by_side(cast: Any) -> None:
    root = MovementFactory(year=cast.year, title="Không để ai bị bỏ lại phía sau", level="central")
    local = MovementFactory(year=cast.year, title="Lạng Sơn không để ai bỏ lại phía sau", responds_to=root)
    page = cast.client(cast.chi).get(cast.url("movement_detail", pk=root.pk))
    assert [row["title"] for row in page.context["wordings"]] == [local.title]
    back = cast.client(cast.chi).get(cast.url("movement_detail", pk=local.pk))
    assert cast.url("movement_detail", pk=root.pk) in text(back)
    assert "Hưởng ứng “Không để ai bị bỏ lại phía sau”" in text(
        cast.client(cast.chi).get(cast.url("movement_list"))
    )


# -- a member's own ------------------------------------------------------------------------------
def own_posted(cast: Any, **changes: Any) -> dict[str, Any]:
    return {"title": TITLE, "kind": "regular", "agency": cast.member.pk, "submit_key": "m" * 32, **changes}


def test_a_member_launches_for_itself_and_others_only_look(cast: Any) -> None:
    answer = cast.client(cast.chi).post(cast.url("movement_own_add"), own_posted(cast), follow=True)
    assert "Đã thêm phong trào" in text(answer)
    movement = Movement.objects.get()
    assert (movement.agency, movement.level) == (cast.member, Level.AGENCY)
    address = cast.url("movement_own_edit", pk=movement.pk)
    assert address in text(cast.client(cast.chi).get(cast.url("movement_detail", pk=movement.pk)))
    for user in (cast.an, cast.binh, cast.officer):
        page = text(cast.client(user).get(cast.url("movement_detail", pk=movement.pk)))
        assert "các đơn vị khác chỉ xem" in page
        assert address not in page
        assert cast.client(user).get(address).status_code == 403
    for name in ("movement_edit", "movement_follow"):
        method = "post" if name == "movement_follow" else "get"
        assert (
            getattr(cast.client(cast.an), method)(cast.url(name, pk=movement.pk), {"again": "1"}).status_code
            == 403
        )
    assert cast.client(cast.chi).post(address, own_posted(cast, slogan="mới", version=1)).status_code == 302
    assert Movement.objects.get().slogan == "mới"


def test_nobody_launches_for_another_agency_or_above_his_level(cast: Any) -> None:
    answer = cast.client(cast.chi).post(cast.url("movement_own_add"), own_posted(cast, agency=cast.other.pk))
    assert answer.status_code == 422
    with pytest.raises(Refused):
        save_movement(cast.scope(cast.chi), draft(level="agency", agency_id=cast.other.pk))
    with pytest.raises(Refused):
        save_movement(cast.scope(cast.chi), draft())
    assert "cấp đơn vị" in problems(cast, draft(agency_id=cast.member.pk), who="chi")["level"]
    assert "chính đơn vị ấy" in problems(cast, draft(level="agency"))["level"]
    shared = save_movement(cast.scope(cast.an), draft())
    assert (
        "không đổi được"
        in problems(cast, draft(level="agency", agency_id=cast.chair.pk), shared.pk)["agency"]
    )
    assert cast.client(cast.dung).get(cast.url("movement_own_add")).status_code == 404
    assert cast.client(cast.officer).get(cast.url("movement_own_add")).status_code == 403


def test_others_do_not_join_it(cast: Any) -> None:
    movement = MovementFactory(year=cast.year, level="agency", agency=cast.member)
    answer = cast.client(cast.an).post(
        cast.url("movement_join", pk=movement.pk), {"agency": cast.chair.pk}, follow=True
    )
    assert "không ghi hưởng ứng" in text(answer)
    assert not movement.participations.exists()


def test_after_the_step_only_an_extension_lets_a_member_go_on(cast: Any) -> None:
    cast.go(PhaseKind.VERIFY)
    assert cast.client(cast.chi).get(cast.url("movement_own_add")).status_code == 403
    phase = cast.year.phases.get(kind=PhaseKind.SELF_SCORE)
    PhaseExtension.objects.create(phase=phase, agency=cast.member, until=date(2100, 1, 1), reason="Mưa lũ.")
    type(phase).objects.filter(pk=phase.pk).update(
        opened_at="2020-11-01T00:00Z", closed_at="2020-12-01T00:00Z"
    )
    assert cast.client(cast.chi).get(cast.url("movement_own_add")).status_code == 200


def test_level_agency_alone_has_a_launching_member(cast: Any) -> None:
    wrong = MovementFactory.build(year=cast.year, level="province", agency=cast.member)
    assert_refused(wrong, "movement_agency")


# -- into a coming year --------------------------------------------------------------------------
def test_what_goes_on_takes_standards_papers_and_roots_along(cast: Any) -> None:
    root = MovementFactory(year=cast.year, title="Gốc", level="central", standards="Một", order=1)
    local = MovementFactory(year=cast.year, title="Tỉnh", responds_to=root, order=2)
    MovementFactory(year=cast.year, title="Riêng", level="agency", agency=cast.member, order=3)
    MovementFactory(year=cast.year, title="Của bên rời", level="agency", agency=cast.other, order=4)
    ended = MovementFactory(year=cast.year, title="Đã xong", ends_on=date(2020, 6, 1), order=5)
    MovementFactory(year=cast.year, title="Mồ côi", responds_to=ended, order=6)
    paper = MovementFileFactory(movement=root)
    with time_machine.travel("2020-06-01"):
        MovementFileFactory(movement=root, name="Bị gỡ.pdf", removed_at="2020-06-01T00:00Z")
    coming = ClusterYearFactory(cluster=cast.cluster, label="2021")
    MembershipFactory(year=coming, agency=cast.member, order=1)
    assert copy_movements(Actor(cast.an.pk, "chair"), cast.year, coming, None) == 4  # type: ignore[arg-type]
    rows = {row.title: row for row in Movement.objects.filter(year=coming)}
    assert set(rows) == {"Gốc", "Tỉnh", "Riêng", "Mồ côi"}
    assert rows["Gốc"].standards == "Một"
    assert rows["Tỉnh"].responds_to == rows["Gốc"] != root
    assert (rows["Riêng"].agency, rows["Mồ côi"].responds_to) == (cast.member, None)
    assert list(MovementFile.objects.filter(movement__year=coming).values_list("file", "name")) == [
        (paper.file_id, paper.name)
    ]
    assert local.responds_to == root
