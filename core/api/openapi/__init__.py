"""How the API describes itself."""

from core.api.openapi.schema import CatalogSchema

__all__ = ["CatalogSchema"]
