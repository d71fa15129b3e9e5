"""Django's createsuperuser, which also validates a password from the environment."""

import os
from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

PASSWORD = "DJANGO_SUPERUSER_PASSWORD"  # noqa: S105 -- the name of the variable


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Reject a weak password of the environment: Django validates only one that is typed."""
        if not options["interactive"] and PASSWORD in os.environ:
            user = User(username=options[User.USERNAME_FIELD] or "")
            try:
                validate_password(os.environ[PASSWORD], user)
            except ValidationError as error:
                raise CommandError(f"{PASSWORD}: {' '.join(error.messages)}") from error
        super().handle(*args, **options)
