"""Received bytes become hashes and what an analyst is shown, in processes that may die; no database, no network."""
