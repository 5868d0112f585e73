"""What the product does: every rule, and the only code that touches MongoDB. Knows nothing of the web.

Importing any part of it registers every event subscriber, so that a post deleted by a script also loses its
likes, comments and notifications.
"""

from instagram_clone.domain import subscriptions  # noqa: F401
