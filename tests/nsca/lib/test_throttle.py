"""Whom a throttle counts: the visitor, and not what the visitor says."""

from datetime import timedelta

import pytest

from nsca.lib.web.throttle import TooOften, address_of, spend
from tests.factories import NOON


@pytest.fixture
def asked(rf, settings):
    """A function: the address counted for a request, behind so many proxies."""

    def ask(peer, said="", *, proxies=0):
        settings.TRUSTED_PROXIES = proxies
        headers = {"HTTP_X_FORWARDED_FOR": said} if said else {}
        return address_of(rf.get("/", REMOTE_ADDR=peer, **headers))

    return ask


def test_without_a_proxy_a_visitor_cannot_give_another_address(asked):
    assert asked("192.0.2.7", "203.0.113.1") == "192.0.2.7"


def test_behind_the_proxy_only_what_the_proxy_wrote_counts(asked):
    assert asked("10.0.0.2", "203.0.113.1, 198.51.100.4", proxies=1) == "198.51.100.4"
    assert asked("10.0.0.2", "6.6.6.6, 198.51.100.4, 10.0.0.9", proxies=2) == "198.51.100.4"


def test_a_request_that_came_past_the_proxies_is_its_peer_s(asked):
    assert asked("192.0.2.7", proxies=1) == "192.0.2.7"
    assert asked("192.0.2.7", "203.0.113.1", proxies=2) == "192.0.2.7"


def test_a_household_s_ipv6_addresses_are_one_visitor(asked):
    assert asked("2001:db8:1:2::7") == asked("2001:db8:1:2:ffff::1")
    assert asked("2001:db8:1:2::7") != asked("2001:db8:1:3::7")


def test_nonsense_is_no_key_of_any_length(asked):
    assert len(asked("10.0.0.2", "x" * 5000, proxies=1)) <= 64


@pytest.mark.django_db
def test_a_forged_address_does_not_open_a_closed_throttle(asked):
    with pytest.raises(TooOften):
        for number in range(4):
            who = asked("192.0.2.7", f"203.0.113.{number}")
            spend("test-forged", who, limit=3, seconds=60, at=NOON)


@pytest.mark.django_db
def test_a_window_that_is_over_is_forgotten(asked):
    for _ in range(3):
        spend("test-window", "192.0.2.7", limit=3, seconds=60, at=NOON)
    with pytest.raises(TooOften) as refused:
        spend("test-window", "192.0.2.7", limit=3, seconds=60, at=NOON + timedelta(seconds=59))

    assert refused.value.retry_after == 1
    spend("test-window", "192.0.2.7", limit=3, seconds=60, at=NOON + timedelta(seconds=60))


@pytest.mark.django_db
def test_each_act_and_each_visitor_has_a_count_of_its_own(django_assert_num_queries):
    spend("test-one", "192.0.2.7", limit=1, seconds=60, at=NOON)

    spend("test-one", "192.0.2.8", limit=1, seconds=60, at=NOON)
    with django_assert_num_queries(1):
        spend("test-two", "192.0.2.7", limit=1, seconds=60, at=NOON)
