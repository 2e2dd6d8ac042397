"""Messages are written in batches; one that cannot be written fails by itself."""

import logging

import psycopg2

from odoo import models
from odoo.exceptions import UserError

from ..collection_evidence import unlocked

_logger = logging.getLogger(__name__)


class CollectionContact(models.Model):
    _inherit = "collection.contact"

    def _group_by_template(self):
        """[(template, contacts)]; a contact without template fails by itself."""
        groups = {}
        for contact in self:
            try:
                template = contact._get_template()
            except UserError as error:
                contact._fail_rendering(error)
                continue
            groups.setdefault(template, self.browse())
            groups[template] |= contact
        return list(groups.items())

    def _write_safely(self, write):
        """Render and queue, in one batch; if the batch fails, one by one, so that a
        template that fails for one debtor does not stop the others.

        :param write: function(contacts) that queues them, or raises"""
        try:
            with self.env.cr.savepoint():
                write(self)
        except psycopg2.extensions.TransactionRollbackError:
            raise
        except Exception as error:  # any template may fail in any way
            self.invalidate_recordset()
            if len(self) == 1:
                self._fail_rendering(error)
                return
            for contact in self:
                contact._write_safely(write)

    def _forget_unsent(self):
        """What was written before and never left (another moment had to be found) is not
        kept: nobody can send it by hand any more."""
        messages_sudo = self.message_id.sudo()
        self.write({"message_id": False})
        for code, contacts in self.grouped("channel").items():
            if queue := self.env["collection.channel"]._get(code)._queue_field:
                queued_sudo = contacts[queue].sudo()
                contacts.write({queue: False})
                queued_sudo.unlink()
        unlocked(messages_sudo.exists()).unlink()

    def _fail_rendering(self, error):
        self.ensure_one()
        text = str(error)
        if len(text) > 500:
            # what went wrong stands at the end, the template at the beginning
            text = f"{text[:150]} … {text[-350:]}"
        _logger.warning("Collections: contact %s cannot be written: %s", self.id, text)
        self.write({"error": text})
        self._fall_back("RENDERING_FAILED", error=text)
