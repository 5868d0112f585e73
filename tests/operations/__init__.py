"""Running a site: what it is deployed with, how it is maintained, what it reports about itself."""
