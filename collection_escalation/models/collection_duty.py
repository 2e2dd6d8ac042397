"""What a person must do, by when, because of what. One file a kind: a new kind is one
model that inherits `collection.duty.kind`, in the room that asks for it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: What people change by hand; the rest goes through the gate.
BY_HAND = {"user_id", "due", "note"}
#: What they say of a duty that they give somebody.
SAID = BY_HAND | {"kind", "debtor_id", "company_id"}
#: Where a duty belongs: it follows when customers are merged, also when it is over.
PLACE = {"debtor_id", "case_id", "res_model", "res_id"}


def duty_selection(model):
    """For `fields.Selection`: (code, label) of the kinds there are."""
    return model.env["collection.duty.kind"]._get_selection()


class CollectionDutyKind(models.AbstractModel):
    """What asking, showing and closing must know of a kind of duty. The attributes and
    methods below are all there is to say about one. ``duty`` is always as superuser."""

    _name = "collection.duty.kind"
    _inherit = ["collection.registry"]
    _description = "Kind of duty"
    _registry = "collection.duty.kind"

    #: Xml id of the type of the activity that the owner sees.
    _activity_type = "mail.mail_activity_data_todo"
    #: The owner gets an e-mail, as of an activity that a colleague plans.
    _notifies = False
    #: Asked once in the life of a file, done or not.
    _once_per_file = False
    #: People may give it to somebody by hand.
    _by_hand = False

    @api.model
    def _get(self, code):
        """The model of a kind; the bare one for a kind that no module knows any more."""
        return self.env[self._get_names().get(code, "collection.duty.kind")]

    @api.model
    def _get_owner(self, debtor):
        """Who has to do it, where who asks does not say."""
        return debtor._get_owner()

    @api.model
    def _explain(self, duty):
        """Why, in the reader's language; empty where the kind says it all."""
        return self.env["collection.reason"]._explain(duty.reason)

    @api.model
    def _join(self, duty, vals):
        """It is asked for again while it stands.

        :param vals: as for `collection.duty._ask`"""

    @api.model
    def _check_done(self, duty):
        """:raise UserError: it is not done by saying so"""

    @api.model
    def _ends_with_file(self, duty, outcome):
        """Does it make no sense any more when its file closes with ``outcome``?"""
        return False


class CollectionDutyOther(models.AbstractModel):
    _name = "collection.duty.other"
    _inherit = "collection.duty.kind"
    _description = "Duty: something else"

    _code = "other"
    _label = _lt("Something else")
    _sequence = 90
    _notifies = True
    _by_hand = True


