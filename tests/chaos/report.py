"""What a plan found, and whether that is good enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    what: str
    value: str
    goal: str
    is_met: bool


@dataclass(frozen=True)
class Scale:
    """How much of a plan is done: all of it (1), or a part. The seed makes it repeatable."""

    part: float
    seed: int

    def of(self, full: float, least: int = 1) -> int:
        return max(least, round(full * self.part))


Plan = Callable[[Scale], list[Figure]]


def at_most(what: str, value: float, goal: float, unit: str = "") -> Figure:
    return Figure(what, shown(value, unit), f"≤ {shown(goal, unit)}", value <= goal)


def at_least(what: str, value: float, goal: float, unit: str = "") -> Figure:
    return Figure(what, shown(value, unit), f"≥ {shown(goal, unit)}", value >= goal)


def none_of(what: str, bad: int, total: int | None = None) -> Figure:
    """Tell that something never happened, of so many times that it might have."""
    value = str(bad) if total is None else f"{bad} of {total:,}"
    return Figure(what, value, "0", bad == 0)


def all_of(what: str, good: int, total: int) -> Figure:
    return Figure(what, f"{good:,} of {total:,}", "all", good == total)


def shown(value: float, unit: str) -> str:
    number = f"{value:,.1f}".removesuffix(".0")
    return f"{number} {unit}".strip()


def table(lines: Sequence[tuple[str, Figure]]) -> str:
    """Write plans and their figures as a table in Markdown."""
    cells = [("Plan", "What", "Figure", "Goal", "")]
    cells += [
        (plan, figure.what, figure.value, figure.goal, "met" if figure.is_met else "MISSED")
        for plan, figure in lines
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    cells.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    )
