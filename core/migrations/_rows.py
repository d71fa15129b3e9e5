"""Changes to rows that migrations of both apps make, in batches that commit one by one."""

import logging
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps.registry import Apps
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F
from django.utils import timezone

from core.values.text import FORBIDDEN, LINE_BREAKS, InvalidText, clean_text

logger = logging.getLogger(__name__)

BATCH = 2000
MAX_LENGTH = 20_000  # of a description, from these migrations on
RESERVED = [
    "bulk",
    "events",
    "export",
    "facets",
    "import",
    "imports",
    "null",
    "similar",
    "suggest",
    "tree",
]


def per_row_changes(app: str, model: str, **lengths: int) -> list[migrations.RunPython]:
    """Return the operations that bring the rows of a model into the form that is required now."""

    def operation(forwards: Callable, backwards: Callable | None = None) -> migrations.RunPython:
        return migrations.RunPython(
            partial(run, forwards), partial(run, backwards) if backwards else noop, atomic=False
        )

    def run(step: Callable, apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        step(apps.get_model(app, model), apps)

    return [
        operation(shorten_descriptions, lengthen_descriptions),
        operation(lambda rows, apps: normalize_texts(rows, lengths)),
        operation(rename_reserved_slugs),
    ]


def noop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Leave the rows as they are: they suit the code of before, too."""


def long_table(model: type[models.Model]) -> str:
    return f"{model._meta.db_table}_long_description"


@transaction.atomic
def shorten_descriptions(model: type[models.Model], apps: Apps) -> None:
    """Cut descriptions that are too long. A table of its own keeps them whole."""
    table, longs = model._meta.db_table, long_table(model)
    too_long = f"length(description) > {MAX_LENGTH}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {too_long}")
        if not (count := cursor.fetchone()[0]):
            return
        cursor.execute(
            f"CREATE TABLE {longs} AS SELECT id, description FROM {table} WHERE {too_long}"
        )
        cursor.execute(
            f"UPDATE {table} SET description = substr(description, 1, {MAX_LENGTH}) WHERE {too_long}"
        )
    logger.warning("%s descriptions were cut; the table %s has them whole.", count, longs)


@transaction.atomic
def lengthen_descriptions(model: type[models.Model], apps: Apps) -> None:
    """Make descriptions whole again, as far as nobody has changed them since."""
    table, longs = model._meta.db_table, long_table(model)
    if longs not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        whole = f"SELECT whole.description FROM {longs} whole WHERE whole.id = {table}.id"
        same = f"AND substr(whole.description, 1, {MAX_LENGTH}) = {table}.description"
        cursor.execute(f"UPDATE {table} SET description = ({whole}) WHERE EXISTS ({whole} {same})")
        cursor.execute(f"DROP TABLE {longs}")


def normalize_texts(model: type[models.Model], lengths: dict[str, int]) -> None:
    """Store texts in their normal form, where that is a valid text that no other row has."""
    for batch in batches(model, [*lengths, *json_fields(model)]):
        changes = {row["pk"]: changed for row in batch if (changed := changes_of(row, lengths))}
        try:
            with transaction.atomic():
                update(model, changes)
        except IntegrityError:
            for pk, changed in changes.items():
                try:
                    update(model, {pk: changed})
                except IntegrityError:
                    logger.warning("%s %s keeps its texts: another has them.", model, pk)


def update(model: type[models.Model], changes: dict[Any, dict[str, Any]]) -> None:
    for pk, changed in changes.items():
        model.objects.filter(pk=pk).update(**changed, updated_at=timezone.now())


def changes_of(row: dict[str, Any], lengths: dict[str, int]) -> dict[str, Any]:
    """Return the values of a row that are not in their normal form, in that form."""
    normal = {name: normalized(row, name, lengths) for name in lengths}
    if "attributes" in row:
        normal["attributes"] = normalized_json(row["attributes"])
    return {name: value for name, value in normal.items() if value != row[name]}


def json_fields(model: type[models.Model]) -> list[str]:
    return ["attributes"] if hasattr(model, "attributes") else []


def batches(model: type[models.Model], names: list[str]) -> Iterator[list[dict[str, Any]]]:
    rows = model.objects.order_by("pk").values("pk", *names)
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1]["pk"])[:BATCH])


def normalized(row: dict[str, Any], name: str, lengths: dict[str, int]) -> str | None:
    if row[name] is None:
        return None
    text = normalized_text(row[name], lengths[name], is_multiline=name == "description")
    return text or row[name]


def normalized_text(text: str, max_length: int, *, is_multiline: bool = False) -> str:
    whole = text
    if not is_multiline:
        text = re.sub(f"[{LINE_BREAKS}]+", " ", text)
    try:
        return clean_text(FORBIDDEN.sub("", text), max_length=max_length, is_multiline=is_multiline)
    except InvalidText:
        return whole


def normalized_json(value: Any) -> Any:
    """Return a flat object with normal texts; what is none, or would lose a name, as it is."""
    if not isinstance(value, dict):
        return value
    pairs = {
        normalized_text(key, 255)
        or key: (normalized_text(item, 1000) if isinstance(item, str) else item)
        for key, item in value.items()
    }
    return pairs if len(pairs) == len(value) else value


def rename_reserved_slugs(model: type[models.Model], apps: Apps) -> None:
    """Number slugs that are paths from now on. A redirect keeps the former URL for the while."""
    for row in model.objects.filter(slug__in=RESERVED).order_by("pk"):
        former = row.slug
        taken = set(model.objects.filter(slug__startswith=former).values_list("slug", flat=True))
        row.slug = next(slug for n in range(2, 2**31) if (slug := f"{former}-{n}") not in taken)
        with transaction.atomic():
            model.objects.filter(pk=row.pk).update(
                slug=row.slug, version=F("version") + 1, updated_at=timezone.now()
            )
            if row.deleted_at is None:
                apps.get_model("core", "FormerSlug").objects.update_or_create(
                    model=model._meta.model_name,
                    slug=former,
                    defaults={"row_id": row.pk, "retired_at": timezone.now()},
                )
