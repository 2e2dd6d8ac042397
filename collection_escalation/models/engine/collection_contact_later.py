"""What did not leave for a passing reason leaves later; the step is not burnt."""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from odoo import fields, models

#: How long to wait after each try that a mail server put off; then always the last.
WAITS = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(days=1),
)


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    put_off = fields.Integer(
        string="Times put off",
        readonly=True,
        copy=False,
        help="How often the mail server asked to try later.",
    )
    put_off_since = fields.Datetime(readonly=True, copy=False)

    def _leave_later(self, reasons, error=False):
        """The mail server asks to try later, or hung up before it got the message: the
        contact has a later moment. After so many tries, or days, as Settings say, somebody
        has to see to it, and it goes on the day after: its step is not done."""
        self.ensure_one()
        company = self.company_id
        now, today = fields.Datetime.now(), self.debtor_id._get_today()
        tries, since = self.put_off + 1, self.put_off_since or now
        given_up = tries >= company.collection_send_tries or now - since >= timedelta(
            days=company.collection_send_days
        )
        again = now + WAITS[min(tries, len(WAITS)) - 1]
        zone = ZoneInfo(self.debtor_id._get_zone_names()[0])
        day = again.replace(tzinfo=UTC).astimezone(zone).date()
        moment = {"planned_at": again, "planned_on": day}
        if given_up or day != today:
            tomorrow = max(day, today + timedelta(days=1))
            moment = {"planned_at": False, "planned_on": False, "not_before": tomorrow}
        self._take_back(
            reasons,
            error=error,
            put_off=0 if given_up else tries,
            put_off_since=not given_up and since,
            **moment,
        )
        if given_up:
            vals = {"reason": reasons, "res_model": self._name, "res_id": self.id}
            self.env["collection.duty"]._ask("mail_server", [(company, vals)])

    def _write_anew(self, reasons):
        """What was looked at and what was about to leave differ: somebody, or another
        module, changed it. It is written anew, the second time not before tomorrow; the
        manager is told."""
        self.ensure_one()
        today = self.debtor_id._get_today()
        again = self.put_off and {"not_before": today + timedelta(days=1)}
        self._take_back(
            reasons,
            put_off=self.put_off + 1,
            put_off_since=self.put_off_since or fields.Datetime.now(),
            planned_at=False,
            planned_on=False,
            **(again or {}),
        )
        manager = self.company_id.collection_manager_id or self.user_id
        if manager:
            env = self.with_context(lang=manager.lang).env
            self.debtor_id.message_notify(
                partner_ids=manager.partner_id.ids,
                subject=env._("A message to a customer was changed before it left"),
                body=env["collection.reason"]._explain(reasons),
            )


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_send_tries = fields.Integer(
        string="Tries while the mail server is busy",
        default=5,
        help="After so many it is somebody's duty, and the message waits until the next "
        "day.",
    )
    collection_send_days = fields.Integer(
        string="Days of trying while the mail server is busy", default=3
    )

    _collection_send_tries_check = models.Constraint(
        "CHECK (collection_send_tries > 0 AND collection_send_days > 0)",
        "Write at least one try and one day: else nothing is ever sent again.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_send_tries = fields.Integer(
        related="company_id.collection_send_tries", readonly=False
    )
    collection_send_days = fields.Integer(
        related="company_id.collection_send_days", readonly=False
    )
