"""When the debtor may be called: stored, so that work lists can be filtered by it, and in
words, for the buttons."""

from collections import defaultdict
from datetime import UTC, timedelta

from babel.dates import format_date, format_skeleton

from odoo import api, fields, models
from odoo.tools import SQL, babel_locale_parse, split_every


def format_day(env, day):
    """Weekday, day and month as the reader's language writes them: "Monday, March 9",
    "segunda-feira, 9 de março"."""
    locale = babel_locale_parse(env.lang or "en_US")
    weekday = format_date(day, "EEEE", locale=locale)
    return f"{weekday}, {format_skeleton('MMMMd', day, locale=locale)}"


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    call_from = fields.Datetime(
        readonly=True, copy=False, help="Beginning of the next time in which to call."
    )
    call_until = fields.Datetime(readonly=True, copy=False)
    may_call_now = fields.Boolean(
        compute="_compute_may_call_now", search="_search_may_call_now"
    )
    call_permission = fields.Char(
        compute="_compute_call_permission", string="May they be called now?"
    )
    call_permitted = fields.Boolean(compute="_compute_call_permission")

    _call_idx = models.Index("(call_until) WHERE call_from IS NOT NULL")

    @api.depends("call_from", "call_until")
    def _compute_may_call_now(self):
        now = fields.Datetime.now()
        for debtor in self:
            debtor.may_call_now = bool(
                debtor.call_from and debtor.call_from <= now < debtor.call_until
            )

    def _search_may_call_now(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        open_now = [("call_from", "<=", now), ("call_until", ">", now)]
        if True in value and False in value:
            return []
        if True in value:
            return open_now
        return [
            "|",
            "|",
            ("call_from", "=", False),
            ("call_from", ">", now),
            ("call_until", "<=", now),
        ]

    def _compute_call_permission(self):
        now = fields.Datetime.now()
        events = self.env["collection.contact"].sudo()._read_rule_events(self)
        Reason = self.env["collection.reason"]
        for debtor, question in zip(self, self._get_call_questions(), strict=True):
            decision = question._decide(now, debtor._without_own_calls(events))
            debtor.call_permission = debtor._describe_permission(decision)
            debtor.call_permitted = decision.allowed
            _person, _address, reason = debtor._get_person_and_address("phone")
            if decision.allowed and reason:
                debtor.call_permitted = False
                debtor.call_permission = Reason._explain(Reason._store(reason))

    def _get_call_questions(self):
        """For each debtor a contact that is not stored: a call about all that is open. One
        recordset, so that what they ask about is read for all at once."""
        Contact_sudo = self.env["collection.contact"].sudo()
        questions = []
        for debtor in self:
            person, address, _reason = debtor._get_person_and_address("phone")
            questions.append(
                Contact_sudo.new(
                    {
                        "debtor_id": debtor.id,
                        "company_id": debtor.company_id.id,
                        "channel": "phone",
                        "recipient_id": person.id,
                        "destination": address,
                    }
                )
            )
        return Contact_sudo.concat(*questions)

    def _without_own_calls(self, events):
        """Events of `_read_rule_events` less the calls already planned: to make one now
        is what they are for."""
        key = self._get_person_key()
        others = [
            (id_, event)
            for id_, event in events.reservations.get(key, ())
            if event.channel != "phone"
        ]
        return events._replace(reservations={key: others})

    def _refresh_call_times(self):
        """Work out anew from when until when the debtors may be called."""
        now = fields.Datetime.now()
        events = self.env["collection.contact"].sudo()._read_rule_events(self)
        debtors_sudo = self.sudo()  # nobody writes these times by hand
        questions = debtors_sudo._get_call_questions()
        alike = defaultdict(list)
        for debtor, question in zip(debtors_sudo, questions, strict=True):
            interval = question.destination and question._get_permitted_interval(
                now, debtor._without_own_calls(events)
            )
            # without such a time: look again tomorrow
            begin, end = interval or (False, now + timedelta(days=1))
            if (debtor.call_from, debtor.call_until) != (begin, end):
                alike[begin, end].append(debtor.id)
        for (begin, end), ids in alike.items():
            debtors_sudo.browse(ids).write({"call_from": begin, "call_until": end})

    def _forget_call_times(self):
        """Something changed by which they may be called: it is worked out anew."""
        self.sudo().write({"call_from": False, "call_until": False})
        self._work_out_call_times_soon()

    @api.model
    def _on_rules_changed(self):
        """Contact rules were changed, whoever they hold for: nothing that was worked out
        by them is known any more."""
        self.env.registry.clear_cache()
        self.flush_model(["call_from", "call_until"])
        self.env.cr.execute(
            """
            UPDATE collection_debtor SET call_from = NULL, call_until = NULL
             WHERE call_until IS NOT NULL
            """
        )
        self.invalidate_model(["call_from", "call_until"])
        self._work_out_call_times_soon()

    @api.model
    def _work_out_call_times_soon(self):
        """While the module is being installed there is no such action yet."""
        name = "collection_escalation.ir_cron_call_times"
        cron_sudo = self.env.ref(name, raise_if_not_found=False)
        if cron_sudo:
            cron_sudo.sudo()._trigger()

    @api.model
    def _cron_call_times(self, batch_size=200):
        """Scheduled action: the debtors with an open file whose time is over or was never
        worked out."""
        now = fields.Datetime.now()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id
                  FROM collection_debtor d
                  JOIN collection_case c ON c.debtor_id = d.id AND c.state = 'open'
                  JOIN res_company company ON company.id = d.company_id
                 WHERE (d.call_until IS NULL OR d.call_until <= %s)
                   AND company.collection_started_on IS NOT NULL
                 ORDER BY d.id
                """,
                now,
            )
        )
        for ids in split_every(batch_size, [id_ for (id_,) in rows]):
            self.browse(ids)._refresh_call_times()
            if not self.env["ir.cron"]._commit_progress():
                break

    def _describe_permission(self, decision):
        """A decision in words: "May be made now", or why not and from when on, in the
        debtor's place."""
        if decision.allowed:
            return self.env._("Permitted now.")
        why = self.env["collection.reason"]._explain(
            self.env["collection.reason"]._store_all(decision.reasons)
        )
        if not decision.next_allowed:
            return self.env._(
                "Not permitted, until a person changes the facts. %s", why
            )
        moment = decision.next_allowed.astimezone(UTC).replace(tzinfo=None)
        return self.env._(
            "Not before %(moment)s in %(place)s. %(why)s",
            moment=self._format_moment(moment),
            place=self._get_zone_label(),
            why=why,
        )

    def _format_moment(self, moment):
        """A naive UTC datetime as the customer's clock shows it, in the reader's words."""
        local = self._get_local(moment)
        return f"{format_day(self.env, local.date())}, {local:%H:%M}"
