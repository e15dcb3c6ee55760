"""The statements behind the figures. The text run is the text shown, so it is written to be read.

Each takes `first` and `last`, Brussels days of receipt, both included. Row security keeps them to one house.
"""

REPORTS = """
SELECT received_on, channel, count(*) AS reports
FROM intake_report WHERE received_on BETWEEN %(first)s AND %(last)s
GROUP BY received_on, channel
"""

# Reports with nothing but items settled as not illegal are most of them and are left to a subtraction.
OUTCOMES = """
SELECT received_on, channel, illegal, count(*) AS reports
FROM (
  SELECT r.id, r.received_on, r.channel, bool_or(i.verdict = 'illegal') AS illegal
  FROM intake_report r
  JOIN intake_report_location l ON l.report_id = r.id
  JOIN items_item i ON i.id = l.item_id
  WHERE r.received_on BETWEEN %(first)s AND %(last)s AND i.verdict <> 'not_illegal'
  GROUP BY r.id, r.received_on, r.channel
) AS report
GROUP BY received_on, channel, illegal
"""

REPORTED = """EXISTS (
    SELECT FROM intake_report_location l JOIN intake_report r ON r.id = l.report_id
    WHERE l.item_id = i.id AND r.received_on BETWEEN %(first)s AND %(last)s)"""

ITEMS = f"""
SELECT coalesce(sum(items), 0)::bigint AS items, count(*) AS sites
FROM (
  SELECT site_id, count(*) AS items FROM items_item i
  WHERE {REPORTED}
  GROUP BY site_id
) AS site
"""

ILLEGAL = f"""
SELECT country, count(DISTINCT site_id) AS sites, count(*) AS items FROM items_item i
WHERE verdict = 'illegal' AND {REPORTED}
GROUP BY country ORDER BY sites DESC, country
"""

LATE = f"""
SELECT
  (SELECT count(*) FROM analysis_case c JOIN items_item i ON i.id = c.item_id
   WHERE c.steps > 0 AND {REPORTED}) AS cases,
  (SELECT count(*) FROM referral_referral f JOIN items_item i ON i.id = f.item_id
   WHERE f.steps > 0 AND {REPORTED}) AS referrals
"""

STEPS = {
    "located": "SELECT item_id, min(observed_at) AS at FROM observation_location l WHERE NOT EXISTS ("
    "SELECT FROM analysis_case c WHERE c.item_id = l.item_id AND c.former) GROUP BY item_id",
    "first_opinion": "SELECT item_id, min(assessed_at) AS at FROM analysis_assessment GROUP BY item_id",
    "settled": "SELECT item_id, settled_at AS at FROM analysis_case WHERE round = 1 AND settled_at IS NOT NULL",
    "sent": "SELECT item_id, min(sent_at) AS at FROM referral_referral WHERE recalls IS NULL GROUP BY item_id",
    "acknowledged": "SELECT item_id, min(acknowledged_at) AS at FROM referral_referral"
    " WHERE recalls IS NULL GROUP BY item_id",
}


def time_to(step: str) -> str:
    """The statement that measures the time from an item's first report to `step`, a key of STEPS."""
    return f"""
SELECT count(*) AS items, percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY seconds) AS seconds
FROM (
  SELECT extract(epoch FROM step.at - reported.at)::bigint AS seconds
  FROM (
    SELECT l.item_id, min(r.received_at) AS at
    FROM intake_report r JOIN intake_report_location l ON l.report_id = r.id
    WHERE r.received_on <= %(last)s
    GROUP BY l.item_id HAVING min(r.received_on) >= %(first)s
  ) AS reported
  JOIN ({STEPS[step]}) AS step USING (item_id)
  WHERE step.at >= reported.at
) AS waited
"""


# The planner takes a row handed from one process to another for dear and would leave the other cores idle; what it
# compiles and what it spills to disk cost more here than they save. For this transaction alone.
SETTINGS = """
SELECT set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
  set_config('parallel_tuple_cost', '0.01', true)
"""
