"""What was written or printed was kept by position, {id of the line: [name, original, open,
days late]}; from now on by name, as `rules.statement.Statement` reads it. The columns in
which lines are frozen stay as they are."""


def migrate(cr, version):
    _mark_credits(cr)
    _name_what_was_stated(cr)


def _mark_credits(cr):
    """Lines of credits; where the credit was deleted since, by their negative amount."""
    cr.execute(
        """
        UPDATE collection_contact_line
           SET part = 'credit'
         WHERE part != 'credit'
           AND (credit_line_id IS NOT NULL
                OR (item_id IS NULL AND step_id IS NULL AND amount_original < 0))
        """
    )


def _name_what_was_stated(cr):
    cr.execute(
        r"""
        UPDATE collection_contact contact
           SET stated = jsonb_build_object('version', 1, 'lines', kept.lines)
          FROM (
            SELECT c.id,
                   jsonb_agg(
                     jsonb_build_object(
                       'part', coalesce(line.part, 'step'),
                       'key', said.key,
                       'name', coalesce(said.value->>0, ''),
                       'instalment', coalesce(
                         substring(said.value->>0 FROM '\((\d+/\d+)\)$'), ''),
                       'stage', coalesce(stage.level, ''),
                       'due', line.date_due,
                       'currency', coalesce(currency.name, ''),
                       'original', round((said.value->>1)::numeric,
                         coalesce(currency.decimal_places, 2))::text,
                       'open', round((said.value->>2)::numeric,
                         coalesce(currency.decimal_places, 2))::text,
                       'fine', '0',
                       'interest', '0',
                       'fee', '0',
                       'days_late', (said.value->>3)::int
                     )
                     ORDER BY (line.part = 'credit') IS TRUE,
                              line.date_due NULLS LAST,
                              said.key::int
                   ) AS lines
              FROM collection_contact c
             CROSS JOIN LATERAL jsonb_each(
                     CASE jsonb_typeof(c.stated) WHEN 'object' THEN c.stated END
                   ) AS said
              LEFT JOIN collection_contact_line line ON line.id = said.key::int
              LEFT JOIN collection_stage stage ON stage.id = line.stage_id
              LEFT JOIN res_currency currency ON currency.id = line.currency_id
             WHERE NOT jsonb_exists(c.stated, 'version')
             GROUP BY c.id
          ) AS kept
         WHERE contact.id = kept.id
        """
    )
