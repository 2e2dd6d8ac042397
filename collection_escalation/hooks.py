def _post_init_hook(env):
    """Put the existing ledger under collection, asleep: nothing is evaluated or sent
    before a manager starts collections. Fill in what the company can know by itself."""
    env["collection.item"]._birth()
    for company in env["res.company"].search([]):
        company.collection_tz = company.collection_tz or company._guess_collection_tz()


def _uninstall_hook(env):
    """Messages that were written but have not left must not leave without their guard."""
    env["collection.contact"].search([("state", "=", "queued")])._withdraw_mail()
    # the customers of the demo stay where somebody invoiced them: they are nobody's data
    # of ours any more
    env["ir.model.data"].search(
        [
            ("module", "=", "collection_escalation"),
            ("model", "in", ("res.partner", "res.company")),
        ]
    ).unlink()
    # the log goes with the module: let go of the messages and letters it protects
    env.cr.execute("UPDATE collection_contact SET message_id = NULL, letter_id = NULL")
