"""What the server tells this tab under a key, and what the tab expects until it is told."""

from __future__ import annotations

from instagram_clone.live.delivery import LiveState
from instagram_clone.web.browser.core import Facts

_live = Facts(LiveState)

fact = _live.one
facts = _live.under
peek = _live.peek
learn = _live.learn
retain = _live.retain
forget = _live.forget
