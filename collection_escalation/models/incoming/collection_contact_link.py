"""The link of a message: who has it needs no login. It expires, shows a consumer nothing
before the last digits are confirmed, and asks no more after some wrong ones."""

import secrets
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...rules import identity

#: Days after which the links of a message stop working.
LINK_DAYS = 90
#: Ids above this are no ids: PostgreSQL would raise an error.
LARGEST_ID = 2**31 - 1


class CollectionDebtor(models.Model):
    """Wrong answers count for the customer, not for a message: who holds ten messages has
    no more tries."""

    _inherit = "collection.debtor"

    link_wrong_tries = fields.Integer(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="Wrong answers to the question for the last digits.",
    )
    link_closed_until = fields.Datetime(
        readonly=True, copy=False, groups=fields.NO_ACCESS
    )


class CollectionContactLine(models.Model):
    _inherit = "collection.contact.line"

    handed_out = fields.Boolean(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="A reader of the message was led to the page of the invoice.",
    )

    def _is_theirs(self):
        """Does the invoice still belong to whom the message was for? Else its readers see
        nothing of how it stands now."""
        debtor, ledger = self.contact_id.debtor_id, self._get_ledger_line()
        move = ledger.move_id or self.item_id.move_id
        customer = ledger.partner_id or move.commercial_partner_id
        ours = not self.item_id or self.item_id.debtor_id == debtor
        return ours and (not customer or customer == debtor.partner_id)

    def _get_now_open(self):
        """What the page says is to be paid of it now; negative: a credit not used yet."""
        if self.item_id:
            return self.item_id.amount_open if self.item_id._is_owed() else 0.0
        credit = self.credit_line_id
        unused = credit.parent_state == "posted" and not credit.reconciled
        return credit.amount_residual_currency if unused else 0.0


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    @api.private
    def get_url(self):
        """Link to everything the message states, and to the answers. The token is this
        contact's own: who has it needs no login, so RPC does not get it."""
        return f"{self.get_base_url()}{self._get_path()}"

    @api.private
    def get_line_url(self, line):
        return f"{self.get_url()}/{line.id}"

    @api.private
    def get_answers(self):
        """The answers of one tap, for the message: list of {"label", "url"}."""
        self.ensure_one()
        answers = self.env["collection.answer"]._get_models()
        return [
            {
                "label": answer._get_label(),
                "url": f"{self.get_url()}/answer/{answer._code}",
            }
            for answer in answers
            if answer._is_offered(self)
        ]

    def _get_path(self):
        return f"/statement/{self.id}/{self.sudo().access_token}"

    # -- who may come in -----------------------------------------------------------------

    @api.model
    def _find_by_link(self, contact_id, token):
        """The message of a link, as the system itself, in the message's company; empty
        unless the token fits and is fresh. The token is compared in constant time, also
        where there is no such message."""
        Contact = self.with_user(SUPERUSER_ID)
        contact = Contact.browse(contact_id if 0 < contact_id <= LARGEST_ID else [])
        contact = contact.exists()
        expected = contact.access_token or secrets.token_urlsafe(24)
        fits = secrets.compare_digest(expected.encode(), token.encode())
        if not fits or not contact.access_token or contact.direction != "out":
            return Contact
        begun = contact.made_at or contact.create_date
        if fields.Datetime.now() - begun > timedelta(days=LINK_DAYS):
            return Contact
        return contact.with_company(contact.company_id)

    def _is_link_dead(self):
        """The reader said that they are not the customer: they see nothing any more. A
        postal address cannot be stopped, so there the answer itself ends the link."""
        Stopped = self.env["collection.stopped.address"]
        if Stopped._get_kind(self.channel):
            return bool(Stopped._get_refusal(self.channel, self.destination))
        return self._was_answered_by("not_me")

    def _note_handed_out(self, line):
        """The reader is led to the page of the line's invoice, whose link has a token of
        its own and never expires. Past the guard of the log: it says nothing of what was
        told."""
        self.env.cr.execute(
            SQL(
                "UPDATE collection_contact_line SET handed_out = TRUE "
                "WHERE id = %s AND handed_out IS NOT TRUE",
                line.id,
            )
        )
        line.invalidate_recordset(["handed_out"])

    def _take_back_links(self):
        """Whoever read these messages was not the customer: the links to invoices that
        they were led to work no more. The customer gets new ones with the next message."""
        lines = self.line_ids.filtered("handed_out")
        moves_sudo = lines.item_id.move_id.sudo()
        moves_sudo.filtered("access_token").write({"access_token": False})

    def _get_proof(self):
        """What a consumer is asked for before anything is shown (`rules.identity.Proof`);
        None if we know nothing to ask for: then nothing is shown."""
        partner = self.debtor_id.partner_id
        return identity.get_proof(partner.vat or "", partner.zip or "")

    def _needs_proof(self):
        """Companies see their invoices at once; who is unknown is a consumer. Who was one
        when the message left is asked all the same: whoever calls them a company later
        opens no message to somebody else."""
        return self.debtor_id._was_consumer_at(self.made_at)

    def _is_link_closed(self):
        """Too many wrong answers: it asks no more for a while."""
        until = self.debtor_id.link_closed_until
        return bool(until) and until > fields.Datetime.now()

    def _prove(self, typed):
        """Are these the last digits? Counts the try before it looks, so that many tries
        at once do not see each other's count; while the link is closed nothing is right.

        :raise SerializationFailure: another try came at the same moment; asked again"""
        tries = self._count_try()
        proof = self._get_proof()
        if not tries or not proof:
            return False
        if proof.fits(typed):
            self._set_link(0, None)
            return True
        if closed := identity.closed_after(tries):
            self._set_link(tries, fields.Datetime.now() + closed)
        return False

    def _count_try(self):
        """One try more: the customer's row is updated first, which lets tries queue up.

        :return: the number of tries; None while the link is closed"""
        self.debtor_id.flush_recordset()
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_debtor
                   SET link_wrong_tries = COALESCE(link_wrong_tries, 0) + 1
                 WHERE id = %s
                   AND (link_closed_until IS NULL OR link_closed_until <= %s)
                RETURNING link_wrong_tries
                """,
                self.debtor_id.id,
                fields.Datetime.now(),
            ),
            # a try at the same moment is asked again: no error
            log_exceptions=False,
        )
        row = self.env.cr.fetchone()
        self.debtor_id.invalidate_recordset(["link_wrong_tries"])
        return row[0] if row else None

    def _set_link(self, tries, closed_until):
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_debtor
                   SET link_wrong_tries = %s, link_closed_until = %s
                 WHERE id = %s
                """,
                tries,
                closed_until,
                self.debtor_id.id,
            )
        )
        self.debtor_id.invalidate_recordset(["link_wrong_tries", "link_closed_until"])
