"""The example product of the OpenAPI document, and the requests and responses made of it."""

from typing import Any

from core.api.openapi.operation import FORM, JSON, ResourceExamples, page_example

ID = "0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11"
MEDIA = "https://shop.example/media"
LIST = "https://shop.example/api/products/"
WRITABLE: dict[str, Any] = {
    "slug": "blue-mug",
    "name": "Blue mug",
    "description": "Stoneware, 350 ml.",
    "sku": "MUG-1",
    "price": "12.50",
    "currency": "USD",
    "stock": 7,
    "is_active": True,
    "category": "mugs",
    "attributes": {"colour": "blue", "volume_ml": 350},
}
PRODUCT: dict[str, Any] = {
    "id": ID,
    **WRITABLE,
    "category_name": "Mugs",
    "attributes": {"colour": "blue", "volume_ml": 350, "dishwasher_safe": True},
    "image": f"{MEDIA}/products/5f/{ID}-5f0e6d1c9a8b7c6d.jpg",
    "image_width": 4000,
    "image_height": 3000,
    "thumbnail": f"{MEDIA}/thumbnails/5f/{ID}-5f0e6d1c9a8b7c6d-thumbnail-1.webp",
    "thumbnail_status": "ready",
    "thumbnail_error": None,
    "renditions": {
        "medium": f"{MEDIA}/thumbnails/5f/{ID}-5f0e6d1c9a8b7c6d-medium-1.webp",
        "large": f"{MEDIA}/thumbnails/5f/{ID}-5f0e6d1c9a8b7c6d-large-1.webp",
    },
    "placeholder": "1QcSHQRnh493V4dIh4eXh1h4kJUI",
    "version": 3,
    "created_at": "2026-01-30T08:15:00.123456Z",
    "updated_at": "2026-01-31T12:00:00.654321Z",
    "deleted_at": None,
}
WITHOUT_IMAGE: dict[str, Any] = {
    **PRODUCT,
    **dict.fromkeys(["image", "image_width", "image_height", "thumbnail", "placeholder"]),
    "thumbnail_status": "none",
    "renditions": {},
}
PENDING = PRODUCT | {"thumbnail": None, "thumbnail_status": "pending", "renditions": {}}

MINIMAL_BODY = {"name": "Blue mug", "price": "12.50"}
OTHER = WRITABLE | {"name": "Tea mug", "slug": "tea-mug", "sku": "MUG-2"}
EMPTY = {"slug": "", "sku": "", "category": ""}  # in a form, where JSON has null

# Sent from the top of the page to its bottom, in an empty catalog, each of these succeeds.
PRODUCT_EXAMPLES = ResourceExamples(
    name="A product",
    resource=PRODUCT,
    requests={
        "create": {
            JSON: {"Required fields only": MINIMAL_BODY, "All fields": OTHER},
            FORM: {"A form": OTHER | EMPTY},
        },
        "update": {
            JSON: {"Required fields only": MINIMAL_BODY, "All fields": WRITABLE},
            FORM: {"A form": WRITABLE | EMPTY},
        },
        "partial_update": {
            JSON: {"Sell one": {"stock": 6}, "Remove the image": {"image": None}},
            FORM: {"Sell one": {"stock": 6}},
        },
        "restore": {JSON: {"Under the former slug": {}}},  # a second one would find it live
    },
    responses={
        "list": {
            "A page": page_example(PRODUCT, next_url=f"{LIST}?page=2", count=123),
            "A page by cursor, with some fields": page_example(
                {name: PRODUCT[name] for name in ("id", "slug", "name", "version")},
                next_url=f"{LIST}?cursor=WyJyZWQi&fields=name,version",
            ),
        },
        "create": {"Without an image": WITHOUT_IMAGE, "With a pending thumbnail": PENDING},
        "image": {"With a pending thumbnail": PENDING},
        "retry_image": {"With a pending thumbnail": PENDING},
    },
)
