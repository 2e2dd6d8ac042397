"""Odoo's blacklist is an opt-out of advertising. A reminder of a debt is none, so it only
warns, unless the company wants it to stop the channel too."""

from odoo import api, fields, models


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    warning = fields.Char(
        compute="_compute_warning", help="What to know before the contact is made."
    )

    @api.depends("recipient_id", "channel", "state", "lang", "lang_missing")
    @api.depends_context("lang")
    def _compute_warning(self):
        for contact in self:
            # the log keeps that it was written in another language
            warnings = [contact._get_language_warning()]
            if contact.state == "planned":
                warnings.insert(0, contact._get_blacklist_warning())
            contact.warning = " ".join(filter(None, warnings)) or False

    def _get_blacklist_warning(self):
        if not self._is_blacklisted():
            return ""
        if self.company_id.collection_blacklist_stops:
            return self.env._(
                "%s is on the mailing blacklist: Settings say that nothing is sent there.",
                self.destination,
            )
        return self.env._(
            "%s is on the mailing blacklist (no advertising). Collection messages are no "
            "advertising and are sent all the same.",
            self.destination,
        )

    def _is_blacklisted(self):
        """Did the person addressed opt out of advertising by the channel?"""
        channel = self.env["collection.channel"]._get(self.channel)
        return channel._is_on_marketing_blacklist(self.recipient_id.sudo())

    def _get_blacklisted_channels(self):
        """What the contact rules call the channel, where the blacklist stops it: it is
        then as good as refused."""
        if not self.company_id.collection_blacklist_stops or not self._is_blacklisted():
            return frozenset()
        return frozenset(
            {self.env["collection.channel"]._get(self.channel)._rule_channel}
        )
