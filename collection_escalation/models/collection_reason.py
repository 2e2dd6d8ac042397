from odoo import api, fields, models, tools
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Why a duty or an approval ended without being done.
TEXTS = {
    "ACTIVITY_DELETED": _lt("%(user)s deleted its activity."),
    "ADDRESS_USED": _lt("“%(address)s”:"),
    "NOTHING_WAITS": _lt("No invoice waits for it any more."),
    "MORE_WAITS": _lt("More waits for the same decision: it was asked for anew."),
}


class CollectionReason(models.AbstractModel):
    """Turns stored reasons (code and arguments) into a sentence in the reader's language.

    A reason is stored as ``{"code": "STAGE_REACHED", "args": {"level": "firm", …}}``:
    dates as ISO text, never a finished sentence. ``because`` among the arguments is a list
    of reasons that lie behind it; they are said after it."""

    _name = "collection.reason"
    _description = "Explanations of decisions"

    @api.model
    def _store(self, reason, **extra):
        """The storable form of a `rules.decision.Reason`."""
        args = dict((*reason.args, *extra.items()))
        for key, value in args.items():
            if key == "because":
                args[key] = self._store_all(value)
            elif hasattr(value, "isoformat"):
                args[key] = value.isoformat()
        return {"code": reason.code, "args": args}

    @api.model
    def _store_all(self, reasons):
        return [self._store(reason) for reason in reasons]

    @api.model
    def _explain(self, stored):
        """The sentence for one stored reason or a list of them; empty for none."""
        if not stored:
            return ""
        if isinstance(stored, list):
            return " ".join(filter(None, map(self._explain, _join_rules(stored))))
        code, args = stored["code"], dict(stored.get("args") or {})
        because = self._explain(args.pop("because", None))
        code, args = self._get_wording(code, args)
        rule = code.rpartition(".")[2]
        texts = self._get_all_texts()
        text = texts.get(code) or texts.get(rule) or texts.get(rule.partition("_")[0])
        if text is None:
            return code
        sentence = text._translate(self.env.lang or "en_US")
        sentence = sentence % self._readable(code, args)
        sentence = sentence[:1].upper() + sentence[1:]
        return f"{sentence} {because}" if because else sentence

    @api.model
    @tools.ormcache()
    def _get_all_texts(self):
        return self._get_texts()

    # -- what rooms add ------------------------------------------------------------------

    @api.model
    def _get_texts(self):
        """{code: one sentence in plain words (`_lt`)} of every reason. Each room adds
        those it gives, in its ``reason_texts.py`` or next to its code."""
        return TEXTS

    @api.model
    def _get_wording(self, code, args):
        """(code of the text, arguments) where the same reason is worded in another way."""
        return code, args

    @api.model
    def _make_readable(self, key, value, args):
        """An argument as a person reads it, in their language."""
        if key in ("since", "on", "until", "date") and value:
            return self.env["ir.qweb.field.date"].value_to_html(
                fields.Date.to_date(value), {}
            )
        if key == "amount" and args.get("currency"):
            return self.env["res.currency"].browse(args["currency"]).format(value)
        return value

    def _readable(self, code, args):
        readable = {"rule": args.pop("rules", code)}
        for key, value in args.items():
            readable[key] = self._make_readable(key, value, args)
        return _Missing(readable)


class _Missing(dict):
    """A reason stored by an older version may lack an argument: show a question mark."""

    def __missing__(self, key):
        return "?"


def _join_rules(stored):
    """The same refusal by several sets of rules is said once, with the names of all:
    "Outside the contact hours (US.WIN_HOURS, HOUSE.WIN_HOURS)." """
    joined = {}
    for reason in stored:
        rule = reason["code"].rpartition(".")[2]
        if rule in joined:
            joined[rule]["args"]["rules"] += f", {reason['code']}"
        else:
            args = {**(reason.get("args") or {}), "rules": reason["code"]}
            joined[rule] = {"code": reason["code"], "args": args}
    return list(joined.values())
