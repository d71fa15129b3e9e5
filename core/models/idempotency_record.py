"""Responses to requests with an `Idempotency-Key`."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

IDEMPOTENCY_KEY_TTL = timedelta(hours=24)


class IdempotencyQuerySet(models.QuerySet["IdempotencyRecord"]):
    def active(self) -> Self:
        return self.filter(created_at__gt=timezone.now() - IDEMPOTENCY_KEY_TTL)

    def expired(self) -> Self:
        return self.filter(created_at__lte=timezone.now() - IDEMPOTENCY_KEY_TTL)


class IdempotencyRecord(models.Model):
    """The response to a POST with an `Idempotency-Key`, replayed for the same request."""

    key = models.CharField(max_length=255)
    path = models.CharField(max_length=500)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = IdempotencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "path"], name="idempotency_record_unique")
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
