"""A cache that shares its Redis database: with the queue, or with other applications."""

from django_redis.cache import RedisCache


class PrefixCache(RedisCache):
    """Redis, of which `clear()` empties only what is under this cache's prefix."""

    def clear(self) -> None:
        self.delete_pattern("*", itersize=1000)
