"""Every page's address and the permission it takes."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_GET
from django.views.i18n import set_language

from maillon.access.permissions import Permission as P
from maillon.web.accounts import ACCOUNTS
from maillon.web.authority import AUTHORITY_PAGES
from maillon.web.console import CONSOLE
from maillon.web.guard import Page, open_to_all
from maillon.web.inbox import INBOX, QUESTIONS
from maillon.web.looking.routes import LOOKING
from maillon.web.managing import MANAGING
from maillon.web.overseeing import OVERSEEING
from maillon.web.pages import design, items, matters, overview, referrals
from maillon.web.peers import PEERS
from maillon.web.places import PLACES
from maillon.web.portal.routes import PORTAL
from maillon.web.reporter.routes import REPORTER
from maillon.web.signin.routes import SIGN_IN

HOTLINE = ("hotline",)

PAGES = (
    Page(path="", view=overview.show, name="overview", permission=P.SEE_PAGES),
    *CONSOLE,
    Page(path="items/", view=items.listing, name="items", permission=P.LIST_ITEMS, houses=HOTLINE),
    Page(path="items/<uuid:id>/", view=items.show, name="item", permission=P.LIST_ITEMS),
    Page(path="referrals/", view=referrals.listing, name="referrals", permission=P.LIST_REFERRALS, houses=HOTLINE),
    Page(path="design/", view=design.show, name="design", permission=P.SEE_PAGES),
    Page(path="design/<slug:name>.svg", view=design.chart, name="design_chart", permission=P.SEE_PAGES),
    *LOOKING,
    *PLACES,
    *MANAGING,
    *ACCOUNTS,
    *OVERSEEING,
    *INBOX,
    *AUTHORITY_PAGES,
    *QUESTIONS,
    *PEERS,
    *PORTAL,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *(page.route() for page in PAGES),
    *REPORTER,
    *SIGN_IN,
    path("arrivals/", open_to_all(require_GET(matters.former))),
    path("language/", open_to_all(set_language), name="set_language"),
    path("robots.txt", open_to_all(require_GET(overview.robots)), name="robots"),
]
