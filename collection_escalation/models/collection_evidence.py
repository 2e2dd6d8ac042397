"""Evidence in core (design, invariant 9): the messages and files that our records point to
are neither changed nor deleted past our models, also not by the superuser: core's own
routes for changing messages and files run as such.

What is protected is read from the registry, so a new model is covered by itself: what a
stored field of ours points to, what stands on the thread of a record of ours, and the
papers kept in its fields. Our own verbs say so by a token that only Python can hold:
nobody sends it by RPC."""

from base64 import b64decode

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

_TOKEN = object()
_KEY = "collection_evidence"
_ARRIVING = "collection_arriving"
#: Our models, those of bridge modules too.
OURS = "collection."
#: What makes a message what it is. Stars, reactions, notifications are not of it.
MESSAGE_FIELDS = frozenset(
    {
        "attachment_ids",
        "author_guest_id",
        "author_id",
        "body",
        "date",
        "email_from",
        "is_internal",
        "message_type",
        "model",
        "partner_ids",
        "reply_to",
        "res_id",
        "subject",
        "subtype_id",
    }
)
#: … and a file.
FILE_FIELDS = frozenset(
    {
        "datas",
        "db_datas",
        "mimetype",
        "name",
        "raw",
        "res_field",
        "res_id",
        "res_model",
        "store_fname",
        "type",
        "url",
    }
)


def unlocked(records):
    """The same records, for one of our own verbs that changes or deletes evidence: what
    never left, what is handed over to a merged customer."""
    return records.with_context(**{_KEY: _TOKEN})


def _is_unlocked(env):
    return env.context.get(_KEY) is _TOKEN


class _Arriving:
    """The e-mails that come in within one call: core writes down who else reads them after
    they are posted."""

    def __init__(self):
        self.ids = set()


def arriving(records):
    """The same records, to which one e-mail arrives."""
    return records.with_context(**{_ARRIVING: _Arriving()})


class Paper(fields.Binary):
    """A document in a field of ours, kept as a file of Odoo that is changed only by
    writing the field."""

    attachment = True

    def create(self, record_values):
        return super().create(
            [(unlocked(record), value) for record, value in record_values]
        )

    def write(self, records, value):
        return super().write(unlocked(records), value)


