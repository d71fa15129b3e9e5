"""Fields that the serializers share."""

from typing import Any

from django.core.files import File
from rest_framework import serializers
from rest_framework.fields import SkipField

from core import slugs
from core.api.parsers import strict_json
from core.api.strict import ANY_TEXT, VISIBLE_TEXT, Described, Schema, TextField
from core.errors import NotUnderstood
from core.models import CatalogModel
from core.uniqueness import is_route

MAX_ATTRIBUTES = 50
MAX_KEY_LENGTH = 255
MAX_ATTRIBUTE_LENGTH = 1000
MAX_EXACT_NUMBER = 2**53  # beyond, a reader that uses floats sees another number


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
        slug = super().to_internal_value(data)
        if slug and not slugs.is_well_formed(slug):
            self.fail("malformed")
        if slug and is_route(self.model, slug):
            self.fail("reserved")
        return slug

    def described(self, is_request: bool) -> Schema:
        slug = slugs.PATTERN.pattern
        pattern = f"^(?:{slug})?$" if is_request else f"^{slug}$"
        return {"type": "string", "maxLength": slugs.MAX_LENGTH, "pattern": pattern}


class LinkField(Described, serializers.RelatedField):
    """A link to a live row: written as its slug or its id, read as its slug.

    A link to a deleted row is kept and reads as null.
    """

    default_error_messages = {"unknown": "There is no live {kind} {value!r}."}

    def to_internal_value(self, data: Any) -> CatalogModel | None:
        if data == "":
            return None
        if isinstance(data, str) and (slugs.is_id(data) or slugs.is_well_formed(data)):
            row = self.get_queryset().addressed(data).first()
            if row is not None:
                return row
        kind = self.get_queryset().model._meta.verbose_name
        self.fail("unknown", kind=kind, value=str(data)[:300])

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

    The address that was read, sent back, means: unchanged.
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

    def is_unchanged(self, address: str) -> bool:
        product = self.root.instance
        image = getattr(product, self.source, None) if product else None
        return bool(image) and address == self.to_representation(image)

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

    default_error_messages = {
        "not_an_object": "Must be an object of texts, numbers and booleans.",
        "max_keys": f"At most {MAX_ATTRIBUTES} attributes are taken.",
        "bad_key": "The name {name!r} is blank, longer than 255, or has a NUL character.",
        "bad_value": "The value of {name!r} must be a boolean, a number that fits a float,"
        f" or a text of at most {MAX_ATTRIBUTE_LENGTH} characters without NUL.",
    }

    def to_internal_value(self, data: Any) -> dict[str, str | int | float | bool]:
        if self.is_in_form:
            data = self.parsed(data)
        if not isinstance(data, dict):
            self.fail("not_an_object")
        if len(data) > MAX_ATTRIBUTES:
            self.fail("max_keys")
        for key, value in data.items():
            if not is_attribute_name(key):
                self.fail("bad_key", name=key[:50])
            if not is_plain(value):
                self.fail("bad_value", name=key[:50])
        return data

    def parsed(self, part: str | File) -> Any:
        try:
            return strict_json(part.read() if isinstance(part, File) else part.encode())
        except NotUnderstood:
            self.fail("not_an_object")

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def described(self, is_request: bool) -> Schema:
        text = {"type": "string", "maxLength": MAX_ATTRIBUTE_LENGTH, "pattern": ANY_TEXT}
        limits = {"minimum": -MAX_EXACT_NUMBER, "maximum": MAX_EXACT_NUMBER}
        return {
            "type": "object",
            "maxProperties": MAX_ATTRIBUTES,
            "propertyNames": {"maxLength": MAX_KEY_LENGTH, "pattern": VISIBLE_TEXT},
            "additionalProperties": {
                "oneOf": [text, {"type": "number", **limits}, {"type": "boolean"}]
            },
        }


def is_attribute_name(key: str) -> bool:
    return bool(key.strip()) and len(key) <= MAX_KEY_LENGTH and not has_bad_character(key)


def is_plain(value: Any) -> bool:
    match value:
        case str():
            return len(value) <= MAX_ATTRIBUTE_LENGTH and not has_bad_character(value)
        case bool():
            return True
        case int() | float():
            return abs(value) <= MAX_EXACT_NUMBER
        case _:
            return False


def has_bad_character(text: str) -> bool:
    return "\0" in text or any("\ud800" <= char <= "\udfff" for char in text)