class CollectionDuty(models.Model):
    """It stands on a customer, or on the company, and so survives the closing of a file.
    Its owner sees it as an activity too; the two are kept in step."""

    _name = "collection.duty"
    _inherit = ["collection.internal"]
    _description = "Duty"
    _order = "state desc, due, id"
    _rec_name = "summary"
    _rec_names_search = ["debtor_id.partner_id.name", "note"]
    _check_company_auto = True

    kind = fields.Selection(
        duty_selection, required=True, default="other", string="What to do"
    )
    key = fields.Char(
        required=True,
        readonly=True,
        default="",
        help="What tells duties of one kind apart, where a customer can have several.",
    )
    debtor_id = fields.Many2one(
        "collection.debtor",
        string="Customer",
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    case_id = fields.Many2one(
        "collection.case",
        string="File",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('company_ids', 'in', company_id), ('share', '=', False)]",
    )
    due = fields.Date(
        required=True, default=fields.Date.context_today, help="Last day to do it."
    )
    reason = fields.Json(readonly=True)
    note = fields.Text()
    state = fields.Selection(
        [("open", "To do"), ("done", "Done"), ("cancelled", "Not needed any more")],
        required=True,
        default="open",
        readonly=True,
    )
    done_by = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    done_at = fields.Datetime(string="Over since", readonly=True)
    end_reason = fields.Json(readonly=True)
    activity_ids = fields.One2many(
        "mail.activity", "collection_duty_id", readonly=True, groups="base.group_user"
    )
    summary = fields.Char(compute="_compute_why")
    why = fields.Text(compute="_compute_why")
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _one_open = models.UniqueIndex(
        "(debtor_id, kind, key) WHERE state = 'open' AND debtor_id IS NOT NULL"
        " AND kind <> 'other'",
        "This duty stands already for this customer.",
    )
    _one_open_of_company = models.UniqueIndex(
        "(company_id, kind, key) WHERE state = 'open' AND debtor_id IS NULL"
        " AND kind <> 'other'",
        "This duty stands already for this company.",
    )
    _open_idx = models.Index("(due, user_id) WHERE state = 'open'")

    @api.depends("debtor_id")
    def _compute_company_id(self):
        for duty in self:
            duty.company_id = (
                duty.debtor_id.company_id or duty.company_id or self.env.company
            )

    @api.depends("kind", "reason", "end_reason", "note")
    @api.depends_context("lang")
    def _compute_why(self):
        Reason, Kind = self.env["collection.reason"], self.env["collection.duty.kind"]
        labels = dict(Kind._get_selection())
        for duty in self:
            why = Kind._get(duty.kind)._explain(duty.sudo())
            first = (duty.note or "").strip().partition("\n")[0]
            duty.summary = why or first or labels.get(duty.kind, duty.kind)
            ended = Reason._explain(duty.end_reason)
            duty.why = "\n".join(filter(None, (why, ended)))

    @api.depends("state", "due")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for duty in self:
            duty.is_overdue = bool(
                duty.state == "open" and duty.due and duty.due < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain("state", "=", "open") & Domain("due", "<", today)

    # -- to ask --------------------------------------------------------------------------

    @api.model
    def _ask(self, kind, wanted):
        """Somebody has to do something: one open duty a customer (or company), kind and
        key. The number of queries does not depend on how many are asked for. Superuser:
        whoever causes a duty need not see those of others.

        :param kind: code of the kind
        :param wanted: [(debtor or company, vals)]; in vals, all optional: ``key``,
            ``case_id``, ``res_model`` and ``res_id`` (the record it is about), ``user_id``,
            ``due``, ``reason`` (stored reasons), ``note``
        :return: the new duties, as superuser"""
        Kind = self.env["collection.duty.kind"].sudo()._get(kind)
        Duty_sudo = self.sudo().with_context(
            mail_activity_quick_update=not Kind._notifies
        )
        wanted = self._complete(Kind, wanted)
        standing = Duty_sudo._find_standing(Kind, wanted)
        fresh = {}
        for place, vals in wanted:
            which = place, vals["key"]
            if which in standing:
                Kind._join(standing[which], vals)
            else:
                fresh.setdefault(which, {**vals, "kind": kind})
        return Duty_sudo.create([*fresh.values()])

    @api.model
    def _complete(self, Kind, wanted):
        """[(place, all values)]; place is the debtor, or the company."""
        debtors_sudo = self.env["collection.debtor"].sudo()
        debtors_sudo = debtors_sudo.browse(
            dict.fromkeys(p.id for p, _v in wanted if p._name == debtors_sudo._name)
        )
        by_id = {debtor.id: debtor for debtor in debtors_sudo}
        users_sudo = self.env["res.users"].sudo()
        completed = []
        for place, vals in wanted:
            asked = users_sudo.browse(vals.get("user_id") or ())
            if place._name == debtors_sudo._name:
                debtor = by_id[place.id]
                defaults = {
                    "debtor_id": debtor.id,
                    "company_id": debtor.company_id.id,
                    "case_id": debtor.case_id.id,
                    "due": debtor._get_today(),
                }
                owners = asked, Kind._get_owner(debtor), debtor._get_owner()
            else:
                defaults = {
                    "company_id": place.id,
                    "due": fields.Date.context_today(self),
                }
                owners = asked, place.sudo().collection_manager_id, self.env.user
            owner = self._choose_owner(owners, defaults["company_id"])
            completed.append(
                (place, {"key": "", **defaults, **vals, "user_id": owner.id})
            )
        return completed

    @api.model
    def _choose_owner(self, owners, company_id):
        """The first who works in the company: nobody gets to see what is not theirs by
        being given a duty. If nobody does, the first of all."""
        owners = [owner.sudo() for owner in owners if owner]
        return next((o for o in owners if company_id in o.company_ids.ids), owners[0])

    @api.model
    def _find_standing(self, Kind, wanted):
        """{(place, key): duty} of those that need not be asked for again."""
        debtor_ids = {v["debtor_id"] for _p, v in wanted if v.get("debtor_id")}
        company_ids = {p.id for p, v in wanted if not v.get("debtor_id")}
        life = Domain("state", "=", "open")
        if Kind._once_per_file:
            life |= Domain(
                "case_id", "in", {v["case_id"] for _p, v in wanted if v.get("case_id")}
            )
        duties = self.search(
            Domain("kind", "=", Kind._code)
            & life
            & (
                Domain("debtor_id", "in", debtor_ids)
                | Domain("debtor_id", "=", False)
                & Domain("company_id", "in", company_ids)
            )
        )
        return {
            (duty.debtor_id or duty.company_id, duty.key): duty
            for duty in duties.sorted(lambda d: d.state == "open")
        }

    @api.model_create_multi
    def create(self, vals_list):
        """By hand people say what is to be done, by whom and when; nothing else."""
        if not self.env.su:
            vals_list = [
                {name: vals[name] for name in vals if name in SAID}
                for vals in vals_list
            ]
            self._check_by_hand(vals_list)
        duties = super().create(vals_list)
        if not (self.env.su and self.env.context.get("collection_has_activity")):
            duties.sudo().filtered(lambda d: d.state == "open")._carry()
        return duties

    def _check_by_hand(self, vals_list):
        Kind = self.env["collection.duty.kind"]
        for vals in vals_list:
            if not Kind._get(vals.get("kind", "other"))._by_hand:
                raise AccessError(
                    self.env._("Duties of this kind are given by the system only.")
                )
            self.env["collection.debtor"].browse(vals.get("debtor_id")).check_access(
                "write"
            )

    # -- its activity --------------------------------------------------------------------

    def _carry(self):
        """The owner sees an activity, on the record that the duty is about."""
        if self:
            self.env["mail.activity"].create(
                [duty._prepare_activity_vals() for duty in self]
            )

    def _prepare_activity_vals(self):
        kind = self.env["collection.duty.kind"]._get(self.kind)
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            kind._activity_type, raise_if_not_found=False
        )
        record = self._get_record()
        return {
            "collection_duty_id": self.id,
            "activity_type_id": type_id,
            "automated": True,
            "summary": self.with_context(lang=self.user_id.lang).summary,
            "note": self._get_note_html(),
            "user_id": self.user_id.id,
            "date_deadline": self.due,
            **(
                {
                    "res_model_id": self.env["ir.model"]._get(record._name).id,
                    "res_id": record.id,
                }
                if record
                else {}
            ),
        }

    def _get_record(self):
        """What it is about, where activities stand: a record, the file, the customer;
        None for a duty of the company."""
        self.ensure_one()
        named = self.env[self.res_model].browse(self.res_id) if self.res_model else None
        for record in (named, self.case_id, self.debtor_id):
            if record and "activity_ids" in record._fields:
                return record
        return None

    # -- the gate ------------------------------------------------------------------------

    def _done(self, by):
        """``by`` did it.

        :raise UserError: it is not done by saying so"""
        duties_sudo = self.sudo().filtered(lambda d: d.state == "open")
        for duty_sudo in duties_sudo:
            self.env["collection.duty.kind"]._get(duty_sudo.kind)._check_done(duty_sudo)
        duties_sudo._set_over("done", by=by)
        if activities_sudo := duties_sudo.activity_ids:
            activities_sudo.with_user(by).sudo().action_feedback()

    def _cancel(self, reasons):
        """It makes no sense any more.

        :param reasons: stored reasons"""
        duties_sudo = self.sudo().filtered(lambda d: d.state == "open")
        duties_sudo._set_over("cancelled", reasons=reasons)
        if activities_sudo := duties_sudo.activity_ids:
            activities_sudo.unlink()

    def _set_over(self, state, by=None, reasons=None):
        if self:
            self.write(
                {
                    "state": state,
                    "done_by": by and by.id,
                    "done_at": fields.Datetime.now(),
                    "end_reason": reasons,
                }
            )

    def _on_file_closed(self, outcome):
        """The file of these duties closes: those stay that still make sense."""
        Kind = self.env["collection.duty.kind"]
        self.sudo().filtered(
            lambda d: d.state == "open"
            and Kind._get(d.kind)._ends_with_file(d, outcome)
        )._cancel([{"code": "CASE_CLOSED", "args": {}}])

    def write(self, vals):
        """People change owner, day and note of what is open; the activity follows."""
        if not self.env.su and set(vals) - BY_HAND:
            raise AccessError(
                self.env._(
                    "Of a duty only the owner, the day and the note are changed."
                )
            )
        if set(vals) - PLACE and self.sudo().filtered(lambda d: d.state != "open"):
            raise UserError(self.env._("This duty is over: it cannot be changed."))
        result = super().write(vals)
        if {"user_id", "due", "note"} & set(vals):
            self.sudo()._tell_activities()
        return result

    def _tell_activities(self):
        for duty in self:
            for activity in duty.activity_ids:
                said = {"note": duty._get_note_html()}
                if activity.user_id != duty.user_id:
                    said["user_id"] = duty.user_id.id
                if activity.date_deadline != duty.due:
                    said["date_deadline"] = duty.due
                activity.write(said)

    def _get_note_html(self):
        return plaintext2html(self.note) if self.note else False

    def _merge_debtors(self, keep):
        """Their customers become ``keep``: of two alike one stays."""
        duties_sudo = self.sudo()
        standing = self.sudo().search(
            [("debtor_id", "=", keep.id), ("state", "=", "open")]
        )
        alike = {(d.kind, d.key) for d in standing if d.kind != "other"}
        for duty in duties_sudo.filtered(lambda d: d.state == "open"):
            if (duty.kind, duty.key) in alike:
                duty._cancel([{"code": "MERGED", "args": {}}])
            elif duty.kind != "other":
                alike.add((duty.kind, duty.key))
        duties_sudo.write({"debtor_id": keep.id})

    # -- buttons -------------------------------------------------------------------------

    def action_done(self):
        """Tick off, one's own or a colleague's."""
        self.check_access("write")
        self._done(self.env.user)
        return True

    def action_open_record(self):
        """Go where it is done."""
        self.ensure_one()
        record = self._get_record()
        if record is None:
            return False
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }


class MailActivity(models.Model):
    _inherit = "mail.activity"

    collection_duty_id = fields.Many2one(
        "collection.duty",
        string="Duty",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
        readonly=True,
    )

    def _get_open_duties_sudo(self):
        """Superuser: who has the activity need not be a collector."""
        return self.sudo().collection_duty_id.filtered(lambda d: d.state == "open")

    def write(self, vals):
        """Owner and day of the duty are those of its activity."""
        result = super().write(vals)
        if {"user_id", "date_deadline"} & set(vals):
            for activity in self.sudo().filtered("active"):
                duty = activity._get_open_duties_sudo()
                user, day = activity.user_id or duty.user_id, activity.date_deadline
                if duty and (duty.user_id, duty.due) != (user, day):
                    duty.write({"user_id": user.id, "due": day})
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        duties_sudo = self._get_open_duties_sudo()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if duties_sudo:
            duties_sudo._done(self.env.user)
        return result

    def unlink(self):
        """Who deletes it says that there is nothing to do."""
        duties_sudo = self._get_open_duties_sudo()
        result = super().unlink()
        if duties_sudo:
            duties_sudo._cancel(
                [{"code": "ACTIVITY_DELETED", "args": {"user": self.env.user.name}}]
            )
        return result
