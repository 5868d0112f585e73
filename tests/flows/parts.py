"""Parts of a page that Selenium drives, found by role and accessible name, as a person perceives them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from tests.browsers.chromium import PATIENCE

SELECTORS = {
    "textbox": "textarea, input",
    "searchbox": "input[type=search]",
    "link": "a[href]",
    "list": "ul, ol, [role=list]",
    "heading": "h1, h2, h3",
    "banner": "header",
    "navigation": "nav",
    "region": "section, [role=region]",
}
"""The selectors of a role. Other roles are looked up as an element name or a role attribute."""

RETRIED_ERRORS = (
    AssertionError,
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)


@dataclass(frozen=True)
class Part:
    """A part of a page. Every use looks it up again, and waits for it."""

    driver: WebDriver
    path: tuple[tuple[str, str], ...] = ()

    def part(self, role: str, name: str) -> Part:
        """Return a part within this part."""
        return replace(self, path=(*self.path, (role, name)))

    def click(self) -> None:
        def press() -> None:
            element = self._element()
            # Drivers click on disabled elements without any effect or error.
            assert element.is_enabled(), "disabled"
            element.click()

        self._retry(press)

    def fill(self, text: str) -> None:
        """Type into a field."""
        self._retry(lambda: self._element().send_keys(text))

    def choose(self, path: Path) -> None:
        """Choose a file. The file input is hidden behind a button, so it has no accessible name."""
        self._retry(
            lambda: self._element().find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(path))
        )

    def shows(self, text: str) -> None:
        """Wait until the part exists and contains the text."""

        def has_text() -> None:
            visible_text = self._element().text
            assert text in visible_text, visible_text

        self._retry(has_text)

    def lacks(self, text: str) -> None:
        """Wait until the part exists and does not contain the text."""

        def lacks_text() -> None:
            visible_text = self._element().text
            assert text not in visible_text, visible_text

        self._retry(lacks_text)

    def is_there(self) -> WebElement:
        """Wait for the part, and return its element."""
        return self._retry(self._element)

    def height(self) -> int:
        """Return the height in pixels. Retries, as the element may be replaced before it is measured."""
        return self._retry(lambda: self._element().size["height"])

    def has_height(self, pixels: int) -> None:
        """Wait until the part is `pixels` high."""

        def matches() -> None:
            actual = self._element().size["height"]
            assert actual == pixels, actual

        self._retry(matches)

    def has_value(self, value: str) -> None:
        """Wait until the part is a field with this value."""

        def matches() -> None:
            actual = self._element().get_property("value")
            assert actual == value, actual

        self._retry(matches)

    def is_gone(self) -> None:
        """Wait until the part no longer exists."""

        def is_absent() -> None:
            try:
                self._element()
            except NoSuchElementException:
                return
            raise AssertionError(f"{self.path} is still there")

        self._retry(is_absent)

    def _element(self) -> WebElement:
        found = self.driver.find_element(By.TAG_NAME, "body")
        for role, name in self.path:
            found = _first(found, role, name)
        return found

    def _retry(self, act: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except RETRIED_ERRORS as error:
                if time.monotonic() > deadline:
                    raise AssertionError(f"{self.path}: {error}") from error
                time.sleep(0.05)


def _first(within: WebElement, role: str, name: str) -> WebElement:
    selector = SELECTORS.get(role, f"{role}, [role={role}]")
    for element in within.find_elements(By.CSS_SELECTOR, selector):
        if element.is_displayed() and element.accessible_name == name:
            return element
    raise NoSuchElementException(f"no {role} {name!r}")
