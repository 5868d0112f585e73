"""The facts of this app: what the server sent this tab, and what the tab assumes until it does."""

from __future__ import annotations

from instagram_clone.live.delivery import LiveState
from instagram_clone.web.browser.core import Facts

_live = Facts(LiveState)

fact = _live.fact
facts = _live.facts
peek = _live.peek
learn = _live.learn
retain = _live.retain
forget = _live.forget
