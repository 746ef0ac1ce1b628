"""A hash chain: records that cannot be altered, dated back or taken out unseen.

Each record's digest is the SHA-256 of a fixed text: the digest of the record before it, and its
own fields in one canonical form. So whoever knows the digest of one record holds a witness to all
before it. This module knows no table; it must never change, for what was written stays written.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

BEGINNING = "0" * 64  # stands where the first record has nobody before it


def canonical(fields: dict[str, Any]) -> bytes:
    """Fields (text, whole numbers, instants, None) as one text that is always the same: JSON with
    sorted names, no spaces, ASCII alone; instants in UTC to the microsecond. Raises TypeError.
    """
    return json.dumps(
        fields, default=_instant, sort_keys=True, separators=(",", ":"), ensure_ascii=True
    ).encode()


def _instant(value) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError(f"{type(value).__name__} has no canonical form.")
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def content_digest(fields: dict[str, Any]) -> str:
    """SHA-256 in hexadecimal of one row's fields. It may outlive the row."""
    return hashlib.sha256(canonical(fields)).hexdigest()


def link_digest(before: str, fields: dict[str, Any]) -> str:
    """The digest of a record that stands behind the one whose digest is `before`."""
    return content_digest(fields | {"before": before})
