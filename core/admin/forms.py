"""The form of a catalog row: it validates and writes as the API does."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction

from core.admin.conflicts import ConflictAwareForm, as_text
from core.admin.errors import EXPECTED, describe, field_of, messages_in
from core.api.parsers import Form
from core.api.serializers import CatalogSerializer
from core.models import CatalogModel


class CatalogForm(ConflictAwareForm):
    """A form that leaves validation to the API's serializer, and writing to the services."""

    serializer_class: type[CatalogSerializer]
    create: Callable[..., CatalogModel]
    update: Callable[..., CatalogModel]

    def is_valid(self) -> bool:
        """Validate, then write: what only the database and the storage know is an error too."""
        if super().is_valid() and not self.has_conflicts():
            try:
                with transaction.atomic():  # so that the page can still read after a failure
                    self.instance = self.write()
            except EXPECTED as error:
                self.add_field_error(field_of(error), describe(error, self._meta.model))
        for name in self.files if self.errors else ():
            self.add_field_error(name, "Choose the file again: a browser does not keep it.")
        return not self.errors

    def clean(self) -> None:
        if not self.is_new and not self.instance.is_live:
            raise forms.ValidationError(
                "It was deleted since you opened this form. Restore it in another tab (in the list,"
                " filter by “Deleted only”), then save here again."
            )
        typed = self.typed()
        serializer = self.serializer_class(
            None if self.is_new else self.instance,
            data=typed,
            partial=not self.is_new,
            context={"model": self._meta.model, "shows_deleted_links": True},
        )
        for name in typed.keys() & self.errors.keys():
            del self.errors[name]  # the serializer decides, not Django's form field
        if serializer.is_valid():
            self.values = serializer.validated_data
            return
        for name, detail in serializer.errors.items():
            self.add_field_error(name, list(messages_in(detail)))

    def _post_clean(self) -> None:
        """Skip the validation by the model: the serializer includes it."""

    def typed(self) -> Form:
        """Return what a multipart request with these values holds: strings, and files.

        All the fields of a new row, the changed fields of one that exists.
        """
        form = Form()
        for name in self.row_fields if self.is_new else self.changed_data:
            value = self[name].data
            if not isinstance(self.fields[name], forms.FileField):
                form[name] = as_text(value)
            elif value is not None and name not in self.errors:
                form[name] = value or None  # False: the box "Clear" is checked
        return form

    def write(self) -> CatalogModel:
        if self.is_new:
            return self.create(**self.values)
        if not self.values:
            return self.instance
        return self.update(self.instance, if_version=self.instance.version, **self.values)

    def add_field_error(self, name: str | None, message: Any) -> None:
        self.add_error(name if name in self.fields else None, message)
