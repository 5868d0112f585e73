# ruff: noqa: F403
"""What is promised of every screen, changing or idle, with two workers."""

from tests.flows.test_idle import *
from tests.flows.test_truth import *
