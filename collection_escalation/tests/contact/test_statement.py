"""What a contact states: how it is kept, frozen, compared, and read from older versions."""

from datetime import timedelta
from decimal import Decimal
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from unittest.mock import patch

from psycopg2.extras import Json

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.contact.collection_contact_line import FROZEN, to_decimal
from ...rules.statement import Statement
from ..common import MONDAY
from ..engine.test_leaving import FRIENDLY_DAY, LeavingCommon

MIGRATION = (
    Path(__file__).parents[2] / "migrations" / "19.0.2.0.0" / "post-statement.py"
)


class StatementCommon(LeavingCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._create_overdue_invoice(MONDAY, 1000.0)

    def _write(self):
        """The contact whose e-mail is written and has not left."""
        self._queue()
        return self._contacts()

    def _create_credit(self, amount):
        return self._create_overdue_invoice(
            MONDAY, amount, move_type="out_refund", invoice_date=MONDAY
        )


@tagged("post_install", "-at_install")
class TestStatement(StatementCommon):
    def test_it_is_kept_by_name_with_amounts_as_text(self):
        with self._at(FRIENDLY_DAY):
            contact = self._write()
        line = contact.line_ids
        self.assertEqual(
            contact.stated,
            {
                "version": 1,
                "lines": [
                    {
                        "part": "step",
                        "key": str(line.id),
                        "name": self.invoice.name,
                        "instalment": "",
                        "stage": "friendly",
                        "due": "2026-03-02",
                        "currency": "USD",
                        "original": "1000.00",
                        "open": "1000.00",
                        "fine": "0",
                        "interest": "0",
                        "fee": "0",
                        "days_late": (FRIENDLY_DAY - MONDAY).days,
                    }
                ],
            },
        )

    def test_while_it_is_written_it_stays_as_it_was_kept(self):
        with self._at(FRIENDLY_DAY):
            contact = self._write().sudo()
            kept = contact._keep_statement()
            self._pay(self.invoice, 400.0)
            (said,), (now,) = (c._get_statement().lines for c in (kept, contact))
            (row,) = kept.get_statement()
        self.assertEqual((said.open, now.open, row["open"]), (1000, 600, 1000.0))
        self.assertEqual(kept._get_statement(), Statement.from_json(contact.stated))

    def test_credits_are_a_part_of_their_own_and_are_taken_off(self):
        credit = self._create_credit(400.0)
        with self._at(FRIENDLY_DAY):
            contact = self._write()
            self.assertEqual(
                [(x.part, x.name, x.open) for x in contact._get_statement().lines],
                [
                    ("step", self.invoice.name, Decimal("1000.00")),
                    ("credit", credit.name, Decimal("-400.00")),
                ],
            )
            (total,) = contact._get_statement().totals
            self.assertEqual(total.asked, Decimal("600.00"))  # 1000 - 400
            self.assertEqual(contact.line_ids.mapped("part"), ["step", "credit"])
            self.assertIn("600.00", contact.amount_text)

    def test_what_is_frozen_is_what_was_kept(self):
        with self._at(FRIENDLY_DAY):
            contact = self._write()
            (said,) = contact.stated["lines"]
            changes = {"fine": "20.00", "interest": "3.33", "fee": "1.50"}
            stated = {"version": 1, "lines": [{**said, **changes}]}
            contact.sudo().write({"stated": stated})
            self._pay(self.invoice, 400.0)
            contact.line_ids.sudo()._freeze()
        line = contact.line_ids
        self.assertEqual(
            (line.amount_original, line.amount_open), (1000.0, 1000.0), "as written"
        )
        self.assertEqual(
            (line.amount_fine, line.amount_interest, line.amount_fee),
            (20.0, 3.33, 1.5),
        )
        (total,) = contact._get_statement().totals
        self.assertEqual(total.asked, Decimal("1024.83"))  # 1000 + 20 + 3.33 + 1.50
        self.assertIn("1,024.83", contact.amount_text)

    def test_a_line_states_the_same_before_and_after_it_is_frozen(self):
        self._create_instalment_invoice((MONDAY, MONDAY + timedelta(days=30)), 900.0)
        with self._at(FRIENDLY_DAY):
            self._plan()
            contact = self._contacts()
            before = contact._get_statement()
            contact.line_ids.sudo()._freeze()
            self.assertTrue(all(contact.line_ids.mapped("frozen")))
            self.assertEqual(contact._get_statement(), before)
        self.assertIn("1/2", [line.instalment for line in before.lines])

    def test_no_frozen_column_is_written_again(self):
        with self._at(FRIENDLY_DAY):
            contact = self._write()
            line = contact.line_ids.sudo()
            line._freeze()
            self._pay(self.invoice, 400.0)
            contact.sudo().write({"stated": contact._get_statement_now().to_json()})
            before = line.read([*FROZEN])
            line._freeze()
            self.assertEqual(line.read([*FROZEN]), before)

    def test_another_name_or_due_date_makes_it_outdated_a_day_more_does_not(self):
        with self._at(FRIENDLY_DAY):
            contact = self._write()
            (said,) = contact.stated["lines"]
            for name, value, outdated in (
                ("days_late", said["days_late"] + 1, False),
                ("stage", "firm", False),
                ("name", "INV/other", True),
                ("due", "2026-03-13", True),
                ("open", "999.99", True),
                ("fee", "0.01", True),
                ("part", "also", True),
            ):
                with self.subTest(name):
                    stated = {"version": 1, "lines": [{**said, name: value}]}
                    contact.sudo().write({"stated": stated})
                    self.assertEqual(contact._is_outdated(), outdated)

    def test_a_list_of_contacts_opens_although_nobody_knows_the_customers_day(self):
        with self._at(FRIENDLY_DAY):
            self._plan()
            contact = self._contacts()
            nobody_knows = patch.object(
                type(self.env["collection.debtor"]),
                "_get_zone_names",
                side_effect=UserError("Nobody can tell what time it is there."),
            )
            self.env.invalidate_all()
            with nobody_knows:
                self.assertIn("1,000.00", contact.amount_text)
                self.assertEqual(contact.line_ids.shown_days, 0)

    def test_amounts_have_the_decimals_of_their_currency(self):
        yen = self.env.ref("base.JPY")
        self.assertEqual(str(to_decimal(1234.0, yen)), "1234")
        self.assertEqual(str(to_decimal(0.1 + 0.2, self.env.ref("base.USD"))), "0.30")
        self.assertEqual(str(to_decimal(-0.0, yen)), "0")
        self.assertEqual(str(to_decimal(False, self.env["res.currency"])), "0.00")


@tagged("post_install", "-at_install")
class TestStatementMigration(StatementCommon):
    """Positional statements of the versions before become named ones."""

    def setUp(self):
        super().setUp()
        self._create_credit(400.0)
        with self._at(FRIENDLY_DAY):
            self.contact = self._write()
        self.named = self.contact.stated
        spec = spec_from_file_location("post_statement", MIGRATION)
        self.script = module_from_spec(spec)
        spec.loader.exec_module(self.script)

    def _migrate(self, stated):
        """What becomes of ``stated``; lines of credits are not marked yet."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_contact_line SET part = 'step' WHERE contact_id = %s",
            [self.contact.id],
        )
        self.env.cr.execute(
            "UPDATE collection_contact SET stated = %s WHERE id = %s",
            [stated if stated is None else Json(stated), self.contact.id],
        )
        self.script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        return self.contact.stated

    def test_it_says_the_same_as_before(self):
        positional = {
            line["key"]: [
                line["name"],
                float(line["original"]),
                float(line["open"]),
                line["days_late"],
            ]
            for line in self.named["lines"]
        }
        self.assertEqual(len(positional), 2)
        self.assertEqual(self._migrate(positional), self.named)
        self.assertEqual(self.contact.line_ids.mapped("part"), ["step", "credit"])
        with self._at(FRIENDLY_DAY + timedelta(days=1)):
            self.assertFalse(self.contact._is_outdated())

    def test_what_is_named_already_or_was_never_kept_stays(self):
        self.assertEqual(self._migrate(self.named), self.named)
        self.assertFalse(self._migrate(None))
        self.assertFalse(self._migrate({}))

    def test_a_line_that_is_gone_and_the_place_of_an_instalment_are_kept(self):
        stated = self._migrate({"0": ["INV/7 (1/3)", 300.5, 100.0, 12]})
        (line,) = Statement.from_json(stated).lines
        self.assertEqual(
            (line.part, line.name, line.instalment, line.days_late),
            ("step", "INV/7 (1/3)", "1/3", 12),
        )
        self.assertEqual((line.original, line.open), (Decimal("300.50"), 100))

    def test_what_is_frozen_is_not_touched(self):
        with self._at(FRIENDLY_DAY):
            self.contact.line_ids.sudo()._freeze()
        frozen = [name for name in FROZEN if name != "part"]
        before = self.contact.line_ids.read(frozen)
        self._migrate({})
        self.assertEqual(self.contact.line_ids.read(frozen), before)
