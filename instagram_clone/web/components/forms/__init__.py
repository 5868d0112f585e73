"""Forms, their fields, and what keeps them from being lost."""
