"""What the post did with a letter. Every fact is written once, with who said so and when;
the contact itself stays as it was made."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..collection_evidence import Paper


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    on_paper = fields.Boolean(compute="_compute_on_paper", search="_search_on_paper")
    is_tracked = fields.Boolean(
        compute="_compute_on_paper", help="The post proves that it was received."
    )
    posted_on = fields.Date(string="Posted on", readonly=True, copy=False)
    tracking_code = fields.Char(
        string="Tracking code", readonly=True, copy=False, index="btree_not_null"
    )
    received_on = fields.Date(string="Received on", readonly=True, copy=False)
    received_by_id = fields.Many2one(
        "res.users", string="Receipt noted by", readonly=True, copy=False
    )
    received_noted_at = fields.Datetime(
        string="Receipt noted at", readonly=True, copy=False
    )
    receipt = Paper(string="Signed receipt", readonly=True, copy=False)
    receipt_name = fields.Char(readonly=True, copy=False)
    returned_on = fields.Date(string="Returned on", readonly=True, copy=False)
    returned_by_id = fields.Many2one(
        "res.users", string="Return noted by", readonly=True, copy=False
    )
    returned_noted_at = fields.Datetime(
        string="Return noted at", readonly=True, copy=False
    )

    @api.depends("channel")
    def _compute_on_paper(self):
        Channel = self.env["collection.channel"]
        for contact in self:
            channel = Channel._get(contact.channel) if contact.channel else Channel
            contact.on_paper = channel._on_paper
            contact.is_tracked = channel._is_tracked

    @api.model
    def _search_on_paper(self, operator, value):
        if operator != "in":
            return NotImplemented
        channels = self.env["collection.channel"]._get_models()
        codes = [c._code for c in channels if c._on_paper in value]
        return [("channel", "in", codes)]

    # -- what the post did ---------------------------------------------------------------

    def action_log_sent(self):
        """Letters are posted on a day, certified ones with a code: that is asked for."""
        if self.on_paper:
            return self.action_note_posted()
        return super().action_log_sent()

    def action_note_posted(self):
        return self._open_post_note("posted", self.env._("Posted"))

    def action_note_received(self):
        return self._open_post_note("received", self.env._("Received"))

    def action_note_returned(self):
        return self._open_post_note("returned", self.env._("Came back"))

    def _open_post_note(self, fact, title):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "collection.post.note",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_contact_id": self.id,
                "default_fact": fact,
                "default_day": self.debtor_id._get_today(),
            },
        }

    def _note_posted(self, day, tracking_code):
        """Made: the letter is on its way. What was printed is what they are told.

        :return: as `_log_attempt`: a refusal if it is not permitted now, else True"""
        if self.is_tracked and not tracking_code:
            raise ValidationError(
                self.env._(
                    "%s: write the tracking code. Without it nothing proves that a "
                    "certified letter was posted.",
                    self.display_name,
                )
            )
        contact_sudo = self.sudo()
        permitted = contact_sudo._decide(fields.Datetime.now()).allowed
        if contact_sudo.state == "planned" and permitted:
            # what is not permitted is refused, and logged, whatever is owed
            if not contact_sudo._drop_what_is_not_owed():
                return self._tell_not_now()
        result = self._log_attempt("sent")
        if contact_sudo.state == "made":
            contact_sudo._note_later(
                posted_on=day,
                tracking_code=tracking_code or False,
                delivery_status="sent",
            )
        return result

    def _note_received(self, day, receipt, receipt_name):
        contact_sudo = self._get_posted(day)
        if not self.is_tracked:
            raise UserError(
                self.env._(
                    "%s: only of a certified letter the post says when it was received.",
                    self.display_name,
                )
            )
        if not receipt:
            raise ValidationError(
                self.env._(
                    "%s: attach the signed receipt. It is the proof that counts.",
                    self.display_name,
                )
            )
        contact_sudo._note_later(
            received_on=day,
            receipt=receipt,
            receipt_name=receipt_name or False,
            received_by_id=self.env.user.id,
            received_noted_at=fields.Datetime.now(),
        )
        contact_sudo.write({"delivery_status": "delivered"})

    def _note_returned(self, day):
        """It was not received: the address is to be mended, and the step goes to its
        other channel."""
        contact_sudo = self._get_posted(day)
        contact_sudo._note_later(
            returned_on=day,
            returned_by_id=self.env.user.id,
            returned_noted_at=fields.Datetime.now(),
        )
        contact_sudo._on_not_received("returned", "RETURNED")

    def _get_posted(self, day):
        """The contact as superuser, if the post can have said something about it on
        ``day``.

        :raise UserError: it was not posted before, or its end is known already"""
        self.ensure_one()
        contact_sudo = self.sudo()
        if contact_sudo.state != "made" or not contact_sudo.posted_on:
            raise UserError(
                self.env._("%s was not posted yet: note that first.", self.display_name)
            )
        if contact_sudo.received_on or contact_sudo.returned_on:
            raise UserError(
                self.env._(
                    "%s: what became of the letter is known already. Add a remark to the "
                    "file if it is wrong.",
                    self.display_name,
                )
            )
        if day < contact_sudo.posted_on:
            raise ValidationError(
                self.env._(
                    "%(contact)s was posted on %(posted)s: it cannot have arrived or "
                    "come back before. Correct the day.",
                    contact=self.display_name,
                    posted=contact_sudo.posted_on,
                )
            )
        return contact_sudo

    def _note_later(self, **facts):
        """What is learnt of a contact that was made already: each fact once.

        :raise UserError: a fact that is known already"""
        for contact in self:
            if known := [name for name in facts if contact[name]]:
                raise UserError(
                    self.env._(
                        "%(contact)s: “%(field)s” is noted already and cannot be changed.",
                        contact=contact.display_name,
                        field=self._fields[known[0]]._description_string(self.env),
                    )
                )
        self._write_state(facts)
