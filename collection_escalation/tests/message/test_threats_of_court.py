from odoo.tests import tagged

from ..common import CollectionCommon

THREATS = {
    "en_US": (
        "Pay by Friday, or we take you to court.",
        "We will be taking you to court",
        "We will sue you.",
        "see you in court!",
    ),
    "es_ES": ("o nos veremos en el juzgado", "vamos a llevarlo a juicio"),
    "pt_BR": ("ou vamos te processar", "Vamos levar você à justiça"),
}
HARMLESS = {
    "en_US": ("Can you pursue your claim with the bank?", "the tennis court invoice"),
    "es_ES": ("¿Tiene usted una demanda de piezas?",),
    "pt_BR": ("Vamos processar seu pedido", "o processo de compra"),
}


@tagged("post_install", "-at_install")
class TestThreatsOfCourt(CollectionCommon):
    """A person may not announce a claim: only the plan does, by its own words and for the
    invoices that stand there."""

    def _find(self, text, lang):
        return self.env["collection.wording"]._check_free_text(text, lang)

    def test_who_threatens_with_the_court_is_asked_why(self):
        for lang, texts in THREATS.items():
            for text in texts:
                with self.subTest(text):
                    self.assertEqual(self._find(text, lang)[0]["kind"], "threat")

    def test_words_that_sound_alike_pass(self):
        for lang, texts in HARMLESS.items():
            for text in texts:
                with self.subTest(text):
                    self.assertFalse(self._find(text, lang))
