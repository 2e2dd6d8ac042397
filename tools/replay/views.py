"""The SQL of the measures: the schema ``replay`` and one view per count that must be 0."""

TABLES = """
DROP SCHEMA IF EXISTS replay CASCADE;
CREATE SCHEMA replay;
CREATE TABLE replay.ledger (number text PRIMARY KEY, move_id int UNIQUE, customer text,
    invoiced_on date, due_on date, amount numeric, settled_on date);
CREATE TABLE replay.customer (partner_id int PRIMARY KEY, customer text, country text,
    state text, place text, zone text, party text);
CREATE TABLE replay.holiday (place text, day date, PRIMARY KEY (place, day));
CREATE TABLE replay.mail_event (event text, contact_id int, at timestamp);
CREATE TABLE replay.temper (customer text PRIMARY KEY, temper text);
CREATE TABLE replay.level (level text PRIMARY KEY, rank int);
INSERT INTO replay.level VALUES ('pre_due', 0), ('friendly', 1), ('firm', 2), ('formal', 3),
    ('legal', 4), ('loss', 5);
CREATE VIEW replay.made AS
    SELECT c.id, c.partner_id, c.channel, stage.level, c.purpose, c.message_id, c.destination,
           customer.customer, customer.place, customer.party, bounce.at AS bounced_at,
           temper.temper, c.outcome,
           c.purpose = 'callback' AS consented, c.made_at,
           coalesce(c.callback_from <= c.made_at AND c.made_at < c.callback_to, FALSE)
               AS called_for,
           c.made_at AT TIME ZONE 'UTC' AT TIME ZONE customer.zone AS local_at
      FROM collection_contact c
      LEFT JOIN replay.customer customer ON customer.partner_id = c.partner_id
      LEFT JOIN collection_stage stage ON stage.id = c.stage_id
      LEFT JOIN replay.temper ON temper.customer = customer.customer
      LEFT JOIN replay.mail_event bounce ON bounce.contact_id = c.id AND event = 'bounced'
     WHERE c.direction = 'out' AND (c.state IN ('made', 'uncertain', 'sending')
                                    OR bounce.at IS NOT NULL);
CREATE TABLE replay.business_day (place text, day date, number int, is_one boolean,
    PRIMARY KEY (place, day));
CREATE VIEW replay.told AS
    SELECT made.*, line.id AS line_id, line.part, line.state AS line_state, line.item_id, line.step_id, line.cycle,
           line_stage.level AS line_level, line.amount_open, ledger.number, ledger.due_on,
           ledger.settled_on
      FROM replay.made
      JOIN collection_contact_line line
        ON line.contact_id = made.id AND line.state <> 'cancelled'
      LEFT JOIN collection_stage line_stage ON line_stage.id = line.stage_id
      LEFT JOIN collection_item item ON item.id = line.item_id
      LEFT JOIN replay.ledger ON ledger.move_id = item.move_id;
"""

