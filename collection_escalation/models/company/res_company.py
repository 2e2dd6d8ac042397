from datetime import UTC
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..debtor.collection_debtor_place import zones_of


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_started_on = fields.Date(
        readonly=True,
        copy=False,
        help="Nothing is sent before collections are started.",
    )
    collection_paused = fields.Boolean(
        string="Pause all sending",
        copy=False,
        help="No message leaves and no invoice climbs while this is on.",
    )
    collection_review_until = fields.Date(
        string="Review before sending until",
        copy=False,
        help="Up to this day every message waits for somebody who looked at it.",
    )
    collection_tz = fields.Selection(
        _tz_get,
        string="Time zone of the company",
        help="Used for customers whose address has no country and whose phone number "
        "tells nothing. It never decides between the zones of another place.",
    )
    collection_user_id = fields.Many2one(
        "res.users",
        string="Who collects",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Collector of the customers that have none of their own.",
    )
    collection_manager_id = fields.Many2one(
        "res.users",
        string="Who approves",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Opens the formal and legal stages. Empty: the collector is asked.",
    )
    collection_consumer_policy_id = fields.Many2one(
        "collection.policy", string="Plan for consumers", check_company=True
    )
    collection_business_policy_id = fields.Many2one(
        "collection.policy", string="Plan for companies", check_company=True
    )
    collection_ruleset_id = fields.Many2one(
        "collection.contact.ruleset",
        string="Contact hours and limits",
        check_company=True,
        help="House rules; empty: the ones that come with the module.",
    )
    collection_payments_until = fields.Date(
        string="Payments entered up to",
        copy=False,
        help="Last day whose payments are all entered. Used when no bank statement lines "
        "are imported.",
    )
    collection_bank_max_age = fields.Integer(
        string="Bank data not older than",
        default=3,
        help="Business days. When the newest bank line is older, nobody is chased: the "
        "payment may be there already.",
    )
    collection_require_sent = fields.Boolean(
        string="Only invoices that were sent",
        default=True,
        help="An invoice that was never sent goes to the customer before any reminder, "
        "and the days count from then. Switch it off when invoices leave by another way.",
    )
    collection_first_per_day = fields.Integer(
        string="First contacts a day",
        default=50,
        help="After the start, at most so many customers a day are contacted about old "
        "invoices.",
    )
    collection_bureau = fields.Char(
        string="Credit bureau",
        help="Named in messages whose plan foresees a record there. Empty: never "
        "announced.",
    )
    collection_notary = fields.Char(
        string="Notary for protests",
        help="Named in messages whose plan foresees a protest. Empty: never announced.",
    )
    collection_court = fields.Char(
        string="Court for claims",
        help="Named in messages whose plan foresees a claim. Empty: never announced.",
    )
    collection_reply_to = fields.Char(
        string="Reply address", help="Where answers to collection messages go."
    )

    _collection_bank_max_age_not_negative = models.Constraint(
        "CHECK(collection_bank_max_age >= 0)",
        "The age of the bank data cannot be negative.",
    )
    _collection_first_per_day_positive = models.Constraint(
        "CHECK(collection_first_per_day > 0)",
        "First contacts a day: at least one.",
    )

    def _guess_collection_tz(self):
        """The zone the address tells, else the administrator's, else none."""
        self.ensure_one()
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        partner = self.root_id.partner_id
        place = partner.country_id.code, partner.state_id.code, partner.city or ""
        zones = zones_of(*place) or ()
        return (
            (len(zones) == 1 and zones[0])
            or partner.tz
            or (admin and admin.tz)
            or False
        )

    def _get_collection_today(self):
        """Today's date in the company's zone for collections (UTC without one)."""
        self.ensure_one()
        zone = ZoneInfo(self.collection_tz) if self.collection_tz else UTC
        return fields.Datetime.now().replace(tzinfo=UTC).astimezone(zone).date()

    def _get_collection_accountant(self):
        """Who looks for payments, else who approves; or nobody."""
        self.ensure_one()
        company_sudo = self.sudo()
        found_sudo = (
            company_sudo.collection_accounting_user_id
            or company_sudo.collection_manager_id
        )
        return found_sudo.with_env(self.env)

    @api.constrains("collection_tz", "collection_started_on")
    def _check_started_company_has_place(self):
        """A company that collects has a country and a time zone."""
        for company in self.filtered("collection_started_on"):
            if not company.collection_tz or not company.root_id.country_id:
                raise ValidationError(
                    self.env._(
                        "%s collects, so it needs a country (on its contact) and a time "
                        "zone (Settings, Collections).",
                        company.name,
                    )
                )
