"""What an invariant says when it does not hold."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One sentence for a person, with the order's number where it is about one."""

    text: str
    is_remark: bool = False  # worth knowing, and no error

    def __str__(self):
        return self.text
