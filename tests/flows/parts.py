"""What a person sees of a page that Selenium drives: parts of it, by role and accessible name."""

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
"""Where to look for a role. Any other is an element of that name, or one with that role."""

NOT_YET = (
    AssertionError,
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
)


@dataclass(frozen=True)
class Part:
    """A part of a page. It is looked for each time, and waited for, whenever it is used."""

    driver: WebDriver
    path: tuple[tuple[str, str], ...] = ()

    def part(self, role: str, name: str) -> Part:
        """A part of this part."""
        return replace(self, path=(*self.path, (role, name)))

    def click(self) -> None:
        def press() -> None:
            element = self._element()
            # A driver clicks on what is disabled, and nothing comes of it.
            assert element.is_enabled(), "disabled"
            element.click()

        self._soon(press)

    def fill(self, text: str) -> None:
        """Write into a field."""
        self._soon(lambda: self._element().send_keys(text))

    def choose(self, path: Path) -> None:
        """Choose a file. The field is hidden behind a button, which says so to nobody."""
        self._soon(
            lambda: self._element().find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(path))
        )

    def shows(self, text: str) -> None:
        """It is there, and has a text."""

        def has_it() -> None:
            said = self._element().text
            assert text in said, said

        self._soon(has_it)

    def lacks(self, text: str) -> None:
        """It is there, and has not, or no longer, a text."""

        def has_it_not() -> None:
            said = self._element().text
            assert text not in said, said

        self._soon(has_it_not)

    def is_there(self) -> WebElement:
        """It comes, and this is it."""
        return self._soon(self._element)

    def height(self) -> int:
        """How high it is, in pixels. What was found may be taken away before it is measured."""
        return self._soon(lambda: self._element().size["height"])

    def is_high(self, pixels: int) -> None:
        """It is as high as that, or becomes so."""

        def is_so() -> None:
            high = self._element().size["height"]
            assert high == pixels, high

        self._soon(is_so)

    def has_value(self, value: str) -> None:
        """It is a field, and that is written in it, or comes to be."""

        def is_so() -> None:
            written = self._element().get_property("value")
            assert written == value, written

        self._soon(is_so)

    def is_gone(self) -> None:
        """It goes."""

        def went() -> None:
            try:
                self._element()
            except NoSuchElementException:
                return
            raise AssertionError(f"{self.path} is still there")

        self._soon(went)

    def _element(self) -> WebElement:
        found = self.driver.find_element(By.TAG_NAME, "body")
        for role, name in self.path:
            found = _first(found, role, name)
        return found

    def _soon(self, act: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except NOT_YET as error:
                if time.monotonic() > deadline:
                    raise AssertionError(f"{self.path}: {error}") from error
                time.sleep(0.05)


def _first(within: WebElement, role: str, name: str) -> WebElement:
    selector = SELECTORS.get(role, f"{role}, [role={role}]")
    for element in within.find_elements(By.CSS_SELECTOR, selector):
        if element.is_displayed() and element.accessible_name == name:
            return element
    raise NoSuchElementException(f"no {role} {name!r}")
