"""Signing in, in two steps, and what a person keeps for it; django-allauth does the work, this room sets its terms."""
