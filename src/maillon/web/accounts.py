"""The addresses of the pages on which accounts are managed; in every house."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import accounts

page = partial(Page, permission=P.MANAGE_ACCOUNTS)
post = partial(page, method="POST")

ACCOUNTS = (
    page(path="accounts/", view=accounts.listing, name="accounts"),
    post(path="accounts/new/invite/", view=accounts.send_invitation, name="invite"),
    page(path="accounts/<str:name>/", view=accounts.show, name="account"),
    post(path="accounts/<str:name>/link/", view=accounts.another_link, name="invite_again"),
    post(path="accounts/<str:name>/device/", view=accounts.device, name="lose_device"),
    post(path="accounts/<str:name>/unlock/", view=accounts.unlocking, name="unlock"),
    post(path="accounts/<str:name>/leave/", view=accounts.leaving, name="leave"),
)
