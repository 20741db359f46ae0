"""What the services need from the world outside, as protocols; nothing here knows who provides it."""
