"""Forms, their fields, and protection against losing what was typed."""
