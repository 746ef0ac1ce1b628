"""The lines that `make bench` prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    name: str
    value: str  # in words, with its unit
    goal: str  # in words
    is_met: bool

    def __str__(self):
        verdict = "ok" if self.is_met else "short"
        return f"{self.name:<44} {self.value:<42} {self.goal:<14} {verdict}"


def at_most(name, value, goal, unit, note=""):
    """A figure that should not be above `goal`; both in `unit`."""
    return Figure(name, f"{value:,.4g} {unit}{note}".strip(), f"≤ {goal:g} {unit}", value <= goal)


def at_least(name, value, goal, note=""):
    """A ratio that should not be below `goal`."""
    return Figure(name, f"{value:.2f}{note}", f"≥ {goal:g}", value >= goal)
