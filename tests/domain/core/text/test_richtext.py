"""Links and mentions in what people write: where each begins and ends."""

from __future__ import annotations

import pytest

from instagram_clone.domain.core.text import richtext


def linked(text: str) -> list[str]:
    found = richtext.pieces(text)
    assert "".join(piece.text for piece in found) == text
    return [piece.text for piece in found if piece.href]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Hi @ana.", ["@ana"]),
        ("(@ana), @Ben_2! @ana.b's", ["@ana", "@Ben_2", "@ana.b"]),
        ("@José @Renée @jose\u0301 @анна", []),
        ("@" + "a" * 31, []),
        ("@" + "a" * 30, ["@" + "a" * 30]),
        ("me@example.com @@ana", []),
    ],
)
def test_a_mention_is_a_whole_name(text: str, links: list[str]) -> None:
    assert linked(text) == links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://a.example/b?c=d#e.", ["https://a.example/b?c=d#e"]),
        (
            "(https://en.wikipedia.org/wiki/Mercury_(planet)), next",
            ["https://en.wikipedia.org/wiki/Mercury_(planet)"],
        ),
        ("[https://a.example/[x]]", ["https://a.example/[x]"]),
        ("https://a.example/" + "x" * 1500, ["https://a.example/" + "x" * 1500]),
        ("https://a.example/" + "x" * 2100, []),
        ("https://... http://", []),
    ],
)
def test_a_web_address_ends_where_its_author_ends_it(text: str, links: list[str]) -> None:
    assert linked(text) == links
