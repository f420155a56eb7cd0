"""Playing the portal in Chromium: `browse(user)` opens it at the desk, `browse(user, phone=True)` on a phone.

Whatever a page complains about in the console (errors, refused by the content security policy, files not found) fails
the test when it ends, unless the test said `browse.expect("…")` before.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
LOCALE = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
# Nothing is measured half way: a button between two colours is hard to read in both.
STILL = {"reduced_motion": "reduce"}
PATIENCE = 10_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Browse:
    """Opens pages of the running portal, each visitor in a context of his own."""

    chromium: Browser
    address: str
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def __call__(self, user: Any = None, path: str = "/", *, phone: bool = False, post: Any = None) -> Page:
        """A page at `path`, as `user` in his first post, or in `post`; nobody: as a stranger."""
        context = self.chromium.new_context(base_url=self.address, **(PHONE if phone else DESK), **LOCALE, **STILL)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if user is not None:
            context.add_cookies([self.session(user, post)])
        page = context.new_page()
        page.on("console", self.listen)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", self.look)
        page.goto(path)
        return page

    def expect(self, pattern: str) -> None:
        """A complaint that belongs to the test: `browse.expect("403")`."""
        self.expected.append(pattern)

    def session(self, user: Any, post: Any) -> dict[str, str]:
        client = Client()
        client.force_login(user)
        if post is not None:
            session = client.session
            session["membership_id"] = post.pk
            session.save()
        return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": self.address}

    def listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def look(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.url} answered {response.status}")

    def unexpected(self) -> list[str]:
        return [each for each in self.complaints if not any(re.search(pattern, each) for pattern in self.expected)]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright's own loop runs in this thread; Django would take that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    found = next(filter(None, map(shutil.which, NAMES)), None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*QUIET, *sandbox])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browse(live_server, chromium) -> Iterator[Browse]:
    visits = Browse(chromium, live_server.url)
    yield visits
    for context in visits.contexts:
        context.close()
    assert visits.unexpected() == []


def loaded(page: Page) -> Page:
    """The page once it stands whole: a click answers when the next page begins to come, with nothing in it yet.

    Nor is any part of it being fetched, which dims what asked for it.
    """
    page.wait_for_function(
        "() => document.readyState === 'complete' && document.body && !document.querySelector('.htmx-request')"
    )
    return page


def followed(page: Page, act: Callable[[], Any]) -> Page:
    """The page that `act` leads to, whole: a click alone may answer while the old one still stands."""
    with page.expect_navigation():
        act()
    return loaded(page)


def sideways(page: Page) -> list[str]:
    """What is wider than the screen, by tag and class; empty if the page does not scroll sideways."""
    return loaded(page).evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            const all = [...document.querySelectorAll("body *")];
            const wide = all.filter(e => e.getBoundingClientRect().right > width + 1);
            return wide.slice(0, 5).map(e => e.tagName + "." + e.className);
        }"""
    )


def small_targets(page: Page) -> list[str]:
    """Whatever is tapped and stands by itself, not within a sentence, and is lower than a thumb (44 px)."""
    return loaded(page).evaluate(
        """() => [...document.querySelectorAll(
            ".btn, .btn-close, .form-control, .form-select, .bottom-bar > *, .segments label, summary, .brand," +
            ".page-header > a, .packet"
        )]
            .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 43.5)
            .map(e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 20))"""
    )


def obstacles(page: Page) -> list[str]:
    """What stands in the way of people with disabilities (WCAG 2.1 A and AA), as axe-core finds it."""
    loaded(page).evaluate((settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    # Only what fails is gathered in detail: on a long list that is done in a third of the time.
    rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'], preload: false}"
    found = page.evaluate(f"() => axe.run({rules})")
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
