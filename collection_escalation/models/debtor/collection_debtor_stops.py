"""Stops of a debtor on the screen, and who may take one away again."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .collection_debtor_permissions import FLAGS

MANAGER = "collection_escalation.group_collection_manager"


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    stop_text = fields.Char(
        compute="_compute_stop_text",
        string="Nobody may contact them",
        help="What stops all contact; a manager may take it away with a reason.",
    )
    attorney_id = fields.Many2one(
        "res.partner", compute="_compute_attorney_id", string="Only through"
    )
    attorney_unproved = fields.Boolean(
        compute="_compute_attorney_id",
        string="An attorney whose power or notice is not attached",
        help="Attach it to the line of the attorney: then contacts go on with them.",
    )
    zone_text = fields.Char(
        compute="_compute_zone_text",
        string="Their time",
        help="Contact hours are those of this place.",
    )

    @api.depends(
        "cease_on",
        "deceased",
        "insolvency",
        "over_indebted",
        "person_ids.kind",
        "person_ids.document",
    )
    @api.depends_context("lang")
    def _compute_stop_text(self):
        for debtor in self:
            debtor.stop_text = "; ".join(
                map(debtor._describe_stop, debtor._get_stopping())
            )

    def _describe_stop(self, name):
        """The stop in words; of one that another branch noted no more than that."""
        label = self._get_field_label(name)
        if self[name]:
            return label
        return self.env._("%s (noted at another branch)", label)

    @api.depends("person_ids.kind", "person_ids.partner_id", "person_ids.document")
    def _compute_attorney_id(self):
        for debtor in self:
            attorneys_sudo = debtor._get_attorneys_sudo()
            proved = debtor._get_attorney()
            debtor.attorney_id = proved or attorneys_sudo[:1].partner_id
            debtor.attorney_unproved = bool(attorneys_sudo) and not proved

    @api.depends(
        "tz",
        "partner_id.country_id",
        "partner_id.state_id",
        "partner_id.phone_sanitized",
        "company_id.collection_tz",
    )
    @api.depends_context("lang")
    def _compute_zone_text(self):
        for debtor in self:
            try:
                debtor.zone_text = debtor._describe_zones()
            except UserError as error:
                debtor.zone_text = str(error)

    def write(self, vals):
        """Everybody who collects may stop the contacts; only a manager, with a reason,
        lets them go on (`_lift_stops`)."""
        lifted = [name for name in FLAGS if name in vals and not vals[name]]
        if lifted and not self.env.su:
            for debtor in self:
                if names := [name for name in lifted if debtor[name]]:
                    raise AccessError(
                        self.env._(
                            "%(customer)s, “%(flag)s”: only a collection manager takes it "
                            "away, with a reason, by the button “Contacts may go on”.",
                            customer=debtor.display_name,
                            flag=debtor._get_field_label(names[0]),
                        )
                    )
        return super().write(vals)

    def _lift_stops(self, names, reason):
        """A manager takes stops away; the reason stays in the chatter.

        :param names: of `FLAGS`
        :raise AccessError: the user is no manager
        :raise UserError: no reason, or nothing to take away"""
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only a collection manager lets the contacts go on.")
            )
        names = [name for name in FLAGS if name in names and self[name]]
        if not names:
            raise UserError(self.env._("Choose what is to be taken away."))
        if not (reason or "").strip():
            raise UserError(self.env._("Write down why the contacts may go on."))
        labels = ", ".join(map(self._get_field_label, names))
        self.sudo().write(dict.fromkeys(names, False))
        self.message_post(
            body=self.env._(
                "%(user)s took away: %(flags)s. Reason: %(reason)s",
                user=self.env.user.name,
                flags=labels,
                reason=reason.strip(),
            )
        )


class CollectionDebtorEntry(models.AbstractModel):
    _inherit = "collection.debtor.entry"

    def _may_let_contacts_go_on(self):
        return self.env.su or self.env.user.has_group(MANAGER)


class CollectionDebtorPerson(models.Model):
    _inherit = "collection.debtor.person"

    def write(self, vals):
        """An attorney stops all contact with the debtor, and a person who wants none all
        contact with that person: like the other stops, only a manager takes them away."""
        moved = "partner_id" in vals
        gone = moved or vals.get("kind", "attorney") != "attorney"
        attorneys = self.filtered(lambda p: p.kind == "attorney") if gone else self[:0]
        if attorneys and not self._may_let_contacts_go_on():
            raise AccessError(
                self.env._(
                    "%s stands there as attorney: only a collection manager takes an "
                    "attorney away.",
                    attorneys[0].partner_id.display_name,
                )
            )
        gone = moved or not vals.get("refused_on", True)
        refusing = self.filtered("refused_on") if gone else self[:0]
        if refusing and not self._may_let_contacts_go_on():
            raise AccessError(
                self.env._(
                    "%s asked not to be contacted: only a collection manager takes that "
                    "away.",
                    refusing[0].partner_id.display_name,
                )
            )
        return super().write(vals)


class CollectionDebtorChannel(models.Model):
    _inherit = "collection.debtor.channel"

    def write(self, vals):
        """Everybody who collects may note a refusal; only a manager undoes one."""
        undone = self.filtered(
            lambda c: c.status == "refused"
            and (
                vals.get("status", "refused") != "refused"
                or vals.get("channel", c.channel) != c.channel
            )
        )
        if undone and not self._may_let_contacts_go_on():
            raise AccessError(
                self.env._(
                    "%(customer)s, “%(refusal)s”: only a collection manager takes it away "
                    "or lets them authorise the channel again.",
                    customer=undone[0].debtor_id.display_name,
                    refusal=undone[0].display_name,
                )
            )
        return super().write(vals)
