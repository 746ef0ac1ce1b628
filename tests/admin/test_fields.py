"""Money in dollars, lead in hours, instants by Norfolk's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.core.exceptions import ValidationError

from nsca.lib.desk.fields import DollarsField, HoursField, InstantField, LinksField


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("95", 9500), ("95.5", 9550), ("95.50", 9550), ("$1,250", 125000), ("0", 0), (" 7.05 ", 705)],
)
def test_dollars_are_kept_as_cents(typed, cents):
    assert DollarsField().clean(typed) == cents


@pytest.mark.parametrize("typed", ["-5", "9.555", "ninety", "1e3", "1,2", "95,50", "٩"])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(ValidationError, match="such as 95 or 95.50"):
        DollarsField().clean(typed)


@pytest.mark.parametrize(
    ("cents", "shown"), [(9500, "95"), (9550, "95.50"), (5, "0.05"), (None, None)]
)
def test_cents_are_shown_as_dollars(cents, shown):
    assert DollarsField().prepare_value(cents) == shown


@pytest.mark.parametrize(
    ("typed", "span"),
    [("24", timedelta(days=1)), ("1.5", timedelta(minutes=90)), ("0", timedelta(0)), ("", None)],
)
def test_a_lead_is_typed_in_hours(typed, span):
    assert HoursField(required=False).clean(typed) == span


def test_a_lead_is_shown_in_hours_and_is_not_negative():
    field = HoursField(required=False)

    assert field.prepare_value(timedelta(hours=24)) == "24"
    assert field.prepare_value(timedelta(minutes=90)) == "1.5"
    with pytest.raises(ValidationError, match="before the start"):
        field.clean("-1")


def test_norfolk_time_becomes_utc():
    assert InstantField().clean(["2027-05-20", "18:00", ""]) == datetime(
        2027, 5, 20, 22, tzinfo=UTC
    )


def test_a_time_in_the_clock_gap_is_refused():
    with pytest.raises(ValidationError, match="skip this time"):
        InstantField().clean(["2027-03-14", "02:30", ""])


def test_a_time_that_happens_twice_asks_which():
    field = InstantField()

    with pytest.raises(ValidationError, match="Choose which one"):
        field.clean(["2027-11-07", "01:30", ""])
    assert field.clean(["2027-11-07", "01:30", "0"]) == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)
    assert field.clean(["2027-11-07", "01:30", "1"]) == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)


class Form(forms.Form):
    at = InstantField()


def test_the_question_is_put_only_where_there_is_one():
    ambiguous = Form({"at_0": "2027-11-07", "at_1": "01:30", "at_2": ""})
    plain = Form({"at_0": "2027-05-20", "at_1": "18:00", "at_2": ""})

    assert "the first time (EDT)" in str(ambiguous["at"])
    assert "the second time (EST)" in str(ambiguous["at"])
    assert "<select" not in str(plain["at"])


@pytest.mark.parametrize("hour", [5, 6])
def test_a_stored_instant_of_the_fold_survives_saving_unchanged(hour):
    stored = datetime(2027, 11, 7, hour, 30, tzinfo=UTC)
    field = InstantField()

    assert field.clean(field.widget.decompress(stored)) == stored


def test_half_an_instant_is_refused_and_none_is_none():
    with pytest.raises(ValidationError, match="both the day and the time"):
        InstantField(required=False).clean(["2027-05-20", "", ""])
    assert InstantField(required=False).clean(["", "", ""]) is None


def test_links_are_typed_one_a_line():
    field = LinksField(required=False)
    typed = "Facebook https://www.facebook.com/nsca\n\nOur choir https://choir.example\n"

    links = field.clean(typed)

    assert links == [
        ["Facebook", "https://www.facebook.com/nsca"], ["Our choir", "https://choir.example"],
    ]  # fmt: skip
    assert field.prepare_value(links).splitlines() == [line for line in typed.splitlines() if line]


@pytest.mark.parametrize("typed", ["https://x.example", "Facebook", "X javascript:alert(1)"])
def test_a_link_without_name_or_address_says_which_line(typed):
    with pytest.raises(ValidationError, match="Line 2"):
        LinksField().clean(f"A https://a.example\n{typed}")


@pytest.mark.parametrize("day", ["0001-01-01", "0027-05-20", "9999-12-31"])
def test_a_year_with_a_slip_of_the_finger_is_said_and_breaks_no_page(day):
    with pytest.raises(ValidationError, match="Check the year"):
        InstantField().clean([day, "23:59", ""])
    assert f'value="{day}"' in InstantField().widget.render("at", [day, "23:59", ""])
