"""Seams (design, section 2): what a new small file adds to, without a list to be edited."""

from odoo import api, models, tools


class CollectionRegistry(models.AbstractModel):
    """Base of channels, purposes, pay codes, answers, facts, listeners of the ledger,
    actions of a step, kinds of duties and approvals. Each of them is a model that inherits the one named in ``_registry``."""

    _name = "collection.registry"
    _description = "What small files add to"

    #: The model that all of one sort inherit.
    _registry = ""
    #: As stored on records.
    _code = ""
    #: What people read (`_lt`).
    _label = ""
    #: Place in lists.
    _sequence = 0

    @api.model
    def _get_models(self):
        """Those there are, in their order."""
        names = self.env.registry.descendants([self._registry], "_inherit")
        found = [self.env[name] for name in names]
        known = [each for each in found if each._code]
        return sorted(known, key=lambda m: (m._sequence, m._code))

    @api.model
    @tools.ormcache("self.env.lang")
    def _get_selection(self):
        """For `fields.Selection`: [(code, label)]."""
        lang = self.env.lang or "en_US"
        return [(m._code, m._label._translate(lang)) for m in self._get_models()]

    @api.model
    @tools.ormcache()
    def _get_names(self):
        return {each._code: each._name for each in self._get_models()}

    @api.model
    def _get(self, code):
        """The model with this code.

        :raise KeyError: there is none"""
        return self.env[self._get_names()[code]]

    @api.model
    def _get_label(self):
        return dict(self._get_selection())[self._code]
