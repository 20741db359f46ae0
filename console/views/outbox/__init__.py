"""The Outbox page: actions done here that not every system has yet."""
