"""What a step of the plan does. One file an action: a new one is one new file
``step_action_<code>.py`` with a model that inherits `collection.step.action`."""

from odoo import api, models


def action_selection(model):
    """For `fields.Selection`: (code, label) of the actions there are."""
    return model.env["collection.step.action"]._get_selection()


class CollectionStepAction(models.AbstractModel):
    """What the evaluation must know of an action. While the action of a step runs the next
    step waits: it reports an open `rules.stages.Mark` until it is over."""

    _name = "collection.step.action"
    _inherit = ["collection.registry"]
    _description = "What a step of a plan does"
    _registry = "collection.step.action"

    #: Purpose of the contacts that are planned for the step (see `collection.purpose`);
    #: empty: it does something else, in `_begin`.
    _purpose = ""

    # -- what an action says of itself ---------------------------------------------------

    @api.model
    def _get_step_label(self, step):
        """What people read after the name of the stage."""
        return self._get_label()

    @api.model
    def _check_step(self, step):
        """:raise ValidationError: a step with this action lacks what it needs"""

    @api.model
    def _read_marks(self, rows):
        """What became of this action for these items in their cycles, with a fixed number
        of queries; of two marks of one step the later counts.

        :param rows: list of `ItemRow` of the engine
        :return: iterable of (item id, `rules.stages.Mark`)"""
        return ()

    @api.model
    def _begin(self, due, cases, today):
        """Begin the action for the items whose step is due; only where no contact is
        planned for it. From now on `_read_marks` must know it, or it begins again.

        :param due: [(`ItemRow` of the engine, step)]
        :param cases: {debtor id: open case}
        :param today: {debtor id: today's date for them}"""
