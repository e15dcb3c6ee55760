"""The statements behind the figures. The text run is the text shown, so it is written to be read.

Each takes `first` and `last`, Brussels days of receipt, both included. Row security keeps them to one house.
What they read was noted with the change itself: a report's outcome, the day of the report that made an item.
"""

REPORTS = """
SELECT received_on, channel, outcome, count(*) AS reports
FROM intake_report WHERE received_on BETWEEN %(first)s AND %(last)s
GROUP BY received_on, channel, outcome
"""

# An item made by a report of the period belongs to it; so does one of which a report of the period speaks, made by a
# report of another period or come from another house. `<> received_on` lets the planner use the index on these alone.
# They are few beside the others: `OFFSET 0` has them looked up one by one.
AGAIN = """
      SELECT item_id FROM intake_report_location
      WHERE received_on BETWEEN %(first)s AND %(last)s AND (item_reported_on IS NULL OR item_reported_on <> received_on)
      AND (item_reported_on IS NULL OR item_reported_on NOT BETWEEN %(first)s AND %(last)s)"""

SPOKEN_OF = f"""
    SELECT site_id, verdict, country FROM items_item WHERE reported_on BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT item.* FROM (SELECT DISTINCT item_id FROM ({AGAIN}) AS link) AS again
    CROSS JOIN LATERAL (SELECT site_id, verdict, country FROM items_item WHERE id = item_id OFFSET 0) AS item"""

ITEMS = f"""
SELECT coalesce(sum(items), 0)::bigint AS items, count(*) AS sites
FROM (
  SELECT site_id, count(*) AS items FROM ({SPOKEN_OF}
  ) AS item GROUP BY site_id
) AS site
"""

ILLEGAL = f"""
SELECT country, count(*) AS sites, sum(items)::bigint AS items
FROM (
  SELECT country, site_id, count(*) AS items FROM ({SPOKEN_OF}
  ) AS item WHERE verdict = 'illegal' GROUP BY country, site_id
) AS site
GROUP BY country ORDER BY sites DESC, country
"""

REPORTED = """reported_at >= %(first)s::date::timestamp AT TIME ZONE 'Europe/Brussels'
  AND reported_at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Europe/Brussels'"""

LATE = f"""
SELECT
  (SELECT count(*) FROM analysis_case WHERE steps > 0 AND ({REPORTED} OR item_id IN ({AGAIN}))) AS cases,
  (SELECT count(*) FROM referral_referral WHERE steps > 0 AND ({REPORTED} OR item_id IN ({AGAIN}))) AS referrals
"""


def _times(steps: dict[str, str], source: str) -> str:
    """Median and 90th percentile of whole seconds from `reported_at` to each step, whose moment is an expression."""
    waits = (f"floor(date_part('epoch', {moment} - reported_at))::int AS {step}" for step, moment in steps.items())
    found = (
        f"""
  count(*) FILTER (WHERE {step} >= 0) AS {step},
  percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY {step}) FILTER (WHERE {step} >= 0) AS {step}_seconds"""
        for step in steps
    )
    measured = ",\n    ".join(waits)
    return f"\nSELECT{','.join(found)}\nFROM (\n  SELECT {measured}\n  FROM {source}\n) AS waited\n"


LOCATED = _times(
    {"located": "first_located_at"},
    "items_item WHERE NOT former AND reported_on BETWEEN %(first)s AND %(last)s",
)
ANALYSED = _times(
    {"first_opinion": "first_opinion_at", "settled": "settled_at"},
    f"analysis_case WHERE round = 1 AND {REPORTED}",
)
REFERRED = _times(
    {"sent": "min(sent_at)", "acknowledged": "min(acknowledged_at)"},
    f"referral_referral WHERE recalls IS NULL AND {REPORTED}\n  GROUP BY item_id, reported_at",
)


# One process scans as fast as two that exchange what they found, and leaves the other cores to those at work. What is
# compiled or spilled to disk costs more here than it saves. For this transaction alone.
SETTINGS = """
SELECT set_config('max_parallel_workers_per_gather', '0', true), set_config('work_mem', '64MB', true),
  set_config('jit', 'off', true)
"""
