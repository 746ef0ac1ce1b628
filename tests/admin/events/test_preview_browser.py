"""The preview in a real browser: its time boxes, what a holder sees, and the way back."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.admin.conftest import CANARY

AT_THE_REVEAL = re.compile(r"The ticket, as a holder\s*, at the reveal$")
pytestmark = pytest.mark.django_db(transaction=True)
# How much wider a time box would like to be than it is, in pixels, with the longest time in it.
MISSING = """() => [...document.querySelectorAll("input[type=time]")]
  .filter((box) => box.offsetWidth)
  .map((box) => {
  const free = box.cloneNode();
  free.value = "23:59:58";
  Object.assign(free.style, {
    position: "absolute", width: "auto", minWidth: "0", maxWidth: "none", flex: "none",
  });
  document.body.append(free);
  const style = getComputedStyle(box);
  for (const name of ["font", "padding", "border", "boxSizing"]) free.style[name] = style[name];
  const wanted = free.offsetWidth;
  free.remove();
  return Math.max(0, wanted - box.offsetWidth);
})"""


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("name", ["preview", "change", "reveal", "duplicate"])
def test_a_time_is_read_with_its_am_or_pm(open_page, enter, sealed_soiree, name, width):
    page = open_page(viewport={"width": width, "height": 800})
    enter(page, "director").goto(reverse(f"admin:events_event_{name}", args=[sealed_soiree.pk]))

    missing = page.evaluate(MISSING)

    assert missing
    assert set(missing) == {0}


def test_an_editor_sees_the_reveal_as_a_holder_does_and_comes_back(page, enter, sealed_soiree):
    url = reverse("admin:events_event_preview", args=[sealed_soiree.pk])
    enter(page, "editor").goto(url)

    page.get_by_role("link", name=AT_THE_REVEAL).click()

    expect(page.get_by_role("heading", name="The location is revealed")).to_be_visible()
    expect(page.locator("article.ticket")).to_be_visible()
    expect(page.locator("address").first).to_contain_text("An Example Hall")
    assert CANARY not in page.content()
    page.get_by_role("link", name="Another instant").click()
    page.wait_for_url(f"**{url}")
