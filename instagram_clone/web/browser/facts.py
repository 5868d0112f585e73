"""What the server tells this tab under a key, and what the tab hopes for until it is told."""

from __future__ import annotations

from instagram_clone.live.delivery import LiveState
from instagram_clone.web.browser.core import Facts

_live = Facts(LiveState)

fact = _live.one
peek = _live.peek
facts = _live.under
learn = _live.learn
retain = _live.retain
forget = _live.forget
