"""A cache in a Redis database that the queue or other applications use too."""

from django_redis.cache import RedisCache


class PrefixCache(RedisCache):
    """A Redis cache whose `clear()` deletes only the keys with its prefix."""

    def clear(self) -> None:
        self.delete_pattern("*", itersize=1000)
