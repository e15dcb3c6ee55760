"""The addresses of the manager's pages, of entering reports, and of the conversation with reporters."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import charts, clearances, conversation, demands, entering, figures, load, overriding, unplaced

page = partial(Page, houses=("hotline",))
post = partial(page, method="POST")

MANAGING = (
    page(path="reports/new/", view=entering.form, name="entering", permission=P.ENTER_REPORT),
    post(path="reports/enter/", view=entering.enter, name="enter", permission=P.ENTER_REPORT, alone=True),
    page(path="reports/unplaced/", view=unplaced.listing, name="unplaced", permission=P.PLACE_REPORT),
    page(path="reports/<uuid:id>/", view=conversation.show, name="report", permission=P.LIST_ITEMS),
    post(path="reports/<uuid:id>/place/", view=unplaced.place, name="place", permission=P.PLACE_REPORT),
    post(path="reports/<uuid:id>/close/", view=unplaced.close, name="close_report", permission=P.PLACE_REPORT),
    post(
        path="reports/<uuid:id>/write/",
        view=conversation.write,
        name="write_to_reporter",
        permission=P.WRITE_TO_REPORTER,
    ),
    post(path="reports/<uuid:id>/read/", view=conversation.read, name="read_answers", permission=P.WRITE_TO_REPORTER),
    post(path="reports/<uuid:id>/contact/", view=conversation.contact, name="read_contact", permission=P.READ_CONTACT),
    page(path="load/", view=load.show, name="load", permission=P.SEE_LOAD),
    page(path="items/<uuid:id>/override/", view=overriding.show, name="override", permission=P.OVERRIDE),
    post(path="items/<uuid:id>/override/term/", view=overriding.term, name="override_term", permission=P.OVERRIDE),
    post(
        path="items/<uuid:id>/override/urgency/",
        view=overriding.urgency,
        name="override_urgency",
        permission=P.OVERRIDE,
    ),
    post(path="items/<uuid:id>/override/claim/", view=overriding.claim, name="override_claim", permission=P.OVERRIDE),
    page(path="items/<uuid:id>/demands/", view=demands.show, name="demands", permission=P.DEMAND_CLEARANCE),
    post(
        path="items/<uuid:id>/demands/demand/",
        view=demands.demand,
        name="demand_clearance",
        permission=P.DEMAND_CLEARANCE,
    ),
    post(path="items/<uuid:id>/demands/lift/", view=demands.lift, name="lift_demand", permission=P.DEMAND_CLEARANCE),
    page(path="clearances/", view=clearances.show, name="clearances", permission=P.GIVE_CLEARANCE),
    post(path="clearances/give/", view=clearances.give, name="give_clearance", permission=P.GIVE_CLEARANCE),
    post(path="clearances/end/", view=clearances.end, name="end_clearance", permission=P.GIVE_CLEARANCE),
    page(path="figures/", view=figures.show, name="figures", permission=P.READ_FIGURES),
    page(path="figures/<int:year>.csv", view=figures.table, name="figures_table", permission=P.READ_FIGURES),
    page(path="figures/<int:year>/<slug:chart>.svg", view=charts.picture, name="chart", permission=P.READ_FIGURES),
)
