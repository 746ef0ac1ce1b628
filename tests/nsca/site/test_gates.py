"""Gates in front of views: the staff's second factor, and addresses that are closed."""

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("prefix", ["", "/elsewhere"])
def test_staff_without_a_second_factor_do_not_get_in_by_another_prefix(client, settings, prefix):
    settings.STAFF_NEED_SECOND_FACTOR = True
    client.force_login(make_user(is_staff=True, is_superuser=True))

    answer = client.get("/admin/", SCRIPT_NAME=prefix)

    assert (answer.status_code, answer.url) == (302, "/accounts/2fa/")


@pytest.mark.parametrize("address", ["reset/", "reset/done/", "reset/key/1-a/", "set/", "change/"])
@pytest.mark.parametrize("is_in", [False, True])
def test_there_are_no_passwords_to_set_to_change_or_to_have_mailed(client, address, is_in):
    if is_in:
        client.force_login(make_user())

    answers = [
        client.get(f"/accounts/password/{address}"),
        client.post(f"/accounts/password/{address}", {"email": "ada@ellery.example"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
