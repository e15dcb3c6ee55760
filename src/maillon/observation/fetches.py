"""Fetches of items' content: asked for with a purpose, worked on by the program, written down as captures."""

from maillon.observation.asking import PURPOSES, any_fetch_due, latest_fetches, request_fetch
from maillon.observation.capturing import fetch_due

__all__ = ["PURPOSES", "any_fetch_due", "fetch_due", "latest_fetches", "request_fetch"]
