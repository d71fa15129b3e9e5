"""The report itself, which needs no service."""

from tests.chaos.measurements import (
    Measurement,
    Scale,
    expect_all,
    expect_at_least,
    expect_at_most,
    expect_none,
    information,
    markdown_table,
    update_table,
)

DOCUMENT = """# Measurements

| Scenario | What | Measured | Threshold | |
| --- | --- | --- | --- | --- |
| disk_full | 507 | 5 of 5 | all | met |
| colors | ΔE2000 | 0.6 | ≤ 2 | met |

More text.
"""


class TestThresholds:
    def test_at_most_includes_the_threshold(self):
        assert expect_at_most("p99", 150, 150, "ms") == Measurement(
            "p99", "150 ms", "≤ 150 ms", True
        )
        assert not expect_at_most("p99", 150.1, 150, "ms").is_met

    def test_at_least_includes_the_threshold(self):
        assert expect_at_least("rate", 90, 90, "%").is_met
        assert not expect_at_least("rate", 89.9, 90, "%").is_met

    def test_none_and_all_have_no_tolerance(self):
        assert [expect_none("lost", count, 1000).is_met for count in (0, 1)] == [True, False]
        assert [expect_all("ready", count, 1000).is_met for count in (1000, 999)] == [True, False]

    def test_information_has_none(self):
        assert information("files", "3,060") == Measurement("files", "3,060", "-", True)


class TestScale:
    def test_reduces_counts_but_not_below_the_least(self):
        scale = Scale(0.1, seed=4)

        assert [scale.of(500), scale.of(5), scale.of(20, least=4)] == [50, 1, 4]


class TestUpdateTable:
    def test_replaces_the_rows_of_a_scenario_in_its_place(self):
        rows = [expect_all("507", 4, 5).row("disk_full"), expect_none("rows", 0).row("disk_full")]

        lines = update_table(DOCUMENT, rows).splitlines()

        table = markdown_table([*rows, ("colors", "ΔE2000", "0.6", "≤ 2", "met")])
        assert lines == ["# Measurements", "", *table, "", "More text."]
        assert [line.split(" | ")[-1].rstrip(" |") for line in table[2:]] == [
            "MISSED",
            "met",
            "met",
        ]

    def test_appends_a_new_scenario(self):
        row = expect_none("lost products", 0, 10).row("redis_killed")

        assert update_table(DOCUMENT, [row]).splitlines()[6].startswith("| redis_killed ")
