"""Who must know what happened in the ledger. One file a listener: a new one is one new file
``listener_<code>.py`` with a model that inherits `collection.ledger.listener`."""

from dataclasses import dataclass

from odoo import api, models


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """What happened to open items of a debtor within one transaction.

    ``kind``: see `rules.ledger_state.ledger_changes`. ``amount``: positive, in the
    currency of the items, of all of them; 0.0 where no money moved. ``means``:
    ``payment``, ``credit`` (note), ``entry`` (a journal entry: write-off, compensation);
    empty if nothing moved, or of several kinds."""

    kind: str
    debtor_id: int
    item_ids: tuple[int, ...]
    amount: float
    currency_id: int
    means: str = ""


class CollectionLedgerListener(models.AbstractModel):
    """Told in the order of their ``_sequence``."""

    _name = "collection.ledger.listener"
    _inherit = ["collection.registry"]
    _registry = "collection.ledger.listener"
    _description = "Who listens to the ledger"

    @api.model
    def _deliver(self, events):
        """Once per transaction, just before the commit."""
        if not events:
            return
        for listener in self._get_models():
            listener._on_ledger_events(events)

    @api.model
    def _on_ledger_events(self, events):
        """Do what follows, as the superuser: whoever pays or posts may not see the
        collections. What it changes in the ledger is delivered in a second round.

        :param events: tuple of `LedgerEvent`"""
