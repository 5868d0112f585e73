"""The embedded MongoDB, the processes of it, and disks that it may fill."""
