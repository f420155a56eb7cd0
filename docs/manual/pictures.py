"""The pages of the manual: which account looks at which page, and the pictures of it."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from config.tests.browser import DESK, LOCALE, NAMES, PHONE, QUIET

HERE = Path(__file__).resolve().parent / "images"
WORD = Path(__file__).resolve().parents[2] / "var" / "demo-password.txt"


class Picture(NamedTuple):
    """`path` is the page; `follow` clicks on the first thing that matches before the picture is taken."""

    name: str
    account: str
    path: str
    follow: str = ""
    sizes: str = "both"


PICTURES = (
    Picture("login", "", "/login/"),
    Picture("home-city", "city", "/"),
    Picture("home-district", "district", "/"),
    Picture("home-enterprise", "head", "/"),
    Picture("campaigns", "city", "/campaigns/"),
    Picture("campaign", "city", "/campaigns/trade-2023/"),
    Picture("board", "city", "/campaigns/trade-2023/board/"),
    Picture("ranking", "city", "/campaigns/trade-2023/ranking/"),
    Picture("call-desk", "city", "/call-desk/"),
    Picture("letters", "city", "/letters/", sizes="desk"),
    Picture("letter", "city", "/letters/", "tbody a[href^='/letters/']", sizes="desk"),
    Picture("obligations", "district", "/obligations/"),
    Picture("obligation", "district", "/obligations/", "tbody a:text('有关做法')"),
    Picture("self-inspections", "safety", "/self-inspections/"),
    Picture("hazards", "district", "/hazards/"),
    Picture("hazard", "head", "/hazards/", "tbody a[href^='/hazards/']"),
    Picture("reports", "city", "/reports/"),
    Picture("enterprises", "district", "/enterprises/"),
    Picture("enterprise", "district", "/enterprises/", "tbody a[href^='/enterprises/']"),
    Picture("inbox", "head", "/inbox/"),
    Picture("channel", "district", "/inbox/channel/", sizes="desk"),
)


def main(address: str = "http://127.0.0.1:8000") -> None:
    HERE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, NAMES)), None)
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=found, args=[*QUIET, *sandbox])
        for account in dict.fromkeys(picture.account for picture in PICTURES):
            for size, options in (("desk", DESK), ("phone", PHONE)):
                take(chromium, address, account, size, options)
        chromium.close()


def take(chromium: Browser, address: str, account: str, size: str, options: dict) -> None:
    """All pictures of one account at one size, in one signed-in context."""
    context = chromium.new_context(base_url=address, **options, **LOCALE)
    page = context.new_page()
    if account:
        sign_in(page, account)
    for picture in of(account, size):
        shoot(page, picture, HERE / f"{picture.name}-{size}.png")
    context.close()


def of(account: str, size: str) -> Iterator[Picture]:
    return (each for each in PICTURES if each.account == account and each.sizes in ("both", size))


def sign_in(page: Page, account: str) -> None:
    page.goto("/login/")
    page.fill("[name=username]", account)
    page.fill("[name=password]", WORD.read_text())
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")


def shoot(page: Page, picture: Picture, path: Path) -> None:
    page.goto(picture.path)
    if picture.follow:
        page.goto(page.locator(picture.follow).first.get_attribute("href") or picture.path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, full_page=False)
    # A page has few colours: a palette makes the picture a third of its size.
    Image.open(path).quantize(128).save(path, optimize=True)
    sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
