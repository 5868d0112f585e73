# ruff: noqa: F403
"""Everything promised of notifications, replies and private accounts, with two workers."""

from tests.flows.notifications.test_notifications import *
from tests.flows.people.test_privacy import *
from tests.flows.posts.test_replies import *
