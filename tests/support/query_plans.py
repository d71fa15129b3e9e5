"""What PostgreSQL reads and sorts for a request."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection

TABLE = "products_product"


class Statement(NamedTuple):
    sql: str
    params: Any


class Plan(NamedTuple):
    """The plan of a statement, as it was executed."""

    statement: Statement
    nodes: list[dict[str, Any]]

    @property
    def is_count(self) -> bool:
        return "COUNT(*)" in self.statement.sql[:30]

    @property
    def sequential_scans(self) -> list[str]:
        return [node["Relation Name"] for node in self.nodes if node["Node Type"] == "Seq Scan"]

    @property
    def largest_sort(self) -> float:
        """The rows that went into the largest sort, also where only the first ones were kept."""
        sorts = [node for node in self.nodes if node["Node Type"].endswith("Sort")]
        return max((node["Plans"][0]["Actual Rows"] for node in sorts), default=0)

    @property
    def rows_read(self) -> float:
        """The rows or index entries of products that were read, also those that did not match."""
        return sum(map(rows_read, self.nodes))


def rows_read(node: dict[str, Any]) -> float:
    is_scan = node["Node Type"].endswith("Scan") and node["Node Type"] != "Bitmap Index Scan"
    if not is_scan or node.get("Relation Name") != TABLE:
        return 0
    rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return (rows + node.get("Rows Removed by Index Recheck", 0)) * node["Actual Loops"]


def executed(api: Any, url: str) -> tuple[Any, list[Statement]]:
    """Return the response, and the statements about products that it took."""
    statements: list[Statement] = []

    def record(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(Statement(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        response = api.get(url)
    assert response.status_code == 200, response.content
    about_products = [
        statement
        for statement in statements
        if TABLE in statement.sql and not statement.sql.startswith("EXPLAIN")
    ]
    return response, about_products


def explained(statement: Statement) -> Plan:
    """Execute the statement once more, and return its plan."""
    with connection.cursor() as cursor:
        sql = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement.sql}"
        cursor.execute(sql, statement.params)
        ((plans,),) = cursor.fetchall()
    plans = json.loads(plans) if isinstance(plans, str) else plans
    return Plan(statement, list(walk(plans[0]["Plan"])))


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from walk(child)
