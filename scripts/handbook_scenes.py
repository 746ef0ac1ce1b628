"""What the handbook shows: each scene an address, what is done there, and what is cut out of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

# Of the season that seed_demo makes (nsca/demo): events by their titles, orders by their buyers.
SOIREE, TOLD, FULL, DRAFT = "Soirée en Blanc", "Rehearsal Table", "Other Norfolk", "Merienda"
LATE_TO_PAY, MIXED = "Sample Shipping", "Wanda Windlass"
FORM = "#content-main form > div"


@dataclass(frozen=True)
class Scene:
    """`focus`: the selectors of what is cut out; none: the window as it is."""

    name: str
    path: str
    acts: tuple[Callable, ...] = ()
    focus: tuple[str, ...] = ()
    who: str = "director"
    is_phone: bool = False
    height: int = 0  # of the window, where it is not the usual one
    extra: dict = field(default_factory=dict)


def click(name, *, role="link", exact=True):
    """Follow a link or press a button by its words."""

    def act(page):
        page.get_by_role(role, name=name, exact=exact).first.click()
        page.wait_for_load_state()

    return act


def fill(label, text):
    return lambda page: page.get_by_label(label).first.fill(text)


def first_row(page):
    page.locator("#result_list tbody a").first.click()
    page.wait_for_load_state()


def scroll_to(selector):
    return lambda page: page.locator(selector).first.evaluate(
        "element => scrollTo(0, element.getBoundingClientRect().y + scrollY - 40)"
    )


def ticket_of(name):
    """From an order's page to the page that its guest has."""

    def act(page):
        link = page.locator(".desk-shown a", has_text=name).first
        page.goto(link.get_attribute("href"))

    return act


def open_first_inline(group):
    return lambda page: page.locator(f"{group} .inline-related").first.wait_for()


def event(title, when="upcoming"):
    return f"/admin/events/event/?when={when}&q={title}"


def order(buyer):
    return f"/admin/orders/order/?q={buyer}"


def fieldset(heading):
    return f"fieldset:has(> h2:text-is('{heading}'))"


CONTENT = ("#content",)
SOIREE_PAGE = event(SOIREE)
