"""The addresses of the pages of police and justice: what was decided, what is asked, and what went abroad."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.decision.acts import ACTS
from maillon.web.guard import Page
from maillon.web.pages import acts, asking, decisions, documents, procedures, register

page = partial(Page, houses=("authority",))
post = partial(page, method="POST")

AUTHORITY_PAGES = (
    page(path="decisions/", view=decisions.listing, name="decisions", permission=P.READ_DECISIONS),
    page(path="decisions/<uuid:id>/", view=decisions.show, name="decision", permission=P.READ_DECISIONS),
    *(
        page(path=f"decisions/<uuid:id>/{a.path}/", view=acts.form(a), name=a.name, permission=a.permission)
        for a in ACTS
    ),
    *(
        post(path=f"decisions/<uuid:id>/{a.path}/give/", view=acts.give(a), name=a.give, permission=a.permission)
        for a in ACTS
    ),
    post(
        path="decisions/<uuid:id>/refusal.pdf",
        view=documents.document("refusal"),
        name="refusal_document",
        permission=P.READ_DECISIONS,
    ),
    post(
        path="orders/<uuid:id>/order.pdf",
        view=documents.document("order"),
        name="order_document",
        permission=P.READ_DECISIONS,
    ),
    post(
        path="extensions/<uuid:id>/extension.pdf",
        view=documents.document("extension"),
        name="extension_document",
        permission=P.READ_DECISIONS,
    ),
    post(
        path="orders/<uuid:id>/lift.pdf",
        view=documents.document("lift"),
        name="lift_document",
        permission=P.READ_DECISIONS,
    ),
    page(path="items/<uuid:id>/request/", view=asking.form, name="request_new", permission=P.REQUEST_DECISION),
    post(path="items/<uuid:id>/request/send/", view=asking.send, name="request_send", permission=P.REQUEST_DECISION),
    page(path="procedures/", view=procedures.show, name="procedures", permission=P.MANAGE_PROCEDURES),
    post(path="procedures/add/", view=procedures.add, name="procedure_add", permission=P.MANAGE_PROCEDURES),
    post(path="procedures/end/", view=procedures.end, name="procedure_end", permission=P.MANAGE_PROCEDURES),
    page(path="register/", view=register.show, name="register", permission=P.READ_REGISTER),
    post(path="register/export/", view=register.export, name="register_export", permission=P.READ_REGISTER),
)
