"""Looking a page over as everybody has to use it: by axe in both schemes, and at narrow widths."""

from axe_playwright_python.sync_playwright import Axe

AXE = Axe().axe_script
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Colors are all that differs between the schemes: the rest need not be judged twice.
RULES_OF_COLOR = ["color-contrast", "link-in-text-block"]
PHONE = {"width": 360, "height": 740}
TWICE_AS_LARGE = {"width": 640, "height": 450}  # 1280 × 900 at 200 %: half as many CSS pixels
WIDE = {"width": 1280, "height": 900}
# Colors on their way from one scheme to the other are nobody's to judge.
JUDGE = """async (options) => {
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(moving.map((one) => one.finished));
  return (await axe.run(options)).violations;
}"""
# What a reader would have to scroll sideways for, or cannot see: the page is wider than the
# window, or words reach past its edge. What scrolls by itself (a wide table) may.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (at) => at && (/auto|scroll/.test(getComputedStyle(at).overflowX) ||
    scrolls(at.parentElement));
  const unseen = "svg, .visually-hidden, [aria-hidden=true]";
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const out = [];
  while (words.nextNode()) {
    const at = words.currentNode.parentElement, range = document.createRange();
    if (!words.currentNode.data.trim() || at.closest(unseen)) continue;
    range.selectNodeContents(words.currentNode);
    if (range.getBoundingClientRect().right > width + 1 && at.checkVisibility() && !scrolls(at))
      out.push(at.outerHTML.slice(0, 120));
  }
  const wide = document.documentElement.scrollWidth;
  return wide > width ? [`${wide} px wide`, ...out] : out;
}"""


def look_over(page, address, *, status=200) -> list[str]:
    """Open an address and name its faults, each in a line; [] is what one hopes for."""
    response = page.goto(address)
    if response.status != status:
        return [f"{address} answers {response.status} and not {status}"]
    return look_at(page)


def look_at(page) -> list[str]:
    """The same for what is open."""
    page.evaluate(AXE)
    faults = _judged(page, "light", {"type": "tag", "values": TAGS})
    faults += _judged(page, "dark", {"type": "rule", "values": RULES_OF_COLOR})
    for size in (PHONE, TWICE_AS_LARGE):
        page.set_viewport_size(size)
        faults += [f"{size['width']} px: {what}" for what in page.evaluate(OVERFLOW)]
    page.set_viewport_size(WIDE)
    path = page.url.partition("//")[2].partition("/")[2]
    return [f"/{path}: {fault}" for fault in faults]


def _judged(page, scheme, run_only):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    violations = page.evaluate(
        JUDGE,
        {"resultTypes": ["violations"], "iframes": False, "preload": False, "runOnly": run_only},
    )
    return [
        f"{scheme}, {violation['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})"
        for violation in violations
        for node in violation["nodes"]
    ]
