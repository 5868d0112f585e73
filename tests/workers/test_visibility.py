# ruff: noqa: F403
"""When somebody loses access, they lose it on the other worker too."""

from tests.attacks.test_visibility import *
