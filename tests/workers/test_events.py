# ruff: noqa: F403
"""Everything promised of events and their effects, with two workers."""

from tests.attacks.test_delivery import *
from tests.attacks.test_events import *
