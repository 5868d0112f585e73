"""The slices of a tab's state, each named after its data. They query the domain and keep the results."""
