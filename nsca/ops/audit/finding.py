"""What an invariant says when it is broken."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One sentence for a person, with the order's number if it is about one."""

    text: str
    is_remark: bool = False  # worth knowing, but not an error

    def __str__(self):
        return self.text
