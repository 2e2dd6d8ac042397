"""`kind` of a contact becomes `purpose`, by the codes of `collection.purpose`. That the
customer asked for it is no column of its own any more: the purpose says so."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, rename_column

CODES = {"dunning": "step", "manual": "by_hand"}
TABLES = ("collection_contact", "collection_dry_run_line")
MODELS = ("collection.contact", "collection.dry.run.line")


def migrate(cr, version):
    for table in TABLES:
        if column_exists(cr, table, "kind"):
            rename_column(cr, table, "kind", "purpose")
            for old, new in CODES.items():
                cr.execute(
                    SQL(
                        "UPDATE %s SET purpose = %s WHERE purpose = %s",
                        SQL.identifier(table),
                        new,
                        old,
                    )
                )
    cr.execute("ALTER TABLE collection_contact DROP COLUMN IF EXISTS consented")
    _rename_in_saved_searches(cr)
    cr.execute(
        """
        UPDATE ir_exports_line line SET name = 'purpose'
          FROM ir_exports export
         WHERE export.id = line.export_id AND export.resource = ANY(%s)
           AND line.name = 'kind'
        """,
        (list(MODELS),),
    )


def _rename_in_saved_searches(cr):
    """What users saved names the field and its values in quotes of either sort."""
    words = {"kind": "purpose", **CODES}
    for column in ("domain", "context", "sort"):
        for old, new in words.items():
            for quote in ("'", '"'):
                cr.execute(
                    SQL(
                        """
                        UPDATE ir_filters SET %(column)s = replace(%(column)s, %(old)s, %(new)s)
                         WHERE model_id = ANY(%(models)s) AND strpos(%(column)s, %(old)s) > 0
                        """,
                        column=SQL.identifier(column),
                        old=f"{quote}{old}{quote}",
                        new=f"{quote}{new}{quote}",
                        models=list(MODELS),
                    )
                )
