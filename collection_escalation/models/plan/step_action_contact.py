from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class CollectionStepActionContact(models.AbstractModel):
    _name = "collection.step.action.contact"
    _inherit = "collection.step.action"
    _description = "Step that contacts the customer"

    _code = "contact"
    _label = _lt("Contact the customer")
    _sequence = 10
    _purpose = "step"

    @api.model
    def _get_step_label(self, step):
        labels = dict(step._fields["channel"]._description_selection(self.env))
        return labels.get(step.channel, "")

    @api.model
    def _check_step(self, step):
        for channel in step._get_channels():
            channel._check_step(step)
