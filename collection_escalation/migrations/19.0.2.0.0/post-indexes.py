"""The unique index on the journal item of an item serves for finding it too: the second
one was only written."""


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS collection_item__move_line_id_index")