class CollectionEvidence(models.AbstractModel):
    _name = "collection.evidence"
    _description = "What must not be changed in messages and files"

    @api.model
    @tools.ormcache()
    def _get_models(self):
        """Names of our models that keep something."""
        return tuple(
            sorted(
                name
                for name, model in self.env.registry.items()
                if name.startswith(OURS)
                and model._auto
                and not (model._abstract or model._transient)
            )
        )

    @api.model
    @tools.ormcache("comodel")
    def _get_pointers(self, comodel):
        """((model, field) …): our stored fields that point to ``comodel``."""
        return tuple(
            (name, field.name)
            for name in self._get_models()
            for field in self.env[name]._fields.values()
            if field.store
            and field.type in ("many2one", "many2many")
            and field.comodel_name == comodel
        )

    @api.model
    def _get_pointed_sql(self, comodel, id_sql):
        """Does a record of ours point to the record of ``comodel`` with this id?"""
        found = [SQL("FALSE")]
        for name, field_name in self._get_pointers(comodel):
            model = self.env[name]
            model.flush_model([field_name])
            field = model._fields[field_name]
            if field.type == "many2one":
                table, column = model._table, field_name
            else:
                table, column = field.relation, field.column2
            found.append(
                SQL(
                    "EXISTS (SELECT FROM %s pointing WHERE pointing.%s = %s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    id_sql,
                )
            )
        return SQL("(%s)", SQL(" OR ").join(found))

    @api.model
    def _refuse(self, records, name):
        """:raise UserError: ``records`` are evidence"""
        raise UserError(
            self.env._(
                "“%(name)s” belongs to the collection log or to its papers: it is kept "
                "as it is. Add a remark to the file instead.",
                name=name or records[:1].id or "-",
            )
        )


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if found := self._get_arriving():
            found.ids.update(messages.filtered(lambda m: m.message_type == "email").ids)
        return messages

    def write(self, vals):
        if self and not MESSAGE_FIELDS.isdisjoint(vals) and not _is_unlocked(self.env):
            kept = self
            found = self._get_arriving()
            if found and MESSAGE_FIELDS & vals.keys() == {"partner_ids"}:
                kept = self.filtered(lambda m: m.id not in found.ids)
            kept._refuse_change_of_evidence(vals)
        return super().write(vals)

    def _get_arriving(self):
        found = self.env.context.get(_ARRIVING)
        return found if isinstance(found, _Arriving) else None

    def unlink(self):
        if self and not _is_unlocked(self.env):
            for message in self.sudo().browse(self._find_evidence()):
                self.env["collection.evidence"]._refuse(message, message._get_title())
        return super().unlink()

    def _find_evidence(self):
        """{id: does a record point to it} of those of the messages that are evidence;
        where that is False it stands on a thread of ours."""
        Evidence = self.env["collection.evidence"]
        self.flush_recordset(["model"])
        pointed = Evidence._get_pointed_sql("mail.message", SQL("message.id"))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, pointed
                  FROM (SELECT id, model, %s AS pointed
                          FROM mail_message message
                         WHERE id IN %s) found
                 WHERE pointed OR model IN %s
                """,
                pointed,
                tuple(self.ids) or (0,),
                Evidence._get_models(),
            )
        )
        return dict(rows)

    def _refuse_change_of_evidence(self, vals):
        """:raise UserError: ``vals`` would make another message of one that is evidence"""
        if not self:
            return
        for id_, pointed in self._find_evidence().items():
            message = self.sudo().browse(id_)
            if message._is_changed_by(vals, may_grow=not pointed):
                self.env["collection.evidence"]._refuse(message, message._get_title())

    def _is_changed_by(self, vals, may_grow):
        """:param may_grow: files may be added, as a finished activity does"""
        for name in MESSAGE_FIELDS & vals.keys():
            field, value = self._fields[name], vals[name]
            present = field.convert_to_cache(self[name], self, validate=False)
            if field.type == "many2many":
                linked = _read_links(value)
                if linked is None:
                    return True
                kept = set(present) <= linked[0] or not linked[1]
                if not kept or (linked[0] - set(present) and not may_grow):
                    return True
            elif field.convert_to_cache(value, self, validate=False) != present:
                return True
        return False

    def _get_title(self):
        return self.subject or self.preview or self.record_name


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_place_in_field(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if self and not FILE_FIELDS.isdisjoint(vals) and not _is_unlocked(self.env):
            for file in self.sudo().browse(self._find_evidence()):
                if file._is_changed_by(vals):
                    self.env["collection.evidence"]._refuse(file, file.name)
            if vals.get("res_field"):
                self._refuse_place_in_field(
                    {"res_model": file.res_model, **vals} for file in self.sudo()
                )
        return super().write(vals)

    def unlink(self):
        if self and not _is_unlocked(self.env):
            for file in self.sudo().browse(self._find_evidence()):
                self.env["collection.evidence"]._refuse(file, file.name)
        return super().unlink()

    def _find_evidence(self):
        """Ids of those of the files that are evidence: a record of ours, or a message
        that is evidence, points to them, or they belong to a record of ours."""
        Evidence = self.env["collection.evidence"]
        self.flush_recordset(["res_model", "res_id"])
        self.env["mail.message"].flush_model(["attachment_ids", "model"])
        ours = Evidence._get_models()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, res_model, res_id, pointed
                  FROM (SELECT id, res_model, res_id, %s OR EXISTS (
                               SELECT FROM message_attachment_rel rel
                                 JOIN mail_message message ON message.id = rel.message_id
                                WHERE rel.attachment_id = file.id
                                  AND (message.model IN %s OR %s)) AS pointed
                          FROM ir_attachment file
                         WHERE id IN %s) found
                 WHERE pointed OR res_model IN %s
                """,
                Evidence._get_pointed_sql("ir.attachment", SQL("file.id")),
                ours,
                Evidence._get_pointed_sql("mail.message", SQL("message.id")),
                tuple(self.ids) or (0,),
                ours,
            )
        )
        return [
            id_
            for id_, model, res_id, pointed in rows
            # the papers of a record that was deleted go after it
            if pointed or self.env[model].sudo().browse(res_id or []).exists()
        ]

    def _is_changed_by(self, vals):
        """The same content may be written again, as moving the file store does."""
        for name in FILE_FIELDS & vals.keys():
            value = vals[name]
            if name in ("raw", "datas"):
                content = b64decode(value or b"") if name == "datas" else value or b""
                content = content.encode() if isinstance(content, str) else content
                if self._compute_checksum(content) != self.checksum:
                    return True
            elif (value or False) != (self[name] or False):
                return True
        return False

    @api.model
    def _refuse_place_in_field(self, vals_list):
        """:raise UserError: a file would stand for a paper in a field of ours"""
        if _is_unlocked(self.env):
            return
        ours = self.env["collection.evidence"]._get_models()
        for vals in vals_list:
            if vals.get("res_field") and vals.get("res_model") in ours:
                self.env["collection.evidence"]._refuse(self, vals.get("name"))


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def module_uninstall(self):
        """Without the module nothing is its evidence."""
        return super(IrModuleModule, unlocked(self)).module_uninstall()


def _read_links(value):
    """(ids that are linked, whether no other stays linked) by ``value``, which is written
    to a many2many field, None for a new one; None if it does more than link."""
    if isinstance(value, models.BaseModel):
        return set(value.ids), True
    linked, replaces = set(), False
    for command in value or ():
        if isinstance(command, int):
            linked.add(command)
            replaces = True
        elif command[0] == fields.Command.LINK:
            linked.add(command[1])
        elif command[0] == fields.Command.SET:
            linked, replaces = set(command[2]), True
        elif command[0] == fields.Command.CREATE:
            linked.add(None)
        else:
            return None
    return linked, replaces or value is False
