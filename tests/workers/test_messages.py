# ruff: noqa: F403
"""Everything promised of messages, with two workers."""

from tests.attacks.messaging.test_messages import *
from tests.flows.messaging.test_answers import *
from tests.flows.messaging.test_messages import *
from tests.flows.messaging.test_presence import *
from tests.flows.messaging.test_requests import *
from tests.flows.messaging.test_sending import *
