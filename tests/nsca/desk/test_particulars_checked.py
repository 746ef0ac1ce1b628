"""What people type about themselves is checked where it is typed: EIN, phone, postal address,
and an address that is likely a slip.
"""

from datetime import timedelta
from importlib import import_module

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from nsca.lib.mail.addresses import AddressFormField
from nsca.lib.mail.letterhead import letterhead
from nsca.lib.mail.slips import AskedAddressField, likely_meant
from nsca.lib.text.ein import is_ein, tidy_ein, validate_ein
from nsca.lib.text.phones import PhoneField, validate_phone
from nsca.lib.text.postal import validate_postal_address
from orders.models import Order
from pages.models import SiteSettings
from tests.factories import make_event, make_ticket_type, make_user
from tests.membership.terms.test_dues import make_tier


def refused(validate, text) -> bool:
    try:
        validate(text)
    except ValidationError:
        return True
    return False


# --- EIN ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("54-1234567", "54-1234567"),
        ("541234567", "54-1234567"),
        ("54 1234567", "54-1234567"),
        ("12345", None),
        ("54-123456", None),
        ("54-12345678", None),
        ("5A-1234567", None),
        ("５４-1234567", None),
    ],
)
def test_an_ein_has_nine_figures(typed, kept):
    assert refused(validate_ein, typed) is (kept is None)
    assert is_ein(tidy_ein(typed)) is (kept is not None)
    assert kept is None or tidy_ein(typed) == kept


@pytest.mark.django_db
@pytest.mark.parametrize(("ein", "is_printed"), [("12345", False), ("54-1234567", True)])
def test_an_ein_that_is_none_is_never_printed_and_claims_nothing(client, ein, is_printed):
    SiteSettings.objects.update_or_create(pk=1, defaults={"ein": ein})

    assert letterhead().may_speak_of_deductibility is is_printed
    assert (f"EIN {ein}" in client.get("/").text) is is_printed


@pytest.mark.django_db
def test_staff_cannot_save_an_ein_that_is_none(client):
    SiteSettings.objects.update_or_create(pk=1, defaults={"ein": ""})
    client.force_login(make_user("boss@example.org", is_staff=True, is_superuser=True))
    page = "/admin/pages/sitesettings/1/change/"
    fields = {"name": "N", "short_name": "N", "tagline": "T", "founded_year": "1976"}
    fields |= {"refund_proof_cents": "100"}

    wrong = client.post(page, {**fields, "ein": "12345"})
    client.post(page, {**fields, "ein": "541234567"})

    assert "An EIN has nine digits" in wrong.text
    assert SiteSettings.objects.get().ein == "54-1234567"


# --- Phone numbers and postal addresses --------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "is_refused"),
    [
        ("757-555-0123", False),
        ("(757) 555 0123 ext. 4", False),
        ("+49 4421 123456", False),
        ("+81 93-582-2150", False),
        ("555-0123", True),  # no area code
        ("757", True),
        ("call me", True),
        ("757-555-01234567", True),
    ],
)
def test_a_telephone_number_can_be_dialed(typed, is_refused):
    assert refused(validate_phone, typed) is is_refused
    assert refused(PhoneField().clean, typed) is is_refused


@pytest.mark.parametrize(
    ("typed", "is_refused"),
    [
        ("100 Main Street\nNorfolk, VA 23510", False),
        ("100 Main Street, Norfolk, VA 23510-1234", False),
        ("PO Box 7\nNorfolk VA 23501\nUSA", False),
        ("1 Botetourt St\nNorfolk VA", True),
        ("1 Botetourt St\nNorfolk VA 2351", True),
        ("1 Botetourt St\nNorfolk VA 235100", True),
        ("Marktstraße 5\n26382 Wilhelmshaven\nGermany", False),
        ("1-1 Jonai\nKitakyushu 803-8501\nJapan", False),
        ("Norfolk", True),
        ("Main Street\nNorfolk", True),
        ("ada@example.org\n23510", True),
        ("https://example.org/\n23510", True),
    ],
)
def test_a_letter_can_find_a_postal_address(typed, is_refused):
    assert refused(validate_postal_address, typed) is is_refused


# --- Likely slips ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ada@gmial.com", "ada@gmail.com"),
        ("ada@gamil.com", "ada@gmail.com"),
        ("ada@gmail.co", "ada@gmail.com"),
        ("ada@gmail.con", "ada@gmail.com"),
        ("ada@yaho.com", "ada@yahoo.com"),
        ("ada@hotmial.com", "ada@hotmail.com"),
        ("ada@ellery.con", "ada@ellery.com"),
        ("ada@gmail.com", ""),
        ("ada@mail.com", ""),
        ("ada@gmx.com", ""),
        ("ada@yahoo.fr", ""),
        ("ada@hotmail.co.uk", ""),
        ("ada@ellery.example", ""),
        ("ada@norfolk.gov", ""),
        ("@gmial.com", ""),
    ],
)
def test_what_somebody_probably_meant(typed, meant):
    assert likely_meant(typed) == meant


