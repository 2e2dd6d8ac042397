"""What the reader of a message can answer with one tap. One file an answer: a new answer
is one new file ``answer_<code>.py`` with a model that inherits `collection.answer`, and
one QWeb template with the fields of its form."""

import logging

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ...rules.outside_text import clean_text

_logger = logging.getLogger(__name__)

#: Characters of a free text that are read.
TEXT_LENGTH = 500


def answer_selection(model):
    """For `fields.Selection`: (code, label) of the answers there are."""
    answers = model.env["collection.answer"]._get_models()
    return [(answer._code, answer._get_label()) for answer in answers]


class CollectionAnswer(models.AbstractModel):
    """What the page, the messages and the log must know of an answer. The attributes and
    methods below are all there is to say about one.

    ``contact`` is always the message that is answered, as the system itself in the
    message's company, in the reader's language. Whatever the reader sent is hostile."""

    _name = "collection.answer"
    _inherit = ["collection.registry"]
    _description = "Answer of a customer"
    _registry = "collection.answer"

    #: Xml id of the QWeb template with the fields of the form.
    _form = ""
    #: What the button of the form says, and the page afterwards (`_lt`).
    _submit = ""
    _thanks = ""
    #: Its form shows nothing of the customer, so nobody has to prove who they are.
    _shows_nothing = False
    #: What the log says came of it.
    _outcome = "reply"
    #: Automatic contacts wait two business days, as after every answer by e-mail; once a
    #: message, so that nobody puts it off for ever by the same link.
    _pauses = False

    @api.model
    def _get(self, code):
        """The model of an answer (an empty record, so ask for ``is None``); None if
        nobody knows the answer."""
        return next((a for a in self._get_models() if a._code == code), None)

    @api.model
    def _get_label(self):
        return self._label._translate(self.env.lang or "en_US")

    @api.model
    def _get_texts(self):
        """What the page says: {"label", "submit", "thanks"} in the reader's language."""
        lang = self.env.lang or "en_US"
        return {
            "label": self._get_label(),
            "submit": self._submit._translate(lang),
            "thanks": self._thanks._translate(lang),
        }

    # -- what an answer says of itself ---------------------------------------------------

    @api.model
    def _is_offered(self, contact):
        """Does it make sense for this message?"""
        return True

    @api.model
    def _get_form_values(self, contact, proved):
        """What its form needs beside `_get_texts`.

        :param proved: the reader proved who they are, or need not"""
        return {}

    @api.model
    def _read_form(self, contact, form, proved):
        """What the reader sent, checked and cleaned.

        :param form: {name: text or `werkzeug.datastructures.FileStorage`}
        :return: dict for `_take_effect`
        :raise ValidationError: what is wrong, in the reader's words"""
        return {}

    @api.model
    def _take_effect(self, contact, values):
        """Do what follows from the answer.

        :return: what the log says of it, as stored reasons (see `collection.reason`)"""
        return []

    # -- the way of every answer ---------------------------------------------------------

    @api.model
    def _answer(self, contact, form, proved):
        """Take an answer: once, however often the button was tapped.

        :param form: as for `_read_form`, with ``once``: a text of the form's own
        :raise ValidationError, UserError: what is wrong, in the reader's words"""
        once = self._clean_text(form.get("once"), 64)
        if not once:
            raise ValidationError(self.env._("Something went wrong. Please try again."))
        contact._queue_for_answer()
        if contact._has_answer(once):
            return
        contact._check_not_flooded()
        values = self._read_form(contact, form, proved)
        # from here on people of the team read what is written
        contact = contact.with_context(lang=contact.debtor_id._get_owner().lang)
        try:
            self.with_env(contact.env)._take(contact, once, values)
        except OSError as error:
            # a full disk: the reader cannot mend it, but need not type it again either
            _logger.exception("Collections: an answer to %s is not kept", contact)
            raise UserError(
                self.env._(
                    "We cannot keep your answer at the moment. Please try again later, "
                    "without a file if there is one, or answer the message by e-mail."
                )
            ) from error

    def _take(self, contact, once, values):
        """Do it, log it, tell the collector."""
        debtor, text = contact.debtor_id, values.get("text")
        pauses = self._pauses and not contact._was_answered_by(self._code)
        said = self._take_effect(contact, values)
        contact._log_answer(self._code, once, said, text)
        explained = self.env["collection.reason"]._explain(said)
        pause = pauses and debtor._pause_for_answer()
        debtor._tell_of_answer(
            "\n".join(filter(None, (f"“{self._get_label()}”", explained, text))), pause
        )

    @api.model
    def _clean_text(self, value, length=TEXT_LENGTH):
        """One text of a form, without signs that nobody types; "" for anything else."""
        if not isinstance(value, str):
            return ""
        text = clean_text(value)
        kept = "".join(c for c in text if c.isprintable() or c == "\n")
        return kept.strip()[:length]
