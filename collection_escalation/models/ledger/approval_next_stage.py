"""The late stages of a plan open when a manager says so: the evaluation asks, and so may a
collector; a manager decides, with the invoices and amounts in view."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CODE = "next_stage"


class CollectionApprovalNextStage(models.AbstractModel):
    _name = "collection.approval.next_stage"
    _inherit = "collection.approval.kind"
    _description = "Approval: open the next stage"

    _code = CODE
    _label = _lt("Open the next stage")
    _sequence = 10

    @api.model
    def _covers(self, approval, figures):
        """Its amounts may fall, but no other invoice may join it."""
        return _get_keys(figures) <= _get_keys(approval.figures)

    @api.model
    def _is_moot(self, approval):
        return not self._get_items(approval)

    @api.model
    def _get_items(self, approval):
        """Those asked for that still wait for this stage."""
        keys = _get_keys(approval.figures)
        return (
            approval._get_record()
            ._get_waiting_items_sudo()
            .filtered(
                lambda i: (i.id, i.cycle) in keys
                and i._get_following_stage().id == approval.figures["stage_id"]
            )
        )

    @api.model
    def _on_approved(self, approval):
        items_sudo, case = self._get_items(approval), approval._get_record()
        stage = self.env["collection.stage"].browse(approval.figures["stage_id"])
        items_sudo.write({"approved_stage_id": stage.id, "waits_for": False})
        items_sudo._wake()
        case.message_post(
            body=self.env._(
                "%(user)s opened the stage %(stage)s: %(reason)s",
                user=self.env.user.name,
                stage=stage.name,
                reason=approval.reason,
            )
        )

    @api.model
    def _on_refused(self, approval):
        """The invoices stay where they are, so somebody owes the next action."""
        approval._get_record().message_post(
            body=self.env._(
                "%(user)s does not open the stage %(stage)s: %(reason)s",
                user=self.env.user.name,
                stage=approval.figures["stage"],
                reason=approval.reason,
            )
        )
        self.env["collection.duty"]._ask(
            "refused",
            [
                (
                    approval.debtor_id,
                    {"case_id": approval.case_id.id, "note": approval.reason},
                )
            ],
        )


class CollectionDutyRefused(models.AbstractModel):
    _name = "collection.duty.refused"
    _inherit = "collection.duty.kind"
    _description = "Duty: a stage was refused"

    _code = "refused"
    _label = _lt("The next stage was refused: decide what else to do")
    _sequence = 20
    _activity_type = "collection_escalation.mail_activity_stopped"

    @api.model
    def _ends_with_file(self, duty, outcome):
        return True


class CollectionDutyPlanEnd(models.AbstractModel):
    _name = "collection.duty.plan_end"
    _inherit = "collection.duty.kind"
    _description = "Duty: the plan ends"

    _code = "plan_end"
    _label = _lt("The plan ends: decide what follows")
    _sequence = 15
    _activity_type = "collection_escalation.mail_activity_approve"

    @api.model
    def _get_owner(self, debtor):
        return debtor.company_id.collection_manager_id or debtor._get_owner()

    @api.model
    def _ends_with_file(self, duty, outcome):
        return True


class CollectionCase(models.Model):
    _inherit = "collection.case"

    def _get_waiting_items_sudo(self):
        """Open items that wait for a manager. Superuser: who may see the file may know."""
        return (
            self.env["collection.item"]
            .sudo()
            .search(
                [
                    ("case_id", "in", self.ids),
                    ("ledger_state", "=", "open"),
                    ("waits_for", "=", "manager"),
                ]
            )
        )

    def _ask_for_next_stage(self, by=None, question=""):
        """Ask a manager to open the stage that the waiting invoices come to next, once a
        file and stage. The plan does not ask again for what was refused; a person may.
        Where the plan ends a manager owes the decision what follows.

        :param by: the user who asks; None for the plan itself
        :return: the new approvals"""
        items_sudo = self._get_waiting_items_sudo()
        refused = frozenset() if by else self._get_refused_keys(items_sudo)
        wanted, ended = [], []
        alike = items_sudo.grouped(lambda i: (i.case_id, i._get_following_stage()))
        for (case, stage), items in alike.items():
            asked = items.filtered(lambda i: (i.id, i.cycle) not in refused)
            if not stage:
                ended.append((case.debtor_id, {"case_id": case.id}))
            elif asked:
                wanted.append((case, case._prepare_next_stage_vals(stage, items)))
        self.env["collection.duty"]._ask("plan_end", ended)
        return self.env["collection.approval"]._ask(CODE, wanted, by, question)

    def _get_refused_keys(self, items_sudo):
        """{(item id, cycle)} that a manager refused to let go on from where they stand."""
        refused_sudo = (
            self.env["collection.approval"]
            .sudo()
            .search(
                [
                    ("kind", "=", CODE),
                    ("state", "=", "refused"),
                    ("case_id", "in", items_sudo.case_id.ids),
                ]
            )
        )
        stages = {
            (a.figures["stage_id"], *k)
            for a in refused_sudo
            for k in _get_keys(a.figures)
        }
        return {
            (item.id, item.cycle)
            for item in items_sudo
            if (item._get_following_stage().id, item.id, item.cycle) in stages
        }

    def _prepare_next_stage_vals(self, stage, items):
        """Of the approval that lets ``items`` of this file climb to ``stage``."""
        items = items.sorted(lambda i: (i.date_due, i.id))
        figures = {
            "stage_id": stage.id,
            "stage": stage.name,
            "items": [
                {
                    "id": item.id,
                    "cycle": item.cycle,
                    "name": item.move_id.name,
                    "due": item.date_due.isoformat(),
                    "open": str(item.amount_open),
                    "currency": item.currency_id.name,
                }
                for item in items
            ],
        }
        invoices = ", ".join(
            self.env._(
                "%(name)s, due %(due)s, %(amount)s",
                name=item.move_id.name,
                due=format_date(self.env, item.date_due),
                amount=item.currency_id.format(item.amount_open),
            )
            for item in items
        )
        return {
            "debtor_id": self.debtor_id.id,
            "case_id": self.id,
            "company_id": self.company_id.id,
            "key": str(stage.id),
            "figures": figures,
            "text": self.env._(
                "Open the stage “%(stage)s” for %(customer)s: %(invoices)s",
                stage=stage.name,
                customer=self.partner_id.display_name,
                invoices=invoices,
            ),
        }

    def action_open_next_stage(self):
        """A manager decides whether the waiting invoices climb to their next stage."""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(
            "collection_escalation.group_collection_manager"
        ):
            raise UserError(
                self.env._(
                    "Only a collection manager opens the formal and legal stages."
                )
            )
        asked = self.approval_ids.filtered(
            lambda a: a.kind == CODE and a.state == "asked"
        )
        if not asked:
            # what waits since before there were approvals, or was refused: decided anew
            asked = self._ask_for_next_stage(self.env.user).with_env(self.env)
        if not asked:
            self._refuse_to_open()
        if len(asked) > 1:
            return self.action_view_approvals()
        return asked.action_decide()

    def _refuse_to_open(self):
        if self._get_waiting_items_sudo():
            raise UserError(
                self.env._("The plan ends here: there is no next stage to open.")
            )
        raise UserError(self.env._("No invoice here waits for a decision."))

    def action_ask_next_stage(self):
        """A collector asks a manager, for instance once more after a refusal."""
        self.ensure_one()
        self.check_access("write")
        asked = self._ask_for_next_stage(self.env.user)
        if not asked and self.approval_ids.filtered(lambda a: a.state == "asked"):
            raise UserError(self.env._("A manager was asked already."))
        if not asked:
            self._refuse_to_open()
        self.message_post(
            body=self.env._(
                "%(user)s asks: %(text)s", user=self.env.user.name, text=asked[0].text
            )
        )
        return True


class CollectionItem(models.Model):
    _inherit = "collection.item"

    def _on_closed(self):
        """Nobody decides on what is not owed any more."""
        waiting = self.filtered("waits_for").case_id
        result = super()._on_closed()
        waiting.sudo().approval_ids._withdraw_moot()
        return result


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _merge_into(self, keep):
        """What waited in one of the files waits in the one that stays: the manager is
        asked about all of it."""
        result = super()._merge_into(keep)
        keep.case_id._ask_for_next_stage()
        return result


def _get_keys(figures):
    """{(item id, cycle)}"""
    return {(item["id"], item["cycle"]) for item in figures["items"]}
