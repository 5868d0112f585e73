"""Running a site: what it is deployed with, how it is kept, what it says of itself."""
