"""Credits on contacts that have not left: the part that falls on their invoices is kept
from now on; until the list is drawn anew it is all of them, as it was."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE collection_contact_line line
           SET credit_key = 'account.move.line:' || credit.id,
               taken = -credit.amount_residual_currency
          FROM account_move_line credit
         WHERE credit.id = line.credit_line_id AND line.state = 'planned'
           AND line.credit_key IS NULL
        """
    )
