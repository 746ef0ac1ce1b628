"""Take the pictures of the staff handbook again, from a running demonstration.

    make run                                          # in one window
    .venv/bin/python scripts/handbook_pictures.py     # in another; all of them
    .venv/bin/python scripts/handbook_pictures.py first-page lead     # only these

It saves nothing on the site: it leaves only sign-ins and entries in a sample venue's access log.
SITE_URL names a demonstration other than http://127.0.0.1:8000, CHROMIUM another browser.
handbook_scenes.py says what is photographed and how it is cropped.
"""

import io
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, sync_playwright

import browser
from environment import Refusal, say_refusals
from handbook_scenes import SCENES, Scene

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
COLORS = 96  # in the palette: text and plain surfaces need few, and files shrink to a third
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
CODE_ARRIVES_WITHIN = 30  # seconds


def main():
    """Take the named pictures, or all. Exit 1 with a sentence if that fails."""
    sys.exit(say_refusals(lambda: take(sys.argv[1:])))


def take(names):
    site = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    refuse_what_is_no_demonstration(site)
    unknown = sorted(set(names) - {scene.name for scene in SCENES})
    if unknown:
        raise Refusal(f"There is no picture “{unknown[0]}”.")
    chosen = [scene for scene in SCENES if not names or scene.name in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.chromium(), args=["--no-sandbox"]
        )
        desks = Desks(chromium, site)
        for scene in chosen:
            try:
                weight = photograph(scene, desks)
            except Error as error:
                raise Refusal(f"{scene.name}: {error.message.splitlines()[0]}") from error
            print(f"{scene.name}.png  {weight / 1000:.0f} KB", flush=True)
        chromium.close()
    print(f"Together {sum(p.stat().st_size for p in FOLDER.glob('*.png')) / 1000:.0f} KB.")


def refuse_what_is_no_demonstration(site):
    """Raises Refusal unless a demonstration answers: real guests must not be in a handbook."""
    try:
        urllib.request.urlopen(f"{site}/demo/mail/", timeout=10).close()
    except urllib.error.HTTPError as refused:
        raise Refusal(f"{site} is not a demonstration, so nothing is photographed.") from refused
    except OSError as silent:
        raise Refusal(f"Nothing answers at {site}: `make run` first.") from silent


class Desks:
    """A signed-in page for each person and width, made when it is first needed."""

    def __init__(self, chromium, site):
        self.chromium, self.site = chromium, site
        self.keys, self.pages = {}, {}

    def page(self, who, viewport):
        """`who`: the local part of an address at demo.example; "" for a visitor."""
        key = (who, viewport["width"])
        if key not in self.pages:
            if who and who not in self.keys:
                self.keys[who] = self.sign_in(f"{who}@demo.example")
            self.pages[key] = self.context(viewport, self.keys.get(who)).new_page()
        return self.pages[key]

    def context(self, viewport, state=None):
        return self.chromium.new_context(
            base_url=self.site,
            viewport=viewport,
            storage_state=state,
            timezone_id="America/New_York",
            locale="en-US",
            reduced_motion="reduce",
        )

    def sign_in(self, address):
        """The session of a staff member, by the code in the demonstration's mailbox."""
        context = self.context(WIDE)
        page, mailbox = context.new_page(), context.new_page()
        before = newest_email(mailbox)
        page.goto("/admin/")
        page.locator("input[type=email]").fill(address)
        page.get_by_role("button", name="E-mail me a code").click()
        page.wait_for_url("**/code/confirm/**")
        code = before
        for _ in range(CODE_ARRIVES_WITHIN):
            code = newest_email(mailbox)
            if code != before and "sign-in code" in code:
                break
            mailbox.wait_for_timeout(1000)
        else:
            raise Refusal(f"No code for {address} came into the demonstration's mailbox.")
        page.get_by_label("Code").fill(code.split()[0])
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/admin/")
        state = context.storage_state()
        context.close()
        return state


def newest_email(mailbox):
    mailbox.goto("/demo/mail/")
    subjects = mailbox.locator("main h3")
    return subjects.first.inner_text() if subjects.count() else ""


def photograph(scene: Scene, desks: Desks) -> int:
    """Write one picture; returns its size in bytes."""
    viewport = PHONE if scene.is_phone else WIDE
    page = desks.page(scene.who, viewport)
    page.set_viewport_size({**viewport, "height": scene.height or viewport["height"]})
    page.goto(scene.path)
    for act in scene.acts:
        act(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    png = page.screenshot(
        full_page=bool(scene.focus), clip=cut(page, scene.focus) if scene.focus else None
    )
    for act in scene.after:
        act(page)
    target = FOLDER / f"{scene.name}.png"
    target.write_bytes(lightened(png))
    return target.stat().st_size


def cut(page, selectors):
    """The rectangle around everything the selectors match, in pixels of the whole page."""
    boxes = []
    for selector in selectors:
        place = page.locator(selector).first
        place.scroll_into_view_if_needed()
        boxes.append(place.evaluate(WHERE))
    left, top = min(box["x"] for box in boxes), min(box["y"] for box in boxes)
    right = max(box["x"] + box["w"] for box in boxes)
    bottom = max(box["y"] + box["h"] for box in boxes)
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


WHERE = """element => {
  const box = element.getBoundingClientRect();
  return {x: box.x + scrollX, y: box.y + scrollY, w: box.width, h: box.height};
}"""


def lightened(png):
    """The same picture with a palette: a third of the size, and it looks the same."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    image = image.quantize(COLORS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    light = io.BytesIO()
    image.save(light, "PNG", optimize=True)
    return light.getvalue()


if __name__ == "__main__":
    main()
