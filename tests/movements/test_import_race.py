"""The same file taken over twice at once (C10): the second says so; a control that writes it twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from movements.imports import intake, write
from movements.imports.plan import make_plan
from movements.imports.shape import Order
from movements.imports.write import take_over
from movements.models import Activity, Contribution, ImportRun
from tests.support.cast import make_cast
from tests.support.importing import row, table, workbook
from tests.support.race import errors, meeting_point, race, values

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DATA = workbook(
    [row(), row(title="Trao bò giống", description="Bò giống", quantity=2, unit="con", value=None)]
)


@pytest.fixture
def scene() -> Any:
    cast = make_cast()
    cast.runs = [
        intake.take_in(cast.scope(cast.chi), SimpleUploadedFile("a.xlsx", DATA), Order()) for _one in range(2)
    ]
    return cast


def test_c10_one_file_uploaded_twice_and_taken_over_at_once(scene: Any) -> None:
    scope = scene.scope(scene.chi)
    seen = make_plan(scope, table(DATA), Order()).mark
    outcomes = race(*[lambda run=run: take_over(scope, run.pk, table(DATA), seen=seen) for run in scene.runs])
    assert errors(outcomes) == []
    assert sorted(outcome.repeated for outcome in values(outcomes)) == [False, True]
    assert (Activity.objects.count(), Contribution.objects.count()) == (2, 2)
    assert ImportRun.objects.filter(applied_at__isnull=False).count() == 1


def test_c10_one_run_confirmed_twice_at_once(scene: Any) -> None:
    scope, run = scene.scope(scene.chi), scene.runs[0]
    seen = make_plan(scope, table(DATA), Order()).mark
    outcomes = race(*[lambda: take_over(scope, run.pk, table(DATA), seen=seen) for _one in range(2)])
    assert sorted(outcome.repeated for outcome in values(outcomes)) == [False, True]
    assert Activity.objects.count() == 2


def test_without_looking_again_under_the_lock_it_is_written_twice(scene: Any, monkeypatch: Any) -> None:
    """The control: both plans are made before either is written, and keys are drawn instead of made of the rows."""
    from core.models import new_key

    scope, meet = scene.scope(scene.chi), meeting_point(2)

    def careless() -> None:
        plan = make_plan(scope, table(io.BytesIO(DATA).getvalue()), Order())
        meet()
        for group in plan.groups:
            group.key = new_key()
        with transaction.atomic():
            write._write(scope, plan, scene.cluster.created_at)

    outcomes = race(careless, careless)
    assert errors(outcomes) == []
    assert Contribution.objects.count() == 4
