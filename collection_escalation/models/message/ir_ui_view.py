"""The views that messages to customers are made of are checked like the templates that
call them (`mail_template.py`)."""

from odoo import api, models
from odoo.exceptions import ValidationError

from .mail_template import MODEL

#: Our own texts, even while no template calls them.
PREFIX = "collection_escalation.message_"
TEXT_FIELDS = {"arch", "arch_base", "arch_db", "active", "inherit_id", "mode", "key"}


class IrUiView(models.Model):
    _inherit = "ir.ui.view"

    @api.model_create_multi
    def create(self, vals_list):
        views = super().create(vals_list)
        views._check_collection_wording()
        return views

    def write(self, vals):
        """Checked as core checks a view: afterwards, and not by a constraint, which runs
        while `arch` is being set and cannot be read."""
        result = super().write(vals)
        being_set = self.env.is_protected(self._fields["arch"], self[:1])
        if not TEXT_FIELDS.isdisjoint(vals) and not being_set:
            self._check_collection_wording()
        return result

    def _check_collection_wording(self):
        """:raise ValidationError: a text to customers says what it may not, or lacks
        what it must"""
        pages = self.filtered(lambda view: view.type == "qweb")
        if self.pool._init or not pages:
            # data files come in any order; what we ship is proven by test_wording
            return
        roots = self.browse(view._get_root().id for view in pages)
        templates_sudo = (
            self.env["mail.template"]
            .sudo()
            .with_context(active_test=False)
            .search([("model", "=", MODEL)])
        )
        for template_sudo in templates_sudo:
            if set(template_sudo._get_collection_views()) & set(roots):
                template_sudo._check_collection_wording()
        for root in roots.filtered(lambda view: (view.key or "").startswith(PREFIX)):
            root._check_collection_text()

    def _get_root(self):
        """The view that this one changes, through others or directly."""
        self.ensure_one()
        view = self.sudo()
        while view.inherit_id and view.mode == "extension":
            view = view.inherit_id
        return view

    def _check_collection_text(self):
        self.ensure_one()
        Wording = self.env["collection.wording"]
        for lang, language in Wording._get_checked_languages():
            tree = self.sudo().with_context(lang=lang)._get_combined_arch()
            found = Wording._find(
                Wording._get_spoken_text(tree),
                lang,
                company=self.env["res.company"],
            )
            if found:
                raise ValidationError(
                    self.env._(
                        "“%(view)s” (%(language)s) says %(words)s. Customers read it: "
                        "say it calmly; if it is really no threat, archive the "
                        "expression in Configuration ▸ Collections ▸ Forbidden wording.",
                        view=self.name,
                        language=language,
                        words=Wording._describe(found),
                    )
                )
