from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .test_companies import FRIENDLY_DAY, CompaniesCommon

#: Collection models that belong to no company, and what all of them may know.
FOR_ALL = {"collection.stopped.address"}


def _ours(registry, transient):
    """Names of our models, generated: a new one is in the tests by itself."""
    return sorted(
        name
        for name, Model in registry.items()
        if name.startswith("collection.")
        and not Model._abstract
        and Model._transient == transient
    )


@tagged("post_install", "-at_install")
class TestRightsMatrix(CompaniesCommon):
    """All models × roles × companies: what belongs to company B is for nobody of A, what
    belongs to none is changed by nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            "collector": cls.collector,
            "manager": cls.manager,
            "admin": cls._new_role("admin_a", "base.group_system"),
            "clerk": cls._new_role("clerk_a", "account.group_account_invoice"),
            "portal": cls._new_role("portal_a", "base.group_portal"),
            "public": cls.env.ref("base.public_user"),
        }

    @classmethod
    def _new_role(cls, login, group):
        user = cls._new_user(login, "group_collection_user")
        user.sudo().group_ids = [Command.set(cls.env.ref(group).ids)]
        return user

    def assertRefused(self, error, record, method, *args):
        with self.assertRaises(error):
            call_kw(record.browse(), method, [record.ids, *args], {})
        self.env.invalidate_all()

    def _get_shared(self, name):
        """A record of the model that belongs to no company."""
        paths = {
            "collection.policy.tolerance": "policy_id.company_id",
            "collection.stage": "policy_id.company_id",
            "collection.stage.step": "stage_id.policy_id.company_id",
            "collection.contact.ruleset.line": "ruleset_id.company_id",
        }
        Model = self.env[name].sudo()
        path = paths.get(name, "company_id")
        if path not in paths.values() and path not in Model._fields:
            return Model
        if path == "company_id" and Model._fields[path].required:
            return Model
        return Model.search([(path, "=", False)], limit=1)

    def test_nobody_of_a_reads_or_changes_what_is_b_s(self):
        records = self._create_all_of_b()
        self.assertEqual(
            set(records) | FOR_ALL,
            set(_ours(self.registry, False)),
            "a new model belongs into `_create_all_of_b`",
        )
        for name, record_sudo in records.items():
            for role, user in self.roles.items():
                record = record_sudo.with_user(user).sudo(False)
                with self.subTest(model=name, role=role):
                    self.assertRefused(AccessError, record, "read", ["display_name"])
                    # refused as evidence, if not for the company
                    self.assertRefused(
                        UserError, record, "write", {"write_date": False}
                    )
                    self.assertRefused(UserError, record, "unlink")
                    self.assertRefused(AccessError, record, "copy")

    def test_nobody_changes_what_all_companies_use(self):
        found = set()
        for name in _ours(self.registry, False):
            shared_sudo = self._get_shared(name)
            if not shared_sudo or name in FOR_ALL:
                continue
            found.add(name)
            for role, user in self.roles.items():
                record = shared_sudo.with_user(user).sudo(False)
                with self.subTest(model=name, role=role):
                    self.assertRefused(
                        UserError, record, "write", {"write_date": False}
                    )
                    self.assertRefused(UserError, record, "unlink")
        self.assertGreaterEqual(len(found), 7)

    # -- wizards -------------------------------------------------------------------------

    def _get_foreign_values(self, Model, records):
        """{field: id of B} for the fields of a wizard that hold records of ours."""
        values = {}
        for name in Model._get_given_fields():
            comodel = Model._fields[name].comodel_name
            if comodel == "res.company":
                foreign = self.b
            elif comodel in records:
                foreign = records[comodel]
            else:
                continue
            many = Model._fields[name].type == "many2many"
            values[name] = [Command.set(foreign.ids)] if many else foreign[:1].id
        return values

    def _get_fillers(self, Model, records):
        """Values of A or of nobody for what else the wizard requires."""
        values = {}
        for name, field in Model._fields.items():
            if not field.required or field.type not in ("char", "text", "date"):
                continue
            values[name] = str(FRIENDLY_DAY) if field.type == "date" else "x"
        return values

    def test_no_wizard_takes_a_record_of_another_company(self):
        """Created, written to, opened with defaults, or as a form that is being filled."""
        records = self._create_all_of_b()
        tried = set()
        for name in _ours(self.registry, True):
            Wizard = self.env[name]
            foreign = self._get_foreign_values(Wizard, records)
            for field, value in foreign.items():
                tried.add(name)
                for role in ("collector", "manager"):
                    Model = Wizard.with_user(self.roles[role])
                    vals = {**self._get_fillers(Wizard, records), field: value}
                    with self.subTest(model=name, field=field, role=role):
                        for call in (
                            lambda M=Model, v=vals: M.create(v),
                            lambda M=Model, v=vals, f=field: M.onchange(
                                v, [f], {n: {} for n in M._fields}
                            ),
                            lambda M=Model, f=field, v=value: M.with_context(
                                **{f"default_{f}": v}
                            ).onchange({}, [], {n: {} for n in M._fields}),
                            lambda M=Model, f=field, v=value: M.with_context(
                                **{f"default_{f}": v}
                            ).default_get(list(M._fields)),
                        ):
                            with self.assertRaises(AccessError):
                                call()
                            self.env.invalidate_all()
        self.assertLessEqual(
            {
                "collection.contact.compose",
                "collection.callback",
                "collection.ready",
                "collection.debtor.lift",
                "collection.post.note",
                "collection.dry.run",
            },
            tried,
        )

    def test_wizards_compute_with_the_rights_of_who_uses_them(self):
        for name in _ours(self.registry, True):
            Model = self.env[name]
            with self.subTest(name):
                self.assertTrue(hasattr(Model, "_check_given"), "a collection.wizard")
            for field in Model._fields.values():
                if field.compute and field.name != "display_name":
                    with self.subTest(str(field)):
                        self.assertFalse(field.compute_sudo)

    def test_a_collector_of_b_learns_nothing_of_a_by_a_wizard(self):
        """The three ways that were open: stored computes ran as superuser."""
        invoice = self._create_in(self.a)
        self._live(FRIENDLY_DAY)
        debtor = self._debtor_in(self.a)
        for name in ("collection.contact.compose", "collection.callback"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.collector_b).create(
                    {"debtor_id": debtor.id, "channel": "phone"}
                )
        self.collector_b.sudo().group_ids = [
            Command.link(
                self.env.ref("collection_escalation.group_collection_manager").id
            )
        ]
        with self.assertRaises(AccessError):
            self.env["collection.ready"].with_user(self.collector_b).create(
                {"company_id": self.a.id}
            )
        self.assertEqual(invoice.company_id, self.a)
