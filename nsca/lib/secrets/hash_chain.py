"""A hash chain: records that cannot be altered, backdated or removed unnoticed.

Each record's digest is the SHA-256 of a fixed text: the previous record's digest, then its own
fields in one canonical form. So anyone who knows one digest can verify every record before it.
This module knows no table, and must never change: what was written must still verify.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64  # the digest before the first record


def canonical(fields: dict[str, Any]) -> bytes:
    """Fields (text, whole numbers, instants, None) as one text that is always the same.

    JSON with sorted names, no spaces, ASCII only; instants in UTC to the microsecond. Raises
    TypeError for any other value.
    """
    return json.dumps(
        fields, default=_instant, sort_keys=True, separators=(",", ":"), ensure_ascii=True
    ).encode()


def _instant(value) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{type(value).__name__} has no canonical form.")
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def content_digest(fields: dict[str, Any]) -> str:
    """The SHA-256 of one row's fields in hexadecimal. It may outlive the row."""
    return hashlib.sha256(canonical(fields)).hexdigest()


def link_digest(before: str, fields: dict[str, Any]) -> str:
    """The digest of a record that follows the one whose digest is `before`."""
    return content_digest(fields | {"before": before})
