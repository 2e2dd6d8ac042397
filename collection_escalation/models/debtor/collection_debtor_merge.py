"""Merging customers: their debtors and files are merged first, and the people known
beside any debtor. What has a ``debtor_id`` goes along, whatever it is; a model that has
to say more about it has a method `_merge_debtors(keep)`."""

from odoo import api, models
from odoo.exceptions import UserError

from ..collection_evidence import unlocked

#: Flags that stay raised when one of the merged had them.
STRICTEST_OF_ALL = ("deceased", "insolvency", "over_indebted", "work_prohibited")
#: What somebody is to a debt, the kind that lets us do least first.
STRICTEST_KINDS = (
    "attorney",
    "minor",
    "elderly",
    "family",
    "reference",
    "coworker",
    "neighbour",
    "employer",
    "other",
    "guarantor",
    "authorised",
    "decider",
)


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    @api.model
    def _merge_partners(self, sources, target):
        """Give the debtors of ``sources`` to ``target``, company by company. One file
        stays open: the items and contacts of the other go there. What was decided for the
        target stays; what it had not decided is taken over; a consumer stays one. Pauses
        all stay, and so do the log, its followers and what is to be done.

        :raise UserError: an attorney would become the customer they speak for"""
        people, person = sources | target, target
        target = target.commercial_partner_id
        if person == target:
            self._check_no_attorney_becomes_customer(people)
        found = self.search([("partner_id", "in", (sources | target).ids)])
        for company_debtors in found.grouped("company_id").values():
            keep = company_debtors.filtered(lambda d: d.partner_id == target)[:1]
            keep = keep or company_debtors[0]
            (company_debtors - keep)._merge_into(keep)
            if keep.partner_id != target:
                self.env.flush_all()
                keep.write({"partner_id": target.id})
        rows = self.env["collection.debtor.person"].search(
            [("partner_id", "in", people.ids)]
        )
        for debtor, known in rows.grouped("debtor_id").items():
            known._become_one(debtor, person)
        self.env.flush_all()
        self.env.invalidate_all()

    @api.model
    def _check_no_attorney_becomes_customer(self, people):
        """The stop would be gone unnoticed: a manager decides about it first."""
        attorney = self.env["collection.debtor.person"].search(
            [
                ("kind", "=", "attorney"),
                ("partner_id", "in", people.ids),
                ("debtor_id.partner_id", "in", people.ids),
            ],
            limit=1,
        )
        if attorney:
            raise UserError(
                self.env._(
                    "%(attorney)s is the attorney of %(customer)s: the two are not one "
                    "person. Take the attorney away first, if that is wrong.",
                    attorney=attorney.partner_id.display_name,
                    customer=attorney.debtor_id.display_name,
                )
            )

    def _merge_into(self, keep):
        """Move everything of these debtors to ``keep`` and delete them."""
        if not self:
            return
        keep_case = keep.case_id
        for case in self.case_ids.filtered(lambda c: c.state == "open"):
            if not keep_case:
                keep_case = case
                continue
            case.item_ids.write({"case_id": keep_case.id})
            case.contact_ids.write({"case_id": keep_case.id})
            case._hand_over_file(keep_case)
            case._close("merged")
        self.env.flush_all()
        plain, special = self._find_belongings()
        for records in plain:
            records.write({"debtor_id": keep.id})
        human = (self | keep).filtered(lambda d: d.deceased or d.over_indebted)
        if human or "consumer" in self.mapped("party"):
            keep.party = "consumer"  # the better protected of the two
        for name in ("policy_id", "user_id", "party", "tz"):
            if not keep[name]:
                keep[name] = next(filter(None, self.mapped(name)), False)
        self._keep_the_stricter(keep)
        for records in special:
            records._merge_debtors(keep)
        self._hand_over_thread(keep)
        keep._message_log(
            body=self.env._(
                "Merged with %s.", ", ".join(self.mapped("partner_id.display_name"))
            )
        )
        self.env.flush_all()
        self.invalidate_recordset()
        self.unlink()
        keep_case._refresh()
        keep.item_ids._wake()

    @api.model
    def _get_belonging_names(self):
        """Names of the models whose records belong to a debtor: derived, so that nothing
        is lost with the debtor that goes."""
        return [
            name
            for name, model in self.env.registry.items()
            if not (model._abstract or model._transient)
            and model._auto
            and (field := model._fields.get("debtor_id"))
            and field.store
            and not field.related
            and field.comodel_name == self._name
        ]

    def _find_belongings(self):
        """What belongs to these debtors, model by model.

        :return: ([records that just change hands], [those that say how])"""
        plain, special = [], []
        for name in self._get_belonging_names():
            model = self.env[name].with_context(active_test=False)
            records = model.search([("debtor_id", "in", self.ids)], order="id")
            if records:
                says_how = hasattr(records, "_merge_debtors")
                (special if says_how else plain).append(records.with_env(self.env))
        return plain, special

    def _keep_the_stricter(self, keep):
        """Of what is known of both, the stricter holds; a wish that one of them excludes
        is no wish any more."""
        refused = (self | keep).channel_ids.filtered(lambda c: c.status == "refused")
        if keep.preferred_channel in refused.mapped("channel"):
            keep.preferred_channel = False
        for name in STRICTEST_OF_ALL:
            if any(self.mapped(name)):
                keep[name] = True
        if asked := [*filter(None, (self | keep).mapped("cease_on"))]:
            keep.cease_on = min(asked)
        for name in ("preferred_channel", "preferred_to"):
            wishing = self.filtered(
                lambda d, name=name: d[name]
                and d[name] not in refused.mapped("channel")
            )
            if not keep[name] and wishing:
                source = wishing[0]
                keep.write({name: source[name]})
                if name == "preferred_to":
                    keep.preferred_from = source.preferred_from

    def _hand_over_thread(self, keep):
        """Messages, followers, activities and files of these debtors go to ``keep``: the
        core hands over those of the partners only."""
        keep.message_subscribe(self.message_partner_ids.ids)
        for debtor in self:
            unlocked(debtor).message_change_thread(keep)
        self.activity_ids.write({"res_id": keep.id})
        unlocked(self.env["ir.attachment"]).search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).write({"res_id": keep.id})


