"""Whatever people are called and wherever they read their mail, an e-mail reaches them."""

from email.utils import parseaddr

import pytest
from django.core.mail import get_connection
from post_office.models import Email

from nsca.lib.mail import mail
from nsca.lib.mail.mail import NoSuchAddress, recipient

pytestmark = pytest.mark.django_db
ADA = "ada@ellery.example"


def send(name, to=ADA):
    mail.post("newsletter_already", to=to, to_name=name, context={"leave_url": "/x/"})


def sent(mailoutbox):
    """What a mail server would be given of the one e-mail in the outbox."""
    letter = Email.objects.get().prepare_email_message()
    letter.connection = get_connection("django.core.mail.backends.locmem.EmailBackend")
    letter.send()
    return mailoutbox[0]


@pytest.mark.parametrize(
    "name",
    [
        "Ellery, Ada",
        "Ada <3",
        "Ada <3> Ellery",
        "<eve@example.org>",
        'Ada "The Countess" Ellery',
        "Ada; Ellery\\",
        "Ada\rBcc: eve@example.org",
        "Ada\nBcc: eve@example.org",
        "Ada\u2028Ellery",
        "Ada\x85Ellery",
        "é" * 150,
        "艾达" * 75,
    ],
)
def test_a_name_with_signs_in_it_costs_nobody_their_letter(name, mailoutbox):
    send(name)

    letter = sent(mailoutbox)
    (to,) = letter.to
    assert parseaddr(to)[1] == ADA
    assert "\nBcc:" not in letter.message().as_string()


def test_a_name_cannot_turn_the_address_behind_it_around():
    assert recipient(ADA, "Ada \u202emoc.knab\u2066") == f'"Ada moc.knab" <{ADA}>'


def test_a_domain_in_other_letters_is_written_as_mail_servers_read_it(mailoutbox):
    send("Ada", to="ada@bücher.example")

    assert sent(mailoutbox).to == ["Ada <ada@xn--bcher-kva.example>"]


@pytest.mark.parametrize(
    "to",
    [
        '"a,b"@x.example',
        '"<"@x.example',
        f"ada@{'ü' * 63}.example",
        "",
        "ada",
        "ada@",
        "@x.example",
    ],
)
def test_an_address_that_is_none_hinders_nothing_but_its_own_letter(to):
    with pytest.raises(NoSuchAddress):
        recipient(to)

    send("Ada", to=to)

    assert not Email.objects.exists()
