"""Responses to requests with an `Idempotency-Key`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from django.db import models, transaction
from django.utils import timezone

from core.db.inserts import insert_unless_conflict

IDEMPOTENCY_KEY_TTL = timedelta(hours=24)
# From a claim to the transaction of its effect: longer than to store a file in slow storage.
CLAIM_LEASE = timedelta(seconds=30)
RUNNING = 0  # in place of a status


class IdempotencyQuerySet(models.QuerySet["IdempotencyRecord"]):
    def active(self) -> Self:
        return self.filter(created_at__gt=timezone.now() - IDEMPOTENCY_KEY_TTL)

    def expired(self) -> Self:
        return self.filter(created_at__lte=timezone.now() - IDEMPOTENCY_KEY_TTL)


class IdempotencyRecord(models.Model):
    """The response to a POST with an `Idempotency-Key`, replayed for the same request.

    Before there is a response, the record is a claim: its key is in use. A claim is committed by
    itself, so that no transaction is open while a file is stored. It ends with the lease, unless
    the transaction of the effect has locked it by then.
    """

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

    @property
    def age(self) -> timedelta:
        return timezone.now() - self.created_at

    @property
    def is_complete(self) -> bool:
        """Whether there is a response of 2xx, which can be replayed."""
        return 200 <= self.status < 300 and self.age < IDEMPOTENCY_KEY_TTL

    @property
    def is_running(self) -> bool:
        return self.status == RUNNING and self.age < CLAIM_LEASE

    @classmethod
    def claim(cls, *, key: str, path: str, fingerprint: str) -> Self | None:
        """Return a claim of the key, the complete record of an earlier request, or None.

        None if the earlier request is still running.
        """
        claim = cls(key=key, path=path, fingerprint=fingerprint, status=RUNNING)
        if insert_unless_conflict(claim, "(key, path)"):
            return claim
        stored = cls.objects.filter(key=key, path=path).first()
        if stored and stored.is_complete:
            return stored
        if stored is None or stored.is_running or not stored.replace_by(claim):
            return None
        return claim

    @transaction.atomic
    def replace_by(self, claim: Self) -> bool:
        """Replace an expired record. Return False if another request did, or has locked it."""
        rows = self.same_attempt().select_for_update(skip_locked=True)
        found = rows.first()
        if found is None:
            return False
        found.fingerprint, found.status = claim.fingerprint, RUNNING
        found.created_at = claim.created_at
        found.save(update_fields=["fingerprint", "status", "created_at"])
        return True

    def same_attempt(self) -> IdempotencyQuerySet:
        """Return the row while it is as it was read: another claim has another time."""
        return IdempotencyRecord.objects.filter(
            key=self.key, path=self.path, status=self.status, created_at=self.created_at
        )

    def lock(self) -> bool:
        """Lock the claim until the transaction ends; return False if another one replaced it."""
        rows = self.same_attempt().select_for_update()
        return rows.values_list("pk", flat=True).first() is not None

    def complete(self, *, status: int, headers: Mapping[str, str], body: str) -> None:
        """Write the response, in the transaction of the effect."""
        self.same_attempt().update(status=status, headers=headers, body=body)

    def release(self) -> None:
        """Delete the claim of a request that had no effect: its key may be used again."""
        self.same_attempt().delete()
