"""What the product does: every rule, and the only code that touches MongoDB. Knows no web.

Whoever imports any of it gets all who listen to its events: a post deleted by a script takes its
likes and comments with it, and is told of no more.
"""

from instagram_clone.domain import subscriptions  # noqa: F401
