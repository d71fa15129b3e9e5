"""Django's createsuperuser, which judges the password also where it is not typed."""

import os
from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

PASSWORD = "DJANGO_SUPERUSER_PASSWORD"  # noqa: S105 -- the name of the variable


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a weak password of the environment: Django asks its validators only when typed."""
        if not options["interactive"] and PASSWORD in os.environ:
            name = options[self.UserModel.USERNAME_FIELD] or ""
            user = self.UserModel(**{self.UserModel.USERNAME_FIELD: name})
            try:
                validate_password(os.environ[PASSWORD], user)
            except ValidationError as error:
                raise CommandError(f"{PASSWORD}: {' '.join(error.messages)}") from error
        super().handle(*args, **options)
