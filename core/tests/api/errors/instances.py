"""An instance of each error, for the tests."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from core import errors
from core.api.errors import problems  # noqa: F401 -- imports every module with errors
from core.error_base import EXAMPLE_ID, CatalogError
from products.models import Product

DELETED_AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
NO_PROBLEMS = {CatalogError, errors.SlugMoved, errors.UniqueConflict}


def subclasses(error_class: type) -> list[type]:
    return [
        error_class,
        *(below for child in error_class.__subclasses__() for below in subclasses(child)),
    ]


def problem_classes() -> list[type]:
    classes = [
        error_class for error_class in subclasses(CatalogError) if error_class not in NO_PROBLEMS
    ]
    return sorted(classes, key=lambda error_class: error_class.__name__)


ARGUMENTS: dict[type[CatalogError], dict[str, Any]] = {
    errors.SoftDeleted: {"row": Product(deleted_at=DELETED_AT)},
    errors.UniqueConflict: {"value": "mug", "holder": UUID(EXAMPLE_ID)},
    errors.AmbiguousSlug: {"candidates": [{"id": UUID(EXAMPLE_ID), "deleted_at": DELETED_AT}]},
    errors.CategoryNotEmpty: {"categories": 2, "products": 3},
    errors.InvalidField: {"pointer": "/parent"},
    errors.PayloadTooLarge: {"limit": 10, "size": 20},
}


def instance_of(error_class: type[CatalogError]) -> CatalogError:
    if error_class is errors.VersionMismatch:
        return errors.VersionMismatch(version=4)
    arguments = next((ARGUMENTS[base] for base in error_class.__mro__ if base in ARGUMENTS), {})
    return error_class("x", **arguments)
