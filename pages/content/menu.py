"""Navigation of the association's pages: the side menu and the breadcrumbs."""

from dataclasses import dataclass, field

from django.urls import reverse

from pages.models import Page


@dataclass
class Entry:
    """One line of the menu, with the lines below it."""

    title: str
    address: str
    is_current: bool = False
    below: list["Entry"] = field(default_factory=list)


def menu_of(pages: list[Page], shown: Page) -> list[Entry]:
    """The menu's pages in order, each with its subpages."""
    entries: dict[str, Entry] = {}
    top = []
    listed = [page for page in pages if page.in_menu]
    for page in sorted(listed, key=lambda page: page.path.count("/")):
        entry = Entry(page.menu_title or page.title, page.get_absolute_url(), page.pk == shown.pk)
        entries[page.path] = entry
        parent = entries.get(page.path.rpartition("/")[0]) if "/" in page.path else None
        (parent.below if parent else top).append(entry)
    return top


def trail_to(shown: Page, pages: list[Page]) -> list[tuple[str, str]]:
    """The (label, address) pairs above a page, without steps that have no page."""
    if not shown.path:
        return []
    titles = {page.path: page.menu_title or page.title for page in pages}
    trail = [(titles.get("") or "About", reverse("pages:about"))]
    steps = shown.path.split("/")[:-1]
    for depth in range(1, len(steps) + 1):
        path = "/".join(steps[:depth])
        if path in titles:
            trail.append((titles[path], reverse("pages:page", args=[path])))
    return trail
