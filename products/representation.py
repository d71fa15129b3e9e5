"""How a product is spelled in JSON: each field of `ProductSerializer` as columns and a function.

Lists and single products are read from here, without model instances and serializer fields, which
take ten times as long. A test compares each field with the serializer's.
"""

from decimal import Decimal

from core.api.representation import (
    Representation,
    Spelling,
    file_url,
    file_urls,
    if_live,
    text,
    utc_time,
)
from core.values.currencies import format_amount
from products.models import Product


def amount(media_url: str, price: Decimal, currency: str) -> str:
    return format_amount(price, currency)


PRODUCT_REPRESENTATION = Representation(
    Product,
    {
        "id": Spelling(["id"], text),
        "slug": Spelling(["slug"]),
        "name": Spelling(["name"]),
        "description": Spelling(["description"]),
        "sku": Spelling(["sku"]),
        "price": Spelling(["price", "currency"], amount),
        "currency": Spelling(["currency"]),
        "stock": Spelling(["stock"]),
        "is_active": Spelling(["is_active"]),
        "category": Spelling(["category__slug", "category__deleted_at"], if_live),
        "category_name": Spelling(["category__name", "category__deleted_at"], if_live),
        "attributes": Spelling(["attributes"]),
        "image": Spelling(["image"], file_url),
        "image_width": Spelling(["image_width"]),
        "image_height": Spelling(["image_height"]),
        "thumbnail": Spelling(["thumbnail"], file_url),
        "thumbnail_status": Spelling(["thumbnail_status"]),
        "thumbnail_error": Spelling(["thumbnail_error"]),
        "renditions": Spelling(["renditions"], file_urls),
        "placeholder": Spelling(["placeholder"]),
        "version": Spelling(["version"]),
        "created_at": Spelling(["created_at"], utc_time),
        "updated_at": Spelling(["updated_at"], utc_time),
        "deleted_at": Spelling(["deleted_at"], utc_time),
    },
)
