"""Merged customers are told once what each of them was about to be told."""

from odoo import models


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _merge_debtors(self, keep):
        """The log goes along. Of what has not left, contacts of one channel and purpose
        become one about all their items; for all a moment, person and address are found
        anew."""
        self.write({"debtor_id": keep.id})
        waiting = self.search(
            [
                ("debtor_id", "=", keep.id),
                ("state", "in", ("planned", "queued")),
                ("callback_from", "=", False),
            ],
            order="id",
        )
        waiting._back_to_plan()
        joining = waiting.filtered(lambda c: c._is_made_by_plan())
        for contacts in joining.grouped(lambda c: c._get_merge_key()).values():
            contacts[0]._take_in(contacts[1:])

    def _is_made_by_plan(self):
        """Is it about items, with the words of a template and to whom the system found?"""
        by_person = self.own_text or self.own_subject or self.recipient_chosen
        return bool(self.line_ids.item_id and not by_person)

    def _get_merge_key(self):
        """Contacts of merged customers with the same key become one."""
        return self.purpose, self.channel, self.addressee_id

    def _take_in(self, others):
        """This contact speaks of the items of ``others`` too, in the tone of the highest
        stage among them; they are not needed any more. What is listed beside the steps is
        listed anew."""
        if not others:
            return
        together, here = (
            self | others,
            self.line_ids.filtered(lambda x: x.part == "step"),
        )
        lines = others.line_ids.filtered(
            lambda x: x.state == "planned"
            and x.part == "step"
            and (x.step_id or x.item_id not in here.item_id)
        )
        lines.write({"contact_id": self.id})
        highest = self._get_highest_step(together.step_id)
        days = filter(None, together.mapped("not_before"))
        self.write(
            {
                "step_id": highest.id,
                "stage_id": highest.stage_id.id,
                "reviewed": all(together.mapped("reviewed")),
                "not_before": max(days, default=False),
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        others._set_skipped(reasons=[{"code": "MERGED", "args": {}}])
        self._draw_now()
