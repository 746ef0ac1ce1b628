"""Markup without the line breaks of its template."""

import re


def flat(html: str) -> str:
    """White space as a browser reads it: one space for many, none between tags."""
    return re.sub(r" ?(<[^>]*>) ?(?=<)", r"\1", re.sub(r"\s+", " ", html))
