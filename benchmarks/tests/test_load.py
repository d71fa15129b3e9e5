from benchmarks.load import LoadResult, parse_wrk

OUTPUT = """Running 1s test
  2 threads and 8 connections

{"requests": 300, "microseconds": 2000000, "bytes": 10, "failures": 1, "p50": 1.5, "p99": 9.25}
"""


class TestParseWrk:
    def test_reads_the_line_of_the_script(self):
        assert parse_wrk(OUTPUT) == LoadResult(300, 2.0, 1, 10, 1.5, 9.25)

    def test_has_a_rate(self):
        assert parse_wrk(OUTPUT).rate == 150
