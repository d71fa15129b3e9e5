"""The base classes of the admin pages of products and categories."""

from core.admin.deletion import DeleteStrategy
from core.admin.forms import CatalogForm
from core.admin.options import CatalogAdmin

__all__ = ["CatalogAdmin", "CatalogForm", "DeleteStrategy"]
