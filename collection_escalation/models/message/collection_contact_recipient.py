"""To whom a contact goes: the person, their address, and the language they read."""

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..bulk_rows import update_rows

#: What stands in every message, and the friendly reminder: a language is written if all
#: of these are in it.
PARTS = ("greeting", "statement_table", "how_to_pay", "signature", "friendly")
#: What is written of who is addressed.
RECIPIENT = ("recipient_id", "destination", "lang", "lang_missing")


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    lang_missing = fields.Char(
        string="Language without texts",
        readonly=True,
        help="The language they read, if the message had to be written in another one.",
    )

    def _resolve_recipients(self, unremarkable=None, unwritten=None):
        """Find the person, address and language of each contact, once per channel. A
        person chosen by hand stays, as long as they have an address.

        :param unremarkable: result of `collection.debtor._find_unremarkable`, if known
        :param unwritten: a dict that takes {contact: values of `RECIPIENT`} of those with
            an address: the caller writes them with what else it has to write
        :return: {contact id: Reason why there is no address}; the address stays empty"""
        missing, changed = {}, {}
        if unremarkable is None:
            unremarkable = self.debtor_id._find_unremarkable()
        for contact in self:
            person, address, reason = contact._find_recipient(unremarkable)
            if reason:
                missing[contact.id] = reason
            vals = {
                "recipient_id": person.id,
                "destination": address or False,
                **contact._get_language_vals(person),
            }
            if vals == contact._get_recipient_vals():
                continue
            if contact.id:
                changed[contact] = vals
            else:  # of a dry run, in memory
                contact.write(vals)
        now = changed
        if unwritten is not None:
            unwritten |= {c: vals for c, vals in changed.items() if vals["destination"]}
            now = {c: vals for c, vals in changed.items() if c not in unwritten}
        self._write_recipients(now)
        for name in RECIPIENT:  # they are asked for next
            for contact, vals in changed.items():
                self._fields[name]._update_cache(contact, vals[name] or None)
        return missing

    def _find_recipient(self, unremarkable):
        """Whom to address now, and where. A person chosen by hand stays, unless they left.

        :param unremarkable: result of `collection.debtor._find_unremarkable`
        :return: as `collection.debtor._get_person_and_address`"""
        debtor = self.debtor_id
        chosen = self.recipient_chosen and self.recipient_id
        if not chosen or debtor._has_left(chosen):
            chosen = debtor._get_people(
                self.step_id.addressee or "usual",
                remarkable=debtor.id not in unremarkable,
                made_out_to=self.addressee_id,
            )
        return debtor._get_person_and_address(self.channel, chosen)

    def _get_recipient_vals(self):
        """The values of `RECIPIENT` as they are."""
        return {
            "recipient_id": self.recipient_id.id,
            "destination": self.destination,
            "lang": self.lang,
            "lang_missing": self.lang_missing,
        }

    @api.model
    def _write_recipients(self, vals_of):
        """:param vals_of: {contact: values of `RECIPIENT`}"""
        contacts = self.browse().union(*vals_of)
        contacts._refuse_if_over()
        rows = [
            (contact.id, tuple(vals[name] or None for name in RECIPIENT))
            for contact, vals in vals_of.items()
        ]
        update_rows(contacts, RECIPIENT, rows)

    def _find_address_now(self):
        """A person is about to begin: whom to address, and where, as of this moment.

        :raise UserError: there is no usable address"""
        self.ensure_one()
        if reason := self._resolve_recipients().get(self.id):
            Reason = self.env["collection.reason"]
            raise UserError(
                self.env._(
                    "%(contact)s: %(why)s",
                    contact=self.display_name,
                    why=Reason._explain(Reason._store(reason)),
                )
            )

    def _get_language(self, person):
        """The person's language, else the customer's, if there are texts in it; else the
        company's. Dates, amounts and words are always of one language."""
        return self._get_language_vals(person)["lang"]

    def _get_language_vals(self, person):
        """{"lang": the language of the message, "lang_missing": the one they read, if
        there are no texts in it}."""
        wanted = person.lang or self.partner_id.lang
        written = self._get_written_languages()
        if wanted in written:
            return {"lang": wanted, "lang_missing": False}
        others = (self.partner_id.lang, self.company_id.partner_id.lang)
        lang = next((x for x in others if x in written), self.env.lang or "en_US")
        return {"lang": lang, "lang_missing": wanted}

    @api.model
    @tools.ormcache(cache="templates")
    def _get_written_languages(self):
        """Installed languages in which there are texts: English, in which they were
        written, and those into which they are translated, by the module's files or by
        somebody here."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        views = self.env["ir.ui.view"].union(
            *(self.env.ref(f"collection_escalation.message_{part}") for part in PARTS)
        )
        views.flush_model(["arch_db"])
        rows = self.env.execute_query(
            SQL(
                "SELECT lang FROM ir_ui_view, jsonb_object_keys(arch_db) lang "
                "WHERE id IN %s GROUP BY lang HAVING count(*) = %s",
                tuple(views.ids),
                len(views),
            )
        )
        translated = {lang for (lang,) in rows}
        return frozenset(
            code
            for code in installed
            if code.partition("_")[0] == "en" or code in translated
        )

    def _get_language_warning(self):
        """They read another language than the one we write in, for want of texts."""
        if not self.lang_missing:
            return ""
        names = dict(self.env["res.lang"].get_installed())
        return self.env._(
            "There are no texts in their language (%(theirs)s): the message is in "
            "%(ours)s. Translate the message templates to write in it.",
            theirs=names.get(self.lang_missing, self.lang_missing),
            ours=names.get(self.lang, self.lang),
        )
