"""What a contact is for decides how it is planned, what it says, and which rules it meets."""

import importlib.util
from datetime import timedelta
from pathlib import Path

from odoo import Command, fields, models
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools.translate import LazyTranslate

from ..common import MONDAY, CollectionCommon
from ..scratch_models import ScratchModels

#: The friendly stage of the standard plan is reached on Monday 9 March 2026.
FRIENDLY_DAY = MONDAY + timedelta(days=7)
MIGRATION = Path(__file__).parents[2] / "migrations/19.0.2.0.0/pre-purpose.py"


@tagged("post_install", "-at_install")
class TestPurposes(CollectionCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY)

    def _plan_by_hand(self, purpose, **vals):
        Contact = self.env["collection.contact"].sudo()
        debtor = self._debtor()
        vals = Contact._prepare_by_hand_vals(
            debtor, self.collector, channel="phone", purpose=purpose, **vals
        )
        return Contact._create_by_hand(vals, debtor.item_ids)

    def test_each_says_who_makes_it_and_what_the_rules_call_it(self):
        purposes = self.env["collection.purpose"]._get_models()
        self.assertEqual(
            [(p._code, p._made_by, p._rule_purpose) for p in purposes],
            [
                ("step", "system", "demand"),
                ("invoice", "system", "demand"),
                ("by_hand", "person", "demand"),
                ("callback", "person", "requested"),
                ("inbound", "customer", "requested"),
            ],
        )

    def test_what_they_asked_for_is_found_by_that(self):
        wish, other = (self._plan_by_hand(p) for p in ("callback", "by_hand"))
        self.assertTrue(wish.consented)
        self.assertFalse(other.consented)
        Contact, ours = (
            self.env["collection.contact"],
            [("id", "in", (wish | other).ids)],
        )
        self.assertEqual(Contact.search([*ours, ("consented", "=", True)]), wish)
        self.assertEqual(Contact.search([*ours, ("consented", "=", False)]), other)

    def test_only_what_the_customer_makes_comes_from_them(self):
        for purpose, direction in (("inbound", "out"), ("by_hand", "in")):
            with (
                self.subTest(purpose),
                self.assertRaisesRegex(ValidationError, "comes from the customer"),
            ):
                self._plan_by_hand(purpose, direction=direction)

    def test_a_pause_takes_demands_back_and_leaves_what_they_asked_for(self):
        """An answer stops only the system, a stop by the customer leaves to people what
        people planned; a bill that is paid is out of all of them."""
        items = self._debtor().item_ids
        for code, args, staying in (
            ("HELD", {"reason": "answered"}, {"by_hand", "callback"}),
            ("HELD", {"reason": "complaint"}, {"callback"}),
            ("STOPPED", {"flag": "cease_written"}, {"by_hand", "callback"}),
            ("NOT_OWED", {}, set()),
        ):
            with self.subTest(code=code, **args):
                made = {
                    p: self._plan_by_hand(p) for p in ("step", "by_hand", "callback")
                }
                items._withdraw_contacts(code, **args)
                stays = {p for p, c in made.items() if c.state == "planned"}
                self.assertEqual(stays, staying)

    def test_the_migration_maps_what_was_called_kind(self):
        step, by_hand = self._plan_by_hand("step"), self._plan_by_hand("by_hand")
        saved = self.env["ir.filters"].create(
            {
                "name": "Mine",
                "model_id": "collection.contact",
                "domain": "[('kind', '=', 'manual'), (\"kind\", \"!=\", \"dunning\")]",
                "context": "{'group_by': ['kind']}",
            }
        )
        self.env.flush_all()
        cr = self.env.cr
        cr.execute("ALTER TABLE collection_contact RENAME COLUMN purpose TO kind")
        cr.execute(
            "ALTER TABLE collection_contact ADD COLUMN IF NOT EXISTS consented boolean"
        )
        for contact, kind in ((step, "dunning"), (by_hand, "manual")):
            cr.execute(
                "UPDATE collection_contact SET kind = %s WHERE id = %s",
                (kind, contact.id),
            )
        spec = importlib.util.spec_from_file_location("pre_purpose", MIGRATION)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(cr, "19.0.1.0.0")
        script.migrate(cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual((step | by_hand).mapped("purpose"), ["step", "by_hand"])
        self.assertEqual(
            saved.domain,
            "[('purpose', '=', 'by_hand'), (\"purpose\", \"!=\", \"step\")]",
        )
        self.assertEqual(saved.context, "{'group_by': ['purpose']}")


@tagged("post_install", "-at_install")
class TestNewPurpose(ScratchModels, CollectionCommon):
    """A new purpose is one new file with one model: here a message that settles a
    complaint, which may leave while the complaint keeps every demand back."""

    def setUp(self):
        super().setUp()
        self.template = self.env.ref(
            "collection_escalation.mail_template_manual"
        ).copy()
        self.env["ir.model.data"].create(
            {
                "module": "collection_escalation",
                "name": "mail_template_settling",
                "model": "mail.template",
                "res_id": self.template.id,
            }
        )

        class Settling(models.AbstractModel):
            _module = None
            _name = "collection.purpose.settling"
            _inherit = ["collection.purpose"]
            _description = "Contact that settles a complaint"

            _code = "settling"
            _label = LazyTranslate("collection_escalation")("Settling a complaint")
            _sequence = 60
            _rule_purpose = "service"
            _is_chase = False
            _asks_for_money = False
            _needs_review = False
            _template = "collection_escalation.mail_template_settling"

            def _get_planning_reason(self, contact):
                return {"code": "BY_HAND", "args": {"user": "Settling"}}

            def _after_made(self, contacts):
                contacts.write({"delivery_status": "opened"})

        self._add_model(Settling)
        self.template.write(
            {
                "subject": "Your message to us",
                "body_html": "<p>We look into what you wrote.</p>",
            }
        )
        self.invoice = self._create_overdue_invoice(MONDAY)

    def _complain(self):
        hold = self.env["collection.hold"].create(
            {
                "debtor_id": self._debtor().id,
                "reason": "complaint",
                "date_from": FRIENDLY_DAY,
                "date_to": FRIENDLY_DAY + timedelta(days=9),
            }
        )
        self._settle_transaction()
        return hold

    def _plan_settling(self, channel="email"):
        """As the engine plans, one contact for what is open."""
        debtor, none = self._debtor(), self.env["collection.stage.step"]
        facts = self.env["collection.evaluation"].sudo()._get_facts(debtor)
        wanted = {
            (debtor.id, channel, "settling", 0): [
                (row, none) for row in facts.items[debtor.id]
            ]
        }
        return self.env["collection.contact"].sudo()._plan(wanted, {}, facts)

    def _ask(self, purpose, channel="email"):
        """May it be made now, as the rules say?"""
        Contact_sudo, debtor = self.env["collection.contact"].sudo(), self._debtor()
        contact = Contact_sudo.new(
            {
                **Contact_sudo._prepare_by_hand_vals(
                    debtor, self.collector, channel=channel, purpose=purpose
                ),
                "line_ids": [
                    Command.create({"item_id": item.id}) for item in debtor.item_ids
                ],
            }
        )
        return contact._decide(fields.Datetime.now())

    def test_it_is_planned_rendered_and_leaves_while_a_complaint_is_open(self):
        selection = self.env["collection.contact"]._fields["purpose"]
        labels = dict(selection._description_selection(self.env))
        self.assertEqual(labels["settling"], "Settling a complaint")
        with self._at(FRIENDLY_DAY):
            self._complain()
            self.assertIn("BR.BLK_DISPUTE", self._ask("by_hand").codes)
            contact = self._plan_settling()
        (mail,) = self._live(FRIENDLY_DAY)
        self.assertIn("We look into what you wrote", mail["body"])
        self.assertEqual(mail["subject"], "Your message to us")
        self.assertEqual(self._contacts(), contact, "no reminder")
        self.assertWithheldBecause("HELD", self.invoice)
        self.assertEqual((contact.purpose, contact.state), ("settling", "made"))
        self.assertEqual(contact.reasons[0]["code"], "BY_HAND")
        self.assertEqual(contact.delivery_status, "opened", "its own consequence")
        self.assertTrue(contact.line_ids.frozen)

    def test_it_uses_up_no_limit(self):
        """Of Brazil's one attempt a day nothing is used up; a reminder would."""
        with self._at(FRIENDLY_DAY):
            hold = self._complain()
            self._plan_settling()
        self._live(FRIENDLY_DAY)
        with self._at(FRIENDLY_DAY):
            hold.action_end()
            self._settle_transaction()
            self.assertTrue(self._ask("by_hand").allowed)
        self._live(FRIENDLY_DAY)
        self.assertEqual(
            self._contacts().mapped("purpose"), ["settling", "step"], "the same day"
        )
        with self._at(FRIENDLY_DAY):
            self.assertIn("BR.LIM_DAY", self._ask("by_hand").codes)
            self.assertTrue(self._ask("settling").allowed)

    def test_what_stops_all_contact_stops_it_too(self):
        with self._at(FRIENDLY_DAY):
            self._debtor().cease_on = FRIENDLY_DAY
            self.assertFalse(self._ask("settling").allowed)

    def test_the_invoice_is_paid_and_it_is_not_needed(self):
        with self._at(FRIENDLY_DAY):
            contact = self._plan_settling()
            self._pay(self.invoice)
        self.assertEqual(contact.state, "skipped")
