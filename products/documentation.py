"""What the schema says about products that no field and no filter says."""

from typing import Any

from core.api.errors.api_errors import RejectedImage
from core.api.openapi.operation import FORM, JSON, Documentation
from core.errors import SkuConflict, StorageUnavailable, ThumbnailNotFailed

ID = "0199a4f2-3c1b-7d52-9a37-6f0d6c1f2b11"
MEDIA = "https://shop.example/media"
MUG: dict[str, Any] = {
    "id": ID,
    "slug": "blue-mug",
    "name": "Blue mug",
    "description": "Stoneware, 350 ml.",
    "sku": "MUG-1",
    "price": "12.50",
    "currency": "USD",
    "stock": 7,
    "is_active": True,
    "category": "mugs",
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
NO_PICTURE: dict[str, Any] = {
    "image": None,
    "image_width": None,
    "image_height": None,
    "thumbnail": None,
    "thumbnail_status": "none",
    "renditions": {},
    "placeholder": None,
}
PENDING = MUG | {"thumbnail": None, "thumbnail_status": "pending", "renditions": {}}
SPARSE = {name: MUG[name] for name in ("id", "slug", "name", "version")}
PAGE = "https://shop.example/api/products/"

# Tried from the top of the page to its bottom, in an empty catalog, each of these succeeds.
SMALLEST = {"name": "Blue mug", "price": "12.50"}
EVERYTHING = SMALLEST | {
    "slug": "blue-mug",
    "description": "Stoneware, 350 ml.",
    "sku": "MUG-1",
    "currency": "USD",
    "stock": 7,
    "is_active": True,
    "category": "mugs",
    "attributes": {"colour": "blue", "volume_ml": 350},
}
ANOTHER = EVERYTHING | {"name": "Tea mug", "slug": "tea-mug", "sku": "MUG-2"}
EMPTY = {"slug": "", "sku": "", "category": ""}  # in a form, where JSON has null
CREATED = {
    JSON: {"Only what is required": SMALLEST, "Everything": ANOTHER},
    FORM: {"A form": ANOTHER | EMPTY},
}
REPLACED = {
    JSON: {"Only what is required": SMALLEST, "Everything": EVERYTHING},
    FORM: {"A form": EVERYTHING | EMPTY},
}
CHANGED = {
    JSON: {"Sell one": {"stock": 6}, "Remove the image": {"image": None}},
    FORM: {"Sell one": {"stock": 6}},
}
WRITE = (SkuConflict, RejectedImage, StorageUnavailable)

FIELDS = {
    "slug": {"description": "Its name in URLs. Blank: made from the name, or left as it is."},
    "sku": {"description": "Unique among live products. Blank is none."},
    "price": {
        "description": "An exact decimal, a string in every response, with exactly the decimals of"
        " its currency. A request may have fewer, or more zeros."
    },
    "currency": {
        "description": "An ISO 4217 code in use; not one without a minor unit, such as gold (`XAU`)"
        " or no currency (`XXX`). `USD` where none is given."
    },
    "category": {
        "description": "Its slug; an id is taken too. Null if there is none, or a deleted one."
    },
    "category_name": {"description": "Null where `category` is."},
    "attributes": {
        "description": "Up to 50 names, each with a text, a number or a boolean; as JSON at"
        " most 65,536 characters."
    },
    "image": {"description": "The picture. Absent or sent as it was: unchanged. Null: removed."},
    "image_width": {"minimum": 1, "description": "In pixels, upright."},
    "image_height": {"minimum": 1, "description": "In pixels, upright."},
    "thumbnail": {"description": "WebP or AVIF, at most 300 pixels wide and high."},
    "thumbnail_error": {"description": "Why the thumbnail failed."},
    "renditions": {"description": "As the thumbnail: `medium` (640 pixels) and `large` (1280)."},
    "placeholder": {"description": "A ThumbHash in base64, to show until a picture is there."},
    "version": {"minimum": 1, "description": "Counts the changes that clients made."},
    "deleted_at": {"description": "Null while it is live."},
}

PRODUCTS = Documentation(
    slug="blue-mug",
    fields=FIELDS,
    requests={
        "create": CREATED,
        "update": REPLACED,
        "partial_update": CHANGED,
        "restore": {JSON: {"Under its slug": {}}},  # a second one would find it live
    },
    responses={
        "list": {
            "A page": {
                "count": 123,
                "count_is_exact": True,
                "next": f"{PAGE}?page=2",
                "previous": None,
                "results": [MUG],
            },
            "By cursor, some fields": {
                "next": f"{PAGE}?cursor=WyJyZWQi&fields=name,version",
                "previous": None,
                "results": [SPARSE],
            },
        },
        "create": {"Without a picture": MUG | NO_PICTURE, "Its thumbnail is to come": PENDING},
        "retrieve": {"A mug": MUG},
        "update": {"A mug": MUG},
        "partial_update": {"A mug": MUG},
        "restore": {"A mug": MUG},
        "image": {"Its thumbnail is to come": PENDING},
        "retry_image": {"Its thumbnail is to come": PENDING},
    },
    problems={
        "create": WRITE,
        "update": WRITE,
        "partial_update": WRITE,
        "restore": (SkuConflict,),
        "image": (RejectedImage, StorageUnavailable),
        "retry_image": (ThumbnailNotFailed,),
    },
)
