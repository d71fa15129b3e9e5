"""What the serializers share."""

from collections.abc import Callable, Mapping
from typing import Any

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


class StrictSerializer(serializers.Serializer):
    """Refuses fields that it does not know; read-only ones are accepted, and ignored.

    So what a GET returned can be sent back in a PUT as it is. Unknown fields beyond the first
    `MAX_ERRORS` are only counted, as `omitted` of the `ValidationError`.
    """

    default_error_messages = {"unknown-field": "There is no such field."}
    omitted = 0

    def is_valid(self, *, raise_exception: bool = False) -> bool:
        try:
            return super().is_valid(raise_exception=raise_exception)
        except serializers.ValidationError as error:
            error.omitted = self.omitted
            raise

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        # DRF reads a body of no bytes as a QueryDict, if its type is that of a form.
        if isinstance(data, QueryDict) and "multipart" in self.context["request"].content_type:
            raise MalformedForm("There is no part.")
        errors = self.unknown_field_errors(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**error.detail, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def unknown_field_errors(self, data: Mapping) -> dict[str, list[serializers.ErrorDetail]]:
        known = self.fields.keys()
        unknown = [name for name in data if name not in known]
        self.omitted = max(0, len(unknown) - MAX_ERRORS)
        detail = serializers.ErrorDetail(self.error_messages["unknown-field"], "unknown-field")
        return {name[:MAX_NAME_LENGTH]: [detail] for name in unknown[:MAX_ERRORS]}


class CatalogSerializer(StrictSerializer, serializers.ModelSerializer):
    """A row under a slug."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        models.CharField: StrictCharField,
        models.TextField: MultilineCharField,
        models.PositiveIntegerField: StrictIntegerField,
        models.BooleanField: StrictBooleanField,
        models.DecimalField: StrictDecimalField,
    }

    slug = SlugField(help_text=CatalogModel._meta.get_field("slug").help_text)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Return all fields, or those that the context asks for; id and slug always."""
        fields = super().get_fields()
        requested = self.context.get("requested_fields")
        wanted = {"id", "slug", *requested} if requested else fields.keys()
        return {name: field for name, field in fields.items() if name in wanted}

    def columns(self) -> list[str]:
        """Return the columns that the fields are read from; `Meta.columns` says which differ."""
        columns = self.Meta.columns
        return list(dict.fromkeys(c for name in self.fields for c in columns.get(name, [name])))

    def get_validators(self) -> list[Callable]:
        """Leave uniqueness to the database, the only one who can judge it."""
        return []


class RestoreSerializer(StrictSerializer):
    """What a restore may bring, where live objects have taken slugs or SKUs meanwhile."""

    slug = SlugField(help_text="Another slug for it. Blank: the one it had.")
    conflicts = serializers.ChoiceField(
        ["reject", "rename"],
        default="reject",
        help_text="What happens where a live object has taken the slug or SKU of this one, or of"
        " one that is restored with it: nothing is restored (`reject`), or it gets a generated"
        " slug and no SKU, and `renamed` lists that (`rename`).",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs | {"rename_conflicts": attrs.pop("conflicts") == "rename"}
