"""The change form of a catalog row, which validates and writes as the API does."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction

from core.admin.conflicts import ConflictAwareForm, as_text
from core.admin.errors import SERVICE_ERRORS, error_field, error_message, flatten_messages
from core.api.parsers import FormData
from core.api.serializers import CatalogSerializer
from core.models import CatalogModel


class CatalogForm(ConflictAwareForm):
    """A `ModelForm` that validates with the API's serializer and writes with the services."""

    serializer_class: type[CatalogSerializer]
    create: Callable[..., CatalogModel]
    update: Callable[..., CatalogModel]

    def is_valid(self) -> bool:
        """Validate, then write: a failure in the database or the storage is a form error too."""
        if super().is_valid() and not self.has_conflicts():
            try:
                with transaction.atomic():  # after a failure the page still reads from the database
                    self.instance = self.write()
            except SERVICE_ERRORS as error:
                message = error_message(error, self._meta.model)
                self.add_field_error(error_field(error), message)
        for name in self.files if self.errors else ():
            self.add_field_error(name, "Choose the file again: browsers do not keep it.")
        return not self.errors

    def clean(self) -> None:
        if not self.is_new and not self.instance.is_live:
            raise forms.ValidationError(
                "It was deleted after you opened this form. To save your input, restore it in"
                " another tab (filter the list by “Deleted only”), then save here again."
            )
        submitted = self.submitted_values()
        serializer = self.serializer_class(
            None if self.is_new else self.instance,
            data=submitted,
            partial=not self.is_new,
            context={"show_deleted_relations": True},
        )
        for name in submitted.keys() & self.errors.keys():
            del self.errors[name]  # the serializer decides, not Django's form field
        if serializer.is_valid():
            self.values = serializer.validated_data
            return
        for name, detail in serializer.errors.items():
            self.add_field_error(name, list(flatten_messages(detail)))

    def _post_clean(self) -> None:
        """Skip model validation: the serializer includes it."""

    def submitted_values(self) -> FormData:
        """Return the strings and files that a multipart request with these values holds.

        All fields of a new row, only the changed fields of an existing one.
        """
        form = FormData()
        for name in self.row_fields if self.is_new else self.changed_data:
            value = self[name].data
            if not isinstance(self.fields[name], forms.FileField):
                form[name] = as_text(value)
            elif value is not None and name not in self.errors:
                form[name] = value or None  # False: the "Clear" checkbox is checked
        return form

    def write(self) -> CatalogModel:
        """Create or update the row with the services, and return it."""
        if self.is_new:
            return self.create(**self.values)
        if not self.values:
            return self.instance
        return self.update(self.instance, expected_version=self.instance.version, **self.values)

    def add_field_error(self, name: str | None, message: Any) -> None:
        self.add_error(name if name in self.fields else None, message)
