"""Who asked, what exactly, who decided, when, why. One file a kind: a new kind is one
model that inherits `collection.approval.kind`, in the room whose decision it is."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

MANAGER = "collection_escalation.group_collection_manager"
#: Where an approval belongs: it follows when customers are merged, also when it is decided.
PLACE = {"debtor_id", "case_id"}


def approval_selection(model):
    """For `fields.Selection`: (code, label) of the kinds there are."""
    return model.env["collection.approval.kind"]._get_selection()


class CollectionApprovalKind(models.AbstractModel):
    """What is asked for and what follows. The attributes and methods below are all there
    is to say about a kind. ``approval`` is always as superuser."""

    _name = "collection.approval.kind"
    _inherit = ["collection.registry"]
    _description = "Kind of approval"
    _registry = "collection.approval.kind"

    #: Kind of the duty of who has to decide.
    _duty = "approve"

    @api.model
    def _get(self, code):
        """The model of a kind; the bare one for a kind that no module knows any more."""
        return self.env[self._get_names().get(code, "collection.approval.kind")]

    @api.model
    def _get_decider(self, approval):
        """Who is asked: the manager of collections, or else who owns the customer."""
        return (
            approval.company_id.collection_manager_id or approval.debtor_id._get_owner()
        )

    @api.model
    def _covers(self, approval, figures):
        """Does what was asked for include these figures? Otherwise it is asked for anew."""
        return approval.figures == figures

    @api.model
    def _is_moot(self, approval):
        """Is there nothing to decide any more?"""
        return False

    @api.model
    def _on_approved(self, approval):
        """Do what was asked for."""

    @api.model
    def _on_refused(self, approval):
        """What follows instead."""


class CollectionDutyApprove(models.AbstractModel):
    _name = "collection.duty.approve"
    _inherit = "collection.duty.kind"
    _description = "Duty: decide on an approval"

    _code = "approve"
    _label = _lt("Decide")
    _sequence = 10
    _activity_type = "collection_escalation.mail_activity_approve"

    @api.model
    def _join(self, duty, vals):
        """More is asked for than was."""
        duty.note = vals["note"]

    @api.model
    def _check_done(self, duty):
        asked = self.env["collection.approval"].sudo()._get_asked_by_duty(duty)
        if asked:
            raise UserError(
                self.env._(
                    "“%s” waits for a decision: open it, and approve or refuse it with "
                    "a reason.",
                    asked[0].text,
                )
            )


class CollectionApproval(models.Model):
    """Asked for, and decided once, by a manager. Nobody changes or deletes it then."""

    _name = "collection.approval"
    _inherit = ["collection.internal"]
    _description = "Approval"
    _order = "state, asked_at desc, id desc"
    _rec_name = "text"

    kind = fields.Selection(approval_selection, required=True, readonly=True)
    key = fields.Char(
        required=True,
        readonly=True,
        default="",
        help="What tells approvals of one kind apart, where a record can have several.",
    )
    debtor_id = fields.Many2one(
        "collection.debtor",
        string="Customer",
        ondelete="restrict",
        index=True,
        readonly=True,
    )
    case_id = fields.Many2one(
        "collection.case",
        string="File",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    text = fields.Text(string="What is asked for", required=True, readonly=True)
    figures = fields.Json(readonly=True, help="What was asked for, as it stood then.")
    question = fields.Text(string="Why they ask", readonly=True)
    state = fields.Selection(
        [
            ("asked", "Asked"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        default="asked",
        readonly=True,
    )
    asked_by = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="restrict",
        help="Empty: the plan itself asks.",
    )
    asked_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    decided_by = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True)
    reason = fields.Text(string="Why they decided so", readonly=True)
    end_reason = fields.Json(readonly=True)
    why = fields.Text(compute="_compute_why")

    _one_asked = models.UniqueIndex(
        "(res_model, res_id, kind, key) WHERE state = 'asked'",
        "This was asked for already.",
    )

    @api.depends("reason", "end_reason")
    @api.depends_context("lang")
    def _compute_why(self):
        for approval in self:
            approval.why = approval.reason or self.env["collection.reason"]._explain(
                approval.end_reason
            )

    # -- to ask --------------------------------------------------------------------------

    @api.model
    def _ask(self, kind, wanted, by=None, question=""):
        """Ask for decisions: one open approval a record, kind and key; what it asks for is
        kept as it stands. If more is asked for meanwhile, it is asked for anew. The number
        of queries does not depend on how many are asked for. Superuser: the caller looks
        at who may ask.

        :param kind: code of the kind
        :param wanted: [(record, vals)]: ``debtor_id``, ``company_id``, ``text``,
            ``figures``, and, optional, ``case_id``, ``key``
        :param by: the user who asks; None for the plan itself
        :return: the new approvals, as superuser"""
        Approval_sudo = self.sudo()
        Kind = self.env["collection.approval.kind"].sudo()._get(kind)
        standing = Approval_sudo._find_asked(kind, [record for record, _vals in wanted])
        outdated, fresh = Approval_sudo.browse(), []
        for record, vals in wanted:
            key = vals.get("key", "")
            old = standing.get((record._name, record.id, key))
            if old and Kind._covers(old, vals["figures"]):
                continue
            outdated += old or Approval_sudo
            fresh.append(
                {
                    **vals,
                    "kind": kind,
                    "key": key,
                    "res_model": record._name,
                    "res_id": record.id,
                    "asked_by": by and by.id,
                    "question": question,
                }
            )
        outdated._supersede([{"code": "MORE_WAITS", "args": {}}])
        # the old ones must be known to the database before others take their place
        self.env.flush_all()
        approvals = Approval_sudo.create(fresh)
        approvals._ask_deciders()
        return approvals

    @api.model
    def _find_asked(self, kind, records):
        """{(model, id, key): approval that is asked for}"""
        where = Domain.OR(
            Domain("res_model", "=", model)
            & Domain("res_id", "in", [r.id for r in them])
            for model, them in _group_by_model(records).items()
        )
        asked = self.search(
            Domain("kind", "=", kind) & Domain("state", "=", "asked") & where
        )
        return {(a.res_model, a.res_id, a.key): a for a in asked}

    def _ask_deciders(self):
        Kind = self.env["collection.approval.kind"]
        for code, alike in self.grouped("kind").items():
            kind = Kind._get(code)
            self.env["collection.duty"]._ask(
                kind._duty,
                [
                    (
                        approval.debtor_id or approval.company_id,
                        {
                            "key": approval._get_duty_key(),
                            "user_id": kind._get_decider(approval).id,
                            "res_model": approval.res_model,
                            "res_id": approval.res_id,
                            "case_id": approval.case_id.id,
                            "note": approval.text,
                        },
                    )
                    for approval in alike
                ],
            )

    def _get_duty_key(self):
        return f"{self.kind}:{self.key}"

    @api.model
    def _get_asked_by_duty(self, duty):
        """The approvals that ``duty`` is to decide on."""
        kind, _colon, key = duty.key.partition(":")
        return self.search(
            [
                ("state", "=", "asked"),
                ("kind", "=", kind),
                ("key", "=", key),
                ("debtor_id", "=", duty.debtor_id.id),
                ("company_id", "=", duty.company_id.id),
            ]
        )

    def _get_duties(self):
        """The open duties to decide on these."""
        Kind = self.env["collection.approval.kind"]
        wanted = {
            (Kind._get(a.kind)._duty, a._get_duty_key(), a.debtor_id, a.company_id)
            for a in self
        }
        return (
            self.env["collection.duty"]
            .sudo()
            .search(
                [
                    ("state", "=", "open"),
                    ("debtor_id", "in", [*self.debtor_id.ids, False]),
                    ("company_id", "in", self.company_id.ids),
                    ("key", "in", [key for _kind, key, _d, _c in wanted]),
                ]
            )
            .filtered(lambda d: (d.kind, d.key, d.debtor_id, d.company_id) in wanted)
        )

    # -- the gate ------------------------------------------------------------------------

    def _decide(self, approved, reason):
        """A manager approves or refuses; what follows is done at once.

        :raise UserError: they may not decide this, or it was decided meanwhile"""
        self.ensure_one()
        self._check_may_decide()
        if not (reason or "").strip():
            raise UserError(self.env._("Write why: the reason is kept."))
        self_sudo = self.sudo()
        self_sudo.lock_for_update()
        kind = self_sudo.env["collection.approval.kind"]._get(self.kind)
        if kind._is_moot(self_sudo):
            raise UserError(
                self.env._("There is nothing to decide any more: withdraw it.")
            )
        self_sudo._set_state(
            "approved" if approved else "refused",
            decided_by=self.env.uid,
            decided_at=fields.Datetime.now(),
            reason=reason.strip(),
        )
        (kind._on_approved if approved else kind._on_refused)(self_sudo)
        self_sudo._get_duties()._done(self.env.user)

    def _check_may_decide(self):
        """:raise UserError, AccessError: this user may not decide it"""
        self.check_access("read")
        if not self.env.user.has_group(MANAGER):
            raise UserError(
                self.env._("Only a collection manager decides on approvals.")
            )
        self._get_record().check_access("write")
        four_eyes = self.sudo().company_id.collection_four_eyes
        if four_eyes and self.asked_by == self.env.user:
            raise UserError(
                self.env._(
                    "You asked for this yourself: somebody else decides on it (Settings, "
                    "Collections)."
                )
            )

    def _withdraw(self, reasons):
        """There is nothing to decide any more, and nobody has to.

        :param reasons: stored reasons"""
        asked_sudo = self.sudo().filtered(lambda a: a.state == "asked")
        asked_sudo._set_state("withdrawn", end_reason=reasons)
        asked_sudo._get_duties()._cancel(reasons)

    def _supersede(self, reasons):
        """The same is asked for anew: who has to decide still has to."""
        asked_sudo = self.sudo().filtered(lambda a: a.state == "asked")
        asked_sudo._set_state("withdrawn", end_reason=reasons)

    def _withdraw_moot(self):
        """Of these, what there is nothing to decide on any more."""
        Kind = self.env["collection.approval.kind"].sudo()
        self.sudo().filtered(
            lambda a: a.state == "asked" and Kind._get(a.kind)._is_moot(a)
        )._withdraw([{"code": "NOTHING_WAITS", "args": {}}])

    def _set_state(self, state, **vals):
        """The one way out of *asked*."""
        for approval in self:
            if approval.state != "asked":
                raise UserError(
                    self.env._(
                        "“%s” was decided meanwhile: look at it again.", approval.text
                    )
                )
        if self:
            self.write({"state": state, **vals})

    def write(self, vals):
        """Asked for once, decided once: nobody changes what was said."""
        if not self.env.su:
            raise AccessError(
                self.env._("An approval is not changed by hand. Use the buttons.")
            )
        if set(vals) - PLACE and self.filtered(lambda a: a.state != "asked"):
            raise UserError(
                self.env._("An approval that was decided cannot be changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if self:
            raise UserError(
                self.env._("Approvals are evidence: they cannot be deleted.")
            )

    def _merge_debtors(self, keep):
        """Their customers become ``keep``. What was decided stays so."""
        self.sudo().write({"debtor_id": keep.id})

    def _get_record(self):
        """What it is about."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id)

    # -- buttons -------------------------------------------------------------------------

    def action_decide(self):
        """A manager approves or refuses, with a reason."""
        self.ensure_one()
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "collection.approval.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_approval_id": self.id},
        }

    def action_withdraw(self):
        """Who asked thinks better of it; a manager also takes back what others asked."""
        self.ensure_one()
        self.check_access("read")
        self._get_record().check_access("write")
        may = self.asked_by == self.env.user or self.env.user.has_group(MANAGER)
        kind = self.env["collection.approval.kind"]._get(self.kind)
        if not may or not (self.asked_by or kind._is_moot(self.sudo())):
            raise UserError(
                self.env._("Who asked for it withdraws it; the plan does so by itself.")
            )
        self._withdraw([{"code": "REMOVED", "args": {"user": self.env.user.name}}])
        return True

    def action_open_record(self):
        """Look at what it is about."""
        record = self._get_record()
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }


def _group_by_model(records):
    grouped = {}
    for record in records:
        grouped.setdefault(record._name, []).append(record)
    return grouped


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_four_eyes = fields.Boolean(
        string="Somebody else approves",
        help="Who asked for an approval in collections may not decide on it.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_four_eyes = fields.Boolean(
        related="company_id.collection_four_eyes", readonly=False
    )
