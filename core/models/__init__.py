from core.models.catalog import CatalogManager, CatalogModel, CatalogQuerySet
from core.models.records import FormerSlug, IdempotencyRecord
from core.models.soft_delete import SoftDeleteManager, SoftDeleteModel, SoftDeleteQuerySet, new_id

__all__ = [
    "CatalogManager",
    "CatalogModel",
    "CatalogQuerySet",
    "FormerSlug",
    "IdempotencyRecord",
    "SoftDeleteManager",
    "SoftDeleteModel",
    "SoftDeleteQuerySet",
    "new_id",
]
