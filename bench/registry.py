"""The figures that there are, with the goals of the issue that asked for them."""

from bench.figure import Figure

FIGURES = (
    Figure(name="import_rows", group="importing", issue=2, unit="times COPY", goal=0.03),
    Figure(name="items_located", group="locating", issue=2, unit="times dnspython's asynchronous resolver", goal=0.5),
    Figure(name="handovers", group="handing", issue=2, unit="times bare claims", goal=0.5),
    Figure(name="figures_counts", group="figuring", issue=2, unit="s", goal=2, lower=True),
    Figure(name="figures_times", group="figuring", issue=2, unit="s", goal=4, lower=True),
    Figure(name="figures_ratio", group="figuring", issue=2, unit="times bare SQL aggregates", goal=3, lower=True),
    Figure(name="first_page", group="first_page", issue=2, unit="s", goal=10, lower=True),
    Figure(name="reports_accepted", group="accepting", issue=3, unit="times a bare INSERT view", goal=0.4),
    Figure(name="claims", group="claiming", issue=3, unit="cases given twice or to nobody", goal=0, lower=True),
    Figure(name="pages_at_a_million", group="scaling", issue=3, unit="times with 1,000 items", goal=2, lower=True),
    Figure(name="page_weight", group="weighing", issue=3, unit="KB", goal=100, lower=True),
    Figure(name="vault", group="vaulting", issue=5, unit="times pyrage alone", goal=0.7),
    Figure(
        name="pages_fetched", group="fetching", issue=5, unit="times a bare aiohttp loop that only downloads", goal=0.25
    ),
    Figure(name="previews", group="previews", issue=5, unit="ms", goal=300, lower=True),
    Figure(name="search_in_order", group="searching", issue=6, unit="times the best exact peer", goal=100),
    Figure(name="search_in_batches", group="searching", issue=6, unit="times the best exact peer", goal=200),
    Figure(name="search_latency", group="searching", issue=6, unit="times as quick as the best exact peer", goal=100),
    Figure(name="search_memory", group="searching", issue=6, unit="bytes a hash", goal=130, lower=True),
    Figure(name="search_by_string", group="searching_strings", issue=6, unit="times PDQIndex", goal=100),
    Figure(name="search_bulk", group="searching_strings", issue=6, unit="times PDQIndex", goal=500),
    Figure(name="search_build", group="searching_strings", issue=6, unit="times as quick as PDQIndex", goal=25),
    Figure(name="never_slower_than_scan", group="scanning", issue=6, unit="times our plain scan", goal=0.95),
    Figure(name="search_cache_lines", group="lines", issue=6, unit="of what its cache lines allow", goal=0.8),
    Figure(name="search_fresh", group="freshness", issue=6, unit="s", goal=1, lower=True),
    Figure(name="search_1e8", group="searching_many", issue=6, unit="queries/s", goal=10_000, on_request=True),
    Figure(name="pdq_kernel", group="hashing", issue=6, unit="times pdqhash", goal=50),
    Figure(name="jpeg_to_pdq", group="hashing_jpegs", issue=6, unit="times Pillow with pdqhash", goal=12),
    Figure(name="vpdq", group="films", issue=6, unit="times vpdq", goal=3),
    Figure(name="http_match", group="matching_http", issue=6, unit="times Hasher-Matcher-Actioner's lookup", goal=20),
)
