"""The errors by which the domain refuses a request; the web turns them into messages for people."""

from __future__ import annotations


class DomainError(Exception):
    """Anything the domain refuses. The text is a sentence that can be shown as it is."""


class NotSignedIn(DomainError):
    """There is no viewer, or their session has ended."""

    def __init__(self, text: str = "Log in to do that.") -> None:
        super().__init__(text)


class NotFound(DomainError):
    """The thing is missing, or the viewer may not know that it exists."""

    def __init__(self, text: str = "That is no longer available.") -> None:
        super().__init__(text)


class Refused(DomainError):
    """The thing exists, but the viewer may not do this with it."""


class Invalid(DomainError):
    """Input that cannot be used. `field` names the form field it came from, if any; `fields` maps each
    invalid field to what is wrong with it.
    """

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field
        self.fields = {field: text} if field else {}


class AllInvalid(Invalid):
    """Several fields of a form cannot be used."""

    def __init__(self, errors: list[Invalid]) -> None:
        super().__init__(str(errors[0]), errors[0].field)
        self.fields = {field: text for error in errors for field, text in error.fields.items()}


class TooMany(DomainError):
    """Too many attempts; `seconds` until the next one is accepted."""

    def __init__(self, text: str, seconds: int) -> None:
        super().__init__(text)
        self.seconds = seconds
