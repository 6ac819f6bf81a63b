"""Two people confirm one gift at the same moment: one confirmation stands, the other one is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from core.errors import DomainError
from movements.domain.confirmations import confirm_gift, mark_of, with_confirmations
from movements.models import Contribution, GiftConfirmation
from tests.factories import ActivityFactory, ContributionFactory
from tests.support.race import race

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_confirmation_stands(cast: Any) -> None:
    gift = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member, confirmed=True))
    scope = cast.scope(cast.an)
    outcomes = race(*[lambda: confirm_gift(scope, gift.pk, "chair")] * 2)
    assert sum(isinstance(one.value, GiftConfirmation) for one in outcomes) == 1
    assert [str(one.error) for one in outcomes if one.error] == ["Khoản này đã được xác nhận."]
    assert GiftConfirmation.objects.count() == 1


def test_control_without_looking_first_the_table_refuses_the_second(cast: Any) -> None:
    """The twin without lock and look: the constraint alone lets one through."""
    gift = ContributionFactory(activity=ActivityFactory(year=cast.year, agency=cast.member, confirmed=True))
    row = with_confirmations(Contribution.objects.filter(pk=gift.pk)).get()
    mark = mark_of(row)

    def careless() -> None:
        with transaction.atomic():
            GiftConfirmation.objects.create(
                contribution_id=gift.pk, source="chair", mark=mark, confirmed_at=timezone.now()
            )

    outcomes = race(careless, careless)
    assert sum(one.error is not None for one in outcomes) == 1
    assert not any(isinstance(one.error, DomainError) for one in outcomes)
