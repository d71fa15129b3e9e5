"""The settings of drf-spectacular: the parts of the OpenAPI document that no operation has."""

from typing import Any


def spectacular_settings(*, version: str, server: str) -> dict[str, Any]:
    """Return SPECTACULAR_SETTINGS; the server is the URL that all paths are below."""
    return {
        "TITLE": "Catalog",
        "DESCRIPTION": (
            "Products and categories, by slug or id. Deleted objects can be restored, `If-Match`"
            " prevents lost updates, and `Idempotency-Key` makes a POST safe to repeat.\n\n"
            "Errors are problems (RFC 9457) with a stable `code`. Paths end with a slash; without"
            " it the response is the same. `HEAD` is supported wherever `GET` is; the response to"
            " any other method is 405, with the supported ones in `Allow`."
        ),
        "VERSION": version,
        "SWAGGER_UI_DIST": "SIDECAR",
        "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
        "REDOC_DIST": "SIDECAR",
        "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # no host but our own
        "OAS_VERSION": "3.1.0",
        "SERVERS": [{"url": server, "description": "This server."}],
        "SCHEMA_PATH_PREFIX": "/api/",
        "SORT_OPERATION_PARAMETERS": False,
        "LICENSE": {"name": "All rights reserved", "identifier": "LicenseRef-AllRightsReserved"},
        "TAGS": [
            {"name": "categories", "description": "Categories in a tree."},
            {"name": "products", "description": "Products and their images."},
            {"name": "health", "description": "The state of the service and its dependencies."},
            {"name": "documentation", "description": "This document, and pages that render it."},
        ],
        "SORT_OPERATIONS": "core.api.openapi.hooks.page_order",
        "POSTPROCESSING_HOOKS": [
            "core.api.openapi.hooks.add_components",
            "drf_spectacular.hooks.postprocess_schema_enums",
        ],
        "ENUM_SUFFIX": "",
        "ENUM_GENERATE_CHOICE_DESCRIPTION": False,  # it would repeat each value
        "ENUM_NAME_OVERRIDES": {"ProblemCode": "core.api.openapi.problems.CODES"},
        "COMPONENT_SPLIT_REQUEST": True,
    }
