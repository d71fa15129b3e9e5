from core.models.catalog import CatalogManager, CatalogModel, CatalogQuerySet
from core.models.idempotency_record import IdempotencyRecord
from core.models.orphaned_file import OrphanedFile
from core.models.slug_redirect import FormerSlug
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
