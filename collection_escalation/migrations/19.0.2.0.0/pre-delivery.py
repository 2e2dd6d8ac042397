"""Since when each invoice is as it is, and when it was sent: as at birth
(`models/ledger/collection_item_ledger.py`). Odoo would call all of them sent today."""


def migrate(cr, version):
    cr.execute(
        """
        ALTER TABLE collection_item
          ADD COLUMN IF NOT EXISTS posted_on date,
          ADD COLUMN IF NOT EXISTS sent_on date
        """
    )
    cr.execute(
        """
        UPDATE collection_item i
           SET posted_on = old.posted_on,
               sent_on = CASE WHEN old.is_move_sent
                              THEN GREATEST(old.pdf_on, old.posted_on) END
          FROM (SELECT m.id, m.is_move_sent,
                       LEAST(m.create_date::date,
                             COALESCE(m.invoice_date, m.date)) AS posted_on,
                       (SELECT min(pdf.create_date)::date
                          FROM ir_attachment pdf
                         WHERE pdf.res_model = 'account.move' AND pdf.res_id = m.id
                           AND pdf.res_field = 'invoice_pdf_report_file') AS pdf_on
                  FROM account_move m) AS old
         WHERE old.id = i.move_id AND i.posted_on IS NULL
        """
    )
