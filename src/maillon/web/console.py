"""The addresses of the analysts' pages: the queue, deciding, acts on several items, keys."""

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import bulk, content, deciding, filters, keys, queue, undoing

HOTLINE = ("hotline",)

CONSOLE = (
    Page(path="queue/", view=queue.show, name="queue", permission=P.LIST_ITEMS, houses=HOTLINE),
    Page(path="queue/take/", view=queue.take, name="take", permission=P.ASSESS, houses=HOTLINE, method="POST"),
    Page(path="queue/give-back/", view=queue.leave, name="leave", permission=P.ASSESS, houses=HOTLINE, method="POST"),
    Page(
        path="queue/filters/", view=filters.save, name="save_filter", permission=P.LIST_ITEMS, houses=HOTLINE,
        method="POST",
    ),
    Page(
        path="queue/filters/<uuid:id>/share/", view=filters.share, name="share_filter", permission=P.LIST_ITEMS,
        houses=HOTLINE, method="POST",
    ),
    Page(
        path="queue/filters/<uuid:id>/remove/", view=filters.remove, name="remove_filter", permission=P.LIST_ITEMS,
        houses=HOTLINE, method="POST",
    ),
    Page(path="items/bulk/", view=bulk.confirm, name="bulk", permission=P.LIST_ITEMS, houses=HOTLINE),
    Page(
        path="items/bulk/do/", view=bulk.execute, name="bulk_do", permission=P.LIST_ITEMS, houses=HOTLINE,
        method="POST",
    ),
    Page(
        path="items/<uuid:id>/decide/", view=deciding.decide, name="decide", permission=P.ASSESS, houses=HOTLINE,
        method="POST",
    ),
    Page(
        path="items/<uuid:id>/undo/", view=undoing.undo, name="undo", permission=P.ASSESS, houses=HOTLINE,
        method="POST",
    ),
    Page(
        path="items/<uuid:id>/fetch/", view=content.fetch, name="fetch", permission=P.FETCH, houses=HOTLINE,
        method="POST",
    ),
    Page(
        path="items/<uuid:id>/rest/", view=content.rest, name="rest", permission=P.ASSESS, houses=HOTLINE,
        method="POST",
    ),
    Page(
        path="items/<uuid:id>/accept/", view=content.accept, name="accept_known", permission=P.ASSESS, houses=HOTLINE,
        method="POST",
    ),
    Page(path="keys/", view=keys.show, name="keys", permission=P.SEE_PAGES),
    Page(path="keys/choose/", view=keys.choose, name="choose_keys", permission=P.SEE_PAGES, method="POST"),
)  # fmt: skip
