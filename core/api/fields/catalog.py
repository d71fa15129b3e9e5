"""Fields that the serializers share."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.files import File
from rest_framework import serializers
from rest_framework.fields import SkipField

from core import slugs
from core.api.fields.strict import Described, Schema, TextField
from core.api.parsers import strict_json
from core.errors import MalformedBody
from core.models import CatalogModel, FormerSlug
from core.services.rows import is_reserved_slug
from core.values.attributes import (
    MAX_ATTRIBUTE_LENGTH,
    MAX_ATTRIBUTES,
    MAX_EXACT_NUMBER,
    MAX_KEY_LENGTH,
    Attributes,
    clean_attributes,
    is_same,
)
from core.values.text import LINE_PATTERN, VISIBLE_LINE_PATTERN, InvalidText


class SlugField(TextField):
    """The name in the URL. Blank: made from the name on creation, kept on a change."""

    default_error_messages = {
        "malformed": "Use small letters and digits, in groups that single hyphens join;"
        " not the shape of an id.",
        "reserved": "The API uses this word itself in that place.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            allow_blank=True,
            trim_whitespace=False,
            max_length=slugs.MAX_LENGTH,
            **kwargs,
        )

    @property
    def model(self) -> type[CatalogModel]:
        return self.context.get("model") or self.context["view"].get_queryset().model

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        if data and data != self.current:
            if not slugs.is_well_formed(data):
                self.fail("malformed")
            if is_reserved_slug(self.model, data):
                self.fail("reserved")
        return data

    @property
    def current(self) -> str | None:
        return getattr(self.root.instance, "slug", None)

    def described(self, is_request: bool) -> Schema:
        slug = slugs.PATTERN.pattern
        pattern = f"^(?:{slug})?$" if is_request else f"^{slug}$"
        return {"type": "string", "maxLength": slugs.MAX_LENGTH, "pattern": pattern}


class LinkField(Described, serializers.RelatedField):
    """A link to a live row: written as its slug or its id, read as its slug.

    A link to a deleted row is kept and reads as null. That null, sent back, means: unchanged;
    not so from a form that shows such links, as its context says (`shows_deleted_links`).
    """

    default_error_messages = {"unknown": "There is no live {kind} {value!r}."}

    def run_validation(self, data: Any = serializers.empty) -> CatalogModel | None:
        if data in ("", None) and self.hides_deleted_row:
            raise SkipField
        return super().run_validation(data)

    @property
    def hides_deleted_row(self) -> bool:
        row = getattr(self.root.instance, self.source, None)
        is_hidden = not self.context.get("shows_deleted_links")
        return is_hidden and row is not None and not row.is_live

    def to_internal_value(self, data: Any) -> CatalogModel | None:
        if data == "":
            return None
        if isinstance(data, str) and (slugs.is_id(data) or slugs.is_well_formed(data)):
            row = self.find(data)
            if row is not None:
                return row
        kind = self.get_queryset().model._meta.verbose_name
        self.fail("unknown", kind=kind, value=str(data)[:300])

    def find(self, value: str) -> CatalogModel | None:
        """Return the live row that has this slug or id, or had the slug last."""
        rows = self.get_queryset()
        row = rows.addressed(value).first()
        if row is None:
            former = FormerSlug.ids_of_live(rows.model, [value])
            row = rows.filter(pk=former[value]).first() if former else None
        return row

    def to_representation(self, row: CatalogModel) -> str | None:
        return row.slug if row.is_live else None

    def described(self, is_request: bool) -> Schema:
        pattern = "^[-A-Za-z0-9]*$" if is_request else f"^{slugs.PATTERN.pattern}$"
        return {"type": "string", "maxLength": slugs.MAX_LENGTH, "pattern": pattern}


class FileUrlField(Described, serializers.Field):
    """The address of a stored file, or null."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, file: Any) -> str | None:
        return self.context["request"].build_absolute_uri(file.url) if file else None

    def described(self, is_request: bool) -> Schema:
        return {"type": "string", "format": "uri"}


class PictureField(Described, serializers.FileField):
    """Written as an upload or null, read as an address.

    The URL that was read, sent back, means: unchanged, under whatever host and `MEDIA_URL`.
    """

    default_error_messages = {"invalid": "Upload a picture as multipart/form-data, or send null."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_null=True, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> File | None:
        if data == "":
            return None
        if isinstance(data, str) and self.is_unchanged(data):
            raise SkipField
        return super().run_validation(data)

    def is_unchanged(self, url: str) -> bool:
        """Return whether a URL ends in the name of the stored file, which no other file has."""
        image = getattr(self.root.instance, self.source, None)
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

    def described(self, is_request: bool) -> Schema:
        return {"type": "string"} if is_request else {"type": "string", "format": "uri"}


class AttributesField(Described, serializers.Field):
    """An object of name → text, number or boolean. In a form: the same as JSON text."""

    def to_internal_value(self, data: Any) -> Attributes:
        if self.is_in_form:
            data = self.parsed(data)
        row = self.root.instance
        if row and is_same(data, row.attributes):
            return row.attributes
        try:
            return clean_attributes(data)
        except InvalidText as error:
            raise serializers.ValidationError(str(error), error.code) from error

    def parsed(self, part: str | File) -> Any:
        try:
            return strict_json(part.read() if isinstance(part, File) else part.encode())
        except MalformedBody as error:
            raise serializers.ValidationError(str(error), "not_an_object") from error

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def described(self, is_request: bool) -> Schema:
        text = {"type": "string", "maxLength": MAX_ATTRIBUTE_LENGTH, "pattern": LINE_PATTERN}
        limits = {"minimum": -MAX_EXACT_NUMBER, "maximum": MAX_EXACT_NUMBER}
        return {
            "type": "object",
            "maxProperties": MAX_ATTRIBUTES,
            "propertyNames": {"maxLength": MAX_KEY_LENGTH, "pattern": VISIBLE_LINE_PATTERN},
            "additionalProperties": {
                "oneOf": [text, {"type": "number", **limits}, {"type": "boolean"}]
            },
        }
