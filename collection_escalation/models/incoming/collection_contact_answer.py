"""Answers in the log: each is a contact from the customer that names the message it
answers."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .collection_answer import answer_selection

#: Answers taken through one link in a day; more is no person.
DAILY_ANSWERS = 10


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    answer = fields.Selection(
        answer_selection, readonly=True, help="What they answered with one tap."
    )
    answered_id = fields.Many2one(
        "collection.contact",
        string="Answer to",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    answer_key = fields.Char(readonly=True, groups=fields.NO_ACCESS)

    _answer_once = models.UniqueIndex(
        "(answered_id, answer_key) WHERE answer_key IS NOT NULL",
        "This answer was taken already.",
    )

    def _queue_for_answer(self):
        """Answers through one link are taken one after the other: two taps at once see
        each other.

        :raise SerializationFailure: another answer came at the same moment; try again"""
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_contact SET state = state
                 WHERE id = %s
                """,
                self.id,
            ),
            # a tap at the same moment is asked again: no error
            log_exceptions=False,
        )

    def _has_answer(self, once):
        return bool(
            self.search_count(
                [("answered_id", "=", self.id), ("answer_key", "=", once)], limit=1
            )
        )

    def _check_not_flooded(self):
        today = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        answers = self.search_count(
            [("answered_id", "=", self.id), ("made_at", ">=", today)]
        )
        if answers >= DAILY_ANSWERS:
            raise UserError(
                self.env._("We have your answers of today. Please call or write to us.")
            )

    def _get_open_items(self):
        """What the message was about and is still open, of this customer."""
        return self._get_lines().item_id.filtered(
            lambda i: i.debtor_id == self.debtor_id and i._is_owed()
        )

    def _was_answered_by(self, code):
        """Did somebody give this answer to the message before?"""
        return bool(
            self.search_count(
                [("answered_id", "=", self.id), ("answer", "=", code)], limit=1
            )
        )

    def _log_answer(self, code, once, said, text):
        """The answer becomes a contact from the customer.

        :param said: stored reasons: what they said, in codes
        :param text: what they wrote themselves"""
        self.debtor_id._log_inbound(
            channel=self.channel,
            outcome=self.env["collection.answer"]._get(code)._outcome,
            destination=self.destination,
            reasons=said,
            note=text,
            answer=code,
            answered_id=self.id,
            answer_key=once,
        )
