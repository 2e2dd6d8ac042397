"""Lives a day with the demo ledger in the version of the module that is there: for the check
that what was there is still there after an upgrade (tools/stages/lifecycle.sh).

Leaves contacts planned by the scheduled actions beside those that the demo remembers as made,
and an open activity.
"""

import os

from demo_run import run_action, working_moment
from freezegun import freeze_time
from odoo_env import odoo_env

MODULE = os.environ.get("CE_MODULE", "collection_escalation")


def main() -> None:
    with odoo_env() as env:
        with freeze_time(working_moment(env), ignore=["odoo.sql_db"]):
            run_action(env, "evaluate")
            run_action(env, "plan")
        for state in ("planned", "made"):
            assert env["collection.contact"].search_count([("state", "=", state)]), (
                state
            )
        case = env["collection.case"].search([("state", "=", "open")], limit=1)
        case.activity_schedule(
            f"{MODULE}.mail_activity_mend_address",
            summary="Ask for another e-mail address",
            user_id=env.ref("base.user_admin").id,
        )
        assert case.activity_ids
        env.cr.commit()


if __name__ == "__main__":
    main()
