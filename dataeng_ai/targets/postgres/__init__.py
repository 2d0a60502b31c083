"""The storage `postgres`."""
