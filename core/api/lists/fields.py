"""Form fields that read a query parameter which is a comma list."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q

from core import slugs
from core.models import CatalogManager, FormerSlug
from core.values.text import normalize

MAX_ITEMS = 100

without_nul = ProhibitNullCharactersValidator()


class CommaListField(forms.CharField):
    """A comma list without repetitions, of at most `MAX_ITEMS` items."""

    def to_python(self, value: Any) -> list[Any]:
        text = super().to_python(value)
        without_nul(text)  # PostgreSQL refuses it; Django's own validator sees the list alone
        items = list(dict.fromkeys(item.strip() for item in text.split(","))) if text else []
        if len(items) > MAX_ITEMS:
            raise forms.ValidationError(f"At most {MAX_ITEMS} are accepted.", code="max_items")
        return self.clean_items(items)

    def clean_items(self, items: Sequence[str]) -> list[Any]:
        return list(items)


class TextListField(CommaListField):
    """A comma list of texts, compared in the form in which they are stored."""

    PATTERN = r"^[^\x00,]*[^\x00,\s][^\x00,]*$"

    def clean_items(self, items: Sequence[str]) -> list[str]:
        texts = [normalize(item) for item in items]
        if not all(texts):
            raise forms.ValidationError("Must have no empty item.", code="invalid")
        return texts


class IdListField(CommaListField):
    """A comma list of ids, whether or not there are such rows."""

    PATTERN = slugs.ID_SHAPE.pattern.replace("[0-9a-f]", "[0-9A-Fa-f]").join("^$")

    def clean_items(self, items: Sequence[str]) -> list[UUID]:
        for item in items:
            if not slugs.is_id(item):
                raise forms.ValidationError(f"{item[:50]!r} is no id.", code="invalid")
        return [UUID(item) for item in items]


class SlugOrIdListField(CommaListField):
    """A comma list of slugs or ids of live rows, or `null`; read as ids and None.

    It takes one query, and another where a slug is a former one or unknown.
    """

    PATTERN = "^[-A-Za-z0-9]{1,255}$"

    def __init__(self, *, rows: CatalogManager, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def clean_items(self, items: Sequence[str]) -> list[UUID | None]:
        names = [item for item in items if item != "null"]
        ids = {name: UUID(name) for name in names if slugs.is_id(name)}
        well_formed = [name for name in names if slugs.is_well_formed(name)]
        by_name: dict[str | UUID, UUID] = {}
        if ids or well_formed:
            live = self.rows.filter(Q(pk__in=ids.values()) | Q(slug__in=well_formed))
            for pk, slug in live.values_list("pk", "slug"):
                by_name |= {pk: pk, slug: pk}
        found = {name: by_name.get(ids.get(name, name)) for name in names}
        absent = [name for name in well_formed if found[name] is None]
        if absent:
            found |= FormerSlug.ids_of_live(self.rows.model, absent)
        missing = [name for name, pk in found.items() if pk is None]
        if missing:
            raise forms.ValidationError(list(self.unknown(missing)))
        return [found.get(item) for item in items]

    def unknown(self, names: Sequence[str]) -> list[forms.ValidationError]:
        """Report each unknown name, the first with the slug that comes nearest."""
        known = self.rows.values_list("slug", flat=True)[:1000]
        close = get_close_matches(names[0], known, n=1)
        hints = [f" Did you mean {close[0]!r}?" if close else ""] + [""] * (len(names) - 1)
        model = self.rows.model._meta.verbose_name
        return [
            forms.ValidationError(f"There is no live {model} {name!r}.{hint}", code="unknown")
            for name, hint in zip(names, hints, strict=True)
        ]
