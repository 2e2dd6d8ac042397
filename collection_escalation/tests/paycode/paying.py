"""What customers' telephones do with our codes, by means that are not ours: the pictures
are read by ZXing, the checksum is the one of Python's own library."""

import io
from base64 import b64decode
from binascii import crc_hqx

import zxingcpp
from PIL import Image

PIX_KEY = "71d6c6e1-64ea-4a11-9560-a10870c40ca2"
IBAN = "DE89 3704 0044 0532 0130 00"


def scan(picture):
    """What a PNG (bytes, or a data URI) says."""
    if isinstance(picture, str):
        picture = b64decode(picture.partition("base64,")[2])
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return found.text


def decode_emv(text):
    """{id: value, or the same of it} as EMVCo's book says, checksum included."""
    assert f"{crc_hqx(text[:-4].encode('ascii'), 0xFFFF):04X}" == text[-4:], text
    return _split(text)


def _split(text):
    fields = {}
    while text:
        key, size = text[:2], int(text[2:4])
        value, text = text[4 : 4 + size], text[4 + size :]
        assert len(value) == size, "a field is cut off"
        fields[key] = _split(value) if key in ("26", "62") else value
    return fields


class PayingMixin:
    """The company has an account in Brazil with a Pix key, or one in Germany."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.euro = cls.env.ref("base.EUR")
        (cls.euro | cls.brl).sudo().active = True

    @classmethod
    def _move_to(cls, country):
        """Another country, where the tax id would be wrong."""
        vals = {"country_id": cls.env.ref(country).id, "state_id": False, "vat": False}
        cls.company.partner_id.write(vals)

    @classmethod
    def _create_account(cls, number, partner=None, **vals):
        return (
            cls.env["res.partner.bank"]
            .sudo()
            .create(
                {
                    "acc_number": number,
                    "partner_id": (partner or cls.company.partner_id).id,
                    "allow_out_payment": True,
                    **vals,
                }
            )
        )

    @classmethod
    def _create_pix_account(cls, **vals):
        vals = {"proxy_type": "br_random", "proxy_value": PIX_KEY, **vals}
        return cls._create_account("12345-6", **vals)

    @classmethod
    def _create_iban_account(cls, number=IBAN):
        bank = cls.env["res.bank"].sudo().create({"name": "Bank", "bic": "COBADEFF"})
        return cls._create_account(number, bank_id=bank.id)

    def assertPix(self, text, amount, item):
        """Asks to pay ``amount`` to the company, and says for which instalment."""
        said = decode_emv(text)
        self.assertEqual(said["26"], {"00": "br.gov.bcb.pix", "01": PIX_KEY})
        self.assertEqual((said["53"], said["54"], said["58"]), ("986", amount, "BR"))
        reference = said["62"]["05"]
        self.assertRegex(reference, rf"^[A-Za-z0-9]+N{item.id}$")
        self.assertLessEqual(len(reference), 25)
        return reference

    def assertSepa(self, text, amount, reference):
        """EPC069-12: twelve lines at most."""
        lines = text.split("\n")
        self.assertEqual(lines[:4], ["BCD", "002", "1", "SCT"])
        self.assertEqual(
            lines[4:7], ["COBADEFF", self.company.name, "DE89370400440532013000"]
        )
        self.assertRegex(lines[7], r"^EUR\d+(\.\d{1,2})?$")
        self.assertEqual(float(lines[7][3:]), amount)
        self.assertEqual([x for x in lines[8:] if x], [reference])
