"""A person whose browser is not Chromium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.web import cookies
from tests.browsers.chromium import IS_INTERACTIVE, PATIENCE
from tests.browsers.socks import Connection
from tests.flows.parts import Part

if TYPE_CHECKING:
    from tests.flows.conftest import Stage


@dataclass(frozen=True)
class Other:
    """A browser other than Chromium, and its network connection."""

    stage: Stage
    driver: WebDriver
    connection: Connection

    def open(self, path: str, viewer: Viewer | None = None) -> Part:
        """Open a page, signed in as `viewer` if given."""
        if viewer is not None:
            # A cookie can only be added while a page of its site is open.
            self.driver.get(f"{self.stage.server.url}/ping")
            token = self.stage.do(sessions.start, viewer.id, "Firefox/1 Linux")
            self.driver.add_cookie({"name": cookies.NAME, "value": token, "httpOnly": True})
        self.driver.get(self.stage.server.url + path)
        # The server-rendered content takes no clicks or keys.
        self._until(lambda: self.driver.execute_script(f"return ({IS_INTERACTIVE})()"))
        return Part(self.driver)

    def scroll_to(self, element: WebElement) -> None:
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)

    def sides(self, element: WebElement) -> tuple[float, float]:
        """Return the top and bottom of an element, relative to the viewport."""
        box = self.driver.execute_script("return arguments[0].getBoundingClientRect()", element)
        return box["top"], box["bottom"]

    def scrolled(self) -> float:
        return self.driver.execute_script("return window.scrollY")

    def is_without(self, selector: str) -> None:
        """Wait until a page has no such element."""
        self._until(lambda: not self.driver.find_elements(By.CSS_SELECTOR, selector))

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def has_focus(self, name: str, outline: str | None = None) -> None:
        """Wait until an element has the focus, with the given outline."""

        def is_shown() -> bool:
            element = self.driver.switch_to.active_element
            return element.accessible_name == name and outline in (
                None,
                element.value_of_css_property("outline-style"),
            )

        self._until(is_shown, f"the focus is on {name}, outlined {outline}")

    def is_at(self, path: str) -> None:
        """Wait until the address is `path`."""
        self._until(lambda: self.driver.current_url == self.stage.server.url + path, path)

    def is_scrolled_to(self, place: float) -> None:
        """Wait until the window is scrolled to a position."""
        self._until(lambda: self.scrolled() == place, f"the window is scrolled to {place}")

    def _until(self, condition: Callable[[], Any], message: str = "") -> None:
        # An element may be removed while it is being checked.
        ignored = [StaleElementReferenceException]
        WebDriverWait(self.driver, PATIENCE, ignored_exceptions=ignored).until(
            lambda _: condition(), message
        )
