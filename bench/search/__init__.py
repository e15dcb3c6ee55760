"""Searchers of hashes measured alike, ours and others': one process and one environment for each, the same data."""
