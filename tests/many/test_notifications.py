# ruff: noqa: F403
"""Everything that is promised of notifications, replies and private accounts, with two workers."""

from tests.flows.test_notifications import *
from tests.flows.test_privacy import *
from tests.flows.test_replies import *
