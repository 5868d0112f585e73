"""Browser code written in Python. Independent of this app, so any other Reflex project can reuse it."""

from .adapter import EVENT_LOOP, REGISTRY
from .events import reconnect, send
from .facts import Facts
from .react import after, delay, dom, effect, layout_effect, let, listen, portal, ref, state, use
from .tracing import (
    Js,
    TracingError,
    assign,
    default,
    fn,
    js,
    merged,
    module,
    name,
    new,
    steps,
    value,
    when,
    where,
)

window = name("window")
document = name("document")

__all__ = [
    "EVENT_LOOP",
    "REGISTRY",
    "Facts",
    "Js",
    "TracingError",
    "after",
    "assign",
    "default",
    "delay",
    "document",
    "dom",
    "effect",
    "fn",
    "js",
    "layout_effect",
    "let",
    "listen",
    "merged",
    "module",
    "name",
    "new",
    "portal",
    "reconnect",
    "ref",
    "send",
    "state",
    "steps",
    "use",
    "value",
    "when",
    "where",
    "window",
]
