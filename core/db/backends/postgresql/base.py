"""Django's PostgreSQL backend with a health check that sends nothing."""

from select import POLLIN, poll

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is checked by its socket at the start of each request.

    The server says nothing between two statements. So a socket that is silent and open belongs to
    a usable connection, and one that has something to read usually to a closed one: the server
    was restarted, or the session terminated. Django would send `SELECT 1` and wait for the reply.
    """

    def is_usable(self) -> bool:
        """Return whether the connection can be used. In doubt, ask the server."""
        if self.errors_occurred or self.connection.closed or self.has_input():
            return super().is_usable()
        return True

    def has_input(self) -> bool:
        """Return whether there is something to read, an error or the end included."""
        poller = poll()
        poller.register(self.connection, POLLIN)
        return bool(poller.poll(0))
