"""Forms with optimistic locking per field: they detect changes by other writers."""

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.text import Truncator, get_text_list

MAX_VALUE_LENGTH = 200  # characters of a value in an error


class InitialVersionField(forms.IntegerField):
    """The version of the row when the form was rendered. It is never a change by the user."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class ConflictAwareForm(forms.ModelForm):
    """A form whose `changed_data` is relative to the values that were rendered.

    They are submitted in hidden inputs (`show_hidden_initial`), with the version of the row. A
    field that only another writer changed keeps that change; a field that both changed is a
    conflict.
    """

    # The input keeps its name: a form that was opened before an upgrade is submitted after it.
    seen_version = InitialVersionField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.concurrent_changes: list[str] = []  # fields that another writer changed
        if self.is_new:
            return
        self.initial["seen_version"] = self.instance.version
        for name in self.row_fields:
            submitted = self.add_initial_prefix(name) in self.data
            self.fields[name].show_hidden_initial = submitted or not self.is_bound

    @property
    def is_new(self) -> bool:
        return self.instance._state.adding

    @property
    def row_fields(self) -> list[str]:
        return [name for name in self.fields if name != "seen_version"]

    def has_conflicts(self) -> bool:
        """Add an error to each field that both this user and another writer changed.

        The form is then rendered with the current values and with the user's own, so that
        submitting it again replaces the values that the errors show.
        """
        if self.is_new or self.cleaned_data["seen_version"] in (None, self.instance.version):
            return False
        current = type(self)(instance=self.instance).rendered_values()
        self.concurrent_changes = [
            name for name in current if self.submitted_initial(name) != current[name]
        ]
        conflicts = [
            name
            for name in self.changed_data
            if name in self.concurrent_changes and as_text(self[name].data) != current[name]
        ]
        if not conflicts:
            return False
        self.add_error(
            None,
            f"Another user or client changed {self.labels(self.concurrent_changes)} after you"
            " opened this form. Your input is kept below.",
        )
        for name in conflicts:
            self.add_error(name, self.conflict_message(name, current[name]))
        self.rebase(current, keep=self.changed_data)
        return True

    def rendered_values(self) -> dict[str, str]:
        """Return the values of an unbound form as its hidden inputs hold them."""
        return {
            name: as_text(self.fields[name].hidden_widget().format_value(self[name].value()))
            for name in self.row_fields
        }

    def submitted_initial(self, name: str) -> str | None:
        """Return the value of the hidden input, or `None` if it was not submitted."""
        value = self.data.get(self[name].html_initial_name)
        return None if value is None else as_text(value)

    def rebase(self, current: dict[str, str], *, keep: list[str]) -> None:
        """Replace the submitted values by the current ones, except in the fields to keep."""
        data = cast("QueryDict", self.data).copy()
        data[self["seen_version"].html_name] = str(self.instance.version)
        for name, value in current.items():
            self.fields[name].show_hidden_initial = True
            data[self[name].html_initial_name] = value
            if name not in keep:
                data[self[name].html_name] = value
        self.data = data

    def labels(self, names: list[str]) -> str:
        return get_text_list([str(self[name].label) for name in names], "and")

    def conflict_message(self, name: str, current: str) -> str:
        field = self.fields[name]
        if isinstance(field, forms.FileField):
            return "The file was replaced or removed meanwhile. Save again to use yours."
        if current and isinstance(field, forms.ModelChoiceField):
            current = field.label_from_instance(field.to_python(current))
        shown = f"“{Truncator(current).chars(MAX_VALUE_LENGTH)}”" if current else "empty"
        return f"The current value is {shown}. Save again to replace it with yours."


def as_text(value: Any) -> str:
    """Return a value as a form submits it, with the line breaks that the API stores."""
    return "" if value is None else str(value).replace("\r\n", "\n")
