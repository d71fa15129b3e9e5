from benchmarks.measure import Spread, increase
from benchmarks.report import BY_HAND, SCALE, goal_rows, measured_rows, render, replace_section
from benchmarks.scenario import Goal, Measured, Options, Scenario


def measured(candidate: str, value: float, **cpu: float) -> Measured:
    return Measured(candidate, Spread.of([value]), **cpu)


def outcome(*goals: Goal) -> tuple[Scenario, list[Measured]]:
    ours = measured("ours", 140, server_cpu=1.5, database_cpu=0.5)
    peer = measured("peer", 200, server_cpu=1, database_cpu=1)
    return Scenario("list", "Lists", lambda servers, options: [], goals), [ours, peer]


class TestSpread:
    def test_has_the_median_and_both_ends(self):
        assert Spread.of([9, 1, 2, 3, 8]) == Spread(3, 1, 9)


class TestIncrease:
    def test_counts_processes_that_started_meanwhile_from_zero(self):
        assert increase({1: 2.0, 2: 5.0}, {1: 3.5, 3: 1.0}) == 2.5


class TestGoalRows:
    def test_compare_with_another_candidate(self):
        rows = goal_rows(
            [outcome(Goal("≥ 0.7", "ours", 0.7, "peer"), Goal("≥ 1", "ours", 1, "peer"))]
        )

        assert [row[2:] for row in rows] == [
            ["0.70", "met"],
            ["0.70", "**missed**: 0.70 of the goal"],
        ]

    def test_compare_cpu_of_server_and_database_together(self):
        (row,) = goal_rows([outcome(Goal("CPU ≤ 1", "ours", 1, "peer", at_most=True, of="cpu"))])

        assert row[2:] == ["1.00", "met"]

    def test_say_what_was_not_measured(self):
        (row,) = goal_rows([outcome(Goal("≥ 1", "ours", 1, "absent"))])

        assert row[2:] == ["–", "not measured"]


class TestMeasuredRows:
    def test_have_ratios_to_the_first_candidate(self):
        _, both = outcome()

        assert [row[5] for row in measured_rows(both)] == ["1.00", "1.43"]


class TestRender:
    def test_keeps_the_sections_that_it_does_not_write(self):
        former = f"# Results\n\n{SCALE}\n\n| a |\n\n{BY_HAND}\n\nA trick that did not pay.\n"

        report = render(former, [("CPU", "fast")], Options(), [outcome()])

        assert report.endswith(f"{SCALE}\n\n| a |\n\n{BY_HAND}\n\nA trick that did not pay.\n")

    def test_begins_the_section_that_is_written_by_hand(self):
        assert BY_HAND in render("", [], Options(), [])


class TestReplaceSection:
    def test_replaces_one_and_keeps_the_others(self):
        former = f"# Results\n\nBefore.\n\n{SCALE}\n\nold\n\n{BY_HAND}\n\nkept\n"

        report = replace_section(former, SCALE, ["new"])

        assert report == f"# Results\n\nBefore.\n\n{SCALE}\n\nnew\n\n{BY_HAND}\n\nkept\n"

    def test_adds_one_before_what_is_written_by_hand(self):
        former = f"# Results\n\nBefore.\n\n{BY_HAND}\n\nkept\n"

        report = replace_section(former, SCALE, ["new"])

        assert report == f"# Results\n\nBefore.\n\n{SCALE}\n\nnew\n\n{BY_HAND}\n\nkept\n"
