"""What the product does: every rule, and the only code that touches MongoDB. Knows no web.

Whoever imports any of it gets all who listen to its events: a post deleted by a script takes its
likes and comments with it, and is told of no more.
"""

from instagram_clone.domain.messaging import (  # noqa: F401
    messages,
)
from instagram_clone.domain.notifications import (  # noqa: F401
    notifications,
)
from instagram_clone.domain.people import (  # noqa: F401
    presence,
    sessions,
)
from instagram_clone.domain.posts import (  # noqa: F401
    comments,
    likes,
)
