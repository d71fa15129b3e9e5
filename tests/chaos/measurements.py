"""What a scenario measured, and whether it is within its threshold."""

from collections.abc import Sequence
from dataclasses import dataclass

Row = tuple[str, str, str, str, str]
HEADER: Row = ("Scenario", "What", "Measured", "Threshold", "")


@dataclass(frozen=True)
class Measurement:
    """One row of the report."""

    name: str
    value: str
    threshold: str
    is_met: bool

    def row(self, scenario: str) -> Row:
        return scenario, self.name, self.value, self.threshold, "met" if self.is_met else "MISSED"


@dataclass(frozen=True)
class Scale:
    """How much of a scenario is run: all of it (1), or a part. The seed makes it repeatable."""

    factor: float
    seed: int

    def of(self, full: float, least: int = 1) -> int:
        return max(least, round(full * self.factor))


def expect_at_most(name: str, value: float, threshold: float, unit: str = "") -> Measurement:
    limit = f"≤ {format_value(threshold, unit)}"
    return Measurement(name, format_value(value, unit), limit, value <= threshold)


def expect_at_least(name: str, value: float, threshold: float, unit: str = "") -> Measurement:
    limit = f"≥ {format_value(threshold, unit)}"
    return Measurement(name, format_value(value, unit), limit, value >= threshold)


def expect_none(name: str, count: int, total: int | None = None) -> Measurement:
    """Require that something never happened, of so many times that it could have."""
    value = str(count) if total is None else f"{count} of {total:,}"
    return Measurement(name, value, "0", count == 0)


def expect_all(name: str, count: int, total: int) -> Measurement:
    return Measurement(name, f"{count:,} of {total:,}", "all", count == total)


def information(name: str, value: str) -> Measurement:
    """Return a row without a threshold."""
    return Measurement(name, value, "-", True)


def format_value(value: float, unit: str) -> str:
    number = f"{value:,.1f}".removesuffix(".0")
    return f"{number} {unit}".strip()


def markdown_table(rows: Sequence[Row]) -> list[str]:
    """Return the lines of a table in Markdown."""
    widths = [max(len(row[column]) for row in [HEADER, *rows]) for column in range(len(HEADER))]
    dashes = tuple("-" * width for width in widths)
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in [HEADER, dashes, *rows]
    ]


def update_table(text: str, rows: Sequence[Row]) -> str:
    """Replace the rows of these scenarios in a document's table, and keep those of others."""
    lines = text.splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"| {HEADER[0]} "))
    end = next(at for at in range(start, len(lines)) if not lines[at].startswith("|"))
    before = [
        tuple(cell.strip() for cell in line[1:-1].split("|")) for line in lines[start + 2 : end]
    ]
    order = list(dict.fromkeys(row[0] for row in [*before, *rows]))
    measured = {row[0] for row in rows}
    merged = [*(row for row in before if row[0] not in measured), *rows]
    merged.sort(key=lambda row: order.index(row[0]))
    return "\n".join([*lines[:start], *markdown_table(merged), *lines[end:]]) + "\n"
