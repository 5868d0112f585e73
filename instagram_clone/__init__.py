"""An Instagram clone in pure Python: *domain decides, live carries, web shows*.

domain/   what the product does: accounts, posts, likes, comments (async Python and MongoDB only)
live/     how a change travels to every screen that shows the thing
web/      what a browser sees: HTTP edge, guard, states, components, pages
config.py, routes.py, mongod.py, seeds.py   settings, addresses, the embedded server, a lively town
instagram_clone.py   the wiring, and nothing else
"""
