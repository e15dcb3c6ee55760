"""The addresses of the manager's pages, of entering reports, and of the conversation with reporters."""

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import charts, figures

HOTLINE = ("hotline",)

MANAGING = (
    Page(path="figures/", view=figures.show, name="figures", permission=P.READ_FIGURES, houses=HOTLINE),
    Page(
        path="figures/<int:year>.csv", view=figures.table, name="figures_table", permission=P.READ_FIGURES,
        houses=HOTLINE,
    ),
    Page(
        path="figures/<int:year>/<slug:chart>.svg", view=charts.picture, name="chart", permission=P.READ_FIGURES,
        houses=HOTLINE,
    ),
)  # fmt: skip
