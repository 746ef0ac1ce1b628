"""One strict reader of dollars: what a person types is charged as it stands, or refused."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from membership.giving.forms import GiveForm
from membership.giving.forms_shared import OnTopField
from nsca.lib.desk import fields as desk_fields
from nsca.lib.text import fields
from nsca.lib.text.money import NotDollars, cents_of

ROOT = Path(__file__).resolve().parents[3]
AMOUNTS = [
    ("0", 0),
    ("25", 2_500),
    (" 25 ", 2_500),
    ("25.5", 2_550),
    ("25.05", 2_505),
    ("0.01", 1),
    ("$25", 2_500),
    ("$ 25", 2_500),
    ("1,000.00", 100_000),
    ("$1,000", 100_000),
    ("1000", 100_000),
    ("1,250,000", 125_000_000),
    ("007", 700),
]
NO_AMOUNTS = [
    "1e3", "1E3", "0x10", "0b1", "1_000", "１００", "٢٥", "²⁵", "-5", "−5", "+5", "25.005", "25.",
    ".50", "1,00", "1,0000", "10,00,000", "1.000,00", "25,5", "1 000", "NaN", "nan", "inf",
    "Infinity", "$", "$$5", "5$", "25 dollars", "25; 30", "25\n30", "25\x00", "1234567890", "",
]  # fmt: skip


@pytest.mark.parametrize("typed, cents", AMOUNTS)
def test_an_amount_is_read_as_it_is_written(typed, cents):
    assert cents_of(typed) == cents


@pytest.mark.parametrize("typed", NO_AMOUNTS)
def test_what_could_mean_another_amount_is_refused(typed):
    with pytest.raises(NotDollars):
        cents_of(typed)


@pytest.mark.parametrize(
    "field",
    [
        fields.DollarsField(),
        desk_fields.DollarsField(),
        OnTopField(),
        GiveForm.base_fields["amount"],
    ],
    ids=["visitors", "staff", "on top", "giving"],
)
@pytest.mark.parametrize("typed", ["1e3", "１００", "25.005", "NaN", "-5", "1,00"])
def test_every_form_refuses_the_same(field, typed):
    with pytest.raises(ValidationError, match="Enter an amount in dollars"):
        field.clean(typed)


@pytest.mark.parametrize("typed", ["", " ", "0", "0.00", "$0"])
@pytest.mark.parametrize("field", [OnTopField(), GiveForm.base_fields["amount"]])
def test_nothing_and_zero_are_no_gift(field, typed):
    assert field.clean(typed) is None


@pytest.mark.parametrize("typed, is_taken", [("0.99", False), ("1", True), ("1.01", True)])
def test_a_gift_on_top_begins_at_a_dollar(typed, is_taken):
    if is_taken:
        assert OnTopField().clean(typed) >= 100
    else:
        with pytest.raises(ValidationError, match=r"The minimum is \$1"):
            OnTopField().clean(typed)


@pytest.mark.parametrize("typed, is_taken", [("9,999,999.99", True), ("10000000", False)])
def test_staff_cannot_type_what_the_database_has_no_room_for(typed, is_taken):
    if is_taken:
        assert desk_fields.DollarsField().clean(typed) == 999_999_999
    else:
        with pytest.raises(ValidationError, match="such as 95"):
            desk_fields.DollarsField().clean(typed)


def test_no_selling_app_reads_numbers_by_a_reader_of_its_own():
    """Decimal reads what nobody means: "1e3", "NaN", full-width digits."""
    sources = [
        path
        for app in ("events", "membership", "orders", "pages")
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]

    assert [
        path for path in sources if re.search(r"(from|import) decimal\b", path.read_text())
    ] == []
