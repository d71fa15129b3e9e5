"""Create, update, delete and restore products."""

from typing import Any

from django.core.files import File
from django.db import transaction

from categories.models import Category
from core.db.locks import share_if_live
from core.errors import InvalidField, UnknownLink
from core.services.restore import Restoration
from core.services.rows import change, insert
from core.values.currencies import fits, too_precise
from products.models import Product
from products.services.images import replace_image, store_image, validate_image

KEEP_SKU = ""  # no product has an empty one


def create_product(*, image: File | None = None, **values: Any) -> Product:
    """Create a product from `name`, `price` and whatever else is known of it.

    Without a `slug`, a free one is made from the name. Raises `SlugConflict` for one that
    was chosen, `SkuConflict`, `UnknownLink`, `images.InvalidImage`, `PayloadTooLarge`,
    `StorageUnavailable`.
    """
    product = Product(**values)
    if image:
        for field, value in validate_image(product.pk, image).fields().items():
            setattr(product, field, value)
    require_fitting_price(product)
    with transaction.atomic():
        require_live(product.category)
        insert(product)
        # Last: a row that is refused leaves no file, and a file that is refused no row.
        store_image(product, image)
    return product


def update_product(product: Product, *, if_version: int | None = None, **values: Any) -> Product:
    """Write the named values alone. A blank `slug` keeps the one it has; `image` None removes it.

    Raises `VersionMismatch` if the product is not at `if_version`, and what `create_product`
    raises.
    """
    stored_image, image = None, None
    if "image" in values:
        image = values.pop("image")
        stored_image = validate_image(product.pk, image)
    with transaction.atomic():
        require_live(values.get("category"))
        if stored_image is not None:
            values |= replace_image(product, stored_image)
        change(product, if_version=if_version, check=require_fitting_price, **values)
        store_image(product, image)
    return product


def require_fitting_price(product: Product) -> None:
    """Raise `InvalidField` if the price has more decimals than its currency."""
    if not fits(product.price, product.currency):
        raise InvalidField(too_precise(product.currency), pointer="/price")


def delete_product(product: Product, *, if_version: int | None = None) -> None:
    """Hide the product and free its slug and SKU; nothing else about it changes."""
    product.delete(if_version=if_version)


@transaction.atomic
def restore_product(
    product: Product, *, slug: str = "", sku: str | None = KEEP_SKU, rename_conflicts: bool = False
) -> list[dict[str, Any]]:
    """Restore a deleted product, under another slug and with another SKU, or none, where given.

    Return what was renamed. Raises `SlugConflict` or `SkuConflict` where live products have
    taken its values, unless `rename_conflicts` gives a generated slug and no SKU instead.
    """
    if product.category:
        share_if_live(product.category)
    requested = {"slug": slug} if slug else {}
    if sku != KEEP_SKU:
        requested["sku"] = sku
    return Restoration(product, [], requested, rename_conflicts).run()


def require_live(category: Category | None) -> None:
    """Keep a category live until commit. Raises `UnknownLink` if it no longer is."""
    if category and not share_if_live(category):
        raise UnknownLink(f"There is no live category {category.slug!r}.", pointer="/category")
