# ruff: noqa: F403
"""Whoever loses sight of somebody loses it on the other worker too."""

from tests.attacks.test_visibility import *
