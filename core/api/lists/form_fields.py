"""Form fields that parse the query parameters of a list; django-filter validates with forms."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django_filters.fields import BaseCSVField

from core import slugs
from core.db.compiled import Row, compiled, numbered, parameters
from core.models import CatalogManager, SlugRedirect
from core.values.currencies import MAX_DECIMALS, MAX_WHOLE_DIGITS
from core.values.text import normalize_text

MAX_ITEMS = 100
EARLIEST, LATEST = (bound.replace(tzinfo=UTC) for bound in (datetime.min, datetime.max))

reject_nul = ProhibitNullCharactersValidator()


class StrictBooleanFormField(forms.Field):
    """`true`, `false`, `1` or `0`, in any case."""

    def to_python(self, value: Any) -> bool | None:
        match (value or "").strip().lower():
            case "":
                return None
            case "true" | "1":
                return True
            case "false" | "0":
                return False
            case _:
                raise forms.ValidationError("Must be true or false.", code="invalid")


class AwareDateTimeField(forms.Field):
    """A date and time with its offset from UTC (RFC 3339), returned in UTC.

    A space is read as the plus sign that it was before the query string was decoded.
    """

    def to_python(self, value: Any) -> datetime | None:
        text = (value or "").strip()
        if not text:
            return None
        try:
            parsed = parse_datetime(text.replace(" ", "+").upper()) if len(text) <= 40 else None
        except ValueError as error:
            raise self.invalid() from error
        if parsed is None or parsed.tzinfo is None:
            raise self.invalid()
        try:
            return parsed.astimezone(UTC)
        except OverflowError:  # before year 1 or after year 9999 in UTC
            return EARLIEST if parsed.year == EARLIEST.year else LATEST

    def invalid(self) -> forms.ValidationError:
        """Return the error for a value that is no RFC 3339 date and time."""
        detail = "Must be a date and time with a UTC offset, such as 2026-01-31T12:00:00Z."
        return forms.ValidationError(detail, code="invalid")


class PlainDecimalField(forms.DecimalField):
    """A decimal without exponent, sign or spaces. Trailing zeros are within any bound."""

    PATTERN = rf"^[0-9]{{1,{MAX_WHOLE_DIGITS}}}(?:\.[0-9]{{1,{MAX_DECIMALS}}}0*)?$"

    def clean(self, value: Any) -> Decimal | None:
        plain = value.rstrip("0").rstrip(".") if value and "." in value else value
        number = super().clean(plain)
        if value and not re.fullmatch(self.PATTERN, value):
            raise forms.ValidationError("Must be a decimal such as 12.50.", code="invalid")
        return number


class OrderingField(BaseCSVField):
    """A comma list of `field` or `-field`, each field once."""

    def clean(self, value: list[str] | None) -> list[str]:
        fields = [term.removeprefix("-") for term in value or []]
        if "" in fields or len(set(fields)) < len(fields):
            raise forms.ValidationError(
                "Must not repeat a field or have an empty item.", code="invalid_choice"
            )
        return super().clean(value)


class CommaListField(forms.Field):
    """A comma list of at most `MAX_ITEMS` items, returned without repetitions."""

    PATTERN: ClassVar[str]  # of an item, for OpenAPI

    def to_python(self, value: Any) -> list[Any]:
        text = (value or "").strip()
        reject_nul(text)  # PostgreSQL rejects it; Django's validators run on the list alone
        items = list(dict.fromkeys(item.strip() for item in text.split(","))) if text else []
        if len(items) > MAX_ITEMS:
            raise forms.ValidationError(f"Must have at most {MAX_ITEMS} items.", code="max_items")
        return self.clean_items(items)

    def clean_items(self, items: Sequence[str]) -> list[Any]:
        """Return the values of the items. Raise `ValidationError`."""
        return list(items)


class StringListField(CommaListField):
    """A comma list of strings, normalized like the stored ones that they are compared with."""

    PATTERN = r"^[^\x00,]*[^\x00,\s][^\x00,]*$"

    def clean_items(self, items: Sequence[str]) -> list[str]:
        strings = [normalize_text(item) for item in items]
        if not all(strings):
            raise forms.ValidationError("Must not have an empty item.", code="invalid")
        return strings


class IdListField(CommaListField):
    """A comma list of UUIDs, which need not exist."""

    PATTERN = slugs.UUID_RE.pattern.replace("[0-9a-f]", "[0-9A-Fa-f]").join("^$")

    def clean_items(self, items: Sequence[str]) -> list[UUID]:
        for item in items:
            if not slugs.is_uuid(item):
                raise forms.ValidationError(f"{item[:50]!r} is not a UUID.", code="invalid")
        return [UUID(item) for item in items]


class SlugOrIdListField(CommaListField):
    """A comma list of slugs or ids of live rows, or `null`; returned as ids and `None`.

    Executes one query, and a second one for slugs that no live row has: they may be former ones.
    """

    PATTERN = "^[-A-Za-z0-9]{1,255}$"

    def __init__(self, *, rows: CatalogManager, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def clean_items(self, items: Sequence[str]) -> list[UUID | None]:
        keys = [item for item in items if item != "null"]
        resolved = self.resolve(keys)
        missing = [key for key in keys if key not in resolved]
        if missing:
            raise forms.ValidationError(list(self.unknown_errors(missing)))
        return [resolved.get(item) for item in items]

    def resolve(self, keys: Sequence[str]) -> dict[str, UUID]:
        """Return the ids of live rows by slug or id, also by a slug that they had before."""
        ids = {key: UUID(key) for key in keys if slugs.is_uuid(key)}
        wanted_slugs = [key for key in keys if slugs.is_valid_slug(key)]
        if not ids and not wanted_slugs:
            return {}
        by_slug_or_id: dict[str | UUID, UUID] = {}
        for pk, slug in self.select_live(list(ids.values()), wanted_slugs):
            by_slug_or_id |= {pk: pk, slug: pk}
        resolved = {
            key: by_slug_or_id[ids.get(key, key)]
            for key in keys
            if ids.get(key, key) in by_slug_or_id
        }
        former = [slug for slug in wanted_slugs if slug not in resolved]
        return resolved | (SlugRedirect.live_targets(self.rows.model, former) if former else {})

    def select_live(self, ids: Sequence[UUID], live_slugs: Sequence[str]) -> list[Row]:
        """Return the id and the slug of each live row that has one of these."""

        def select() -> QuerySet:
            meta = self.rows.model._meta
            by_id = parameters("id", meta.get_field("id"), len(ids))
            by_slug = parameters("slug", meta.get_field("slug"), len(live_slugs))
            rows = self.rows.filter(Q(pk__in=by_id) | Q(slug__in=by_slug))
            return rows.values_list("id", "slug")

        query = compiled((self.rows.model, "live", len(ids), len(live_slugs)), select)
        return query.fetch(numbered("id", ids) | numbered("slug", live_slugs))

    def unknown_errors(self, keys: Sequence[str]) -> Iterator[forms.ValidationError]:
        """Yield an error for each key, the first with a similar slug if there is one."""
        known = self.rows.values_list("slug", flat=True)[:1000]
        similar = get_close_matches(keys[0], known, n=1)
        suggestions = [f" Did you mean {similar[0]!r}?" if similar else ""]
        suggestions += [""] * (len(keys) - 1)
        model = self.rows.model._meta.verbose_name
        for key, suggestion in zip(keys, suggestions, strict=True):
            detail = f"There is no live {model} {key!r}.{suggestion}"
            yield forms.ValidationError(detail, code="unknown")
