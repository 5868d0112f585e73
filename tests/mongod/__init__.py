"""The embedded MongoDB, its processes, and disks for it to fill up."""
