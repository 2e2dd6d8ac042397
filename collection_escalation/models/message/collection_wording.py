"""The lists of what no text to a customer may say, and how texts are read with them.
What a text must state is in `collection_contact_wording.py`, the templates in
`mail_template.py`, `sms_template.py` and `ir_ui_view.py`."""

import csv

from lxml import etree
from markupsafe import Markup

from odoo import Command, api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import file_open
from odoo.tools.rendering_tools import parse_inline_template

from ...rules import wording

KINDS = [
    (wording.THREAT, "Threat"),
    (wording.COURT, "Looks like a court"),
    (wording.SHAME, "Shames"),
    (wording.DEBT, "Speaks of a debt"),
]
#: Attributes of QWeb and HTML whose value is read by people.
SPOKEN_ATTRIBUTES = (
    "t-valuef",
    "t-valuef.translate",
    "t-attf-title",
    "t-attf-alt",
    "title",
    "alt",
)
#: Elements that stand apart from the text beside them; within a line all others do not,
#: and half a word in bold is still one word.
BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog dir "
    "div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup "
    "hr html legend li main menu nav ol option p pre section select summary table tbody td "
    "tfoot th thead title tr ul".split()
)
#: Elements whose text nobody reads.
UNREAD = frozenset(("script", "style"))
#: What puts something into QWeb that is seen only when the message is written.
OUTPUTS = ("t-out", "t-esc", "t-raw", "t-field", "t-call")
#: Placeholders that would put an amount or a list of invoices in a neutral text.
TELLING = ("amount", "statement", "total", "residual", "balance")
LANGUAGES = ("en", "es", "pt")


