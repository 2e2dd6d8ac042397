"""*Mend the address*: the duty is done when the address that was missing is there, not
when anything about the customer changed."""

from odoo import fields, models


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    unreached = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="{channel: address that did not work, empty for none} since the duty to mend "
        "the address was given.",
    )

    def _note_unreached(self, channel, address):
        """The duty is about this channel too."""
        for debtor_sudo in self.sudo():
            debtor_sudo.unreached = {
                **(debtor_sudo.unreached or {}),
                channel: address or "",
            }

    def _close_mended(self):
        """After a change of address: the duty is done where every channel has another
        address than the one that did not work."""
        mended = self.filtered(lambda debtor: not debtor._find_unmended())
        mended.sudo().filtered("unreached").unreached = False
        mended.sudo().duty_ids.filtered(lambda d: d.kind == "mend_address")._done(
            self.env.user
        )

    def _find_unmended(self):
        """Channels of which nothing better is known than before."""
        self.ensure_one()
        return [
            channel
            for channel, failed in (self.sudo().unreached or {}).items()
            if (self._get_person_and_address(channel)[1] or "") in ("", failed)
        ]
