"""Forms that notice what somebody else wrote between their rendering and their submission."""

from typing import Any

from django import forms
from django.utils.text import Truncator, get_text_list

MAX_SHOWN = 200  # characters of a value in an error


class SeenVersionField(forms.IntegerField):
    """The version of the row when the form was rendered; never a change of the user's."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class ConflictAwareForm(forms.ModelForm):
    """A form whose `changed_data` is what differs from the values that were rendered.

    They come back in hidden inputs, beside the version of the row. What another writer changed
    meanwhile is left alone, and is a conflict where it was changed here too.
    """

    seen_version = SeenVersionField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changed_elsewhere: list[str] = []
        if self.is_new:
            return
        self.initial["seen_version"] = self.instance.version
        for name in self.row_fields:
            posted = self.add_initial_prefix(name) in self.data
            self.fields[name].show_hidden_initial = posted or not self.is_bound

    @property
    def is_new(self) -> bool:
        return self.instance._state.adding

    @property
    def row_fields(self) -> list[str]:
        return [name for name in self.fields if name != "seen_version"]

    def has_conflicts(self) -> bool:
        """Add an error to each field that was changed both here and elsewhere.

        The form is then rendered with the current values and with what was typed, so that saving
        it again replaces what the errors show.
        """
        if self.is_new or self.cleaned_data["seen_version"] in (None, self.instance.version):
            return False
        now = type(self)(instance=self.instance).rendered()
        self.changed_elsewhere = [name for name in now if self.hidden_initial(name) != now[name]]
        conflicts = [
            name
            for name in self.changed_data
            if name in self.changed_elsewhere and as_text(self[name].data) != now[name]
        ]
        if not conflicts:
            return False
        self.add_error(
            None,
            f"Somebody else changed {self.labels(self.changed_elsewhere)} since"
            " you opened this form. What you typed is still here.",
        )
        for name in conflicts:
            self.add_error(name, self.describe_change(name, now[name]))
        self.rebase(now, keep=self.changed_data)
        return True

    def rendered(self) -> dict[str, str]:
        """Return the values of an unbound form as its hidden inputs hold them."""
        return {
            name: as_text(self.fields[name].hidden_widget().format_value(self[name].value()))
            for name in self.row_fields
        }

    def hidden_initial(self, name: str) -> str | None:
        value = self.data.get(self[name].html_initial_name)
        return None if value is None else as_text(value)

    def rebase(self, now: dict[str, str], *, keep: list[str]) -> None:
        """Show the current values, except in the fields to keep."""
        self.data = self.data.copy()
        self.data[self["seen_version"].html_name] = self.instance.version
        for name, value in now.items():
            self.fields[name].show_hidden_initial = True
            self.data[self[name].html_initial_name] = value
            if name not in keep:
                self.data[self[name].html_name] = value

    def labels(self, names: list[str]) -> str:
        return get_text_list([str(self[name].label) for name in names], "and")

    def describe_change(self, name: str, now: str) -> str:
        field = self.fields[name]
        if isinstance(field, forms.FileField):
            return "Somebody else replaced or removed it. Save again to use yours."
        if now and isinstance(field, forms.ModelChoiceField):
            now = field.label_from_instance(field.to_python(now))
        shown = f"“{Truncator(now).chars(MAX_SHOWN)}”" if now else "blank"
        return f"Somebody else changed it to {shown}. Save again to replace that by yours."


def as_text(value: Any) -> str:
    """Return a value as a form sends it, with the line ends that the API stores."""
    return "" if value is None else str(value).replace("\r\n", "\n")
