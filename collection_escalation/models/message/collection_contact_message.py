"""What a contact says and to whom: recipient, statement, links, rendering."""

from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL, format_amount, format_list

from ..bulk_rows import insert_rows, update_rows

#: What stands in every message, and the friendly reminder: a language is written if all
#: of these are in it.
PARTS = ("greeting", "statement_table", "how_to_pay", "signature", "friendly")
#: What is written of who is addressed.
RECIPIENT = ("recipient_id", "destination", "lang", "lang_missing")
#: Templates of contacts that are no step of a plan.
TEMPLATES = {
    "invoice": "collection_escalation.mail_template_invoice",
    "manual": "collection_escalation.mail_template_manual",
}


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    lang_missing = fields.Char(
        string="Language without texts",
        readonly=True,
        help="The language they read, if the message had to be written in another one.",
    )

    # -- planning ------------------------------------------------------------------------

    @api.model
    def _plan(self, wanted, cases, today):
        """Make the contacts that the evaluation asks for.

        :param wanted: {(debtor id, channel, kind): [(ItemRow, step)]}
        :param cases: {debtor id: open case}
        :param today: {debtor id: today's date for them}
        A contact that is planned already for the debtor, channel and kind takes the new
        items in: one notice per debtor, not one per invoice."""
        waiting = {
            (c.debtor_id.id, c.channel, c.kind): c
            for c in self.search(
                [
                    ("debtor_id", "in", [debtor_id for debtor_id, *_ in wanted]),
                    ("state", "=", "planned"),
                ],
                order="id desc",
            )
        }
        Line = self.env["collection.contact.line"]
        steps = self.env["collection.stage.step"].union(
            *{step for pairs in wanted.values() for _row, step in pairs}
        )
        deciding = steps.filtered(lambda s: s.addressee == "decider").ids
        lines, new, new_keys = [], [], []
        for key, pairs in wanted.items():
            debtor_id, channel, kind = key
            if contact := waiting.get(key):
                lines += self._prepare_lines(contact, pairs, contact.line_ids.item_id)
                contact._raise_tone(pairs)
                continue
            debtor = self.env["collection.debtor"].browse(debtor_id)
            vals = self._prepare_planned_vals(
                debtor, channel, kind, pairs, today[debtor_id]
            )
            case = cases.get(debtor_id, self.env["collection.case"])
            new.append({**vals, "case_id": case.id})
            new_keys.append(key)
        created = self._insert_planned(new)
        for contact, key in zip(created, new_keys, strict=True):
            lines += self._prepare_lines(contact, wanted[key], ())
        Line._create_planned(lines)
        asking = [
            contact
            for contact, vals in zip(created, new, strict=True)
            if vals["step_id"] in deciding
        ]
        asking += [waiting[key] for key in wanted if key in waiting]
        self.browse().union(*asking)._ask_who_decides()
        return created

    @api.model
    def _insert_planned(self, vals_list):
        """New contacts of a whole batch, from what `_prepare_planned_vals` says."""
        debtors = self.env["collection.debtor"].browse(
            v["debtor_id"] for v in vals_list
        )
        return insert_rows(
            self,
            [
                {
                    **{name: value or None for name, value in vals.items()},
                    "not_before": vals.get("not_before"),
                    "reviewed": vals["reviewed"],
                    "partner_id": debtor.partner_id.id,
                    "logged_at": None,
                    "whom": None,
                    "access_token": self._make_token(),
                }
                for vals, debtor in zip(vals_list, debtors, strict=True)
            ],
        )

    def _ask_who_decides(self):
        """A duty for the collector, where a step is meant for who decides on payments and
        nobody is recorded. One per file is enough, done or not."""
        asking = self.filtered(
            lambda c: c.step_id.addressee == "decider"
            and "decider" not in c.debtor_id.person_ids.mapped("kind")
        )
        self.env["collection.duty"]._ask(
            "find_decider",
            [(case.debtor_id, {"case_id": case.id}) for case in asking.case_id],
        )

    def _prepare_planned_vals(self, debtor, channel, kind, pairs, today):
        """Of a contact that is asked for on ``today`` (the debtor's) for ``pairs``
        [(ItemRow, step)]; the highest stage sets the tone."""
        highest = self._get_highest_step(step for _row, step in pairs)
        return {
            "debtor_id": debtor.id,
            "company_id": debtor.company_id.id,
            "kind": kind,
            "channel": channel,
            "step_id": highest.id,
            "stage_id": highest.stage_id.id,
            "user_id": debtor.collector_id.id,
            **debtor._get_review_vals(channel, today),
        }

    def _prepare_lines(self, contact, pairs, present):
        """As `collection.contact.line._create_planned` takes them."""
        present_ids = set(present.ids) if present else set()
        of_step = {
            step: (step.id or None, step.stage_id.id or None)
            for step in {step for _row, step in pairs}
        }
        return [
            (
                contact.id,
                row.id,
                (*of_step[step], row.cycle, row.currency_id, row.due),
            )
            for row, step in pairs
            if step or row.id not in present_ids
        ]

    def _get_highest_step(self, steps):
        return max(
            dict.fromkeys(steps),
            key=lambda s: s.stage_id.sequence if s else -1,
            default=self.env["collection.stage.step"],
        )

    def _raise_tone(self, pairs):
        highest = self._get_highest_step(
            [self.step_id, *(step for _row, step in pairs)]
        )
        if highest != self.step_id:
            self.write({"step_id": highest.id, "stage_id": highest.stage_id.id})

    # -- recipient -----------------------------------------------------------------------

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
            debtor = contact.debtor_id
            people = contact.recipient_chosen and contact.recipient_id
            people = people or debtor._get_people(
                contact.step_id.addressee or "usual",
                remarkable=debtor.id not in unremarkable,
            )
            person, address, reason = debtor._get_person_and_address(
                contact.channel, people
            )
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

    # -- statement -----------------------------------------------------------------------

    def get_statement(self):
        """What the message states, one dict per invoice or credit: {"line", "name",
        "date_due", "original", "open", "days_overdue", "currency", "url", "is_credit",
        "overdue"} and, as the reader writes them, "original_text", "open_text"; oldest
        first, credits last. While a message is written it is what was kept by
        `_keep_statement`: text and evidence cannot differ."""
        self.ensure_one()
        kept = self.env.context.get("collection_as_stated")
        stated = self.stated if kept else self._get_stated()
        rows, texts = [], {}
        for line in self._get_lines():
            name, original, still_open, days_overdue = stated[str(line.id)]
            currency = line.currency_id
            for amount in (original, still_open):  # mostly the same
                if (amount, currency) not in texts:
                    texts[amount, currency] = (
                        format_amount(self.env, amount, currency, lang_code=self.lang)
                        if currency
                        else str(amount)
                    )
            rows.append(
                {
                    "line": line,
                    "name": name,
                    "date_due": line.date_due,
                    "original": original,
                    "open": still_open,
                    "days_overdue": days_overdue,
                    "original_text": texts[original, currency],
                    "open_text": texts[still_open, currency],
                    "currency": currency,
                    # on paper nothing can be clicked
                    "url": None if self.on_paper else self.get_line_url(line),
                    "is_credit": bool(line.credit_line_id),
                    "overdue": days_overdue > 0,
                }
            )
        return sorted(
            rows, key=lambda r: (r["is_credit"], str(r["date_due"]), r["line"].id)
        )

    def get_statement_totals(self, rows):
        """Totals of ``rows`` (of `get_statement`) by currency: [{"currency", "original",
        "open"}]."""
        return self._add_up((r["currency"], r["original"], r["open"]) for r in rows)

    @api.private
    def format_day(self, day):
        """A date as the reader of the message writes it; "" for no date."""
        return self._format_day(day, self.lang) if day else ""

    def get_consequences(self, only=None):
        """What the plan foresees after the stage of this contact, as far as Settings say
        with whom: list of {"code", "name"}. Nothing else may be announced (regulation
        sheet 5, pitfall 17): no suspension, record, protest or claim that no later stage
        plans. A legal stage writes before it acts, so what it plans itself counts too.

        :param only: codes that this message may announce; None: all of them"""
        self.ensure_one()
        own = self.stage_id
        later = own.policy_id.stage_ids.filtered(
            lambda s: s.sequence > own.sequence or s == own and s.level == "legal"
        )
        company = self.sudo().company_id
        wanted = (
            ("suspension", "plans_suspension", company.name),
            ("bureau", "plans_bureau", company.collection_bureau),
            ("protest", "plans_protest", company.collection_notary),
            ("court", "plans_court", company.collection_court),
        )
        return [
            {"code": code, "name": name}
            for code, planned, name in wanted
            if name and any(later.mapped(planned)) and (not only or code in only)
        ]

    def get_consequence_names(self):
        """The invoices that stand on the stage of this contact, if others stand beside
        them: of these the consequences are said, of no other.

        :return: "INV/7 and INV/9" in the reader's language; empty if it is all of them"""
        lines = self._get_lines().filtered("item_id")
        return self._join_names(
            lines.filtered(lambda x: x.stage_id == self.stage_id), lines
        )

    def get_first_asked(self):
        """The invoices of which this is the first message after the due date although it
        is not a friendly one: {"any": whether there are some, "names": which ones, empty
        if it is all of them}."""
        lines = self._get_lines().filtered("item_id")
        friendly = lines.filtered(lambda x: x.stage_id.level == "friendly")
        told = friendly.item_id._get_told_after_due(besides=self)
        first = friendly.filtered(lambda x: x.item_id not in told)
        return {"any": bool(first), "names": self._join_names(first, lines)}

    def _join_names(self, some, lines):
        """The numbers of ``some`` of the lines as a text; "" if it is all of them."""
        if not some or some == lines:
            return ""
        names = dict.fromkeys(filter(None, (x.get_invoice_name() for x in some)))
        return format_list(self.env, list(names))

    def is_to_decider(self):
        """Is it addressed to somebody of whom we know that they decide on payments?"""
        self.ensure_one()
        deciders = self.debtor_id.sudo().person_ids.filtered(
            lambda p: p.kind == "decider"
        )
        return self.recipient_id in deciders.partner_id

    def get_creditor_address(self):
        """The creditor's address in one line, the country in the reader's language: the
        partner's own field is worked out once, in the language of the first reader."""
        creditor = self.get_creditor()
        address = creditor._display_address(without_company=True) or ""
        return ", ".join(filter(None, (part.strip() for part in address.split("\n"))))

    def get_creditor(self):
        """Who writes: the partner of the root company. Superuser: a collector of a branch
        may not read the head office."""
        return self.sudo().company_id.root_id.partner_id

    def _take_credits(self):
        """Show unallocated credits of the debtor beside the invoices, in currencies of
        the contact: they lower what is asked for. Credits that were used meanwhile are
        taken out."""
        Line = self.env["collection.contact.line"]
        Line.search(
            [
                ("contact_id", "in", self.ids),
                ("credit_line_id.reconciled", "=", True),
                ("state", "=", "planned"),
            ]
        ).write({"state": "cancelled"})
        by_owner = self._read_credits()
        vals_list = []
        for contact in self if by_owner else ():
            credits = by_owner.get((contact.partner_id, contact.company_id))
            if not credits:
                continue
            currencies = contact.line_ids.currency_id
            vals_list += [
                {
                    "contact_id": contact.id,
                    "credit_line_id": credit.id,
                    "currency_id": credit.currency_id.id,
                    "date_due": credit.date,
                }
                for credit in credits - contact._get_lines().credit_line_id
                if credit.currency_id in currencies
            ]
        Line.create(vals_list)

    def _read_credits(self):
        """{(customer, company): receivable lines of theirs with money not allocated yet},
        one query for all these contacts."""
        found = self.env["account.move.line"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual_currency", "<", 0),
            ]
        )
        return found.grouped(lambda line: (line.partner_id, line.company_id))

    # -- rendering -----------------------------------------------------------------------

    def _get_template(self):
        """The mail.template of the contact.

        :raise UserError: the step lost its template"""
        self.ensure_one()
        template = (
            self.env.ref(TEMPLATES[self.kind], raise_if_not_found=False)
            if self.kind in TEMPLATES
            else self.step_id.template_id
        )
        if not template:
            raise UserError(
                self.env._(
                    "The step “%s” has no e-mail template. Choose one in the plan.",
                    self.step_id.name or self.stage_id.name or "-",
                )
            )
        return template

    def _render_preview(self):
        """{"subject", "body_html"} as the debtor would read it now; for a person's eyes,
        so an error is shown in place of the text."""
        self.ensure_one()
        if self.message_id:
            message_sudo = self.message_id.sudo()
            return {"subject": message_sudo.subject, "body_html": message_sudo.body}
        return self.env["collection.channel"]._get(self.channel)._get_text(self)


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    def _get_review_vals(self, channel, today):
        """While messages are reviewed before sending, nothing is planned before
        the day after ``today``, so that somebody can look at it."""
        until = self.company_id.collection_review_until
        if not until or until < today:
            return {"reviewed": True}
        if channel not in self.env["collection.channel"]._get_automatic_codes():
            return {"reviewed": True}
        return {"reviewed": False, "not_before": today + timedelta(days=1)}
