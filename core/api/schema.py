"""How the API describes itself."""

from drf_spectacular.openapi import AutoSchema


class CatalogSchema(AutoSchema):
    """drf-spectacular, told about what is ours."""
