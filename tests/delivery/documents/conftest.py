"""One browser for all page tests, with every request recorded and none allowed to leave."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

INSTALL = "Install a browser:  apt-get install chromium   or   python -m playwright install chromium"


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import Error, sync_playwright

    found = os.environ.get("COACHKIT_BROWSER") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except Error as error:
            pytest.fail(f"No Chromium could be started ({str(error).splitlines()[0]}). {INSTALL}")
        yield started
        started.close()


@pytest.fixture(scope="session")
def opened(browser, tmp_path_factory):
    """A context manager that opens a page of HTML at a width and records requests and console errors."""

    @contextmanager
    def open_page(html: str, width: int = 1280, height: int = 900) -> Iterator:
        path = tmp_path_factory.mktemp("page") / "report.html"
        path.write_bytes(html.encode("utf-8"))
        page = browser.new_page(viewport={"width": width, "height": height})
        page.requests, page.complaints = [], []
        page.route(
            "**/*",
            lambda route: route.continue_() if route.request.url.startswith(("file:", "data:")) else route.abort(),
        )
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.goto(path.as_uri())
        yield page
        page.close()

    return open_page
