"""What came of the replay, measured with SQL straight on the database and in the mail sink.

Nothing of the module's code is asked: places, zones and holidays are computed anew here. The
schema ``replay`` keeps the ledger and one view per count that must be 0, for inspection.
"""

import os
import re
import resource
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from . import law
from .audit import Audit
from .places import COMPANY_ZONE
from .views import TABLES, VIOLATIONS


def measure(env, rows: list, options, figures) -> dict:
    cr = env.registry.cursor()
    try:
        _make_tables(cr, rows, options, figures)
        violations = {}
        days = {"first": options.first, "last": options.last}
        for name, query in VIOLATIONS.items():
            query = cr.mogrify(query, days).decode()
            cr.execute(f"CREATE VIEW replay.{name} AS {query}")
            violations[name] = _value(cr, f"SELECT count(*) FROM replay.{name}")
        mails, mail_violations = _measure_mails(cr, figures)
        counts = _count(cr, options)
        audit = Audit(cr, options.homes, figures.deeds, figures.planned.delays)
        judged, judged_violations = audit.judge() if options.places else ({}, {})
        cr.commit()
    finally:
        cr.close()
    violations |= mail_violations | judged_violations
    violations["scheduled_action_failures"] = len(figures.failures)
    violations["scheduled_actions_unfinished"] = len(figures.unfinished)
    violations["items_mended_by_the_weekly_check"] = figures.check.mended
    violations["errors_in_the_log"] = figures.log.counts["errors"]
    return {
        **counts,
        **mails,
        **judged,
        "must_be_0": violations,
        **_effort(figures),
    }


def _make_tables(cr, rows: list, options, figures) -> None:
    cr.execute(TABLES)
    cr.execute_values(
        "INSERT INTO replay.ledger VALUES %s",
        [
            (r.number, figures.moves[r.number], r.customer, r.invoiced, r.due, r.amount)
            + (r.settled,)
            for r in rows
        ],
    )
    homes = {row.customer: options.homes[row.customer] for row in rows}
    cr.execute(
        "SELECT id, ref FROM res_partner WHERE ref IN %s", [tuple(homes) or ("",)]
    )
    cr.execute_values(
        "INSERT INTO replay.customer VALUES %s",
        [
            (id_, ref, homes[ref].country, homes[ref].state, homes[ref].place)
            + (homes[ref].zones[0], homes[ref].party)
            for id_, ref in cr.fetchall()
        ],
    )
    years = range(options.first.year, options.last.year + 2)
    days = {
        (home.place, day)
        for home in homes.values()
        for year in years
        for day in law.holidays_of(home.country, home.state or "", year)
    }
    cr.execute_values("INSERT INTO replay.holiday VALUES %s", [*days])
    # numbered through, so that days between two dates are a difference
    cr.execute(
        """INSERT INTO replay.business_day
           SELECT place, day, count(*) FILTER (WHERE is_one)
                              OVER (PARTITION BY place ORDER BY day), is_one
             FROM (SELECT place.place, d.day::date AS day,
                          extract(isodow FROM d.day) < 6 AND holiday.day IS NULL AS is_one
                     FROM (SELECT DISTINCT place FROM replay.customer) place
                    CROSS JOIN generate_series(%s::date, %s::date, '1 day') AS d(day)
                     LEFT JOIN replay.holiday
                       ON holiday.place = place.place AND holiday.day = d.day) AS days""",
        (
            min(row.due for row in rows) - timedelta(days=1),
            max(options.last, *(row.due for row in rows)),
        ),
    )
    deeds = figures.deeds
    events = [("replied", id_, at) for id_, at in deeds.replies.items()]
    events += [("bounced", id_, at) for id_, at in deeds.bounces.items()]
    if events:
        cr.execute_values("INSERT INTO replay.mail_event VALUES %s", events)
    tempers = [*deeds.tempers.items()]
    if tempers:
        cr.execute_values("INSERT INTO replay.temper VALUES %s", tempers)


