"""Numbers with their nouns, in one voice."""


def counted(number: int, noun: str) -> str:
    """ "1 chair", "1,200 chairs"; an irregular plural after a comma: "person,people"."""
    one, _, many = noun.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"
