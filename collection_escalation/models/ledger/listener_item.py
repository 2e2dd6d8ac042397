from odoo import models

CLOSING = ("settled", "credited", "taken_out")


class ListenerItem(models.AbstractModel):
    """Settling acts at once: contacts are withdrawn, the file is closed; and what is owed
    again is looked at again."""

    _name = "collection.ledger.listener.item"
    _inherit = ["collection.ledger.listener"]
    _description = "Open items follow the ledger"

    _code = "item"
    _sequence = 10

    def _on_ledger_events(self, events):
        def find(*kinds):
            return self.env["collection.item"].browse(
                id_ for event in events if event.kind in kinds for id_ in event.item_ids
            )

        find(*CLOSING)._on_closed()
        reversed_items = find("reversed").filtered(lambda i: i.ledger_state == "open")
        reversed_items._start_new_cycle()
        (reversed_items | find("put_back"))._on_opened()
