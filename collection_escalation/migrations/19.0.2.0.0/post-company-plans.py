"""Plans, words and contact rules that all companies shared, and anybody changed, become
copies for the companies that collect. Nobody changes the shared ones from now on."""

from odoo import SUPERUSER_ID, Command, api
from odoo.tools import SQL

#: Parts of plans themselves: not what stands on them.
PLAN = ("collection.policy", "collection.stage", "collection.stage.step")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    companies = env["res.company"].search([("collection_started_on", "!=", False)])
    for company in companies.sorted("parent_path"):
        company_moving = company.with_context(collection_plan_is_a_copy=True)
        for policy, copy in company_moving._own_collection_plans().items():
            _move_what_stands_there(env, company, policy, copy)
    _own_words(env, companies)
    _own_rules(env, companies)


def _move_what_stands_there(env, company, policy, copy):
    """Items, files and contacts stand on the same stage and step of the copy: nothing is
    climbed or sent anew."""
    old, new = policy.stage_ids.sorted("level"), copy.stage_ids.sorted("level")
    pairs = list(zip(old, new, strict=True))
    for stage, its_copy in list(pairs):
        pairs += zip(stage.step_ids.sorted(), its_copy.step_ids.sorted(), strict=True)
    env.flush_all()
    for Model, name, path in _find_references(env):
        for record, its_copy in pairs:
            if Model._fields[name].comodel_name == record._name:
                standing = Model.with_context(active_test=False).search(
                    [(path, "=", company.id), (name, "=", record.id)]
                )
                _update(env, standing, name, its_copy.id)
    env.invalidate_all()


def _find_references(env):
    """(model, field, path to the company) of what stands on a stage or step."""
    for name, Model in env.registry.items():
        if not name.startswith("collection.") or name in PLAN:
            continue
        if Model._abstract or Model._transient:
            continue
        for field in Model._fields.values():
            if (
                field.type == "many2one"
                and field.store
                and field.comodel_name in PLAN[1:]
            ):
                yield env[name], field.name, _get_path(Model)


def _get_path(Model):
    """From a model to the company whose record it is."""
    paths = ("company_id", "contact_id.company_id", "item_id.company_id")
    return next(path for path in paths if path.split(".")[0] in Model._fields)


def _update(env, records, name, value):
    """Past the ORM: made contacts and stage moves are evidence, and stay what they were."""
    if records:
        env.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id IN %s",
                SQL.identifier(records._table),
                SQL.identifier(name),
                value,
                tuple(records.ids),
            )
        )


def _own_words(env, companies):
    """Expressions that people added hold for the companies that collect; those of ours
    that people archived are allowed there."""
    Wording = env["collection.wording"].with_context(active_test=False)
    shared = Wording.search([("company_id", "=", False)])
    shipped = shared.get_external_id()
    for record in shared:
        if not shipped[record.id]:
            for company in companies:
                record.copy({"company_id": company.id, "active": record.active})
            if companies:
                record.unlink()
        elif not record.active and companies:
            record.write(
                {"active": True, "except_company_ids": [Command.set(companies.ids)]}
            )


def _own_rules(env, companies):
    """Contact rules that people wrote for all become sets of the companies that collect."""
    shared = env["collection.contact.ruleset"].search(
        [
            ("company_id", "=", False),
            ("is_preset", "=", False),
            ("preset_id", "=", False),
        ]
    )
    named = shared.get_external_id()
    for rules in shared.filtered(lambda rules: not named[rules.id]):
        for company in companies:
            own = rules._make_own(company)
            for field in ("collection_ruleset_id", "collection_business_ruleset_id"):
                if company[field] == rules:
                    company[field] = own
