from core.models.catalog import CatalogManager, CatalogModel, CatalogQuerySet
from core.models.idempotency_record import IdempotencyRecord
from core.models.orphaned_file import OrphanedFile
from core.models.slug_redirect import SlugRedirect
from core.models.soft_delete import SoftDeleteManager, SoftDeleteModel, SoftDeleteQuerySet, uuid7

__all__ = [
    "CatalogManager",
    "CatalogModel",
    "CatalogQuerySet",
    "IdempotencyRecord",
    "OrphanedFile",
    "SlugRedirect",
    "SoftDeleteManager",
    "SoftDeleteModel",
    "SoftDeleteQuerySet",
    "uuid7",
]
