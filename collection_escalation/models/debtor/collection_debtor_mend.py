"""*Mend the address*: the duty is done when the address that was missing is there, not
when anything about the customer changed."""

from odoo import fields, models
from odoo.tools import SQL


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    unreached = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="{channel: address that did not work, empty for none} since the duty to mend "
        "the address was given.",
    )

    def _note_unreached(self, failed):
        """The duty is about these channels too. One statement, however many they are.

        :param failed: list of (debtor id, channel, address that did not work or "")"""
        if not failed:
            return
        self.flush_model(["unreached"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_debtor d
                   SET unreached = COALESCE(d.unreached, '{}'::jsonb) || f.addresses
                  FROM (SELECT debtor_id, jsonb_object_agg(channel, address) AS addresses
                          FROM unnest(%s::int[], %s::text[], %s::text[])
                            AS t (debtor_id, channel, address)
                         GROUP BY debtor_id) f
                 WHERE d.id = f.debtor_id
                """,
                *map(list, zip(*failed, strict=True)),
            )
        )
        self.invalidate_model(["unreached"])

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
