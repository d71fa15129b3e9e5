from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator


@pytest.fixture(scope="session")
def schemas() -> dict[str, Any]:
    """Return the schemas of the OpenAPI document by name."""
    return SchemaGenerator().get_schema(public=True)["components"]["schemas"]
