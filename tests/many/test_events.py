# ruff: noqa: F403
"""Everything that is promised of events and of what follows them, with two workers."""

from tests.attacks.test_events import *
from tests.attacks.test_news import *
