"""What the ticker does for orders. Time has decided already; this only tidies."""

from datetime import datetime

from orders import refunds, settle


def tick(at: datetime) -> int:
    """Let ended holds lapse, send refunds that have no answer. Returns how much was done."""
    return settle.sweep(at) + refunds.send_due(at)