class CollectionWording(models.Model):
    """An expression that no text to a customer may say, in one language."""

    _name = "collection.wording"
    _description = "Forbidden wording"
    _inherit = "collection.owned"
    _order = "lang, kind, expression"
    _rec_name = "expression"

    lang = fields.Selection(
        "_get_languages",
        string="Language",
        required=True,
        help="With all its variants: Portuguese is that of Brazil too.",
    )
    expression = fields.Char(
        required=True,
        help="A word or several. Capitals and accents do not matter. A * after at least "
        "three letters stands for any ending: delinquen* is delinquent and delinquency.",
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        help="“Speaks of a debt” is forbidden only where others may read it: in "
        "subjects, SMS, WhatsApp messages, on voicemail and envelopes.",
    )
    active = fields.Boolean(
        default=True,
        help="Archive what you want to allow: what is deleted returns with the next "
        "version.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self._get_default_owner(),
        help="Empty: it came with the module, for every company.",
    )
    except_company_ids = fields.Many2many(
        "res.company",
        "collection_wording_except_company_rel",
        string="Not for these companies",
        readonly=True,
        help="They, with their branches, allow the expression.",
    )
    note = fields.Char(string="Source", help="The law or the reason behind it.")

    _expression_once = models.UniqueIndex(
        "(lang, expression, COALESCE(company_id, 0))",
        "The expression is on the list of the language.",
    )

    @api.model
    def _get_languages(self):
        """Families of languages that Odoo knows, each once: [("pt", "Portuguese"), …]"""
        families = {}
        for code, name in (
            self.env["res.lang"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch([], ["code", "name"], order="id")
            .mapped(lambda lang: (lang.code, lang.name))
        ):
            families.setdefault(_family(code), name.split(" /")[0].split(" (")[0])
        return sorted(families.items(), key=lambda pair: pair[1])

    @api.constrains("expression", "kind", "lang")
    def _check_expression(self):
        languages = dict(self._get_languages())
        for record in self:
            if record.lang not in languages:
                raise ValidationError(
                    self.env._(
                        "“%(expression)s”: Odoo knows no language “%(lang)s”. Choose one "
                        "of the list, for instance pt.",
                        expression=record.expression,
                        lang=record.lang,
                    )
                )
            try:
                wording.Expression(record.expression, record.kind)
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be looked for. Write at least one word; a * may "
                        "stand only at the end of a word, after at least three letters.",
                        record.expression,
                    )
                ) from None

    is_allowed_here = fields.Boolean(
        compute="_compute_is_allowed_here", string="Allowed in our company"
    )

    @api.depends("except_company_ids")
    @api.depends_context("company")
    def _compute_is_allowed_here(self):
        for record in self:
            record.is_allowed_here = self.env.company in record.except_company_ids

    def action_allow_here(self):
        """Our company may say it; the others go on as before."""
        self._except_company_sudo(Command.link)

    def action_forbid_here(self):
        self._except_company_sudo(Command.unlink)

    def _except_company_sudo(self, command):
        """Nobody changes what every company uses, but each may make its exception."""
        self.browse().check_access("write")
        self.check_access("read")
        self.filtered(lambda record: not record.company_id).sudo().write(
            {"except_company_ids": [command(self.env.company.id)]}
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _load_shipped(self):
        """Bring the lists of `data/wording_*.tsv` that are not here yet, and take back
        what is no longer on them. What people changed or archived stays as they left
        it."""
        shipped = {lang: self._read_shipped(lang) for lang in LANGUAGES}
        self._take_back_sudo({row["id"] for rows in shipped.values() for row in rows})
        present = {
            (record.lang, record.expression)
            for record in self.with_context(active_test=False).search(
                [("company_id", "=", False)]
            )
        }
        records = [
            {
                "xml_id": f"collection_escalation.{row.pop('id')}",
                "values": {**row, "lang": lang, "company_id": False},
                "noupdate": True,
            }
            for lang, rows in shipped.items()
            for row in rows
            if (lang, row["expression"]) not in present
        ]
        self._load_records(records, update=True)

    @api.model
    def _take_back_sudo(self, names):
        """Delete what we shipped and nobody touched since.

        :param names: of the records that are still shipped"""
        retired_sudo = (
            self.env["ir.model.data"]
            .sudo()
            .search(
                [
                    ("module", "=", "collection_escalation"),
                    ("model", "=", self._name),
                    ("name", "not in", list(names)),
                ]
            )
        )
        self.sudo().browse(retired_sudo.mapped("res_id")).exists().filtered(
            lambda record: record.active and record.write_date == record.create_date
        ).unlink()

    @api.model
    def _read_shipped(self, lang):
        with file_open(f"collection_escalation/data/wording_{lang}.tsv") as lines:
            return list(csv.DictReader(lines, dialect="excel-tab"))

    # -- reading texts -------------------------------------------------------------------

    @api.model
    @tools.ormcache("family", "neutral", "company_id")
    def _get_words(self, family, neutral, company_id):
        """`wording.WordList` for texts of a company (id; False: what all forbid) in a
        language: its own expressions and the English ones; for an English text those of
        every language, because Odoo keeps as English what was typed, in whatever
        language, before there was a translation."""
        kinds = wording.KINDS if neutral else wording.FORBIDDEN
        records = self.sudo().search_fetch(
            Domain("kind", "in", kinds) & self._get_domain_of(company_id),
            ["lang", "expression", "kind"],
        )
        if family in set(records.mapped("lang")) - {"en"}:
            records = records.filtered(lambda r: r.lang in (family, "en"))
        return wording.compile_words(
            wording.Expression(record.expression, record.kind) for record in records
        )

    @api.model
    def _get_domain_of(self, company_id):
        """What a company, or with False no company in particular, forbids."""
        shared = Domain("company_id", "=", False)
        if not company_id:
            return shared
        own = Domain("company_id", "parent_of", [company_id])
        allowed = Domain("except_company_ids", "parent_of", [company_id])
        return own | (shared & ~allowed)

    @api.model
    @tools.ormcache(cache="stable")
    def _get_currencies(self):
        """Signs and codes of the currencies in use."""
        currencies = self.env["res.currency"].sudo().search([("active", "=", True)])
        names = [*currencies.mapped("name"), *currencies.mapped("symbol")]
        return frozenset(filter(None, names))

    @api.model
    def _find(self, text, lang=None, neutral=False, names=(), company=None):
        """What a plain text says and may not.

        :param company: who says it, default the user's; none (an empty recordset): what
            every company uses
        :param lang: code of its language, if known
        :param neutral: others may read it: it may not speak of debts and amounts either
        :param names: of people and companies, which are no wording
        :return: tuple of `wording.Finding`"""
        company = self.env.company if company is None else company
        words = self._get_words(_family(lang), neutral, company.id)
        currencies = self._get_currencies()

        def find(text):
            found = wording.find_forbidden(text, words)
            return found + wording.find_amounts(text, currencies) if neutral else found

        found = find(text or "")
        # blotting out names finds nothing new, and is slow
        return find(wording.cover(text, names)) if found and names else found

    @api.model
    def _check_free_text(self, text, lang=None, neutral=False, names=(), company=None):
        """What a person wrote and should not send without a reason. Nothing is refused
        here: the caller shows `_describe` and asks.

        :param text: plain, or Markup as a field of HTML gives it
        :param lang: code of the reader's language, if known
        :param neutral: it is a subject, SMS, WhatsApp message, voicemail or envelope
        :param names: of people and companies, which are no wording
        :param company: who writes, default the user's
        :return: list of {"kind", "text", "expression", "start"}, in the order of the
            text; empty if it may be sent"""
        if isinstance(text, Markup):
            text = self._get_plain_text(text)
        return [
            {
                "kind": found.kind,
                "text": found.text,
                "expression": found.expression,
                "start": found.start,
            }
            for found in self._find(text, lang, neutral, names, company)
        ]

    @api.model
    def _describe(self, findings):
        """Findings of `_find` or `_check_free_text` as people read them: each once,
        “shame on you” (shames), “R$ 10” (amount)."""
        labels = dict(self._fields["kind"]._description_selection(self.env))
        labels[wording.AMOUNT] = self.env._("Amount")
        said = {}
        for found in findings:
            kind, text = (
                (found["kind"], found["text"])
                if isinstance(found, dict)
                else (found.kind, found.text)
            )
            said.setdefault(" ".join(text.split()), labels[kind].lower())
        return ", ".join(f"“{text}” ({label})" for text, label in said.items())

    @api.model
    def _get_plain_text(self, html):
        """What a reader of ``html`` reads. Faster than `html2plaintext`, which also draws
        headings and lists links, and parts no words that stand in one line."""
        tree = parse_source(html)
        return "" if tree is None else "".join(_walk(tree))

    # -- reading templates ---------------------------------------------------------------

    @api.model
    def _find_in_template(self, text, lang, neutral=False, company=None):
        """Findings of a text with {{ placeholders }}: what they are replaced by is seen
        when the message is written."""
        return self._find(_without_placeholders(text), lang, neutral, company=company)

    @api.model
    def _get_telling_placeholders(self, text):
        """Placeholders of a neutral text that would name an amount: ["{{ … }}"]."""
        return [
            f"{{{{ {expression} }}}}"
            for _text, expression, _default in parse_inline_template(text or "")
            if any(word in expression.lower() for word in TELLING)
        ]

    @api.model
    def _get_spoken_text(self, source):
        """What a source of QWeb or HTML says by itself, plain; expressions say nothing
        before they are evaluated.

        :param source: text, or the root of an lxml tree"""
        if isinstance(source, str):
            source = parse_source(source)
        return (
            ""
            if source is None
            else _without_placeholders("".join(_walk(source, True)))
        )

    @api.model
    def _get_checked_languages(self):
        """[(code, name)] of the languages that texts exist in."""
        installed = self.env["res.lang"].get_installed()
        codes = {code for code, _name in installed}
        return installed if "en_US" in codes else [("en_US", "English"), *installed]


def parse_source(html):
    """The lxml tree of a text of HTML or QWeb; None if there is nothing in it."""
    return etree.fromstring(html, etree.HTMLParser()) if html.strip() else None


def _family(code):
    """ "pt" of "pt_BR", "sr" of "sr@latin"; English where nobody knows."""
    return (code or "en").split("_")[0].split("@")[0]


def _without_placeholders(text):
    return "".join(
        f"{literal} … {default}" if expression else literal
        for literal, expression, default in parse_inline_template(text or "")
    )


def _walk(node, is_source=False):
    """Texts of an lxml tree in the order in which they are read, with spaces where one
    does not run into the next.

    :param is_source: of QWeb or HTML: attributes that people read belong to it"""
    texts = []
    _collect(node, is_source, texts)
    return texts


def _collect(node, is_source, texts):
    tag = node.tag
    if isinstance(tag, str) and tag not in UNREAD:
        apart = tag in BLOCKS or (is_source and any(map(node.get, OUTPUTS)))
        if apart:
            texts.append(" ")
        if is_source:
            texts += [
                f" {node.get(name)} " for name in SPOKEN_ATTRIBUTES if node.get(name)
            ]
        texts.append(node.text or "")
        for child in node:
            _collect(child, is_source, texts)
        if apart:
            texts.append(" ")
    texts.append(node.tail or "")


class CollectionStageStep(models.Model):
    _inherit = "collection.stage.step"

    @api.constrains("script")
    def _check_script_wording(self):
        """A script is said aloud: it threatens and shames nobody."""
        Wording = self.env["collection.wording"]
        for step in self:
            for lang, language in Wording._get_checked_languages():
                script = step.with_context(lang=lang).script or ""
                found = Wording._find(
                    Wording._get_spoken_text(script),
                    lang,
                    company=step.stage_id.policy_id.company_id,
                )
                if found:
                    raise ValidationError(
                        self.env._(
                            "%(step)s: the script (%(language)s) says %(words)s. Say it "
                            "calmly; if it is really no threat, archive the expression "
                            "in Configuration ▸ Collections ▸ Forbidden wording.",
                            step=step.name,
                            language=language,
                            words=Wording._describe(found),
                        )
                    )

    @api.constrains("template_id", "stage_id")
    def _check_template_states_the_debt(self):
        self.template_id._check_collection_wording()


class CollectionStage(models.Model):
    _inherit = "collection.stage"

    @api.constrains("level")
    def _check_templates_state_the_debt(self):
        self.step_ids.template_id._check_collection_wording()
