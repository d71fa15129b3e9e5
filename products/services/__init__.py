"""What can be done with products, beyond writing one row."""

from products.services.lifecycle import (
    create_product,
    delete_product,
    restore_product,
    update_product,
)
from products.services.purge import purge_products
from products.services.thumbnails import retry_thumbnail
from products.services.uploads import stored_image

__all__ = [
    "create_product",
    "delete_product",
    "purge_products",
    "restore_product",
    "retry_thumbnail",
    "stored_image",
    "update_product",
]