class CollectionDebtorChannel(models.Model):
    _inherit = "collection.debtor.channel"

    def _merge_debtors(self, keep):
        """A refusal of one of them holds."""
        for line in self:
            same = keep.channel_ids.filtered(lambda c, x=line: c.channel == x.channel)
            if same and line.status == "refused":
                same.status = "refused"
            elif not same:
                line.debtor_id = keep


class CollectionDebtorHours(models.Model):
    _inherit = "collection.debtor.hours"

    def _merge_debtors(self, keep):
        """Those of one of them hold."""
        if not keep.hours_ids and self:
            source = self[0].debtor_id
            self.filtered(lambda h: h.debtor_id == source).write({"debtor_id": keep.id})


class CollectionDebtorPerson(models.Model):
    _inherit = "collection.debtor.person"

    def _merge_debtors(self, keep):
        for partner, rows in (keep.person_ids | self).grouped("partner_id").items():
            rows._become_one(keep, partner)

    def _become_one(self, debtor, partner):
        """These lines are about one person, ``partner``, beside ``debtor``. The line that
        lets us do least stays; what the others said is kept in the log, and that somebody
        asked not to be contacted. The customer themself is nobody beside the customer."""
        kept = self.sorted(
            lambda p: (STRICTEST_KINDS.index(p.kind), not p._has_document(), p.id)
        )[:1]
        if partner == debtor.partner_id:
            kept = self.browse()
        vals = {}
        if kept.debtor_id != debtor:
            vals["debtor_id"] = debtor.id
        if kept.partner_id != partner:
            vals["partner_id"] = partner.id
        asked = min(filter(None, self.mapped("refused_on")), default=False)
        if kept.refused_on != asked:
            vals["refused_on"] = asked
        (self - kept).unlink()
        self.env.flush_all()
        if kept and vals:
            kept.with_context(collection_merging=True).write(vals)
