"""Domain errors in the words of the admin: at which field, and what is in the way."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import OperationalError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import errors
from core.images import InvalidImage
from core.models import CatalogModel

logger = logging.getLogger(__name__)

FIELDS: dict[type[Exception], str] = {
    errors.SlugConflict: "slug",
    errors.SkuConflict: "sku",
    errors.CategoryCycle: "parent",
    errors.TooLarge: "image",
    errors.StorageUnavailable: "image",
    InvalidImage: "image",
}
EXPECTED = (errors.CatalogError, InvalidImage, OperationalError)  # what a service may raise


def field_of(error: Exception) -> str | None:
    """Return the form field that an error of a service is about, or `None` for the whole form."""
    if isinstance(error, errors.Invalid):
        return error.facts["pointer"].removeprefix("/")
    return next((FIELDS[kind] for kind in type(error).__mro__ if kind in FIELDS), None)


def describe(error: Exception, model: type[CatalogModel]) -> str | SafeString:
    """Return the error's sentence, with a link to the row that holds the slug or the SKU."""
    if isinstance(error, OperationalError):
        logger.warning("The database did not answer: %s", error)
        return "The database is busy or not available. Try again in a moment."
    holder = getattr(error, "facts", {}).get("holder")
    if holder is None:
        return str(error)
    opts = model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[holder])
    link = format_html('<a href="{}" target="_blank">Show that {}</a>', url, opts.verbose_name)
    return format_html("{} {}.", error, link)


def messages_in(detail: Any) -> Iterator[str]:
    """Yield the sentences of a serializer's errors; nested ones begin with their key."""
    if isinstance(detail, Mapping):
        for key, below in detail.items():
            yield from (f"{key}: {message}" for message in messages_in(below))
    elif isinstance(detail, str):
        yield detail
    else:
        for below in detail:
            yield from messages_in(below)
