from datetime import timedelta

from core.storage.s3 import BOTO_CONFIG
from products.tasks import generate_thumbnail
from products.thumbnail_policy import THUMBNAIL_POLICY


class TestThumbnailPolicy:
    def test_limits_the_task(self):
        limits = generate_thumbnail.soft_time_limit, generate_thumbnail.time_limit

        assert limits == (THUMBNAIL_POLICY.soft_time_limit, THUMBNAIL_POLICY.time_limit)

    def test_has_a_lease_that_outlasts_the_task_and_its_storage(self):
        storage_timeout = BOTO_CONFIG.connect_timeout + BOTO_CONFIG.read_timeout
        longest = timedelta(seconds=THUMBNAIL_POLICY.time_limit + storage_timeout)

        assert THUMBNAIL_POLICY.lease > longest

    def test_has_no_deadline_beyond_the_longest_wait(self):
        deadlines = [
            THUMBNAIL_POLICY.pickup_timeout,
            THUMBNAIL_POLICY.retry_delay,
            THUMBNAIL_POLICY.lease,
        ]

        assert max(deadlines) < THUMBNAIL_POLICY.longest_wait
