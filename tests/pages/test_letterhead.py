"""The letterhead shows what staff entered, read once per version of the content."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nsca.lib.mail.letterhead import Letterhead, letterhead
from nsca.lib.web.caching import content_changed
from pages.models import SiteSettings

pytestmark = pytest.mark.django_db


def test_without_settings_the_letterhead_has_only_the_name():
    paper = letterhead()

    assert paper == Letterhead("Norfolk Sister City Association", "", "", "", "", "")
    assert not paper.may_speak_of_deductibility


def test_the_letterhead_follows_the_settings_of_the_new_version():
    letterhead()
    SiteSettings.objects.create(pk=1, ein="12-3456789", email="office@nsca.example")
    content_changed()

    assert letterhead().ein == "12-3456789"
    assert letterhead().may_speak_of_deductibility


def test_a_second_e_mail_reads_no_settings():
    letterhead()

    with CaptureQueriesContext(connection) as queries:
        letterhead()

    assert [q for q in queries.captured_queries if "sitesettings" in q["sql"]] == []
