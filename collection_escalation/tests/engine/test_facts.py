"""A new fact, with the reasons it gives, is one new file."""

from datetime import timedelta
from decimal import Decimal

from odoo import models
from odoo.tests import tagged
from odoo.tools.translate import LazyTranslate

from ...rules.decision import Reason
from ...rules.statement import Credit
from ..common import MONDAY, CollectionCommon
from ..scratch_models import ScratchModels

_lt = LazyTranslate("collection_escalation")

#: The friendly stage of the standard plan is reached on Monday 9 March 2026.
FRIENDLY_DAY = MONDAY + timedelta(days=7)


class FactMoon(models.AbstractModel):
    """What the tests let the moon say: {debtor id: "withhold", "put_off", "take_off"}."""

    _module = None
    _name = "collection.fact.moon"
    _inherit = ["collection.fact"]
    _description = "Phase of the moon"

    _code = "moon"
    _sequence = 65

    said = {}
    asked = []

    def _read(self, facts, debtors):
        self.asked.append("read")
        return {d.id: self.said[d.id] for d in debtors if d.id in self.said}

    def _withhold(self, facts, debtor, row, post_due):
        self.asked.append("withhold")
        if facts.of["moon"].get(debtor.id) == "withhold":
            return Reason.of("MOON", phase="full")
        return None

    def _put_off(self, facts, debtor, row):
        if facts.of["moon"].get(debtor.id) == "put_off":
            return 3, Reason.of("MOON", phase="half")
        return None

    def _take_off(self, facts, debtor, currency_id):
        if facts.of["moon"].get(debtor.id) == "take_off":
            credit = Credit(
                "moon:1", "Moon", str(currency_id), Decimal(998), FRIENDLY_DAY
            )
            return [(credit, Reason.of("MOON", phase="new"))]
        return []


class MoonTexts(models.AbstractModel):
    _module = None
    _inherit = "collection.reason"

    def _get_texts(self):
        return super()._get_texts() | {"MOON": _lt("The moon is %(phase)s.")}


@tagged("post_install", "-at_install")
class TestNewFact(ScratchModels, CollectionCommon):
    def setUp(self):
        super().setUp()
        self._add_model(FactMoon)
        self._add_model(MoonTexts)
        self.addCleanup(FactMoon.said.clear)
        self.addCleanup(FactMoon.asked.clear)
        self.invoice = self._create_overdue_invoice(MONDAY)
        self.item = self._items(self.invoice)

    def _say(self, what):
        FactMoon.said[self.item.debtor_id.id] = what

    def test_it_withholds_with_its_own_words(self):
        self._say("withhold")
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertWithheldBecause("MOON", self.invoice)
        self.assertEqual(self.item.why, "The moon is full.")
        FactMoon.said.clear()
        self.assertEqual(len(self._live(FRIENDLY_DAY + timedelta(days=1))), 1)

    def test_it_withholds_what_was_planned_before(self):
        with self._at(FRIENDLY_DAY), self.mock_mail_gateway():
            self._evaluate()
            planner = self.env["collection.planner"].sudo()
            planner._plan_debtors(planner._get_waiting_debtors())
            self._say("withhold")
            dispatcher = self.env["collection.dispatcher"].sudo()
            dispatcher._queue(dispatcher._get_due())
        contact = self._contacts()
        self.assertEqual(contact.state, "skipped")
        self.assertEqual(contact.reasons[0]["code"], "MOON")

    def test_it_puts_off_a_stage_and_the_item_says_why(self):
        self._say("put_off")
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertStage(self.invoice, None)
        self.assertEqual(self.item.next_date, FRIENDLY_DAY + timedelta(days=3))
        self.assertEqual(self.item.reason["code"], "WAITS_FOR_TRIGGER")
        self.assertTrue(self.item.why.endswith("03/12/2026. The moon is half."))
        self.assertEqual(len(self._live(FRIENDLY_DAY + timedelta(days=3))), 1)
        self.assertStage(self.invoice, "friendly")

    def test_what_is_put_off_is_not_asked_for_yet(self):
        """So it does not lift another sum above the tolerance."""
        self._say("put_off")
        evaluation = self.env["collection.evaluation"].sudo()
        for days, ripe in ((0, set()), (3, {self.item.id})):
            with self._at(FRIENDLY_DAY + timedelta(days)):
                facts = evaluation._get_facts(self.item.debtor_id)
                found = evaluation._get_ripe_items(facts, self.item.debtor_id)
                self.assertEqual(found, ripe)

    def test_it_takes_an_amount_off_and_the_item_says_why(self):
        """1000 − 998 is within the tolerance of 5."""
        self._say("take_off")
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertWithheldBecause("WITHIN_TOLERANCE", self.invoice)
        self.assertTrue(self.item.why.endswith("($\xa05.00). The moon is new."))

    def test_it_is_tried_in_the_dry_run(self):
        forecast = self.env["collection.forecast"].sudo()
        debtor = self.item.debtor_id
        self._say("put_off")
        with self._at(FRIENDLY_DAY):
            (first, *_) = forecast._forecast(debtor, 5)
        self.assertEqual(first["planned_on"], FRIENDLY_DAY + timedelta(days=3))

    def test_it_reads_once_a_batch_and_is_not_asked_for_nothing(self):
        self._create_overdue_invoice(
            MONDAY, partner=self._create_debtor_partner("Loja Verde")
        )
        with self._at(FRIENDLY_DAY):
            FactMoon.asked.clear()
            self._evaluate()
        self.assertEqual(FactMoon.asked, ["read"])


@tagged("post_install", "-at_install")
class TestFactsOfToday(CollectionCommon):
    def test_reasons_are_asked_in_their_order(self):
        facts = self.env["collection.fact"]._get_models()
        self.assertEqual(
            [fact._code for fact in facts if fact._says("_withhold")],
            [
                "not_owed",
                "stop",
                "hold",
                "payment",
                "not_received",
                "courtesy_recent",
                "courtesy_automatic",
                "courtesy_told",
                "courtesy_punctual",
                "bank",
                "tolerance",
                "delivery",
            ],
        )

    def test_credits_are_taken_off_and_said(self):
        invoice = self._create_overdue_invoice(MONDAY, 1000.0)
        refund = self._create_overdue_invoice(MONDAY, 998.0, move_type="out_refund")
        self.assertFalse(self._live(FRIENDLY_DAY))
        self.assertWithheldBecause("WITHIN_TOLERANCE", invoice)
        (credits,) = self._items(invoice).reason["args"]["because"]
        self.assertEqual(credits["code"], "CREDITS")
        self.assertEqual(credits["args"]["amount"], refund.amount_total)
        self.assertIn("998.00", self._items(invoice).why)
