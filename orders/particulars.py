"""What Stripe keeps of a sale beside its price, so that a restored backup can be caught up.

The frozen lines, without anything of the place, the guests, their suppers or addresses: a kind
says itself which of its details may leave the house (`tellable`). Stripe's limits
(docs.stripe.com/metadata): 50 keys of 40 characters with values of 500.
"""

import json
from collections.abc import Mapping

from orders.kinds import say
from orders.models import Line, Order

LONGEST = 500  # characters of a value
MOST_PARTS = 40  # values; the other keys are for the order and its payment
PART = "lines_"
SHORT = {
    "kind": "k",
    "subject_id": "s",
    "label_at_the_till": "l",
    "quantity": "q",
    "unit_cents": "c",
    "fair_value_cents": "v",
    "position": "p",
    "heading": "h",
    "committee": "m",
}


def written(order: Order) -> dict[str, str]:
    """An order's lines as metadata; empty where they are more than Stripe keeps."""
    lines = [_short(line) for line in order.lines.all()]
    text = json.dumps(lines, separators=(",", ":"))
    # Spaces are in words only; written out, none can be lost where a value begins or ends.
    text = text.replace(" ", "\\u0020")
    parts = [text[start : start + LONGEST] for start in range(0, len(text), LONGEST)]
    if len(parts) > MOST_PARTS:
        return {}
    return {f"{PART}{number}": part for number, part in enumerate(parts, start=1)}


def read(metadata: Mapping[str, str]) -> list[dict] | None:
    """The lines again, each as fields of a Line; None where they cannot be read."""
    numbers = sorted(int(key[len(PART) :]) for key in metadata if key.startswith(PART))
    try:
        lines = json.loads("".join(metadata[f"{PART}{number}"] for number in numbers))
        return [_long(line) for line in lines] or None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _short(line: Line) -> dict:
    said = {short: getattr(line, field) for field, short in SHORT.items()}
    said["d"] = say("tellable", line, at=line.order.placed_at)
    return {key: value for key, value in said.items() if value not in ("", None, {}, 0)}


def _long(said: dict) -> dict:
    fields = {field: said[short] for field, short in SHORT.items() if short in said}
    fields.setdefault("unit_cents", 0)
    del fields["label_at_the_till"]
    return fields | {"kind": said["k"], "label": said["l"], "details": said.get("d", {})}
