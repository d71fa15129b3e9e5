"""Domain errors in the words of the admin: at which field, and what is in the way."""

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

FIELDS: dict[type[Exception], str] = {
    errors.SlugConflict: "slug",
    errors.SkuConflict: "sku",
    errors.CategoryCycle: "parent",
    errors.TooLarge: "image",
    errors.StorageUnavailable: "image",
    InvalidImage: "image",
}
MAX_CONFLICTS = 5  # of one row that are named
EXPECTED = (errors.CatalogError, InvalidImage, OperationalError)  # what a service may raise


def field_of(error: Exception) -> str | None:
    """Return the form field that an error of a service is about, or `None` for the whole form."""
    if isinstance(error, errors.Invalid):
        return error.facts["pointer"].removeprefix("/")
    return next((FIELDS[kind] for kind in type(error).__mro__ if kind in FIELDS), None)


def describe(error: Exception, model: type[CatalogModel]) -> str | SafeString:
    """Return the error's sentences, with links to the rows that hold a slug or an SKU."""
    if isinstance(error, OperationalError):
        logger.warning("The database did not answer: %s", error)
        return "The database is busy or not available. Try again in a moment."
    facts = getattr(error, "facts", {})
    conflicts = facts.get("errors") or [{"detail": str(error), **facts}]
    shown = [with_holder(conflict, model) for conflict in conflicts[:MAX_CONFLICTS]]
    more = len(conflicts) - len(shown) + facts.get("more_errors", 0)
    if more:
        shown.append(f"And {more} more.")
    return format_html_join(" ", "{}", [(sentence,) for sentence in shown])


def with_holder(conflict: Mapping[str, Any], model: type[CatalogModel]) -> str | SafeString:
    """Return the sentence about a conflict, with a link to the row that is in the way."""
    if "holder" not in conflict:
        return conflict["detail"]
    kind = conflict.get("type", model._meta.model_name)
    opts = next(one._meta for one in CatalogModel.__subclasses__() if one._meta.model_name == kind)
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[conflict["holder"]])
    link = format_html('<a href="{}" target="_blank">Show that {}</a>', url, opts.verbose_name)
    return format_html("{} {}.", conflict["detail"], link)


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
