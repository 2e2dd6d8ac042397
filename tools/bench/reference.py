"""The same job done by others: OCA's account_credit_control, and one statement of SQL."""

import os
from pathlib import Path

from odoo_env import odoo_env

from .ledger import DAY
from .measure import metered
from .ours import demand, find_overdue, working_day

MODULE = "account_credit_control"
POLICY = f"{MODULE}.credit_control_3_time"
TEMPLATE = f"{MODULE}.email_template_credit_control_base"


def decide() -> dict:
    """Generate the lines of the first level, set them ready, create the communications."""
    figures: dict = {}
    with working_day() as env:
        run = _set_up(env)
        with metered(figures, "generate"):
            run.generate_credit_lines()
            env.cr.commit()
            env.invalidate_all()
        with metered(figures, "set_ready"):
            run.set_to_ready_lines()
            env.cr.commit()
            env.invalidate_all()
        ready = run.line_ids.filtered(lambda line: line.state == "to_be_sent")
        with metered(figures, "communications"):
            made = env["credit.control.communication"]._generate_comm_from_credit_lines(
                ready
            )
            env.cr.commit()
        overdue = find_overdue(env)
        chosen = set(ready.move_line_id.ids)
        figures["results"] = {
            "lines": len(ready),
            "overdue_lines": len(chosen & overdue),
            "communications": len(made),
        }
        demand(figures["results"], lines=len(overdue), overdue_lines=len(overdue))
    return figures


def _set_up(env):
    """Its own first policy, on our receivable accounts. The PDF that its e-mails carry
    costs a second each and is left out, in its favour."""
    env.ref(TEMPLATE).report_template_ids = False
    policy = env.ref(POLICY)
    policy.account_ids = env["account.account"].search(
        [
            ("account_type", "=", "asset_receivable"),
            ("company_ids", "in", env.company.ids),
        ]
    )
    env.company.credit_policy_id = policy
    env.company.email = "billing@creditor.example.com"
    run = env["credit.control.run"].create(
        {
            "date": DAY,
            "policy_ids": [(6, 0, policy.ids)],
            "company_id": env.company.id,
        }
    )
    env.cr.commit()
    env.invalidate_all()
    return run


def send() -> dict:
    """Create the e-mails, then send them."""
    figures: dict = {}
    with working_day() as env:
        comms = env["credit.control.communication"].search([])
        with metered(figures, "create_mails"):
            comms.with_context(mail_notify_force_send=False)._generate_emails()
            env.cr.commit()
            env.invalidate_all()
        mails = env["mail.mail"].search([("state", "=", "outgoing")])
        with metered(figures, "send_mails") as mine:
            mails.send(auto_commit=True)
            env.cr.commit()
        mine["emails"] = len(list(Path(os.environ["CE_MAIL_DIR"]).glob("[0-9]*.eml")))
        figures["results"] = {"communications": len(comms), "emails": mine["emails"]}
        if mine["emails"] != len(comms):
            raise RuntimeError(f"{mine['emails']} e-mails, expected {len(comms)}")
    return figures


#: What nobody can do with less: find what is overdue, say how much, mark the invoices, and keep
#: a row per customer.
STATEMENT = """
WITH overdue AS (
    SELECT l.move_id, l.partner_id, l.company_id, l.amount_residual,
           CASE WHEN l.date_maturity <= %(day)s::date - 60 THEN 4
                WHEN l.date_maturity <= %(day)s::date - 35 THEN 3
                WHEN l.date_maturity <= %(day)s::date - 20 THEN 2
                ELSE 1 END AS stage
      FROM account_move_line l
      JOIN account_account a ON a.id = l.account_id
     WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
       AND l.reconciled IS NOT TRUE AND l.balance > 0
       AND l.date_maturity <= %(day)s::date - 7
), marked AS (
    UPDATE account_move m SET bench_stage = o.stage
      FROM (SELECT move_id, max(stage) AS stage FROM overdue GROUP BY move_id) o
     WHERE m.id = o.move_id
    RETURNING m.id
)
INSERT INTO bench_debtor (partner_id, company_id, stage, owed)
SELECT partner_id, company_id, max(stage), sum(amount_residual) FROM overdue
 GROUP BY partner_id, company_id
"""


def run_statement() -> dict:
    figures: dict = {}
    with odoo_env() as env:
        env.cr.execute("ALTER TABLE account_move ADD COLUMN bench_stage int")
        env.cr.execute(
            """CREATE TABLE bench_debtor (id serial PRIMARY KEY, partner_id int,
                                          company_id int, stage int, owed numeric)"""
        )
        env.cr.commit()
        with metered(figures, "statement"):
            env.cr.execute(STATEMENT, {"day": DAY})
            env.cr.commit()
        env.cr.execute("SELECT count(*) FROM bench_debtor")
        figures["results"] = {"debtors": env.cr.fetchone()[0]}
    return figures
