"""Exact matching of hashes: every entry within a distance, never an approximation. Knows no database and no network."""
