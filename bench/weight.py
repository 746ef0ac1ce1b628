"""What a browser with an empty cache gets: bytes, assets, layout shifts, the largest paint."""

import os
import re
import time
from collections import defaultdict

from playwright.sync_api import sync_playwright

from bench.figures import Figure, at_most
from bench.serving import gunicorn

HOME_KB = 150
SCRIPTS_LATE_MS = 3000
WIDTHS = (360, 1280)  # px
FINGERPRINT = re.compile(r"\.[0-9a-f]{8,}\.\w+$")
PACKED_ALREADY = (".woff2", ".avif", ".webp", ".png", ".jpg", ".ico")  # brotli has nothing to add

WATCH = """
window.seen = {shift: 0, paint: 0, what: ""};
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.seen.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
        window.seen.paint = entry.startTime;
        window.seen.what = entry.element ? entry.element.tagName : "";
    }
}).observe({type: "largest-contentful-paint", buffered: true});
"""


def figures(site):
    """Yields a Figure for home's weight, then for what every kind of page does on the screen."""
    with gunicorn("nsca.wsgi", site.env, site.port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], chromium_sandbox=os.geteuid() != 0
        )
        base = f"http://127.0.0.1:{site.port}"
        wire = load_and_weigh(browser, f"{base}/")
        total = sum(size for size, _ in wire.values()) / 1024
        yield at_most("home over the wire", round(total, 1), HOME_KB, "KB", by_kind(wire))
        yield assets(wire)
        for name, path in {"home": "/", "city": site.city, "event": site.event}.items():
            yield shift(browser, name, base + path)
            yield paint(browser, name, base + path)
        browser.close()


def load_and_weigh(browser, address):
    """{address: (bytes on the wire, response)} of everything that the page loads."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    asked, wire = {}, {}
    devtools.on(
        "Network.responseReceived", lambda e: asked.update({e["requestId"]: e["response"]})
    )
    devtools.on(
        "Network.loadingFinished",
        lambda e: wire.update(
            {asked[e["requestId"]]["url"]: (e["encodedDataLength"], asked[e["requestId"]])}
            if e["requestId"] in asked and asked[e["requestId"]]["url"].startswith("http")
            else {}
        ),
    )
    page.goto(address, wait_until="networkidle")
    page.mouse.wheel(0, 20_000)  # what is loaded lazily counts too
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    context.close()
    return wire


def by_kind(wire):
    sums = defaultdict(int)
    for size, response in wire.values():
        sums[response["mimeType"].rpartition("/")[2].split("+")[0]] += size
    return f" ({', '.join(f'{kind} {size / 1024:.0f}' for kind, size in sorted(sums.items()))})"


def assets(wire):
    """Every asset has a fingerprint in its name, is kept for ever, and comes with brotli."""
    faults = []
    found = {url: answer for url, (_, answer) in wire.items() if "/static/" in url}
    for url, answer in found.items():
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        name = url.rpartition("/")[2].partition("?")[0]
        if not FINGERPRINT.search(name):
            faults.append(f"{name} has no fingerprint")
        if "immutable" not in headers.get("cache-control", ""):
            faults.append(f"{name} is not immutable")
        if not name.endswith(PACKED_ALREADY) and headers.get("content-encoding") != "br":
            faults.append(f"{name} comes without brotli")
    return Figure(
        "assets: fingerprint, immutable, brotli",
        "; ".join(faults) or f"all {len(found)}",
        "all",
        bool(found) and not faults,
    )


def shift(browser, name, address):
    """The sum of layout shifts while the page loads, at the width where it is largest."""
    worst = 0
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 800})
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(address, wait_until="networkidle")
        page.wait_for_timeout(1000)
        worst = max(worst, page.evaluate("window.seen.shift"))
        context.close()
    return Figure(f"{name}, layout shift", f"{worst:.3f}", "0", worst < 0.0005)


def paint(browser, name, address):
    """The largest paint, while every script is kept waiting: it must not wait with them."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCH)
    page = context.new_page()

    def keep_waiting(route):
        time.sleep(SCRIPTS_LATE_MS / 1000)  # this process sleeps, the browser does not
        route.continue_()

    page.route("**/*.js", keep_waiting)
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(500)
    seen = page.evaluate("window.seen")
    context.close()
    return Figure(
        f"{name}, largest paint with scripts {SCRIPTS_LATE_MS / 1000:g} s late",
        f"{seen['paint']:.0f} ms ({seen['what'].lower() or 'unknown'})",
        f"< {SCRIPTS_LATE_MS} ms",
        0 < seen["paint"] < SCRIPTS_LATE_MS,
    )
