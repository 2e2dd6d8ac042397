"""What stops us: written requests, death, insolvency; and that a change of it acts at once.

What a person said or is holds for the creditor, however many branches: it is read from
the debtors of all branches (`_get_here_and_elsewhere_sudo`), as the limits are."""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.tools import SQL

#: Stop flags of the debtor and what the contact rules call them.
FLAGS = {
    "cease_on": "cease_written",
    "deceased": "deceased",
    "insolvency": "insolvency",
    "over_indebted": "over_indebted",
    "work_prohibited": "work_prohibited",
}
#: Flags that end the ladder until a person decides. An attorney does not: everything
#: goes to them.
STOPPING = ("cease_on", "deceased", "insolvency", "over_indebted")


class CollectionDebtor(models.Model):
    _inherit = "collection.debtor"

    elsewhere_ids = fields.Many2many(
        "collection.debtor",
        compute="_compute_elsewhere_ids",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
        string="The same customer at other branches of the creditor",
    )
    cease_on = fields.Date(
        string="No contact, in writing",
        tracking=True,
        help="The day on which they asked in writing not to be contacted. Only notices "
        "the law permits may still be sent, by a documented exception.",
    )
    deceased = fields.Boolean(tracking=True)
    over_indebted = fields.Boolean(
        string="Over-indebted",
        tracking=True,
        help="In a collective renegotiation of a consumer's debts.",
    )
    insolvency = fields.Boolean(
        tracking=True, help="Bankrupt or in insolvency proceedings: file the claim."
    )
    work_prohibited = fields.Boolean(
        string="Not at work",
        tracking=True,
        help="They or their employer do not want contacts at the place of work.",
    )

    def write(self, vals):
        """What stops or frees the debtor acts at once."""
        watched = {*FLAGS, "preferred_from", "preferred_to", "preferred_channel", "tz"}
        if not watched & set(vals):
            return super().write(vals)
        with self._follow_stops():
            return super().write(vals)

    @contextmanager
    def _follow_stops(self):
        """Around a change of what is known of these customers: it acts at once on what is
        planned, at all branches, and where contacts stop somebody owes the next action."""
        everywhere = self | self.sudo().elsewhere_ids.with_env(self.env)
        before = {debtor: set(debtor._get_stopping()) for debtor in everywhere}
        yield
        self._on_permissions_changed()
        # superuser: the files of other branches
        others = (everywhere - self).sudo().filtered("case_id")
        for debtor in (*self, *others):
            debtor._ask_after_stop(set(debtor._get_stopping()) - before[debtor])

    @api.model
    def _get_field_label(self, name):
        """The label of a field in the reader's language."""
        return self.fields_get([name], ["string"]).get(name, {}).get("string", name)

    @api.depends("partner_id", "root_company_id")
    def _compute_elsewhere_ids(self):
        """One query for a whole batch, and one for what is read of those found."""
        found = self.search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("root_company_id", "in", self.root_company_id.ids),
            ],
            ["partner_id", "root_company_id"],
        ).grouped(lambda d: (d.partner_id.id, d.root_company_id.id))
        for debtor in self:
            key = debtor.partner_id.id, debtor.root_company_id.id
            debtor.elsewhere_ids = found.get(key, self.browse()) - debtor._origin

    @api.model_create_multi
    def create(self, vals_list):
        debtors = super().create(vals_list)
        self.invalidate_model(["elsewhere_ids"], flush=False)
        return debtors

    def _find_unremarkable(self):
        """Ids of those of these debtors of whom nothing is known, at any branch, that
        changes whom, how or when we may contact: no stop, nobody beside them, no channel
        and hours, no pause. One query tells it of a whole batch, mostly of nearly all."""
        self.env.flush_all()
        said = [
            SQL("%s IS NOT NULL", SQL.identifier("o", name))
            if self._fields[name].type == "date"
            else SQL("%s IS TRUE", SQL.identifier("o", name))
            for name in FLAGS
        ]
        said.append(SQL("o.preferred_to <> 0"))
        kinds = self.env.registry.descendants(["collection.debtor.entry"], "_inherit")
        said += [
            SQL(
                "EXISTS (SELECT FROM %s WHERE debtor_id = o.id)",
                SQL.identifier(self.env[kind]._table),
            )
            for kind in sorted(kinds)
            if not self.env[kind]._abstract
        ]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT d.id
                  FROM collection_debtor d
                  JOIN collection_debtor o ON o.partner_id = d.partner_id
                                          AND o.root_company_id = d.root_company_id
                 WHERE d.id IN %s
                 GROUP BY d.id
                HAVING bool_or(
                       %s OR EXISTS (SELECT FROM collection_hold
                                      WHERE debtor_id = o.id AND state = 'active')
                       ) IS NOT TRUE
                """,
                tuple(self.ids) or (0,),
                SQL(" OR ").join(said),
            )
        )
        return frozenset(id_ for (id_,) in rows)

    def _get_siblings(self):
        """The creditor is the root company: {debtor id: the same customer at all its
        branches, this one first}, of those that there are more of; superuser, one query."""
        branched = self.filtered(
            lambda d: (
                d.sudo().root_company_id != d.company_id
                or d.sudo().root_company_id.child_ids
            )
        )
        if not branched:
            return {}
        found = self.sudo().search(
            [
                ("partner_id", "in", branched.partner_id.ids),
                ("root_company_id", "in", branched.root_company_id.ids),
            ],
            order="id",
        )
        alike = found.grouped(lambda d: (d.partner_id, d.root_company_id))
        siblings = {}
        for debtor in branched:
            same = alike.get((debtor.partner_id, debtor.root_company_id), debtor)
            if len(same) > 1:
                siblings[debtor.id] = debtor | same.with_env(self.env)
        return siblings

    def _get_here_and_elsewhere_sudo(self):
        """(this debtor, the same customer at other branches), to read what is known of
        them. Superuser: a collector of one branch does not see the others, but obeys what
        was said there. Two recordsets: joined they would be read anew for each debtor."""
        self.ensure_one()
        return self.sudo(), self.sudo().elsewhere_ids

    def _is_known(self, name):
        """Does the fact of this name hold, whichever branch noted it?"""
        here, elsewhere = self._get_here_and_elsewhere_sudo()
        return bool(here[name] or any(elsewhere.mapped(name)))

    def _get_stopping(self):
        """Names of the flags that stop all contacts of the debtor."""
        stopping = [name for name in STOPPING if self._is_known(name)]
        attorneys_sudo = self._get_attorneys_sudo()
        if attorneys_sudo and not attorneys_sudo[0]._has_document():
            stopping.append("attorney_unproved")
        return stopping

    def _ask_after_stop(self, flags):
        """Somebody owes the next action when the ladder stands."""
        self.ensure_one()
        self.env["collection.duty"]._ask(
            "stopped",
            [
                (
                    self,
                    {
                        "key": flag,
                        "reason": {"code": "STOPPED", "args": {"flag": flag}},
                        "user_id": self._get_stop_owner(flag).id,
                    },
                )
                for flag in sorted(flags)
            ],
        )

    def _get_stop_owner(self, flag):
        """Who decides after a stop: the manager; documents are the collector's."""
        of_manager = self.company_id.collection_manager_id
        user = of_manager or self.collector_id or self.env.user
        return self.collector_id or user if flag == "attorney_unproved" else user

    def _on_permissions_changed(self):
        """What is planned, at all branches, is looked at again: withdrawn where nobody may
        contact them (no step is burnt: it is planned again when contacts go on), planned
        anew where another moment or person is right."""
        if not self:
            return
        everywhere_sudo = self.sudo() | self.sudo().elsewhere_ids
        everywhere_sudo.invalidate_recordset(
            ["stop_text", "attorney_id", "attorney_unproved"], flush=False
        )
        for debtor_sudo in everywhere_sudo:
            if stopping := debtor_sudo._get_stopping():
                debtor_sudo.item_ids._withdraw_contacts("STOPPED", flag=stopping[0])
        planned_sudo = (
            self.env["collection.contact"]
            .sudo()
            .search(
                [
                    ("debtor_id", "in", everywhere_sudo.ids),
                    ("state", "in", ("planned", "queued")),
                ]
            )
        )
        planned_sudo.filtered(lambda c: not c.callback_from)._back_to_plan()
        everywhere_sudo.item_ids._wake()
        everywhere_sudo._refresh_call_times()

    def _get_flags(self):
        """{flag of the contact rules: end} of the debtor; none of them ends by itself."""
        self.ensure_one()
        flags = {word: None for name, word in FLAGS.items() if self._is_known(name)}
        if self._get_attorneys_sudo():
            flags["attorney"] = None
        return flags
