"""Lines of contacts get their part and their charges. PostgreSQL fills new columns that
have a default without writing the table; Odoo would write every line."""


def migrate(cr, version):
    cr.execute(
        """
        ALTER TABLE collection_contact_line
          ADD COLUMN IF NOT EXISTS part varchar NOT NULL DEFAULT 'step',
          ADD COLUMN IF NOT EXISTS amount_fine numeric DEFAULT 0,
          ADD COLUMN IF NOT EXISTS amount_interest numeric DEFAULT 0,
          ADD COLUMN IF NOT EXISTS amount_fee numeric DEFAULT 0
        """
    )
    cr.execute(
        """
        ALTER TABLE collection_contact_line
          ALTER COLUMN part DROP DEFAULT,
          ALTER COLUMN amount_fine DROP DEFAULT,
          ALTER COLUMN amount_interest DROP DEFAULT,
          ALTER COLUMN amount_fee DROP DEFAULT
        """
    )
