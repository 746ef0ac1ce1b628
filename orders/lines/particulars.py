"""What Stripe stores about a sale besides the price, so that a restored backup can catch up.

The frozen lines, without the location, guests, suppers or addresses: each kind says which of its
details Stripe may have (`tellable`). Stripe's limits (docs.stripe.com/metadata): 50 keys of 40
characters with values of 500.
"""

import json
from collections.abc import Mapping

from nsca.lib.secrets import link_tokens
from orders.lines.kinds import kind_of
from orders.models import Line, Order, RecurringPayment

LONGEST = 500  # characters of a value
MOST_PARTS = 40  # values; about four keys are for order, payment and an agreement
PART = "lines_"
AGREEMENT = "agreed_"
TOKEN_OF_AGREEMENTS = "recurring-payment"  # the purpose of RecurringPayment.token
SHORT = {
    "kind": "k",
    "subject_id": "s",
    "payment_label": "l",
    "quantity": "q",
    "unit_cents": "c",
    "fair_value_cents": "v",
    "position": "p",
    "heading": "h",
    "committee": "m",
}


def written(order: Order) -> dict[str, str]:
    """An order's lines as metadata; empty if they exceed Stripe's limits."""
    lines = [_short(line) for line in order.lines.all()]
    parts = _in_parts(PART, json.dumps(lines, separators=(",", ":")))
    return parts if len(parts) <= MOST_PARTS else {}


def _in_parts(prefix: str, text: str) -> dict[str, str]:
    # Escape spaces, so that none is lost where a value begins or ends.
    text = text.replace(" ", "\\u0020")
    parts = [text[start : start + LONGEST] for start in range(0, len(text), LONGEST)]
    return {f"{prefix}{number}": part for number, part in enumerate(parts, start=1)}


def _joined(prefix: str, metadata: Mapping[str, str]) -> str:
    numbers = sorted(int(key[len(prefix) :]) for key in metadata if key.startswith(prefix))
    return "".join(metadata[f"{prefix}{number}"] for number in numbers)


def agreement_written(recurring_payment: RecurringPayment) -> dict[str, str]:
    """A recurring payment as metadata of its first payment.

    Of its link only the name, which opens nothing without our key.
    """
    said = {
        "k": recurring_payment.kind,
        "i": recurring_payment.interval,
        "c": recurring_payment.cents,
        "n": recurring_payment.token[: link_tokens.NAME],
        "w": recurring_payment.consent_text,
    }
    return _in_parts(AGREEMENT, json.dumps(said, separators=(",", ":")))


def agreement_read(metadata: Mapping[str, str]) -> dict | None:
    """The recurring payment again, as fields of a RecurringPayment; None if there was none."""
    try:
        said = json.loads(_joined(AGREEMENT, metadata))
        return {
            "kind": said["k"],
            "interval": said["i"],
            "cents": said["c"],
            "token": link_tokens.of_name(TOKEN_OF_AGREEMENTS, said["n"]),
            "consent_text": said["w"],
        }
    except (ValueError, KeyError, TypeError):
        return None


def read(metadata: Mapping[str, str]) -> list[dict] | None:
    """The lines again, each as fields of a Line; None if they can't be read."""
    try:
        lines = json.loads(_joined(PART, metadata))
        return [_long(line) for line in lines] or None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _short(line: Line) -> dict:
    said = {short: getattr(line, field) for field, short in SHORT.items()}
    said["d"] = kind_of(line.kind).tellable(line, at=line.order.placed_at)
    short = {key: value for key, value in said.items() if value not in ("", None, {}, 0)}
    # An unknown value is not 0, which a missing one means.
    return short | ({"v": None} if line.fair_value_cents is None else {})


def _long(said: dict) -> dict:
    fields = {field: said[short] for field, short in SHORT.items() if short in said}
    fields.setdefault("unit_cents", 0)
    del fields["payment_label"]
    return fields | {"kind": said["k"], "label": said["l"], "details": said.get("d", {})}
