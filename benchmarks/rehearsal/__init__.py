"""A deployment rehearsed on one machine: two instances behind a proxy, and what may break under them."""
