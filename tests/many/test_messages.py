# ruff: noqa: F403
"""Everything that is promised of messages, with two workers."""

from tests.attacks.test_messages import *
from tests.flows.test_answers import *
from tests.flows.test_messages import *
