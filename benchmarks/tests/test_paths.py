from collections import Counter

from benchmarks.paths import mixed, plain_pages, query_strings

CATEGORIES = [f"category-{number}" for number in range(400)]


def sort_of(query: str) -> str:
    has_category, has_price = "category=" in query, "min_price=" in query
    return {(False, False): "plain", (True, False): "category", (False, True): "price"}.get(
        (has_category, has_price), "both"
    )


class TestMixed:
    def test_has_the_ratio_of_the_scenario(self):
        queries = mixed(query_strings(plain_pages()), CATEGORIES, {}, number=1_000)

        counts = Counter(map(sort_of, queries))
        assert counts == {"plain": 400, "category": 300, "price": 150, "both": 150}

    def test_has_each_query_once(self):
        queries = mixed(query_strings(plain_pages()), CATEGORIES, {"cursor": ""}, number=1_000)

        assert len(set(queries)) == 1_000

    def test_ends_rather_than_changes_the_ratio(self):
        queries = mixed(["?page=1", "?page=2"], CATEGORIES, {})

        assert Counter(map(sort_of, queries))["plain"] == 2
        assert len(queries) < 10

    def test_is_the_same_in_every_run(self):
        first, second = (mixed(["?page=1"] * 40, CATEGORIES, {}) for _ in range(2))

        assert first == second
