"""What a state holds, past the proxies that Reflex hands out."""

from instagram_clone.live.reflex_adapter import unwrap_proxy as unwrap_proxy
