"""Who must know what happened in the ledger. One file a listener: a new one is one new file
``listener_<code>.py`` with a model that inherits `collection.ledger.listener`."""

from dataclasses import dataclass

from odoo import api, models, tools


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
    _name = "collection.ledger.listener"
    _description = "Who listens to the ledger"

    #: Its turn; 0: it is none.
    _sequence = 0

    @api.model
    @tools.ormcache()
    def _get_names(self):
        names = self.env.registry.descendants(
            ["collection.ledger.listener"], "_inherit"
        )
        listeners = [self.env[name] for name in names if self.env[name]._sequence]
        return tuple(x._name for x in sorted(listeners, key=lambda x: x._sequence))

    @api.model
    def _deliver(self, events):
        """Once per transaction, just before the commit."""
        if not events:
            return
        for name in self._get_names():
            self.env[name]._on_ledger_events(events)

    @api.model
    def _on_ledger_events(self, events):
        """Do what follows, as the superuser: whoever pays or posts may not see the
        collections. What it changes in the ledger is delivered in a second round.

        :param events: tuple of `LedgerEvent`"""