class Form(forms.Form):
    email = AskedAddressField()


def test_a_slip_is_asked_about_once_and_never_refused():
    first = Form({"email": "Ada@gmial.com"})
    again = Form({"email": "Ada@gmial.com", "email_asked": "ada@gmial.com"})

    assert not first.is_valid()
    assert "Did you mean ada@gmail.com?" in str(first.errors)
    assert 'name="email_asked" value="ada@gmial.com"' in str(first["email"])
    assert again.is_valid() and again.cleaned_data["email"] == "ada@gmial.com"


def test_another_slip_is_asked_about_again():
    other = Form({"email": "ada@hotmial.com", "email_asked": "ada@gmial.com"})

    assert not other.is_valid()
    assert 'value="ada@hotmial.com"' in str(other["email"])


def test_an_address_that_was_known_before_is_not_asked_about():
    form = Form(initial={"email": "ada@gmial.com"})

    assert 'name="email_asked" value="ada@gmial.com"' in str(form["email"])


def test_a_sound_address_draws_nothing_more():
    assert "email_asked" not in str(Form({"email": "ada@ellery.example"})["email"])
    assert issubclass(AskedAddressField, AddressFormField)


class Again(Form):
    """A form that draws itself again without judging: one more row was asked for."""

    def only_one_more(self):
        self._errors = forms.utils.ErrorDict()


def test_a_page_that_did_not_put_the_question_does_not_count_as_having_asked():
    form = Again({"email": "ada@gmial.com"})
    form.only_one_more()

    assert "email_asked" not in str(form["email"])


def test_the_answer_is_kept_while_something_else_is_mended():
    form = Form({"email": "ada@gmial.com", "email_asked": "ada@gmial.com"})
    form.add_error(None, "Something else.")

    assert 'name="email_asked" value="ada@gmial.com"' in str(form["email"])


PUBLIC = [
    ("membership.joining.forms", "JoinForm", "email"),
    ("membership.joining.forms_renew", "RenewForm", "email"),
    ("membership.gift_memberships.forms", "GiveMembershipForm", "email"),
    ("membership.gift_memberships.forms", "GiveMembershipForm", "recipient_email"),
    ("membership.gift_memberships.forms", "ClaimForm", "email"),
    ("membership.portal.forms", "HouseholdPersonForm", "email"),
    ("membership.giving.forms", "GiveForm", "email"),
    ("membership.giving.forms", "GiveForm", "family_email"),
    ("events.sales.forms", "TicketsForm", "email"),
    ("events.waitlist.forms", "WaitlistForm", "email"),
    ("events.tickets.forms", "GiveForm", "email"),
    ("events.tables.forms", "OpenTableForm", "captain_email"),
    ("pages.forms", "ContactForm", "email"),
    ("pages.forms", "NewsletterForm", "email"),
]


@pytest.mark.parametrize(("module", "name", "field"), PUBLIC)
def test_every_public_form_asks_about_a_likely_slip(module, name, field):
    form = getattr(import_module(module), name)

    assert isinstance(form.base_fields[field], AskedAddressField)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/join/", "/give/", "/events/tea/tickets/", "/join/gift/"])
def test_who_typed_gmial_com_is_asked_and_may_insist(client, path):
    make_tier()
    event = make_event(slug="tea", starts_at=timezone.now() + timedelta(days=30))
    event.publish_at = timezone.now() - timedelta(days=1)
    event.save(update_fields=["publish_at"])
    kind = make_ticket_type(event, price_cents=0)
    fields = {
        "submission_key": "s" * 40, "tier": "individual", "name": "Ada", "adult": "on",
        "email": "ada@gmial.com", "choice": "5000", "terms": "on", f"qty_{kind.pk}": "1",
        "recipient_name": "Li", "recipient_email": "li@ellery.example",
        "begins_on": timezone.now().date().isoformat(),
    }  # fmt: skip

    asked = client.post(path, fields)
    insisted = client.post(path, {**fields, "email_asked": "ada@gmial.com"})

    assert asked.status_code in (200, 422)  # the ticket page is a page again
    assert "Did you mean ada@gmail.com?" in asked.text
    assert 'name="email_asked" value="ada@gmial.com"' in asked.text
    assert insisted.status_code == 302, insisted.text
    assert Order.objects.get().buyer_email == "ada@gmial.com"
