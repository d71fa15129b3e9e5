"""How the API describes itself."""

from core.api.schema.operations import CatalogSchema

__all__ = ["CatalogSchema"]
