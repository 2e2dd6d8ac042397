"""Whom we may speak to: the debtor, those authorised, and nobody else."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...rules.decision import Reason
from ..collection_evidence import Paper

#: What the contact rules call a person of each kind (`rules.contact_vocabulary.PARTIES`).
PARTIES = {"authorised": "debtor", "decider": "debtor"}
#: Who may learn of the debt; everybody else is a third party.
ENTITLED = ("debtor", "guarantor", "attorney")


class CollectionDebtorPerson(models.Model):
    """Somebody beside the debtor whom we know of, and what they are to the debt."""

    _name = "collection.debtor.person"
    _inherit = "collection.debtor.entry"
    _description = "Person beside a customer"
    _order = "debtor_id, kind, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, ondelete="restrict", index=True
    )
    kind = fields.Selection(
        [
            ("authorised", "Authorised to speak about it"),
            ("decider", "Decides on payments (companies)"),
            ("guarantor", "Guarantor"),
            ("attorney", "Attorney: only through them"),
            ("reference", "Reference"),
            ("family", "Family"),
            ("coworker", "Co-worker"),
            ("neighbour", "Neighbour"),
            ("employer", "Employer"),
            ("minor", "Minor"),
            ("elderly", "Elderly person"),
            ("other", "Somebody else"),
        ],
        required=True,
        default="authorised",
        help="Only those authorised, guarantors and attorneys are ever contacted.",
    )
    date = fields.Date(string="Since")
    document = Paper(
        help="The authorisation, the guarantee, the attorney's power or notice. Without "
        "it nobody beside the customer learns of the matter.",
    )
    refused_on = fields.Date(
        string="Asked not to be contacted on",
        help="The day on which this person asked not to be contacted.",
    )
    note = fields.Char(string="Remark", help="For instance where the document is kept.")

    _person_uniq = models.Constraint(
        "UNIQUE(debtor_id, partner_id)", "This person stands there already."
    )

    def _works_for_debtor(self):
        company = self.debtor_id.partner_id
        return company.is_company and self.partner_id.commercial_partner_id == company

    def _get_party(self):
        """What this person is to the debt, in the words of the contact rules, as things
        stand now: who decided and has left the company is a third party, and so is an
        attorney who has proved nothing yet."""
        self.ensure_one()
        unproved = self.kind == "attorney" and not self._has_document()
        if unproved or (self.kind == "decider" and not self._works_for_debtor()):
            return "other"
        return PARTIES.get(self.kind, self.kind)

    def _get_details(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        name, *more = super()._get_details()
        refused = self.refused_on and self.env._(
            "asked not to be contacted on %s", format_date(self.env, self.refused_on)
        )
        return [name, kinds[self.kind], refused, self.note, *more]

    # not for debtor_id: only a merge changes it, while its people still change company
    @api.constrains("kind", "document", "note", "partner_id")
    def _check_person(self):
        for person in self:
            name = person.partner_id.display_name
            if person.partner_id == person.debtor_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%s is the customer, not somebody beside the customer.", name
                    )
                )
            if (
                person.kind == "decider"
                and not person._works_for_debtor()
                and not self.env.context.get("collection_merging")
            ):
                raise ValidationError(
                    self.env._(
                        "%(person)s: who decides is a person of the company itself. Make "
                        "them a contact of %(customer)s first, or attach an "
                        "authorisation.",
                        person=name,
                        customer=person.debtor_id.display_name,
                    )
                )
            if person.kind in ("guarantor", "authorised") and not person.document:
                raise ValidationError(
                    self.env._(
                        "%s: attach the document that makes this person a guarantor or "
                        "authorises them. Without it they may not learn of the matter.",
                        name,
                    )
                )


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    person_ids = fields.One2many(
        "collection.debtor.person", "debtor_id", string="Other people"
    )

    def _get_party(self, partner):
        """What ``partner`` is to this debt, in the words of the contact rules.

        The debtor; who is authorised by a document; of a company also its addresses of
        type invoice and collection; of a person only their own addresses, which carry no
        other name. Everybody else is a third party."""
        self.ensure_one()
        attorneys_sudo = self._get_attorneys_sudo()
        known = attorneys_sudo.filtered(lambda p: p.partner_id == partner)[:1]
        known = known or self.person_ids.filtered(lambda p: p.partner_id == partner)[:1]
        return known._get_party() if known else self._get_party_of_address(partner)

    def _get_party_of_address(self, partner):
        """`_get_party` of whom nobody recorded as somebody beside the debtor."""
        if not partner or partner == self.partner_id:
            return "debtor"
        own_address = (
            partner.type in ("invoice", "collection")
            and partner.commercial_partner_id == self.partner_id
        )
        organised = self.partner_id.is_company or self.party == "business"
        return "debtor" if own_address and (organised or not partner.name) else "other"

    def _is_entitled(self, partner):
        """May ``partner`` learn of the debt?"""
        return self._get_party(partner) in ENTITLED

    def _get_choice_of_people(self):
        """Whom a person may choose to contact: with an attorney only them; else the
        debtor, their own addresses and whom a document entitles."""
        self.ensure_one()
        if attorney := self._get_attorney():
            return attorney
        own = self.partner_id.search(
            [
                ("id", "child_of", self.partner_id.id),
                ("type", "in", ("invoice", "collection")),
            ]
        )
        people = self.partner_id | own | self.person_ids.partner_id
        return people.filtered(lambda p: self._is_entitled(p) and not self._has_left(p))

    def _get_attorneys_sudo(self):
        """The attorneys of the customer, whichever branch of the creditor knows of them;
        those who proved it first."""
        return (
            self.person_ids.browse()
            .sudo()
            .union(
                *(
                    debtors.person_ids.filtered(lambda p: p.kind == "attorney")
                    for debtors in self._get_here_and_elsewhere_sudo()
                )
            )
            .sorted(lambda p: not p._has_document())
        )

    def _get_attorney(self):
        """The attorney through whom alone we speak to the customer. Who has sent neither
        a power nor a written notice is none yet: nobody may be spoken to then."""
        proved = self._get_attorneys_sudo().filtered(lambda p: p._has_document())
        return proved[:1].partner_id.with_env(self.env)

    def _has_refused(self, partner):
        """Did ``partner``, somebody beside the customer, ask not to be contacted?"""
        return any(
            debtors.person_ids.filtered(
                lambda p: p.refused_on and p.partner_id == partner
            )
            for debtors in self._get_here_and_elsewhere_sudo()
        )

    def _is_addressee(self, partner):
        """May an invoice that was made out to ``partner`` be asked for there?"""
        self.ensure_one()
        return bool(
            partner.active
            and partner != self.partner_id
            and self._get_party(partner) == "debtor"
            and not self._has_refused(partner)
        )

    def _get_people(self, addressee="usual", remarkable=True, made_out_to=None):
        """Whom the system addresses by itself, in this order: the attorney alone if there
        is one; else who decides (where the step asks for them), whom the invoices were
        made out to, the contact of type *collection*, the invoice address, the debtor.
        Nobody who asked not to be contacted, or who is not entitled any more.

        :param made_out_to: res.partner of the invoices, if it is not the usual one
        :param remarkable: False: it is known already that nobody stands beside them (see
            `_find_unremarkable`)"""
        self.ensure_one()
        partner = self.partner_id
        if not remarkable and not partner.child_ids and not partner.parent_id:
            return partner  # there is nobody else
        if attorney := self._get_attorney():
            return attorney
        found = partner.address_get(["collection", "invoice"])
        people = partner.browse()
        if addressee == "decider":
            deciders = self.person_ids.filtered(lambda p: p.kind == "decider")
            people = deciders.partner_id
        people |= made_out_to or people
        for kind in ("collection", "invoice"):
            person = partner.browse(found[kind])
            if person.type == kind:
                people |= person
        people = people.filtered(
            lambda p: p.active
            and self._get_party(p) == "debtor"
            and not self._has_refused(p)
        )
        return people | partner

    def _has_left(self, person):
        """Is ``person`` archived? A customer still owes what they owe."""
        return not person.sudo().active and person != self.partner_id

    def _get_person_and_address(self, channel, people=None):
        """Whom to address by ``channel`` and where: the first of ``people`` who has an
        address.

        :param people: result of `_get_people`, or the person chosen by hand
        :return: (partner, address or "", None or `Reason` why there is none)"""
        channel_model = self.env["collection.channel"]._get(channel)
        stopped = self.env["collection.stopped.address"]
        why = None
        people = people or self._get_people()
        for person in people:
            # superuser: an attorney may be a contact of another branch only
            address, reason = channel_model._get_address(person.sudo())
            reason = reason or stopped._get_refusal(channel, address)
            if self._has_left(person):
                reason = Reason.of("RECIPIENT_LEFT")
            if not reason:
                return person, address, None
            if why is None or why.code == "NO_ADDRESS":
                why = reason
        return people[:1], "", why or Reason.of("NO_ADDRESS")