#: What must be 0: one view each, a row per violation. %(first)s and %(last)s are the days lived.
VIOLATIONS = {
    # Payments are entered before the actions run: on the settled day nobody is chased.
    "contacts_after_settlement": """
        SELECT * FROM replay.told WHERE settled_on <= local_at::date""",
    # One picture of the debt: a message after the due date asks for all that is five
    # business days late, no more and no less. (Not where debtors answer or refuse, as with
    # --places: what is paused is not asked for.)
    "messages_whose_total_is_not_what_was_owed": """
        SELECT stated.*, owed.total AS owed FROM (
            SELECT id, customer, place, local_at::date AS day,
                   sum(amount_open) FILTER (WHERE part <> 'info') AS total
              FROM replay.told
             WHERE purpose = 'step' AND channel = 'email' AND level <> 'pre_due'
               AND temper IS NULL AND bounced_at IS NULL
             GROUP BY 1, 2, 3, 4) stated
         CROSS JOIN LATERAL (
            SELECT sum(amount) AS total FROM replay.ledger
              JOIN replay.business_day due
                ON due.place = stated.place AND due.day = ledger.due_on
              JOIN replay.business_day today
                ON today.place = stated.place AND today.day = stated.day
             WHERE ledger.customer = stated.customer
               AND (settled_on IS NULL OR settled_on > stated.day)
               AND today.number - due.number - (NOT due.is_one)::int >= 5) owed
         WHERE stated.total IS DISTINCT FROM owed.total
           AND NOT EXISTS (SELECT FROM replay.temper)""",
    "contacts_on_non_business_days": """
        SELECT made.*, holiday.day FROM replay.made
          LEFT JOIN replay.holiday ON holiday.place = made.place
                                  AND holiday.day = made.local_at::date
         WHERE NOT called_for AND (local_at IS NULL OR extract(isodow FROM local_at) > 5
                                   OR holiday.day IS NOT NULL)""",
    "contacts_outside_hours": """
        SELECT * FROM replay.made
         WHERE NOT called_for AND (local_at::time < '08:00' OR local_at::time >= '18:00')""",
    # Towards companies only live contacts are limited: see replay/audit.py.
    "consumer_days_with_two_contacts": """
        SELECT partner_id, local_at::date AS day, count(*) FROM replay.made
         WHERE party IS DISTINCT FROM 'business' AND channel <> 'letter'
           AND bounced_at IS NULL AND outcome IS DISTINCT FROM 'busy'
           AND consented IS NOT TRUE
         GROUP BY 1, 2 HAVING count(*) > 1""",
    "steps_twice_per_cycle": """
        SELECT item_id, step_id, cycle, count(*), array_agg(id) AS contacts
          FROM replay.told WHERE step_id IS NOT NULL AND line_state <> 'failed'
         GROUP BY 1, 2, 3 HAVING count(*) > 1""",
    "stage_moves_that_skip": """
        SELECT * FROM (
            SELECT move.*, come_from.rank AS from_rank, gone_to.rank AS to_rank,
                   lag(move.to_level) OVER (PARTITION BY item_id, cycle
                                                ORDER BY move.id) AS stood_on
              FROM collection_stage_move move
              LEFT JOIN replay.level come_from ON come_from.level = move.from_level
              LEFT JOIN replay.level gone_to ON gone_to.level = move.to_level) chain
         WHERE NOT coalesce(to_rank - coalesce(from_rank, 0) = 1
                            OR from_level IS NULL AND to_rank = 0, FALSE)
            OR stood_on IS DISTINCT FROM from_level""",
    "items_moved_twice_a_day": """
        SELECT item_id, date, count(*) FROM collection_stage_move
         GROUP BY 1, 2 HAVING count(*) > 1""",
    "reminders_before_overdue": """
        SELECT * FROM replay.told
         WHERE line_level <> 'pre_due' AND due_on >= local_at::date""",
    # Three weeks overdue, above the tolerance, and nobody wrote: an engine asleep breaks no rule.
    # (Whoever answers, refuses or cannot be reached is left in peace for longer.)
    "long_overdue_never_reminded": """
        SELECT * FROM replay.ledger
         WHERE greatest(due_on, %(first)s) + 21 < least(settled_on, %(last)s) AND amount > 10
           AND NOT EXISTS (SELECT FROM replay.told
                            WHERE told.number = ledger.number AND told.line_level <> 'pre_due')
           AND NOT EXISTS (SELECT FROM replay.temper
                            WHERE temper.customer = ledger.customer AND temper <> 'silent')""",
    # Everybody has an address, and the mail sink takes everything, but what came back.
    "contacts_that_failed": """
        SELECT c.* FROM collection_contact c
          JOIN replay.customer USING (partner_id) LEFT JOIN replay.temper USING (customer)
         WHERE c.direction = 'out' AND c.state IN ('failed', 'uncertain')
           AND c.outcome IS DISTINCT FROM 'not_connected'
           AND coalesce(temper, 'silent') IN ('silent', 'answers')""",
    "items_unlike_the_ledger": """
        SELECT ledger.*, item.ledger_state FROM replay.ledger
          LEFT JOIN collection_item item ON item.move_id = ledger.move_id
         WHERE item.ledger_state IS DISTINCT FROM
               CASE WHEN ledger.settled_on <= %(last)s THEN 'settled' ELSE 'open' END""",
    "open_cases_without_debt": """
        SELECT * FROM collection_case c
         WHERE state = 'open' AND NOT EXISTS (
               SELECT FROM collection_item i
                WHERE i.case_id = c.id AND i.ledger_state = 'open')""",
}
