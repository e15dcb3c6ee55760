-- After year.sql: the cases that are still open become a queue as of :now, and every item gets a timeline. As the role
-- that owns the tables. Of the open cases six in ten wait for a first opinion, a quarter for a second one, the rest is
-- in dispute; some are late.
SELECT setseed(0.25);

CREATE TEMP TABLE pile AS
SELECT id, item_id, CASE WHEN random() < 0.6 THEN 'waiting' WHEN random() < 0.6 THEN 'second_opinion' ELSE 'disputed' END
  AS state, random() AS age, random() AS chance FROM analysis_case WHERE state = 'waiting' ORDER BY id;

UPDATE analysis_case c SET state = p.state,
  opened_at = timestamptz :now - p.age * interval '30 days',
  due_at = timestamptz :now + (p.chance - 0.1) * interval '60 hours', due_rule = 'bench',
  urgency = CASE WHEN p.chance < 0.05 THEN 1 WHEN p.chance < 0.15 THEN 2 WHEN p.chance < 0.4 THEN 3 ELSE 4 END
FROM pile p WHERE c.id = p.id;

INSERT INTO analysis_assessment (house, id, case_id, item_id, person, organisation, body, senior, scheme, version, code,
  outcome, severity, flags, reason, assessed_at, recorded_at, former, entered_by)
SELECT 'hotline', pg_temp.id('0197', row_number() OVER ()), id, item_id, 'analyst-' || 1 + n, 'child-focus', 'hotline',
  false, 'demo', '1', CASE n WHEN 0 THEN 'B' ELSE 'N' END, CASE n WHEN 0 THEN 'illegal' ELSE 'not_illegal' END,
  CASE n WHEN 0 THEN 1 END, '{}', '', timestamptz :now - age * interval '10 hours',
  timestamptz :now - age * interval '10 hours', false, 'analyst-' || 1 + n
FROM pile, generate_series(0, (state = 'disputed')::int) AS n WHERE state <> 'waiting';

CREATE TEMP TABLE told AS
SELECT row_number() OVER (ORDER BY v.at, i.id) + (SELECT coalesce(max(id), 0) FROM outbox_event) AS n, i.id AS item, v.kind, v.at, v.body
FROM items_item i, LATERAL (VALUES
  ('reported', reported_at, '{"channel":"web","effect":"new","reference":"Y-1","report":"' || i.id || '"}'),
  ('located', located_at, '{"country":"' || country || '","location":"' || i.id
    || '","method":"sources","reason":"agreed","statement":""}'),
  ('case_opened', made_at, '{"case":"' || i.id || '","round":1}'),
  ('settled', settled_at, '{"case":"' || i.id || '","changed":false,"code":"A","flags":[],"former":false,"outcome":"'
    || verdict || '","round":1,"scheme":"demo","severity":3,"version":"1"}')
) AS v(kind, at, body) WHERE v.at IS NOT NULL;

INSERT INTO outbox_event (house, id, uid, kind, version, item, actor, organisation, cause, rule, happened_at,
  recorded_at, body_digest, leaf, xid)
SELECT 'hotline', n, pg_temp.id('0198', n), kind, 1, item, 'dispatcher', 'maillon', NULL, '', at, at, '\x00', '\x00', 1
FROM told ORDER BY n;

INSERT INTO outbox_eventbody (house, event_id, salt, body)
SELECT 'hotline', n, '\x00', convert_to(body, 'UTF8') FROM told ORDER BY n;

SELECT setval(pg_get_serial_sequence('outbox_event', 'id'), max(id)) FROM outbox_event;

VACUUM ANALYZE analysis_case;
VACUUM ANALYZE analysis_assessment;
VACUUM ANALYZE outbox_event;
VACUUM ANALYZE outbox_eventbody;