def _measure_mails(cr, figures) -> tuple[dict, dict]:
    """Every e-mail in the sink against every contact made by e-mail, by Message-Id, and
    the moment at which it left against the one that the contact says."""
    cr.execute(
        """SELECT message.message_id, made.made_at FROM replay.made
             LEFT JOIN mail_message message ON message.id = made.message_id
            WHERE made.channel = 'email'"""
    )
    contacts = cr.fetchall()
    moments = dict(contacts)
    cr.execute("""SELECT email_normalized FROM res_partner partner
             JOIN replay.customer ON partner.id = customer.partner_id""")
    customers = {address for (address,) in cr.fetchall()}
    customers |= {a for known in figures.deeds.addresses.values() for a in known}
    to_customers, internal, moved = [], 0, 0
    for path in Path(os.environ["CE_MAIL_DIR"]).glob("[0-9]*.eml"):
        head = path.read_bytes().partition(b"\r\n\r\n")[0].decode(errors="replace")
        to = re.search(r"^X-Envelope-To: (.*?)\r?$", head, re.M)[1].lower().split(", ")
        if customers.isdisjoint(to):
            internal += 1
            continue
        found = re.search(r"^Message-Id:\s*(<[^>]+>)", head, re.M | re.I)
        message_id = found[1] if found else path.name
        to_customers.append(message_id)
        left = parsedate_to_datetime(re.search(r"^Date:\s*(.+?)\r?$", head, re.M)[1])
        said = moments.get(message_id, datetime.min)
        moved += abs((left.replace(tzinfo=None) - said).total_seconds()) > 1
    return (
        {
            "emails_in_the_sink": len(to_customers),
            "emails_to_the_collector": internal,
            "contacts_by_email": len(contacts),
        },
        {
            "emails_sent_twice": len(to_customers) - len(set(to_customers)),
            "emails_without_contact": len(set(to_customers) - set(moments)),
            "emails_at_another_moment": moved,
            "contacts_without_email": len(
                [c for c, _at in contacts if c not in set(to_customers)]
            ),
        },
    )


def _count(cr, options) -> dict:
    made = {}
    cr.execute(
        """SELECT coalesce(level, purpose), channel, count(*) FROM replay.made
             LEFT JOIN replay.level USING (level)
            GROUP BY rank, 1, 2 ORDER BY rank, 2"""
    )
    for level, channel, number in cr.fetchall():
        made.setdefault(level, {})[channel] = number
    states = {}
    cr.execute(
        "SELECT channel, state, count(*) FROM collection_contact GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for channel, state, number in cr.fetchall():
        states.setdefault(channel, {})[state] = number
    cr.execute(
        """SELECT to_level, count(*) FROM collection_stage_move
             LEFT JOIN replay.level ON level.level = to_level
            GROUP BY rank, 1 ORDER BY rank"""
    )
    moves = dict(cr.fetchall())
    cr.execute(
        """SELECT count(*), count(*) FILTER (WHERE state = 'closed'),
                  count(*) FILTER (WHERE state = 'open') FROM collection_case"""
    )
    opened, closed, still_open = cr.fetchone()
    cr.execute(
        """SELECT count(*), count(DISTINCT (partner_id, date_trunc('month', local_at)))
             FROM replay.made WHERE channel = 'email'"""
    )
    emails, months = cr.fetchone()
    return {
        "emails_a_debtor_and_month": round(emails / months, 3) if months else 0,
        "invoices": _value(cr, "SELECT count(*) FROM replay.ledger"),
        "customers": _value(cr, "SELECT count(*) FROM replay.customer"),
        "days": (options.last - options.first).days + 1,
        "from": options.first,
        "to": options.last,
        "company_zone": COMPANY_ZONE,
        "contacts_made": made,
        "contacts_by_state": states,
        "stage_moves": moves,
        "cases": {"opened": opened, "closed": closed, "still_open": still_open},
    }


def _effort(figures) -> dict:
    seconds = sum(s for s, _queries in figures.days.values())
    queries = sum(q for _seconds, q in figures.days.values())
    longest = max(figures.days, key=lambda day: figures.days[day][0])
    return {
        "failures": figures.failures[:20] + figures.unfinished[:20],
        "log_warnings": figures.log.counts["warnings"],
        "log_examples": figures.log.examples,
        "wall_seconds": round(seconds + figures.seconds["setting up"], 1),
        "cpu_seconds": round(figures.cpu, 1),
        "queries": queries,
        "queries_per_day": round(queries / len(figures.days), 1),
        "longest_day": {
            "day": longest,
            "seconds": round(figures.days[longest][0], 2),
            "queries": figures.days[longest][1],
        },
        "seconds_by_part": {k: round(v, 1) for k, v in figures.seconds.items()},
        "queries_by_part": dict(figures.queries),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _value(cr, query: str) -> int:
    cr.execute(query)
    return cr.fetchone()[0]
