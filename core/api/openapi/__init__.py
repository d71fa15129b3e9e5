"""The OpenAPI document."""

from core.api.openapi.schema import CatalogSchema

__all__ = ["CatalogSchema"]
