"""What people owe and decide about a customer, shown with the customer and the file."""

from odoo import api, fields, models


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    duty_ids = fields.One2many("collection.duty", "debtor_id", readonly=True)
    duty_count = fields.Integer(compute="_compute_duty_count", string="Duties")

    @api.depends("duty_ids.state")
    def _compute_duty_count(self):
        counts = self.env["collection.duty"]._read_group(
            [("debtor_id", "in", self.ids), ("state", "=", "open")],
            ["debtor_id"],
            ["__count"],
        )
        counts = dict(counts)
        for debtor in self:
            debtor.duty_count = counts.get(debtor, 0)

    def action_view_duties(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_duty_action"
        )
        return {
            **action,
            "domain": [("debtor_id", "in", self.ids)],
            "context": {"search_default_open": 1, "default_debtor_id": self[:1].id},
        }


class CollectionCase(models.Model):
    _inherit = "collection.case"

    approval_ids = fields.One2many("collection.approval", "case_id", readonly=True)
    approval_count = fields.Integer(
        compute="_compute_approval_count", string="Approvals"
    )
    is_asked = fields.Boolean(compute="_compute_approval_count")
    duty_count = fields.Integer(related="debtor_id.duty_count")

    @api.depends("approval_ids.state")
    def _compute_approval_count(self):
        for case in self:
            case.approval_count = len(case.approval_ids)
            case.is_asked = "asked" in case.approval_ids.mapped("state")

    def action_view_duties(self):
        return self.debtor_id.action_view_duties()

    def action_view_approvals(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "collection_escalation.collection_approval_action"
        )
        return {**action, "domain": [("case_id", "in", self.ids)], "context": {}}

    def _end_duties(self, outcome):
        """The file closes: nothing is left to decide in it, and of its duties those go
        that make no sense any more."""
        self.sudo().approval_ids._withdraw([{"code": "CASE_CLOSED", "args": {}}])
        duties = self.env["collection.duty"].sudo()
        duties.search(
            [("case_id", "in", self.ids), ("state", "=", "open")]
        )._on_file_closed(outcome)

    def _hand_over_file(self, keep_case):
        """What is to be done in these files is done in ``keep_case``; what was to be
        decided is asked for anew, about both."""
        self.approval_ids._supersede([{"code": "MERGED", "args": {}}])
        self.activity_ids.write({"res_id": keep_case.id})
        duties_sudo = self.env["collection.duty"].sudo()
        duties_sudo.search([("case_id", "in", self.ids)]).write(
            {"case_id": keep_case.id}
        )
        duties_sudo.search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).write({"res_id": keep_case.id})
