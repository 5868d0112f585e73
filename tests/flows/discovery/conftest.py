"""Fixtures shared by the search tests."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.conftest import share
from tests.flows.conftest import Stage
from tests.flows.discovery.parts import Found, open_panel, results


@pytest.fixture
def found(stage: Stage) -> Found:
    """A person and a post of theirs, found in the panel."""
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "ben was here")
    page = stage.open_tab(ana)
    panel = open_panel(page)
    page.keyboard.type("ben")
    expect(results(panel)).to_have_count(2)
    return Found(ana, ben, page, panel)
