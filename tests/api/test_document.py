"""The published description of the API is the one that is served, and says how it refuses."""

import json

from django.test import Client

from maillon.api.document import document, text
from maillon.api.problems import MEDIA_TYPE, TYPES
from maillon.ops import docs


def test_the_document_is_served_to_everybody_and_stands_in_docs(houses: None) -> None:
    response = Client().get("/api/v1/openapi.json")
    assert response["Content-Type"] == "application/json"
    assert response.content.decode() == text()
    assert "openapi.json" not in docs.stale()


def test_every_operation_names_its_refusals_as_problems() -> None:
    seen = set()
    for path in document()["paths"].values():
        for operation in path.values():
            assert operation["security"]
            for status, answer in operation["responses"].items():
                kinds = set(answer["content"])
                assert kinds == ({MEDIA_TYPE} if int(status) >= 400 else {"application/json"})
                seen.add(int(status))
    assert seen == {200, 201, *TYPES} - {412}  # that one is told to other installations alone


def test_the_document_names_no_machine() -> None:
    assert document()["servers"] == []
    assert "127.0.0.1" not in json.dumps(document())
