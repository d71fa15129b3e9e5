"""Base classes of the serializers."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from django.db import models
from django.http import QueryDict
from rest_framework import serializers

from core.api.errors.api_errors import MalformedForm
from core.api.errors.problems import MAX_ERRORS
from core.api.fields.catalog import SlugField
from core.api.fields.strict import (
    MultilineCharField,
    StrictBooleanField,
    StrictCharField,
    StrictDecimalField,
    StrictIntegerField,
)
from core.models import CatalogModel

MAX_NAME_LENGTH = 255  # of an unknown field in an error
MAX_RENAMED = 1000  # rows that the response of a restore lists


class TooManyErrors(serializers.ValidationError):
    """A `ValidationError` with `omitted` errors that are counted only."""

    def __init__(self, detail: Any, omitted: int) -> None:
        super().__init__(detail)
        self.omitted = omitted


class StrictSerializer(serializers.Serializer):
    """Rejects unknown fields. Read-only ones are accepted and ignored.

    So the body of a GET can be sent back in a PUT unchanged. Unknown fields beyond the first
    `MAX_ERRORS` are only counted.
    """

    default_error_messages = {"unknown-field": "There is no such field."}
    omitted = 0

    def is_valid(self, *, raise_exception: bool = False) -> bool:
        try:
            return super().is_valid(raise_exception=raise_exception)
        except serializers.ValidationError as error:
            if not self.omitted:
                raise
            raise TooManyErrors(error.detail, self.omitted) from error

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        # DRF parses an empty body of a form's media type as a QueryDict.
        if isinstance(data, QueryDict) and "multipart" in self.context["request"].content_type:
            raise MalformedForm("The form has no parts.")
        errors = self.unknown_field_errors(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            field_errors = cast(dict[str, Any], error.detail)
            raise serializers.ValidationError({**field_errors, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def unknown_field_errors(self, data: Mapping) -> dict[str, list[serializers.ErrorDetail]]:
        known = self.fields.keys()
        unknown = [name for name in data if name not in known]
        self.omitted = max(0, len(unknown) - MAX_ERRORS)
        message = str(self.error_messages["unknown-field"])
        detail = serializers.ErrorDetail(message, "unknown-field")
        return {name[:MAX_NAME_LENGTH]: [detail] for name in unknown[:MAX_ERRORS]}


class CatalogSerializer(StrictSerializer, serializers.ModelSerializer):
    """A row that a slug identifies."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: StrictCharField,
        models.TextField: MultilineCharField,
        models.PositiveIntegerField: StrictIntegerField,
        models.BooleanField: StrictBooleanField,
        models.DecimalField: StrictDecimalField,
    }

    slug = SlugField(help_text=CatalogModel._meta.get_field("slug").help_text)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return the `requested_fields` of the context, with `id` and `slug`; or all fields."""
        templates = field_templates(type(self))
        requested = self.context.get("requested_fields")
        wanted = {"id", "slug", *requested} if requested else templates.keys()
        return {name: shallow_copy(field) for name, field in templates.items() if name in wanted}

    def build_fields(self) -> dict[str, serializers.Field]:
        """Return the fields as DRF builds them, which takes as long as the rest of a request."""
        return super().get_fields()

    def columns(self) -> list[str]:
        """Return the columns of the fields. `Meta.columns` has those of another name."""
        columns = self.Meta.columns
        return list(dict.fromkeys(c for name in self.fields for c in columns.get(name, [name])))

    def get_validators(self) -> list[Callable]:
        """Return none: uniqueness is the database's, because a validator would race."""
        return []


@cache
def field_templates(serializer_class: type[CatalogSerializer]) -> dict[str, serializers.Field]:
    """Return the fields of a class, to be copied for each serializer. They depend on nothing else.

    Upstream: https://github.com/encode/django-rest-framework/issues/2504, closed without a change.
    """
    return serializer_class().build_fields()


def shallow_copy(field: serializers.Field) -> serializers.Field:
    """Copy a field that is not bound to a serializer yet.

    What the copies share, such as validators and messages, nothing changes: binding a field and
    validating with it set attributes of the copy only.
    """
    copied = object.__new__(type(field))
    vars(copied).update(vars(field))
    return copied


class RestoreSerializer(StrictSerializer):
    """The body of a restore, for slugs or SKUs that live objects have by now."""

    slug = SlugField(help_text="Another slug. If empty, the former one.")
    conflicts = serializers.ChoiceField(
        ["reject", "rename"],
        default="reject",
        help_text="What happens if a live object has the slug or SKU of a restored one: nothing is"
        " restored (`reject`), or the restored one gets a generated slug and no SKU, and"
        " `renamed` lists it (`rename`).",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs | {"rename_conflicts": attrs.pop("conflicts") == "rename"}


class RenamedObjectSerializer(serializers.Serializer):
    """An object restored with a generated slug, or no SKU, as a live object has the former."""

    type = serializers.ChoiceField(["category", "product"])
    id = serializers.UUIDField()
    slug = SlugField(required=True, help_text="The current slug.")
    former_slug = SlugField(required=True, help_text="The former slug.")
    sku = StrictCharField(
        required=False, allow_null=True, help_text="Of a product: the current SKU."
    )
    former_sku = StrictCharField(
        required=False, allow_null=True, help_text="Of a product: the former SKU."
    )


class RestoreResultSerializer(serializers.Serializer):
    """What a restore adds to the object with `conflicts: rename`."""

    renamed = RenamedObjectSerializer(
        many=True, required=False, help_text=f"Up to {MAX_RENAMED:,} renamed objects."
    )
    more_renamed = serializers.IntegerField(
        required=False, min_value=1, help_text="The number of other renamed objects."
    )
