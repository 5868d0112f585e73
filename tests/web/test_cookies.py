"""Reading the session cookie, whatever else is in the header."""

from __future__ import annotations

from instagram_clone.web import cookies


def test_a_session_is_found_among_other_cookies() -> None:
    assert cookies.token_in(f"a=b; {cookies.NAME}=token; c=d") == "token"
    assert cookies.token_in(f"{cookies.NAME}=token; padding={'x' * 8000}") == "token"
    for header in (
        "",
        "a=b",
        f"{cookies.NAME}=",
        f"x{cookies.NAME}=y",
        f"{cookies.NAME}=t; p={'x' * 20_000}",
    ):
        assert cookies.token_in(header) == ""


def test_long_headers_are_not_cached() -> None:
    cookies._cached_token.cache_clear()
    for number in range(100):
        cookies.token_in(f"{cookies.NAME}={number}; padding={'x' * 8000}")
        cookies.token_in(f"padding={number}{'x' * 200_000}")
    assert cookies._cached_token.cache_info().currsize == 0
    cookies.token_in(f"{cookies.NAME}=token")
    assert cookies._cached_token.cache_info().currsize == 1
