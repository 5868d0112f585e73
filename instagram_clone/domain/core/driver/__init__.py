"""MongoDB's driver, where it is used beyond its documented API."""
