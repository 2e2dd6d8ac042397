"""What a step of the plan does. One file an action: a new one is one new file
``step_action_<code>.py`` with a model that inherits `collection.step.action`."""

from odoo import api, models, tools


def action_selection(model):
    """For `fields.Selection`: (code, label) of the actions there are."""
    return model.env["collection.step.action"]._get_selection()


class CollectionStepAction(models.AbstractModel):
    """What the evaluation must know of an action. While the action of a step runs the next
    step waits: it reports an open `rules.stages.Mark` until it is over."""

    _name = "collection.step.action"
    _description = "What a step of a plan does"

    #: As stored on steps.
    _code = ""
    #: What people read (`_lt`).
    _label = ""
    #: Place in lists.
    _place = 0
    #: Purpose of the contacts that are planned for the step (see `collection.purpose`);
    #: empty: it does something else, in `_begin`.
    _purpose = ""

    @api.model
    def _get_models(self):
        """The actions, in their order."""
        names = self.env.registry.descendants(["collection.step.action"], "_inherit")
        actions = [self.env[name] for name in names]
        return sorted((a for a in actions if a._code), key=lambda a: a._place)

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_selection(self):
        lang = self.env.lang or "en_US"
        return [(a._code, a._label._translate(lang)) for a in self._get_models()]

    @api.model
    @tools.ormcache()
    def _get_names(self):
        return {action._code: action._name for action in self._get_models()}

    @api.model
    def _get(self, code):
        """The model of an action."""
        return self.env[self._get_names()[code]]

    @api.model
    def _get_label(self):
        return dict(self._get_selection())[self._code]

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
