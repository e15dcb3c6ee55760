"""The addresses of the page about other installations."""

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import peers

PEERS = (
    Page(path="peers/", view=peers.show, name="peers", permission=P.MANAGE_PEERS),
    Page(path="peers/lost/<uuid:id>/", view=peers.settle, name="settle_lost", permission=P.MANAGE_PEERS, method="POST"),
)
