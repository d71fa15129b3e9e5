"""Responses to requests with an `Idempotency-Key`."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

KEYS_LAST = timedelta(hours=24)


class IdempotencyQuerySet(models.QuerySet):
    def fresh(self) -> Self:
        return self.filter(created_at__gt=timezone.now() - KEYS_LAST)

    def stale(self) -> Self:
        return self.filter(created_at__lte=timezone.now() - KEYS_LAST)


class IdempotencyRecord(models.Model):
    """What a POST with an `Idempotency-Key` was answered."""

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
