from odoo import models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionDutyMailServer(models.AbstractModel):
    """The mail server put a message off so often that nobody may rely on it any more. One
    duty a company: it is the server that must be mended, not the message."""

    _name = "collection.duty.mail_server"
    _inherit = "collection.duty.kind"
    _description = "Duty: mend the mail server"

    _code = "mail_server"
    _label = _lt("Find out why the mail server takes no messages: customers get none")
    _sequence = 16
    _notifies = True
