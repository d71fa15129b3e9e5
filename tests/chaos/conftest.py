"""Options of the chaos tests, and the report on what they measured."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.measurements import Measurement, Row, Scale, markdown_table, update_table

ROWS = pytest.StashKey[list[Row]]()
RecordMeasurements = Callable[..., None]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("chaos tests")
    group.addoption("--scale", type=float, default=1.0, help="the part of each scenario to run")
    group.addoption(
        "--fast", action="store_const", const=0.1, dest="scale", help="run a tenth of each scenario"
    )
    group.addoption("--seed", type=int, default=4, help="another one draws other images and times")
    group.addoption("--write-report", type=Path, metavar="FILE", help="update the table in a file")


def scale_of(config: pytest.Config) -> Scale:
    """Return the scale of this run; the full one if the options were not registered in time."""
    return Scale(config.getoption("scale", 1.0), config.getoption("seed", 4))


def scenario_of(item: pytest.Item) -> str:
    return item.path.stem.removeprefix("test_")


@pytest.fixture
def scale(pytestconfig: pytest.Config) -> Scale:
    return scale_of(pytestconfig)


@pytest.fixture
def record(request: pytest.FixtureRequest) -> RecordMeasurements:
    """Return a function that reports measurements, and fails if one is beyond its threshold."""

    def record_measurements(*measurements: Measurement) -> None:
        rows = request.config.stash.setdefault(ROWS, [])
        rows += [measurement.row(scenario_of(request.node)) for measurement in measurements]
        assert [each for each in measurements if not each.is_met] == []

    return record_measurements


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    """Report a scenario that raised an error before it measured anything."""
    report = yield
    rows, scenario = item.config.stash.setdefault(ROWS, []), scenario_of(item)
    if (
        "chaos" in item.keywords
        and report.failed
        and call.excinfo
        and scenario not in {row[0] for row in rows}
    ):
        error = call.excinfo.exconly().splitlines()[0]
        rows.append(Measurement("the scenario itself", error, "runs", False).row(scenario))
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not (rows := config.stash.get(ROWS, [])):
        return
    scale = scale_of(config)
    terminalreporter.section(f"measurements at scale {scale.factor:g}, seed {scale.seed}")
    for line in markdown_table(rows):
        terminalreporter.write_line(line)
    if file := config.getoption("write_report", None):
        file.write_text(update_table(file.read_text(), rows))
