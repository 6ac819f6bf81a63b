"""A published summary rests on the charter of its year."""

from __future__ import annotations

from typing import Any

import pytest

from members.charter_uses import resting_on
from tests.publishing.test_release import publish

pytestmark = pytest.mark.django_db


def test_a_publication_is_said_with_its_number(story: Any) -> None:
    version = publish(story)
    assert f"Đã công bố bản tổng kết số {version.number}." in resting_on(version.year)
