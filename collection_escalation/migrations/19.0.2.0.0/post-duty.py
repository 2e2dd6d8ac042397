"""Open activities of the types that collections used become duties; what waits for a
manager is asked for as an approval."""

from odoo import SUPERUSER_ID, api
from odoo.tools import html2plaintext

#: Kind of duty by xml id of the type of the activity.
KINDS = {
    "mail_activity_stopped": "stopped",
    "mail_activity_mend_address": "mend_address",
    "mail_activity_find_decider": "find_decider",
    "mail_activity_find_payment": "find_payment",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"mail_activity_quick_update": True})
    for xml_id, kind in KINDS.items():
        _turn_into_duties(env, xml_id, kind)
    _ask_for_approvals(env)


def _turn_into_duties(env, xml_id, kind):
    """Of several that stand for one customer and matter the first becomes the duty; the
    others are its activities too."""
    activity_type = env.ref(f"collection_escalation.{xml_id}", raise_if_not_found=False)
    if not activity_type:
        return
    standing = {}
    for activity in env["mail.activity"].search(
        [("activity_type_id", "=", activity_type.id), ("res_id", "!=", False)],
        order="date_deadline, id",
    ):
        vals = _prepare_duty(env, activity, kind)
        if not vals:
            continue
        key = vals["debtor_id"], vals["key"]
        if key not in standing:
            standing[key] = _create_without_activity(env, vals)
        # past the ORM: nobody is told, and nothing else of the activity changes
        env.cr.execute(
            "UPDATE mail_activity SET collection_duty_id = %s WHERE id = %s",
            (standing[key].id, activity.id),
        )
    env["mail.activity"].invalidate_model(["collection_duty_id"])
    env["collection.duty"].invalidate_model(["activity_ids"])


def _prepare_duty(env, activity, kind):
    """Values of the duty; None where the record is no customer's."""
    record = env[activity.res_model].browse(activity.res_id).exists()
    if not record:
        return None
    debtor, case = _find_debtor(env, record)
    if not debtor:
        return None
    key = ""
    if kind == "stopped":
        # which stop it was is not told; the text says it
        key = f"activity-{activity.id}"
    elif kind == "find_payment":
        key = str(record.id)
    texts = (activity.summary, activity.note and html2plaintext(activity.note))
    return {
        "kind": kind,
        "key": key,
        "debtor_id": debtor.id,
        "company_id": debtor.company_id.id,
        "case_id": case.id,
        "res_model": record._name if kind == "find_payment" else False,
        "res_id": record.id if kind == "find_payment" else False,
        "user_id": activity.user_id.id or debtor._get_owner().id,
        "due": activity.date_deadline,
        "note": "\n".join(filter(None, texts)),
    }


def _find_debtor(env, record):
    """(debtor, file) of the record that an activity stood on."""
    Debtor, Case = env["collection.debtor"], env["collection.case"]
    if record._name == "collection.case":
        return record.debtor_id, record
    if record._name == "collection.debtor":
        return record, record.case_id
    if record._name == "account.move":
        debtor = Debtor.search(
            [
                ("partner_id", "=", record.commercial_partner_id.id),
                ("company_id", "=", record.company_id.id),
            ]
        )
        return debtor, debtor.case_id
    return Debtor, Case


def _create_without_activity(env, vals):
    """The activity is there already."""
    return (
        env["collection.duty"].with_context(collection_has_activity=True).create(vals)
    )


def _ask_for_approvals(env):
    """The activities that asked managers to decide give way to approvals, each with a
    duty and an activity of its own."""
    activity_type = env.ref(
        "collection_escalation.mail_activity_approve", raise_if_not_found=False
    )
    if activity_type:
        env["mail.activity"].search(
            [
                ("activity_type_id", "=", activity_type.id),
                ("res_model", "=", "collection.case"),
            ]
        ).unlink()
    env["collection.case"].search([("state", "=", "open")])._ask_for_next_stage()
