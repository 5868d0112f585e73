"""What is promised of a tab that has long been idle, with two workers."""

from tests.flows.frame.test_idle import test_a_tab_whose_state_has_expired_reloads_it

__all__ = ["test_a_tab_whose_state_has_expired_reloads_it"]
