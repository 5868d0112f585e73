"""A deployment rehearsed on one machine: two instances behind a proxy, and failures beneath them."""
