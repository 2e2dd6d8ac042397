"""What does not leave after all: it is taken out of its queue, goes back to the plan or to
a person, and whose contact it was is told."""

from odoo import api, models


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _withdraw_mail(self):
        """Cancel messages that have not left, so that no queue sends them."""
        for code, contacts in self.grouped("channel").items():
            self.env["collection.channel"]._get(code)._withdraw(contacts)

    def _back_to_plan(self, code=None, decision=None):
        """A new moment must be found: an update, no entry in the log. Why: ``code``, or
        the refusals of ``decision``."""
        vals = {"planned_at": False, "planned_on": False}
        reasons = [{"code": code, "args": {}}] if code else None
        if decision is not None:
            reasons = self.env["collection.reason"]._store_all(decision.reasons)
        self._withdraw_mail()
        for contact in self:
            if contact.state == "planned":
                contact.write({**vals, **({"reasons": reasons} if reasons else {})})
            else:
                contact._set_planned(reasons=reasons, stated=False, **vals)

    def _take_back(self, reasons, **vals):
        """From *leaving* back to the plan: nothing left."""
        self._withdraw_mail()
        self._set_planned(
            reasons=reasons,
            made_at=False,
            made_on=False,
            stated=False,
            **vals,
        )

    @api.model
    def _give_to_person(self, refused):
        """No permitted moment: nothing is done, the collectors are told.

        :param refused: {contact: Decision}"""
        contacts = self.browse().union(*refused)
        for decision, alike in contacts.grouped(refused.get).items():
            alike._set_blocked(
                line_state="missed",
                reasons=self._explain_no_moment(decision),
                decision_version=decision.version,
            )
        contacts._tell_collectors()

    @api.model
    def _explain_no_moment(self, decision):
        """Why there is no permitted moment, as stored reasons."""
        refusals = self.env["collection.reason"]._store_all(decision.reasons)
        return [*refusals, {"code": "NO_PERMITTED_MOMENT", "args": {}}]

    def _tell_collectors(self):
        """One internal message per collector about contacts that were not made."""
        for user, contacts in self.grouped("user_id").items():
            if not user:
                continue
            names = "\n".join(
                f"- {contact.display_name}: {contact.with_user(user).why}"
                for contact in contacts[:30]
            )
            self.env["mail.thread"].sudo().message_notify(
                partner_ids=user.partner_id.ids,
                subject=self.env._("%s contacts were not made", len(contacts)),
                body=names,
            )
