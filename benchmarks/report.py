"""The report: `RESULTS.md`, of which one section is written by hand and kept."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.scenario import Measured, Options, Scenario

RESULTS = Path(__file__).with_name("RESULTS.md")
HEADING = "# Results"
BY_HAND = "## Written by hand"
SCALE = "## At a million products"
FIRST_NOTES = f"""{BY_HAND}

A run keeps this section.

### What did not pay and was taken out

### What each index costs a write

Above, under "Insert of 2,000 products", is what an insert costs without each index.
"""

Outcome = tuple[Scenario, list[Measured]]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table in Markdown."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    dashes = ["-" * width for width in widths]
    return [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (header, dashes, *rows)
    ]


def number(value: float | None) -> str:
    """Return a number with three significant digits, or a dash for none."""
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def goal_rows(outcomes: Sequence[Outcome]) -> list[list[str]]:
    """Return a row for each goal: what was measured, and whether that is enough."""
    rows = []
    for scenario, measured in outcomes:
        by_name = {each.candidate: each for each in measured}
        for goal in scenario.goals:
            ratio = goal.ratio(by_name)
            if ratio is None:
                verdict = "not measured"
            elif goal.is_met(ratio):
                verdict = "met"
            else:
                verdict = f"**missed**: {number(ratio / goal.bound)} of the goal"
            rows.append([scenario.title, goal.text, number(ratio), verdict])
    return rows


def measured_rows(measured: Sequence[Measured]) -> list[list[str]]:
    """Return a row for each candidate. Ratios are to the first one."""
    first = measured[0].value.median or 1e-9
    return [
        [
            each.candidate,
            f"{number(each.value.median)} {each.unit}",
            f"{number(each.value.least)} to {number(each.value.greatest)}",
            number(each.server_cpu),
            number(each.database_cpu),
            number(each.value.median / first),
            each.note,
        ]
        for each in measured
    ]


COLUMNS = ["Candidate", "Median", "Least to greatest", "Server CPU, ms", "Database CPU, ms"]


def scenario_lines(scenario: Scenario, measured: Sequence[Measured]) -> list[str]:
    header = [*COLUMNS, "Ratio", "Note"]
    return [f"### {scenario.title}", "", *table(header, measured_rows(measured)), ""]


def section(text: str, heading: str) -> str:
    """Return a section of the former report with its heading; nothing if there is none."""
    start = text.find(f"{heading}\n")
    if start < 0:
        return ""
    end = text.find("\n## ", start)
    return text[start : end if end >= 0 else None].strip()


def render(
    former: str, facts: Sequence[tuple[str, str]], options: Options, outcomes: Sequence[Outcome]
) -> str:
    """Return the new report, with the sections of the former one that this run does not write."""
    rounds = (
        f"{options.products:,} products in 500 categories; {options.rounds} rounds of"
        f" {options.seconds:g} s a candidate, in turn, from eight connections (`wrk`); medians."
        " CPU is that of the server's processes and of PostgreSQL's, a request."
        " Nothing cached: each URL is unique, and Redis is emptied before each round."
    )
    lines = [HEADING, "", "Written by `make bench`.", "", rounds, ""]
    lines += ["## Goals", ""]
    lines += table(["Work", "Goal", "Measured", ""], goal_rows(outcomes))
    lines += ["", "## Measurements", ""]
    for scenario, measured in outcomes:
        lines += scenario_lines(scenario, measured)
    lines += ["## Machine", "", *table(["What", "Which"], facts), ""]
    kept = [section(former, SCALE), section(former, BY_HAND) or FIRST_NOTES.strip()]
    return "\n".join(lines) + "\n" + "\n\n".join(filter(None, kept)) + "\n"


def replace_section(former: str, heading: str, lines: Sequence[str]) -> str:
    """Return the report with a section replaced, or added before what is written by hand."""
    new = "\n".join([heading, "", *lines]).strip()
    if old := section(former, heading):
        return former.replace(old, new)
    notes = section(former, BY_HAND) or FIRST_NOTES.strip()
    others = (former or HEADING).replace(notes, "").strip()
    return f"{others}\n\n{new}\n\n{notes}\n"
