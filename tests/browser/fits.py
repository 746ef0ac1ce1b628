"""Whether the words of an open page have room: at any size of window, and enlarged.

All is measured by the boxes in which the browser sets text, so that no picture has to be judged.
"""

SIZES = [
    (320, 480), (360, 740), (390, 844), (414, 896), (768, 1024), (820, 1180), (1024, 600),
    (1280, 720), (1366, 650), (1536, 730), (1600, 770), (1680, 800), (1920, 1080), (2560, 1440),
]  # fmt: skip
REFLOW = (320, 480)  # WCAG 1.4.10: 1280 pixels at 400 %
PHONE = (360, 740)

# Every line of visible text as a box, with its words: what a scroller cuts off does not count.
_LINES = """
// Of drawings only the map has words to read: letters of seals and stamps are ornament.
const UNSEEN = ".visually-hidden, .skip, .trap, svg:not(.map), [aria-hidden=true]:not(.map)";
const seen = (at) => !at.closest(UNSEEN) &&
  at.checkVisibility({ opacityProperty: true, visibilityProperty: true });
const cut = (box, at) => {
  let [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom];
  for (let up = at; up && up !== document.body; up = up.parentElement) {
    if (up instanceof SVGElement && up.tagName !== "svg") continue;
    const style = getComputedStyle(up);
    if (style.overflowX === "visible" || style.display === "inline") continue;
    const edge = up.getBoundingClientRect();
    [left, right] = [Math.max(left, edge.left), Math.min(right, edge.right)];
    [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
  }
  return { left, top, right, bottom };
};
const block = (at) => {
  while (at.parentElement && /^inline/.test(getComputedStyle(at).display) &&
    getComputedStyle(at).display === "inline") at = at.parentElement;
  return at;
};
const texts = function* (root) {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() && !/^(SCRIPT|STYLE|OPTION|TEXTAREA)$/.test(at.tagName) &&
      seen(at)) yield [walk.currentNode, at];
  }
};
"""

# Two texts of two blocks that share more than an edge. A line's box is taller than its letters:
# a sixth at either end is air.
OVERLAPS = (
    "() => {"
    + _LINES
    + """
  const lines = [];
  for (const [node, at] of texts(document.body)) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const owner = at instanceof SVGElement ? at.closest("text") ?? at : block(at);
    const boxes = at instanceof SVGElement ? [owner.getBoundingClientRect()] :
      range.getClientRects();
    for (const each of boxes) {
      const box = cut(each, at), air = each.height / 6;
      box.top += air;
      box.bottom -= air;
      if (box.right - box.left > 1 && box.bottom - box.top > 1)
        lines.push({ ...box, owner, words: node.data.trim().slice(0, 40) });
    }
  }
  lines.sort((a, b) => a.top - b.top);
  const out = new Set();
  lines.forEach((a, i) => {
    for (let j = i + 1; j < lines.length && lines[j].top < a.bottom - 1; j++) {
      const b = lines[j];
      if (a.owner === b.owner) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - b.top;
      if (wide > 1.5 && high > 1.5) out.add(`“${a.words}” and “${b.words}”`);
    }
  });
  return [...out];
}"""
)

# What has to be scrolled sideways for, and words that are broken in their middle. A word may
# end its line at a hyphen, a slash or a dash; addresses, links and digests are no words.
CRAMPED = (
    "() => {"
    + _LINES
    + """
  const width = document.documentElement.clientWidth, out = new Set();
  const wide = document.documentElement.scrollWidth;
  if (wide > width) out.add(`${wide} px wide`);
  const scrolls = (at) => at && (/auto|scroll/.test(getComputedStyle(at).overflowX) ||
    scrolls(at.parentElement));
  for (const [node, at] of texts(document.body)) {
    if (at instanceof SVGElement || at.closest("code, pre, .digest")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const all = range.getBoundingClientRect();
    if (all.right > width + 1 && !scrolls(at)) out.add(`past the edge: “${node.data.trim()}”`);
    for (const found of node.data.matchAll(/[\\p{L}\\p{M}’']{2,}(?![^\\s]*[@/_.]\\p{L})/gu)) {
      if (/[\\u3040-\\u9fff]/.test(found[0])) continue;  // these break anywhere
      const before = node.data.slice(0, found.index).match(/\\S*$/)[0];
      if (/[@/_.]/.test(before)) continue;
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const drawn = [...range.getClientRects()].filter((box) => box.width > 0);
      const tops = drawn.map((box) => box.top);
      if (Math.max(...tops) - Math.min(...tops) > 3) out.add(`broken: “${found[0]}”`);
    }
  }
  return [...out];
}"""
)
LARGE = "(share) => { document.documentElement.style.fontSize = share; }"


def faults_of(page, address) -> list[str]:
    """Open an address once and name what has no room, at every size; [] is what one hopes for."""
    page.goto(address)
    page.evaluate("() => document.fonts.ready")
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width}×{height}: {what} overlap" for what in page.evaluate(OVERLAPS)]
    found += _cramped(page, REFLOW, "100%")
    found += _cramped(page, PHONE, "200%")
    return [f"{address}: {what}" for what in found]


def _cramped(page, size, share) -> list[str]:
    """At one size, with the root's font at `share` of its size: only the text grows."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(LARGE, share)
    found = page.evaluate(CRAMPED) + [f"{what} overlap" for what in page.evaluate(OVERLAPS)]
    page.evaluate(LARGE, "")
    return [f"{width} px, text at {share}: {what}" for what in found]
