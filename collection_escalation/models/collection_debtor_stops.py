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
    zone_text = fields.Char(
        compute="_compute_zone_text",
        string="Their time",
        help="Contact hours are those of this place.",
    )

    @api.depends("cease_on", "deceased", "insolvency", "over_indebted")
    @api.depends_context("lang")
    def _compute_stop_text(self):
        for debtor in self:
            debtor.stop_text = "; ".join(
                map(debtor._get_field_label, debtor._get_stopping())
            )

    @api.depends("person_ids.kind", "person_ids.partner_id")
    def _compute_attorney_id(self):
        for debtor in self:
            debtor.attorney_id = debtor._get_attorney()

    @api.depends("tz", "partner_id.country_id", "partner_id.state_id", "partner_id.tz")
    @api.depends_context("lang")
    def _compute_zone_text(self):
        for debtor in self:
            try:
                zones = debtor._get_zone_names()
            except UserError as error:
                debtor.zone_text = str(error)
                continue
            clock = debtor._get_local(fields.Datetime.now())
            if len(zones) > 1:
                debtor.zone_text = self.env._(
                    "Not known: one of %(count)s zones, a contact must be right in each. "
                    "Complete the address.",
                    count=len(zones),
                )
            else:
                debtor.zone_text = self.env._(
                    "%(place)s, where it is %(time)s now",
                    place=debtor._get_zone_label(),
                    time=clock.strftime("%H:%M"),
                )

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


class CollectionDebtorPerson(models.Model):
    _inherit = "collection.debtor.person"

    def write(self, vals):
        """An attorney stops all contact with the debtor: like the other stops, only a
        manager takes one away."""
        gone = ("kind" in vals and vals["kind"] != "attorney") or "partner_id" in vals
        attorneys = self.filtered(lambda p: p.kind == "attorney") if gone else self[:0]
        if attorneys and not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "%s stands there as attorney: only a collection manager takes an "
                    "attorney away.",
                    attorneys[0].partner_id.display_name,
                )
            )
        return super().write(vals)
