"""The base classes of the admin pages of products and categories."""

from core.admin.deletion import Strategy
from core.admin.forms import CatalogForm
from core.admin.options import CatalogAdmin

__all__ = ["CatalogAdmin", "CatalogForm", "Strategy"]
