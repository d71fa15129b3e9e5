from core.models.catalog import CatalogManager, CatalogModel, CatalogQuerySet
from core.models.records import FormerSlug, IdempotencyRecord, OrphanedFile
from core.models.soft_delete import SoftDeleteManager, SoftDeleteModel, SoftDeleteQuerySet, new_id

__all__ = [
    "CatalogManager",
    "CatalogModel",
    "CatalogQuerySet",
    "FormerSlug",
    "IdempotencyRecord",
    "OrphanedFile",
    "SoftDeleteManager",
    "SoftDeleteModel",
    "SoftDeleteQuerySet",
    "new_id",
]
