"""What cannot be made by its channel goes to the other one of its step."""

from odoo import models

#: Why a contact could not be made, where the address is to blame.
ADDRESS_CODES = (
    "NO_ADDRESS",
    "BAD_ADDRESS",
    "BAD_NUMBER",
    "BOUNCED",
    "WRONG_NUMBER",
    "RETURNED",
    "STOPPED_ADDRESS",
    "RECIPIENT_LEFT",
)
#: Refusals of the channel only: another one may do.
CHANNEL_BLOCKS = ("BLK_OPT_OUT", "BLK_CHANNEL_NOT_AUTHORISED", "BLK_VISIT")


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _fall_back(self, code, **args):
        """These contacts cannot be made: mark them failed, and plan the step on its
        other channel where it has one; else the collector is told.

        :return: the contacts planned instead"""
        if not self:
            return self
        reasons = [{"code": code, "args": args}]
        self.filtered(lambda c: c.state in ("planned", "queued"))._set_failed(
            reasons=reasons
        )
        # an invoice that did not go keeps its item from going on: that is a duty too
        needed = self.filtered(lambda c: c._get_purpose()._must_arrive)
        (self if code in ADDRESS_CODES else needed)._ask_to_mend_address(reasons)
        # the lines given up must be known to the database before others take their place
        self.env.flush_all()
        instead = self.create(
            [
                contact._prepare_fallback_vals()
                for contact in self
                if contact._get_fallback_channel()
            ]
        )
        (self - instead.fallback_of_id)._tell_collectors()
        return instead._keep_reachable()

    def _is_channel_to_blame(self, decision):
        codes = {reason.code.rpartition(".")[2] for reason in decision.reasons}
        return bool(codes & set(CHANNEL_BLOCKS))

    def _get_fallback_channel(self):
        """The other channel of the step, or else the one the debtor prefers, if the step
        says what to write there; none after one change of channel."""
        step = self.step_id
        if self.fallback_of_id or not step:
            return False
        Channel = self.env["collection.channel"]
        wanted = (step.fallback_channel, self.debtor_id.preferred_channel)
        return next(
            (
                code
                for code in wanted
                if code and code != self.channel and Channel._get(code)._has_text(step)
            ),
            False,
        )

    def _prepare_fallback_vals(self):
        """The same step on its other channel, for the invoices it did not reach, with all
        that was listed beside them."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda x: x.state == "failed" and (x.step_id or x.part != "step")
        )
        return {
            **self._prepare_substitute_vals(self.debtor_id._get_today()),
            "line_ids": lines._prepare_copies(),
        }

    def _prepare_substitute_vals(self, today):
        """Of the contact on the step's other channel, asked for on ``today`` (the
        debtor's)."""
        channel = self._get_fallback_channel()
        return {
            **self._prepare_copy_vals(),
            "channel": channel,
            "recipient_chosen": False,
            "fallback_of_id": self.id,
            **self.debtor_id._get_review_vals(channel, today, self.purpose),
        }

    def _ask_to_mend_address(self, reasons):
        """A duty for the collector: without an address nobody is reached. One a customer
        is enough. It is about the channel that the step wanted; where its other channel
        fails too, it is still about the first."""
        self.debtor_id._note_unreached(
            [
                (c.debtor_id.id, c.channel, c.destination or "")
                for c in self
                if not c.fallback_of_id
            ]
        )
        self.env["collection.duty"]._ask(
            "mend_address",
            [
                (debtor, {"reason": contacts[0]._prefix_address(reasons)})
                for debtor, contacts in self.grouped("debtor_id").items()
            ],
        )

    def _prefix_address(self, reasons):
        """Which address does not work, and why, as stored reasons."""
        if not self.destination:
            return reasons
        address = {"code": "ADDRESS_USED", "args": {"address": self.destination}}
        return [address, *reasons]
