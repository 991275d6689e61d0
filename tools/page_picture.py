"""Take a picture of a running cashier's page: python tools/page_picture.py ADDRESS [FILE] [--size WxH].

ADDRESS is what `tillside page` prints, with its launch code: it works once. Needs Debian's chromium,
driven by Playwright as the tests drive it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

PICTURE = Path("docs/pictures/page.png")
LIVE = "body[data-link=live]"


def take(chromium: str, address: str, width: int, height: int) -> bytes:
    """Open the page, wait until it is live and still, give its picture as PNG."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        size = {"width": width, "height": height}
        page = browser.new_page(viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(address)
        page.locator(LIVE).wait_for()
        picture = page.screenshot(animations="disabled")
        browser.close()
    return picture


def main() -> int:
    """Take the picture; 1 where there is no browser or the page did not come up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("file", nargs="?", type=Path, default=PICTURE)
    parser.add_argument("--size", default="800x480")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("no chromium on PATH: apt-get install chromium", file=sys.stderr)
        return 1
    width, height = (int(part) for part in given.size.split("x"))
    try:
        picture = take(chromium, given.address, width, height)
    except ImportError:
        print("no playwright: pip install playwright", file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001 - whatever the browser says, to who called
        print(f"no picture: is the address still good? {error}", file=sys.stderr)
        return 1
    given.file.parent.mkdir(parents=True, exist_ok=True)
    given.file.write_bytes(picture)
    print(given.file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
