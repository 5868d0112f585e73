"""MongoDB's driver, where it is used beyond what it documents."""
