"""An expression may now be forbidden by several companies."""


def migrate(cr, version):
    cr.execute(
        "ALTER TABLE collection_wording"
        " DROP CONSTRAINT IF EXISTS collection_wording_expression_uniq"
    )
