"""Access to the values in a state without the proxies that Reflex wraps them in."""

from instagram_clone.live.reflex_adapter import unwrap_proxy as unwrap_proxy
