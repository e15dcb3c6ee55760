"""Passwords of the tests: the program's own hashes, made cheaply, since nobody will try to break them."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Quick(Argon2PasswordHasher):
    time_cost, memory_cost, parallelism = 1, 8, 1
