-- A synthetic year, as the role that owns the tables: :reports reports received in 2024 and a hundredth as many just
-- before it, three quarters of which speak of a location not reported before, on a tenth as many sites. Repeatable: the
-- seed is set, nothing reads the clock.
SELECT setseed(0.5);

CREATE FUNCTION pg_temp.id(prefix text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT (prefix || lpad(to_hex(n), 8, '0') || '70008000000000000000')::uuid $$;

CREATE FUNCTION pg_temp.received(n bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT timestamptz '2024-01-01 00:00+01' + (n - 1 - :reports / 100) * (interval '366 days' / :reports) $$;

CREATE FUNCTION pg_temp.day(n bigint) RETURNS date LANGUAGE sql STABLE AS
$$ SELECT (pg_temp.received(n) AT TIME ZONE 'Europe/Brussels')::date $$;

CREATE TEMP TABLE given AS
SELECT n, n * 3 / 4 AS item, n % 4 = 0 AS again, random() AS chance FROM generate_series(1, :reports + :reports / 100) AS n;

CREATE TEMP TABLE fate AS
SELECT i, min(n) AS n, random() AS chance, random() AS place, random() AS pace
FROM (SELECT item + 1 AS i, n FROM given WHERE NOT again) AS fresh GROUP BY i ORDER BY i;

INSERT INTO items_site (house, id, kind, name)
SELECT 'hotline', pg_temp.id('0191', n), 'host', 'n' || n || '.bench.test'
FROM generate_series(0, greatest(:reports / 10, 1) - 1) AS n;

INSERT INTO items_item (house, id, key, kind, site_id, url, canonical, state, verdict, settled_at, country, located_at,
  first_located_at, former, reported_at, reported_on, made_at, origin, origin_ref)
SELECT 'hotline', pg_temp.id('0192', i), sha256(i::text::bytea), 'url', pg_temp.id('0191', i % greatest(:reports / 10, 1)),
  'https://n' || i || '.bench.test/' || i, 'https://n' || i || '.bench.test/' || i,
  verdict, CASE verdict WHEN 'open' THEN '' ELSE verdict END,
  CASE verdict WHEN 'open' THEN NULL ELSE pg_temp.received(n) + pace * interval '40 hours' END,
  (ARRAY['BE', 'NL', 'NL', 'US', 'US', 'US', 'FR', 'RU', 'LU', 'undetermined'])[1 + floor(place * 10)::int],
  pg_temp.received(n) + pace * interval '10 minutes', pg_temp.received(n) + pace * interval '10 minutes', false,
  pg_temp.received(n), pg_temp.day(n), pg_temp.received(n), '', ''
FROM (SELECT *, CASE WHEN chance < 0.22 THEN 'illegal' WHEN chance < 0.9 THEN 'not_illegal' ELSE 'open' END AS verdict
  FROM fate) AS judged ORDER BY i;

CREATE TEMP TABLE spoken AS
SELECT DISTINCT ON (report, item) report, item, position
FROM (
  SELECT g.n AS report, p AS position, CASE
    WHEN p = 1 AND NOT g.again THEN g.item + 1
    ELSE 1 + floor(random() * g.item)::bigint END AS item
  FROM given AS g, generate_series(1, CASE WHEN g.chance < 0.9 THEN 1 WHEN g.chance < 0.98 THEN 2 ELSE 3 END) AS p
) AS thrown WHERE EXISTS (SELECT FROM fate WHERE i = item) ORDER BY report, item, position;

INSERT INTO intake_report_location (house, report_id, item_id, position, given, received_on, item_reported_on)
SELECT 'hotline', pg_temp.id('0190', report), pg_temp.id('0192', item), position, 'hxxps://bench[.]test/',
  pg_temp.day(report), pg_temp.day(n)
FROM spoken JOIN fate ON i = item ORDER BY report, position;

INSERT INTO intake_report (house, id, reference, received_at, received_on, channel, language, locations, remark, digest,
  outcome)
SELECT 'hotline', pg_temp.id('0190', n), 'Y-' || n, pg_temp.received(n), pg_temp.day(n),
  (ARRAY['web', 'web', 'web', 'mail', 'phone', 'partner'])[1 + n % 6], (ARRAY['fr', 'nl', 'de', 'en'])[1 + n % 4],
  'https://n' || n || '.bench.test/', 'A neutral sentence of about eighty characters, as a reporter might add to a report.',
  sha256(n::text::bytea), outcome
FROM given JOIN (
  SELECT report, CASE WHEN bool_or(chance < 0.22) THEN 'illegal' WHEN bool_and(chance < 0.9) THEN 'not_illegal'
    ELSE 'open' END AS outcome
  FROM spoken JOIN fate ON i = item GROUP BY report
) AS judged ON report = n ORDER BY n;

INSERT INTO observation_location (house, id, item_id, observed_at, country, reason, method, stated_by, statement, asns,
  seen, chain)
SELECT 'hotline', pg_temp.id('0193', row_number() OVER ()), id, located_at, country, 'agreed', 'sources', '', '',
  '[64496]', '[{"ip": "192.0.2.1", "countries": {"dbip": "BE", "registry": "BE"}}]', '[]'
FROM items_item WHERE located_at IS NOT NULL ORDER BY items_item.id;

INSERT INTO analysis_case (house, id, item_id, round, state, opened_at, reported_at, first_opinion_at,
  due_at, due_rule, steps, scheme, version, code, settled_at, outcome, severity, flags, former, rule)
SELECT 'hotline', pg_temp.id('0194', row_number() OVER ()), id, 1, CASE verdict WHEN '' THEN 'waiting' ELSE 'settled' END,
  made_at, reported_at, settled_at - (verdict = 'illegal')::int * interval '1 hour', NULL, '',
  (hashtext(id::text) % 50 = 0)::int, 'demo', '1', 'A', settled_at, verdict, 3, '{}', false, ''
FROM items_item ORDER BY items_item.id;

INSERT INTO analysis_assessment (house, id, case_id, item_id, person, organisation, body, senior, scheme, version, code,
  outcome, severity, flags, reason, assessed_at, recorded_at, former, entered_by)
SELECT 'hotline', pg_temp.id('0195', row_number() OVER ()), id, item_id, 'analyst-' || n, 'maillon', 'hotline', false, 'demo',
  '1', 'A', outcome, 3, '{}', '', settled_at - n * interval '1 hour', settled_at, false, 'operator'
FROM analysis_case, generate_series(0, (outcome = 'illegal')::int) AS n WHERE state = 'settled' ORDER BY analysis_case.item_id;

INSERT INTO referral_referral (house, id, item_id, case_id, round, purpose, partner, partner_kind, channel, state,
  reason, country, provider_country, scheme, version, code, outcome, severity, flags, rule, reported_at, drafted_at, due_rule,
  sent_at, acknowledged_at, steps)
SELECT 'hotline', pg_temp.id('0196', row_number() OVER ()), item_id, id, 1, purpose, 'bench-' || purpose, 'federal_police',
  'file', 'acknowledged', '', '', '', 'demo', '1', 'A', outcome, 3, '{}', '', reported_at, settled_at, '',
  settled_at + interval '30 seconds',
  settled_at + interval '2 hours' * (1 + n), 0
FROM analysis_case, unnest(ARRAY['action', 'copy']) WITH ORDINALITY AS sent(purpose, n) WHERE outcome = 'illegal'
ORDER BY analysis_case.item_id;

VACUUM ANALYZE intake_report;
VACUUM ANALYZE intake_report_location;
VACUUM ANALYZE items_site;
VACUUM ANALYZE items_item;
VACUUM ANALYZE observation_location;
VACUUM ANALYZE analysis_case;
VACUUM ANALYZE analysis_assessment;
VACUUM ANALYZE referral_referral;
