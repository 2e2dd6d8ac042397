"""Stages once used are archived: a plan has each level once among those that are not. The
constraint of before gives way to a partial index."""


def migrate(cr, version):
    cr.execute(
        "ALTER TABLE collection_stage DROP CONSTRAINT IF EXISTS "
        "collection_stage_level_uniq"
    )
