"""Error messages of the services as the admin shows them, and the form fields they belong to."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import OperationalError
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import errors
from core.images import InvalidImage
from core.models import CatalogModel

logger = logging.getLogger(__name__)

ERROR_FIELDS: dict[type[Exception], str] = {
    errors.SlugConflict: "slug",
    errors.SkuConflict: "sku",
    errors.CategoryCycle: "parent",
    errors.PayloadTooLarge: "image",
    errors.StorageUnavailable: "image",
    InvalidImage: "image",
}
MAX_CONFLICTS = 5  # that are listed for one row
SERVICE_ERRORS = (errors.CatalogError, InvalidImage, OperationalError)


def error_field(error: Exception) -> str | None:
    """Return the form field that a service's error is about, or `None` for the whole form."""
    if isinstance(error, errors.InvalidField):
        return error.pointer.removeprefix("/")
    return next((ERROR_FIELDS[base] for base in type(error).__mro__ if base in ERROR_FIELDS), None)


def error_message(error: Exception, model: type[CatalogModel]) -> str | SafeString:
    """Return the error's sentences, with links to the rows that hold a slug or an SKU."""
    if isinstance(error, OperationalError):
        logger.warning("The database is unavailable: %s", error)
        return "The database is busy or unavailable. Try again in a moment."
    conflicts = getattr(error, "errors", None) or [{"detail": str(error)}]
    shown = [conflict_message(conflict, model) for conflict in conflicts[:MAX_CONFLICTS]]
    unlisted = len(conflicts) - len(shown) + getattr(error, "more_errors", 0)
    if unlisted:
        shown.append(f"And {unlisted} more.")
    return format_html_join(" ", "{}", [(sentence,) for sentence in shown])


def conflict_message(conflict: Mapping[str, Any], model: type[CatalogModel]) -> str | SafeString:
    """Return the sentence about a conflict, with a link to the row that holds the value."""
    if "holder" not in conflict:
        return conflict["detail"]
    model_name = conflict.get("type", model._meta.model_name)
    opts = next(
        subclass._meta
        for subclass in CatalogModel.__subclasses__()
        if subclass._meta.model_name == model_name
    )
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[conflict["holder"]])
    link = format_html('<a href="{}" target="_blank">Show that {}</a>', url, opts.verbose_name)
    return format_html("{} {}.", conflict["detail"], link)


def flatten_messages(detail: Any) -> Iterator[str]:
    """Yield the sentences of a serializer's errors; nested ones begin with their key."""
    if isinstance(detail, Mapping):
        for key, nested in detail.items():
            yield from (f"{key}: {message}" for message in flatten_messages(nested))
    elif isinstance(detail, str):
        yield detail
    else:
        for nested in detail:
            yield from flatten_messages(nested)
