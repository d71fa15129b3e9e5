"""Products come, change, go, and come back."""

from typing import Any

from django.core.files import File

from core.currencies import fits, too_precise
from core.deletion import restore_one
from core.errors import Invalid
from core.uniqueness import change, insert
from products.models import Product
from products.services.pictures import replaced, stored


def create_product(*, image: File | None = None, **values: Any) -> Product:
    """Create a product from `name`, `price` and whatever else is known of it.

    Without a `slug`, a free one is made from the name. Raises `SlugConflict` for one that
    was chosen, `SkuConflict`, `images.InvalidImage`, `TooLarge`, `StorageUnavailable`.
    """
    product = Product(**values)
    if image:
        # The file is on the disk before the row says so.
        for column, value in stored(product.pk, image).items():
            setattr(product, column, value)
    require_fitting_price(product)
    insert(product)
    return product


def update_product(product: Product, *, if_version: int | None = None, **values: Any) -> Product:
    """Write the named values alone. A blank `slug` keeps the one it has; `image` None removes it.

    Raises `VersionMoved` if the product is not at `if_version`, and what `create_product` raises.
    """
    if "image" in values:
        values |= replaced(product, values.pop("image"))
    change(product, if_version=if_version, check=require_fitting_price, **values)
    return product


def require_fitting_price(product: Product) -> None:
    """Raise `Invalid` if the price has more decimals than its currency."""
    if not fits(product.price, product.currency):
        raise Invalid(too_precise(product.currency), pointer="/price")


def delete_product(product: Product, *, if_version: int | None = None) -> None:
    """Hide the product and free its slug and SKU; nothing else about it changes."""
    product.delete(if_version=if_version)


def restore_product(product: Product, *, slug: str = "") -> Product:
    """Bring a deleted product back, under another slug where one is given.

    Raises `SlugConflict` or `SkuConflict` where a live product has taken its place.
    """
    restore_one(product, slug)
    return product
