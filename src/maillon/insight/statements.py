"""The statements behind the figures. The text run is the text shown, so it is written to be read.

Each takes `first` and `last`, Brussels days of receipt, both included. Row security keeps them to one house.
What they read was noted with the change itself: a report's outcome, the day of the report that made an item.
"""

REPORTS = """
SELECT received_on, channel, outcome, count(*) AS reports
FROM intake_report WHERE received_on BETWEEN %(first)s AND %(last)s
GROUP BY received_on, channel, outcome
"""

# An item made by a report of the period belongs to it; so does one made by a report of another period, or that came
# from another house, and of which a report of the period speaks. `<> received_on` names the index that holds the latter.
SPOKEN_OF = """
    SELECT site_id, verdict, country FROM items_item WHERE reported_on BETWEEN %(first)s AND %(last)s
    UNION ALL
    SELECT site_id, verdict, country FROM items_item WHERE id IN (
      SELECT item_id FROM intake_report_location
      WHERE received_on BETWEEN %(first)s AND %(last)s AND (item_reported_on IS NULL OR item_reported_on <> received_on)
      AND (item_reported_on IS NULL OR item_reported_on NOT BETWEEN %(first)s AND %(last)s))"""

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

SPEAKS = """EXISTS (SELECT FROM intake_report_location l
    WHERE l.item_id = late.item_id AND l.received_on BETWEEN %(first)s AND %(last)s)"""

LATE = f"""
SELECT
  (SELECT count(*) FROM analysis_case late WHERE steps > 0 AND ({REPORTED} OR {SPEAKS})) AS cases,
  (SELECT count(*) FROM referral_referral late WHERE steps > 0 AND ({REPORTED} OR {SPEAKS})) AS referrals
"""

FIRST_CASE = f"""
  SELECT reported_at, {{step}} AS at FROM analysis_case
  WHERE round = 1 AND {REPORTED}"""

REFERRALS = f"""
  SELECT min(reported_at) AS reported_at, min({{step}}) AS at FROM referral_referral
  WHERE recalls IS NULL AND {REPORTED} GROUP BY item_id"""

STEPS = {
    "located": """
  SELECT reported_at, first_located_at AS at FROM items_item
  WHERE NOT former AND reported_on BETWEEN %(first)s AND %(last)s""",
    "first_opinion": FIRST_CASE.format(step="first_opinion_at"),
    "settled": FIRST_CASE.format(step="settled_at"),
    "sent": REFERRALS.format(step="sent_at"),
    "acknowledged": REFERRALS.format(step="acknowledged_at"),
}


def time_to(step: str) -> str:
    """The statement that measures the time from the report that made an item to `step`, a key of STEPS."""
    return f"""
SELECT count(*) AS items,
  percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY extract(epoch FROM at - reported_at)::int) AS seconds
FROM ({STEPS[step]}
) AS item WHERE at >= reported_at
"""


# The planner takes a row handed from one process to another for dear and would leave the other cores idle; it takes
# each page for a journey to the disk; what it compiles and what it spills cost more here than they save. For this
# transaction alone.
SETTINGS = """
SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
  set_config('parallel_tuple_cost', '0.01', true), set_config('random_page_cost', '1.1', true)
"""
