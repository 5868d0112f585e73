"""Names are visible: no two of them look the same because of invisible characters."""

from __future__ import annotations

import unicodedata

import pytest

from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import profiles, validation

HIDDEN = {
    "zero-width space": "\u200b",
    "zero-width non-joiner": "\u200c",
    "zero-width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\xad",
    "right-to-left override": "\u202e",
    "left-to-right isolate": "\u2066",
    "right-to-left mark": "\u200f",
    "Hangul filler": "\u3164",
    "half-width Hangul filler": "\uffa0",
    "Hangul choseong filler": "\u115f",
    "empty Braille cell": "\u2800",
    "combining grapheme joiner": "\u034f",
    "tag letter": "\U000e0061",
    "private use": "\ue000",
    "line separator": "a\u2028b",
    "bell": "\x07",
    "unassigned": "\U000e0fff",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_name_contains_no_invisible_characters(name: str) -> None:
    hidden = HIDDEN[name]
    for text in (f"Ana{hidden}Maria", f"{hidden}Ana", f"Ana{hidden}", hidden):
        if " ".join(text.split()) == text:  # tidying a name removes the others anyway
            with pytest.raises(Invalid) as refusal:
                validation.check_name(text)
            assert refusal.value.field == "name"
            with pytest.raises(Invalid):
                validation.check_title(text, 40)
    assert validation.check_title(" ", 40) == ""
    for text in (f"ana{hidden}m", f"{hidden}ana"):
        with pytest.raises(Invalid):
            validation.check_username(text)
        with pytest.raises(Invalid):
            validation.check_website(f"example.com/{text}.html")


@pytest.mark.parametrize("name", ["\u0301", "\u200d", "\ufe0f", "\u3164\u3164", "\u2800 \u2800"])
def test_a_name_without_a_visible_character_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        validation.check_name(name)


@pytest.mark.parametrize(
    "name",
    ["Ana María 🌿", "陽子", "김민수", "محمد", "می‌خواهم", "क्‍ष", "דָּוִד", "Nguyễn", "👩‍🚀 Sally",
     "❤️‍🔥", "O’Neil", "\U0001fae8",
     "👨‍👩‍👧", "7", "..."],
)  # fmt: skip
def test_real_names_are_accepted(name: str) -> None:
    assert validation.check_name(name) == unicodedata.normalize("NFC", name)


async def test_two_encodings_of_a_letter_are_normalized_to_one(ana: Viewer) -> None:
    decomposed = unicodedata.normalize("NFD", "Zoë Ångström")
    profile = await profiles.edit_profile(
        ana, decomposed, "ana", unicodedata.normalize("NFD", "é"), "é.com"
    )
    assert profile.name == "Zoë Ångström" and profile.bio == "é"


@pytest.mark.parametrize("bio", ["a\u202eb", "a\x00b", "a\x1b[31mb", "\u2066a", "a\x85b"])
def test_a_bio_contains_no_direction_or_control_characters(bio: str) -> None:
    with pytest.raises(Invalid) as refusal:
        validation.check_bio(bio)
    assert refusal.value.field == "bio"
    assert validation.check_bio(" One\r\n\r\nline\tand 👩‍🚀 می‌خواهم ") == "One\n\nline and 👩‍🚀 می‌خواهم"
