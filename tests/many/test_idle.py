# ruff: noqa: F403
"""What is promised of tabs that nobody touches, with two workers."""

from tests.flows.test_idle import *
