"""Whose texts to customers are."""

from odoo import api, fields, models

#: What e-mails and text messages to customers are made from.
MODEL = "collection.contact"


class CollectionOwnedText(models.AbstractModel):
    """A template: as `collection.owned`, with a field of another name, because templates
    of other modules belong to no company."""

    _name = "collection.owned.text"
    _description = "Text to customers, of a company or as it came"

    collection_company_id = fields.Many2one(
        "res.company",
        string="Text of",
        copy=False,
        index="btree_not_null",
        help="Empty: it came with the module, every company uses it and none changes it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Who writes a text to customers writes it for the company they work in."""
        if not self.env.su:
            ours = self.env["ir.model"]._get_id(MODEL)
            for vals in vals_list:
                if vals.get("model_id") == ours:
                    vals.setdefault("collection_company_id", self.env.company.id)
        return super().create(vals_list)

    def _get_text_for(self, company):
        """The copy that ``company`` (or what it is a branch of) made of a shipped text;
        else the text itself."""
        self.ensure_one()
        own = self.sudo().search(
            [
                ("collection_origin_id", "=", self.id),
                ("collection_company_id", "parent_of", company.ids),
            ],
            limit=1,
        )
        return own.sudo(self.env.su) or self

    def _copy_text_for(self, company):
        """{template: its copy for ``company``}, with all translations; a copy that is
        there is not made again."""
        copies = {}
        for template in self:
            copies[template] = template._get_text_for(company)
            if copies[template] == template and not template.collection_company_id:
                copies[template] = template.copy(
                    {
                        "name": template.name,
                        "collection_company_id": company.id,
                        "collection_origin_id": template.id,
                    }
                )
        return copies
