"""What is promised of a tab that has long been idle, with two workers."""

from tests.flows.frame.test_idle import test_a_tab_whose_state_was_forgotten_meanwhile_reads_it_anew

__all__ = ["test_a_tab_whose_state_was_forgotten_meanwhile_reads_it_anew"]
