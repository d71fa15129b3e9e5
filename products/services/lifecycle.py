"""Create, update, delete and restore products."""

from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.core.files import File
from django.db import transaction

from categories.models import Category
from core.db.locks import lock_if_live
from core.errors import InvalidField, UnknownLink
from core.services.restore import Restoration
from core.services.rows import insert_with_free_slug, update_row
from core.values.attributes import Attributes
from core.values.currencies import DEFAULT_CURRENCY, has_valid_precision, precision_error
from products.models import Product
from products.services.images import StoredImage, replace_image
from products.services.uploads import stored_image

UNCHANGED_SKU = ""  # no product has an empty one


class ProductChanges(TypedDict, total=False):
    """The columns that an update may write; `image` is a file to store, None removes it."""

    name: str
    slug: str
    description: str
    sku: str | None
    price: Decimal
    currency: str
    stock: int
    is_active: bool
    category: Category | None
    attributes: Attributes
    image: File | None


def create_product(
    *,
    name: str,
    price: Decimal,
    slug: str = "",
    description: str = "",
    sku: str | None = None,
    currency: str = DEFAULT_CURRENCY,
    stock: int = 0,
    is_active: bool = True,
    category: Category | None = None,
    attributes: Attributes | None = None,
    image: File | StoredImage | None = None,
) -> Product:
    """Create a product. Without a slug, a free one is made from the name.

    An image that the caller has stored already belongs to the new product, whose id it has.

    Raises `SlugConflict` for a slug that the caller chose, `SkuConflict`, `UnknownLink`,
    `InvalidField`, `images.InvalidImage`, `PayloadTooLarge`, `StorageUnavailable`.
    """
    product = Product(
        name=name,
        price=price,
        slug=slug,
        description=description,
        sku=sku,
        currency=currency,
        stock=stock,
        is_active=is_active,
        category=category,
        attributes=attributes or {},
    )
    if isinstance(image, StoredImage):
        product.pk = image.product_id
    validate_price(product)
    with stored_image(product.pk, image) as stored:
        for field, value in stored.fields().items():
            setattr(product, field, value)
        insert_with_free_slug(product, check=lambda row: validate_category(row.category))
    return product


def update_product(
    product: Product, *, expected_version: int | None = None, **changes: Unpack[ProductChanges]
) -> Product:
    """Write these columns only. An empty `slug` keeps the current one.

    Raises `VersionMismatch` if the product is not at `expected_version`, and what
    `create_product` raises.
    """
    columns: dict[str, Any] = {**changes}
    image = columns.pop("image", None)
    with stored_image(product.pk, image) as stored, transaction.atomic():
        validate_category(changes.get("category"))
        if "image" in changes:
            columns |= replace_image(product, stored)
        update_row(product, expected_version=expected_version, check=validate_price, **columns)
    return product


def validate_price(product: Product) -> None:
    """Raise `InvalidField` if the price has more decimals than its currency."""
    if not has_valid_precision(product.price, product.currency):
        raise InvalidField(precision_error(product.currency), pointer="/price")


def delete_product(product: Product, *, expected_version: int | None = None) -> None:
    """Soft-delete the product: its slug and SKU are free, nothing else about it changes."""
    product.delete(expected_version=expected_version)


@transaction.atomic
def restore_product(
    product: Product,
    *,
    slug: str = "",
    sku: str | None = UNCHANGED_SKU,
    rename_conflicts: bool = False,
) -> list[dict[str, Any]]:
    """Restore a deleted product, under another slug and with another SKU, or none, if requested.

    Return what was renamed. Raises `SlugConflict` or `SkuConflict` where live products have
    its values, unless `rename_conflicts` replaces them by a generated slug and no SKU.
    """
    if product.category_id:
        lock_if_live(Category(pk=product.category_id))  # not read: it may be purged by now
    requested: dict[str, str | None] = {"slug": slug} if slug else {}
    if sku != UNCHANGED_SKU:
        requested["sku"] = sku
    return Restoration(product, [], requested, rename_conflicts).run()


def validate_category(category: Category | None) -> None:
    """Lock a category, which stays live until commit. Raises `UnknownLink` if it is not live."""
    if category and not lock_if_live(category):
        raise UnknownLink(f"There is no live category {category.slug!r}.", pointer="/category")
