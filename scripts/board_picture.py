"""Draws docs/board.png, the board that `make quickstart` builds.

python -m scripts.board_picture [_site]
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parents[1] / "docs" / "board.png"
WIDTH, MARGIN, COLOURS = 1280, 16, 128
CHROMIUM = "/usr/bin/chromium"


def drawn(page: Path) -> bytes:
    """The page from its top to the end of the table, as PNG."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": WIDTH, "height": 900}, color_scheme="light")
        tab.goto(page.resolve().as_uri())
        tab.wait_for_load_state("networkidle")
        box = tab.locator("#board").bounding_box()
        assert box is not None, f"{page} has no board"
        end = box["y"] + box["height"] + MARGIN
        raw = tab.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": end})
        browser.close()
    return raw


def main() -> None:
    site = Path(sys.argv[1] if len(sys.argv) > 1 else "_site")
    image = Image.open(io.BytesIO(drawn(site / "index.html"))).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
