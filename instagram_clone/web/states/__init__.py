"""The slices of what a tab shows, each named after its data. They ask the domain and keep answers."""
