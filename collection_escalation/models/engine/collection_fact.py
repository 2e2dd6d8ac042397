"""What must be known of a batch of debtors before anybody is chased. One file a fact: a new
fact is one new file ``fact_<code>.py`` with a model that inherits `collection.fact`."""

from odoo import api, models, tools


class CollectionFact(models.AbstractModel):
    """What a fact reads, and what follows from it. The attributes and methods below are
    all there is to say about one. Of the three hooks a fact has those it needs; they are
    found once a batch, and not asked where the fact knows nothing (what it read is empty).

    ``_code``: where `facts.of` keeps what was read; ``_sequence``: its turn, of several
    reasons not to chase the first is given.

    ``facts`` is everything known of the batch (`Facts`), ``row`` an open item as the
    ledger says now (`ItemRow`). Hooks are asked item by item: they read no record, and
    ask no database."""

    _name = "collection.fact"
    _inherit = ["collection.registry"]
    _registry = "collection.fact"
    _description = "What is known before anybody is chased"

    #: Does it look at amounts? What is too little to chase is listed all the same.
    _judges_amounts = False
    #: The forecast adds to what was read, so it is asked although nothing is known yet.
    _learns = False
    #: Codes of its reasons that are said on an item even where no step is due, as those of
    #: pauses and stops are; what is no demand may leave in spite of them.
    _standing = ()
    #: Codes of its reasons for which the invoice itself goes first.
    _brings_invoice = ()
    #: Does it withhold courtesy notes, before the due date?
    _before_due = True
    #: Does it withhold contacts after the due date?
    _after_due = True

    @api.model
    @tools.ormcache("attribute")
    def _get_codes(self, attribute):
        """All codes that facts name in ``attribute``."""
        models_ = self.env["collection.fact"]._get_models()
        return frozenset(code for each in models_ for code in getattr(each, attribute))

    @api.model
    def _says(self, hook):
        """Does it have the hook of that name?"""
        nothing = getattr(type(self.env["collection.fact"]), hook)
        return getattr(type(self), hook) is not nothing

    @api.model
    def _read(self, facts, debtors):
        """Read about ``debtors``, whose items, days and plans ``facts`` has already, with
        a fixed number of queries whatever their number.

        :return: what `facts.of` keeps under the code; empty: nothing known of anybody"""
        return True

    @api.model
    def _withhold(self, facts, debtor, row, post_due):
        """Why nobody may be contacted about ``row`` now, after the due date or before it;
        or None.

        :return: `Reason`"""
        return None

    @api.model
    def _put_off(self, facts, debtor, row):
        """By how many calendar days the stages after the due date open later than the plan
        says, and why; or None. A stage that was reached is not left again.

        :return: (days, `Reason`)"""
        return None

    @api.model
    def _take_off(self, facts, debtor, currency_id):
        """What lowers the sum that the debtor is asked for in the currency. It is handed
        out over the invoices that are asked for, and stands in the messages by its name.

        :return: [(`rules.statement.Credit` whose currency is the id as text, `Reason`)]"""
        return []

    @api.model
    def _ask_duties(self, facts, debtors):
        """What withholds has an owner and an end: ask who must see to it, where it lasts
        too long (`collection.duty._ask`). Once a batch, by the evaluation only."""

    @api.model
    def _on_another_day(self, facts, debtor_id, day):
        """The forecast asks about a later day of the debtor: mend what was read of them."""
