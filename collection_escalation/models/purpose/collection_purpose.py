"""What a contact is for. One file a purpose: a new one is one new file
``purpose_<code>.py`` with a model that inherits `collection.purpose`. A room that knows more
of a purpose than stands here extends its model."""

from odoo import api, models, tools


def purpose_selection(model):
    """For `fields.Selection`: (code, label) of the purposes there are."""
    return model.env["collection.purpose"]._get_selection()


class CollectionPurpose(models.AbstractModel):
    """What planning, leaving and the log must know of a purpose. The attributes and
    methods below are all there is to say about one; nobody else asks which one it is."""

    _name = "collection.purpose"
    _inherit = ["collection.registry"]
    _description = "What a contact is for"
    _registry = "collection.purpose"

    #: Who makes contacts of this purpose: ``system``, ``person`` or ``customer``.
    _made_by = "system"
    #: What the contact rules call it (`rules.contact_vocabulary.PURPOSES`): ``demand``,
    #: which uses up the limits; ``service``, what we do for the customer; ``requested``.
    _rule_purpose = "demand"
    #: Part of the chase: what withholds the chase (a pause, a complaint, a payment in
    #: process, an amount within the tolerance …) keeps it from leaving.
    _is_chase = True
    #: It speaks of what is owed: an invoice that is paid meanwhile is taken out of it.
    _speaks_of_debt = True
    #: Its messages state the debt after the due date, so its template must be able to.
    _states_debt = False
    #: It asks for money: the first one after the due date waits for the days of grace, and
    #: after it others need not.
    _asks_for_money = True
    #: It brings the invoice itself, and the days count from its arrival.
    _brings_invoice = False
    #: If it cannot be made a person has the duty to see to it, whatever the reason.
    _must_arrive = False
    #: While messages are reviewed before sending, somebody looks at it first.
    _needs_review = True
    #: Codes of the consequences it may announce if the plan foresees them (see
    #: `collection.contact.get_consequences`); None: all of them.
    _announces = ()
    #: Quiet days lie between its automatic messages after the due date.
    _keeps_quiet_days = False
    #: It counts as a message after which the next one waits for the quiet days.
    _begins_quiet_days = False
    #: Mail template (xml id); empty: that of its step.
    _template = ""
    #: Among contacts that want the same day by the same channel the lowest is planned first.
    _planning_rank = 0

    @api.model
    @tools.ormcache("attribute", "value")
    def _get_codes(self, attribute, value=True):
        """Tuple of the codes of those of which ``attribute`` has this value."""
        return tuple(
            p._code for p in self._get_models() if getattr(p, attribute) == value
        )

    @api.model
    def _get_codes_that_stay(self, code, args):
        """Codes of the purposes whose planned contacts stay (see `_yields_to`)."""
        return [p._code for p in self._get_models() if not p._yields_to(code, args)]

    # -- what a purpose says of itself ---------------------------------------------------

    @api.model
    def _heeds(self, reason):
        """Does this `Reason` not to chase keep it from leaving?"""
        return self._is_chase

    @api.model
    def _yields_to(self, code, args):
        """Is what is planned taken back when this comes up (a stored reason, see
        `collection.reason`): a pause, a stop, the invoice is paid …? An answer stops only
        the system; a complaint or another pause no service and nothing asked for."""
        if not self._speaks_of_debt:
            return False
        standing = self.env["collection.fact"]._get_codes("_standing")
        if self._is_chase or code not in standing:
            return True
        is_demand = self._rule_purpose == "demand"
        return is_demand and code != "STOPPED" and args.get("reason") != "answered"

    @api.model
    def _get_listing(self, contact):
        """What a contact lists: ``own``, the invoices it is about; ``chosen``, those that a
        person chose, less credits; ``all`` that is asked for (`rules.picture`)."""
        return "own"

    @api.model
    def _must_state_debt(self, contact):
        """Must the message name the creditor and every invoice (by SMS: the link)?
        Usually where it is about something overdue."""
        return self._states_debt and contact._states_something_overdue()

    @api.model
    def _get_template(self, contact):
        """Its mail.template, or an empty one."""
        if not self._template:
            return contact.step_id.template_id
        none = self.env["mail.template"]
        return self.env.ref(self._template, raise_if_not_found=False) or none

    @api.model
    def _get_of_template(self, template):
        """The purposes whose messages ``template`` (mail.template) says."""
        texts = template | template.collection_origin_id
        names = set(texts.get_external_id().values()) - {""}
        return [p for p in self._get_models() if p._template in names]

    @api.model
    def _get_planning_reason(self, contact):
        """Stored reason why it stands in the plan, when nothing kept it from an earlier
        moment."""
        return {"code": "PLANNED", "args": {}}

    @api.model
    def _after_made(self, contacts):
        """What follows from these contacts, which were just made."""

    @api.model
    def _after_not_received(self, contacts):
        """These were made, but came back or never arrived."""

    @api.model
    def _after_foreseen(self, rows, day):
        """In a dry run a contact about ``rows`` (`ItemRow` of the engine) is taken as made
        on ``day``: what follows from it, in memory."""
