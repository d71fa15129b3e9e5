"""Serializer fields of catalog rows: slugs, relations, images and attributes."""

from typing import Any, cast
from urllib.parse import unquote, urlsplit

from django.core.files import File
from drf_spectacular.utils import Direction
from rest_framework import serializers
from rest_framework.fields import SkipField

from core import slugs
from core.api.errors.api_errors import MalformedBody
from core.api.fields.strict import (
    OpenApiFieldMixin,
    Schema,
    StrictCharField,
    is_in_form,
    stored_value,
)
from core.api.parsers import parse_strict_json
from core.models import CatalogModel, CatalogQuerySet, SlugRedirect
from core.values.attributes import (
    MAX_ATTRIBUTE_LENGTH,
    MAX_ATTRIBUTES,
    MAX_EXACT_NUMBER,
    MAX_KEY_LENGTH,
    Attributes,
    clean_attributes,
    is_same_json,
)
from core.values.text import LINE_PATTERN, NON_BLANK_LINE_PATTERN, InvalidText


class SlugField(StrictCharField):
    """The slug in URLs. An empty one is made from the name on create, and kept on update."""

    default_error_messages = {
        "malformed": "Use lowercase letters and digits, in groups joined by single hyphens; not the"
        " shape of an id.",
        "reserved": "The API reserves this word.",
    }

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(
            required=required,
            allow_blank=True,
            trim_whitespace=False,
            max_length=slugs.MAX_SLUG_LENGTH,
            **kwargs,
        )

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        if data and data != stored_value(self):
            if not slugs.is_valid_slug(data):
                self.fail("malformed")
            if slugs.is_reserved_slug(data):
                self.fail("reserved")
        return data

    def openapi_schema(self, direction: Direction) -> Schema:
        slug = slugs.SLUG_RE.pattern
        pattern = f"^(?:{slug})?$" if direction == "request" else f"^{slug}$"
        return {"type": "string", "maxLength": slugs.MAX_SLUG_LENGTH, "pattern": pattern}


class SlugOrIdField(OpenApiFieldMixin, serializers.RelatedField):
    """A foreign key to a live row: written as its slug or id, read as its slug.

    One to a deleted row is kept, and reads as null. That null, sent back, means unchanged, except
    from a form that shows deleted rows (`show_deleted_relations` in the context).
    """

    default_error_messages = {"unknown": "There is no live {model} {value!r}."}

    def run_validation(self, data: Any = serializers.empty) -> CatalogModel | None:
        if data in ("", None) and self.is_target_deleted:
            raise SkipField
        return super().run_validation(data)

    @property
    def is_target_deleted(self) -> bool:
        row = stored_value(self)
        show_deleted = self.context.get("show_deleted_relations", False)
        return not show_deleted and row is not None and not row.is_live

    def to_internal_value(self, data: Any) -> CatalogModel | None:
        if data == "":
            return None
        if isinstance(data, str) and (slugs.is_uuid(data) or slugs.is_valid_slug(data)):
            row = self.get_live(data)
            if row is not None:
                return row
        model = self.get_queryset().model._meta.verbose_name
        self.fail("unknown", model=model, value=str(data)[:300])

    def get_queryset(self) -> CatalogQuerySet:
        return cast(CatalogQuerySet, super().get_queryset())

    def get_live(self, value: str) -> CatalogModel | None:
        """Return the live row with this slug or id, or the one that had the slug last."""
        rows = self.get_queryset()
        row = rows.by_slug_or_id(value).first()
        if row is None:
            former = SlugRedirect.live_targets(rows.model, [value])
            row = rows.filter(pk=former[value]).first() if former else None
        return row

    def to_representation(self, row: Any) -> str | None:
        return row.slug if row.is_live else None

    def openapi_schema(self, direction: Direction) -> Schema:
        pattern = "^[-A-Za-z0-9]*$" if direction == "request" else f"^{slugs.SLUG_RE.pattern}$"
        return {"type": "string", "maxLength": slugs.MAX_SLUG_LENGTH, "pattern": pattern}


class FileUrlField(OpenApiFieldMixin):
    """The absolute URL of a stored file, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, file: Any) -> str | None:
        return self.context["request"].build_absolute_uri(file.url) if file else None

    def openapi_schema(self, direction: Direction) -> Schema:
        return {"type": "string", "format": "uri"}


class ImageUploadField(OpenApiFieldMixin, serializers.FileField):
    """An image: written as an upload or null, read as an absolute URL.

    That URL, sent back, means unchanged, whatever its host and `MEDIA_URL`.
    """

    default_error_messages = {"invalid": "Upload an image as multipart/form-data, or send null."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_null=True, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> File | None:
        if data == "":
            return None
        if isinstance(data, str) and self.is_unchanged(data):
            raise SkipField
        return super().run_validation(data)

    def is_unchanged(self, url: str) -> bool:
        """Return whether a URL ends in the name of the stored file; names are unique."""
        image = stored_value(self)
        try:
            path = unquote(urlsplit(url).path)
        except ValueError:
            return False
        return bool(image) and f"/{path}".endswith(f"/{image.name}")

    def to_internal_value(self, data: Any) -> File:
        if not isinstance(data, File):
            self.fail("invalid")
        return data

    def to_representation(self, file: Any) -> str | None:
        return self.context["request"].build_absolute_uri(file.url) if file else None

    def openapi_schema(self, direction: Direction) -> Schema:
        return {"type": "string"} if direction == "request" else {"type": "string", "format": "uri"}


class AttributesField(OpenApiFieldMixin):
    """An object of strings, numbers and booleans; in a form, the same as a string of JSON."""

    def to_internal_value(self, data: Any) -> Attributes:
        if is_in_form(self):
            data = self.parse_json(data)
        row = self.root.instance
        if row and is_same_json(data, row.attributes):
            return row.attributes
        try:
            return clean_attributes(data)
        except InvalidText as error:
            raise serializers.ValidationError(str(error), error.code) from error

    def parse_json(self, part: str | File) -> Any:
        try:
            return parse_strict_json(part.read() if isinstance(part, File) else part.encode())
        except MalformedBody as error:
            raise serializers.ValidationError(str(error), "not_an_object") from error

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def openapi_schema(self, direction: Direction) -> Schema:
        string = {"type": "string", "maxLength": MAX_ATTRIBUTE_LENGTH, "pattern": LINE_PATTERN}
        limits = {"minimum": -MAX_EXACT_NUMBER, "maximum": MAX_EXACT_NUMBER}
        return {
            "type": "object",
            "maxProperties": MAX_ATTRIBUTES,
            "propertyNames": {"maxLength": MAX_KEY_LENGTH, "pattern": NON_BLANK_LINE_PATTERN},
            "additionalProperties": {
                "oneOf": [string, {"type": "number", **limits}, {"type": "boolean"}]
            },
        }
