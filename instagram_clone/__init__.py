"""An Instagram clone in pure Python: *domain decides, live carries, web shows*.

domain/   what the product does: accounts, posts, likes, comments (async Python and MongoDB only)
live/     delivery of changes to every screen that shows what changed
web/      what a browser sees: HTTP edge, guard, states, components, pages
mongod/   the embedded database server, and what keeps it running
config.py, routes.py, seeds.py, availability.py   settings, URLs, sample data, checks of dependencies
instagram_clone.py   the wiring and nothing else
"""
