"""Numbers with their nouns, and lists."""

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """ "1 seat", "1,200 seats"; an irregular plural after a comma: "person,people"."""
    one, _, many = noun.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "Ada", "Ada and Ben", "Ada, Ben, and Cy"."""
    *front, end = words
    if len(front) < 2:
        return f" {last} ".join([*front, end])
    return f"{', '.join(front)}, {last} {end}"
