"""The year of the article for every test of this folder."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def story(db: None) -> Any:
    """The year 2020 told in rows, at its last step, not yet published."""
    from tests.publishing.story import tell

    return tell()
