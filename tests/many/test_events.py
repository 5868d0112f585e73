# ruff: noqa: F403
"""Everything promised of events and their effects, with two workers."""

from tests.attacks.test_events import *
from tests.attacks.test_news import *
