"""Form fields that pass the submitted value on: the API's serializer alone validates it."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminFileWidget, AdminTextareaWidget


class ImageInput(AdminFileWidget):
    """A file input that rejects a too large file in the browser, before it is sent."""

    class Media:
        js = ["core/admin/file_size.js"]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        limits = {"accept": "image/*", "data-max-bytes": settings.IMAGE_MAX_BYTES}
        super().__init__(limits | (attrs or {}))


class ImageFormField(forms.FileField):
    """A file field whose hidden initial value is the name of the stored file."""

    widget = ImageInput

    def to_python(self, data: Any) -> Any:
        """Return the uploaded file, or the name that the hidden input submitted."""
        return data if isinstance(data, str) else super().to_python(data)


class AttributesWidget(AdminTextareaWidget):
    """A text area whose empty value is the empty JSON object."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        return (super().value_from_datadict(data, files, name) or "").strip() or "{}"


class AttributesFormField(forms.CharField):
    """A JSON object as text, which is not parsed here."""

    widget = AttributesWidget

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
