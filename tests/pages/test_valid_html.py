"""Every page of the site is valid HTML."""

import pytest
import time_machine
from django.core.cache import caches

from tests.browser.season import Season
from tests.factories import NOON
from tests.pages.html_grammar import faults_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path)
    caches["pages"].clear()
    with time_machine.travel(NOON.replace(microsecond=123456), tick=False):
        yield Season()
    caches["pages"].clear()


def found(client, addresses):
    faults = {}
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        for fault in faults_of(response.text):
            faults.setdefault(fault, []).append(address)
    return faults


def test_every_public_page_is_valid_html(season, client):
    public = [each for kind, each in season.addresses.items() if kind not in season.users]

    faults = found(client, [address for each in public for address in each])
    assert list(faults) == [], faults


def test_every_member_page_is_valid_html(season, client):
    client.force_login(season.member.user)

    faults = found(client, season.addresses["member"])
    assert list(faults) == [], faults


@pytest.mark.parametrize(
    "value, is_good",
    [
        ("2027-05-20T18:00:00-04:00", True),
        ("2027-05-20T18:00-04:00", True),
        ("2027-05-20T18:00:00.123-04:00", True),
        ("2027-05-20T18:00:00.123456-04:00", False),
        ("2027-05-20", True),
        ("2027-13-20", False),
        ("PT24H", True),
        ("in May", False),
        ("", False),
    ],
)
def test_the_grammar_of_an_instant_is_the_standards(value, is_good):
    assert (faults_of(f'<p><time datetime="{value}">then</time></p>') == []) is is_good


@pytest.mark.parametrize(
    "html, words",
    [
        ('<pre aria-label="A text">x</pre>', "a name on what has no role"),
        ("<dl><dt>A</dt><dd>1</dd><dt>A</dt><dd>2</dd></dl>", "dt twice"),
        ("<p><div>x</div></p>", "a block in"),
        ('<p id="a">x</p><p id="a">y</p>', "id twice"),
        ("<ul><p>x</p></ul>", "in <ul>"),
        ('<a href="/"><button>x</button></a>', "a control in a control"),
        ('<label for="gone">x</label>', "leads to no id"),
        ("<p>x</b></p>", "closes"),
    ],
)
def test_the_grammar_sees_what_a_validator_sees(html, words):
    assert any(words in fault for fault in faults_of(html))
