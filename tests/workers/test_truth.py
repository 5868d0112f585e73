# ruff: noqa: F403
"""What is promised of every screen that changes, with two workers."""

from tests.flows.test_truth import *
