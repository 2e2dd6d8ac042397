from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Every reason the system gives, by code. One sentence, plain words.
TEXTS = {
    # stages
    "STAGE_REACHED": _lt(
        "%(days)s %(unit)s after the effective due date (%(since)s): stage %(level)s."
    ),
    "COURTESY_REACHED": _lt("%(days)s %(unit)s before the due date: stage %(level)s."),
    "WAITS_FOR_COURTESY": _lt(
        "Next stage %(level)s %(days)s %(unit)s before the due date: not before %(on)s."
    ),
    "WAITS_FOR_TRIGGER": _lt(
        "Next stage %(level)s %(days)s %(unit)s after the effective due date "
        "(%(since)s): not before %(on)s."
    ),
    "WAITS_FOR_MANAGER": _lt("The stage %(level)s waits for a manager's decision."),
    "LADDER_END": _lt("The plan ends here: a manager decides what follows."),
    "STAYS": _lt("Stays in the stage %(level)s."),
    "FIRST_START": _lt(
        "Was already overdue when collections were switched on: placed here silently."
    ),
    "NEW_CYCLE": _lt("Owed again after it was settled: the plan begins anew."),
    "MERGED": _lt("The customer was merged with another."),
    # why nobody is chased
    "HELD": _lt("Paused until %(until)s: %(reason)s."),
    "WITHIN_TOLERANCE": _lt(
        "What is overdue, less credits, is not above the tolerance (%(amount)s)."
    ),
    "BANK_STALE": _lt(
        "The newest bank line or entered payment is of %(date)s: it may be paid already."
    ),
    "NO_BANK_DATE": _lt(
        "Nobody said up to which day payments are entered: it may be paid already."
    ),
    "COURTESY_RECENT": _lt(
        "The invoice was sent only on %(date)s: no note before the due date is needed."
    ),
    "COURTESY_AUTOMATIC": _lt("It is paid by a mandate or a stored card."),
    "COURTESY_PUNCTUAL": _lt("They always pay on time: no note before the due date."),
    "PAYMENT_IN_PROCESS": _lt("A payment is in process."),
    "INVOICE_NOT_SENT": _lt("The invoice itself was never sent: it goes first."),
    "INVOICE_NOT_RECEIVED": _lt(
        "The customer says that the invoice never arrived: it goes once more."
    ),
    "INVOICE_BOUNCED": _lt("The invoice did not reach the customer: mend the address."),
    # contacts
    "PLANNED": _lt("Planned for the first permitted moment."),
    "IN_OUTBOX": _lt("Stands in the Outbox already."),
    "FIRST_REVIEW": _lt("Waits for the review of tomorrow's messages."),
    "NOT_REVIEWED": _lt("Nobody reviewed it in time: planned again."),
    "NOT_USED": _lt("Nobody made the contact on the planned day."),
    "NOT_OWED": _lt("Nothing is owed any more."),
    "COURTESY_OVER": _lt("The due date has come: it is too late for a courtesy note."),
    "DUE_DATE_MOVED": _lt("The due date was moved."),
    "OTHER_DEBTOR": _lt("The invoice went to another customer."),
    "CASE_CLOSED": _lt("The collection file was closed."),
    "REMOVED": _lt("Taken out by %(user)s."),
    "ACTIVITY_DELETED": _lt("%(user)s deleted its activity."),
    "ADDRESS_USED": _lt("“%(address)s”:"),
    "NOTHING_WAITS": _lt("No invoice waits for it any more."),
    "MORE_WAITS": _lt("More waits for the same decision: it was asked for anew."),
    "MAIL_CANCELLED": _lt("Somebody cancelled the message before it left."),
    "SENDING_PAUSED": _lt("All sending is paused for the company."),
    "NOT_STARTED": _lt("Collections are not started for the company."),
    "NO_ADDRESS": _lt("The customer has no usable address for this channel."),
    "BAD_ADDRESS": _lt(
        "The e-mail address “%(value)s” cannot be used: mend it on the customer."
    ),
    "BAD_NUMBER": _lt(
        "The number “%(value)s” cannot be read as a phone number there: write it with "
        "its country code on the customer."
    ),
    "STOPPED_ADDRESS": _lt(
        "Who reads at %(value)s told us that they are not the customer: nothing goes "
        "there any more."
    ),
    "ADDRESS_CHANGED": _lt(
        "The address was changed after the message was written: it is written anew."
    ),
    "AMOUNTS_CHANGED": _lt(
        "Something was paid or changed after the message was written: it is written anew."
    ),
    "STOPPED": _lt("Nobody may contact them: %(flag)s."),
    "CHANNEL_REFUSED": _lt("They refused this channel, or did not authorise it."),
    "CALLBACK": _lt("They asked to be called then."),
    "BY_HAND": _lt("Planned by %(user)s."),
    "RENDERING_FAILED": _lt("The message could not be written: %(error)s"),
    "WORDING": _lt(
        "The text says %(words)s, which is forbidden: it did not leave. Mend the text."
    ),
    "WORDING_LACKS": _lt(
        "The text lacks what must be in it (%(missing)s): it did not leave. Mend the "
        "text."
    ),
    "SENDING_FAILED": _lt("The mail server refused the message: %(error)s"),
    "PROVIDER_REFUSED": _lt("The provider did not take the message: %(error)s"),
    "PROVIDER_DOWN": _lt(
        "The provider could not send it, tried again tomorrow: %(error)s. See to the "
        "provider's account, or choose another channel in the plan."
    ),
    "PROVIDER_SILENT": _lt(
        "The provider did not answer, nobody knows whether the message left: %(error)s. "
        "It is not repeated by itself."
    ),
    "NO_PROVIDER": _lt(
        "No provider is set up to send it for this company: connect one, or choose "
        "another channel in the plan."
    ),
    "NOT_DELIVERED": _lt("The message did not arrive: %(error)s"),
    "WRONG_NUMBER": _lt("The number is not theirs or does not work."),
    "RETURNED": _lt("The letter came back: the address is wrong."),
    "BOUNCED": _lt("The message came back: the address does not work."),
    "REPORT_FAILED": _lt("The mail server could not deliver it: %(said)s"),
    "REPORT_DELAYED": _lt("Late, but still on its way, says the mail server: %(said)s"),
    "REPORT_COMPLAINT": _lt("The reader called the message spam (%(said)s)."),
    "REPORT_UNCLEAR": _lt("A mail server sent a report that must be read: %(said)s"),
    "DID_NOT_LEAVE": _lt("It did not leave: planned again."),
    "INTERRUPTED": _lt(
        "Sending was interrupted: nobody knows whether it left. It is not repeated by "
        "itself."
    ),
    "NO_PERMITTED_MOMENT": _lt("No permitted moment in the next 90 days."),
    "UNDECIDABLE": _lt("Cannot tell whether the contact is permitted: %(error)s"),
    # answers of one tap
    "SAYS_PAID": _lt("They say it was paid on %(date)s."),
    "SAYS_PAID_AMOUNT": _lt("They say it was paid on %(date)s: %(sum)s."),
    "SENT_DOCUMENT": _lt("They sent a document: it lies with the customer."),
    "SAYS_NOT_RECEIVED": _lt("They say that these never arrived: %(names)s."),
    "SAYS_NOT_RECEIVED_AGAIN": _lt(
        "They say once more that these never arrived: %(names)s. They went again before, "
        "so the days go on: send them another way, or call."
    ),
    "CALLBACK_STANDS": _lt(
        "The call that the customer asked for before, after showing who they are, stands "
        "as it is."
    ),
    "SAYS_NOT_THEM": _lt(
        "Who reads at %(value)s is not the customer: stopped in all companies."
    ),
    "SAYS_NOT_THERE": _lt("Who reads there is not the customer."),
    "WISHES_CALL": _lt(
        "They wish a call on %(on)s between %(start)s and %(end)s (%(number)s)."
    ),
    "WISHES_CALL_SOMETIME": _lt(
        "They wish a call (%(number)s), but none is permitted: decide how to answer."
    ),
    "NOT_PROVED": _lt("They did not prove who they are: ask before you say anything."),
    # contact rules, by the part after the point of their id
    "WIN_HOLIDAY": _lt("A holiday there (%(rule)s)."),
    "WIN_WEEKDAY": _lt("No contacts on that day of the week (%(rule)s)."),
    "WIN_HOURS": _lt("Outside the contact hours (%(rule)s)."),
    "LIM_DAY": _lt("The contacts of that day are used up (%(rule)s)."),
    "LIM_WEEK": _lt("The contacts of that week are used up (%(rule)s)."),
    "LIM_GAP": _lt("Too soon after the last contact (%(rule)s)."),
    "LIM_COOLDOWN": _lt("They were talked to a short time ago (%(rule)s)."),
    "LIM_ROLLING": _lt("The contacts of these days are used up (%(rule)s)."),
    "LIM_CHANNEL_EXCLUSIVE": _lt(
        "They were reached by another channel that week (%(rule)s)."
    ),
    "LIM_REDIAL": _lt("The line was busy, it was redialled enough today (%(rule)s)."),
    "LIM_GRACE": _lt("Too soon after the due date for a first contact (%(rule)s)."),
    "BLK_CEASE": _lt("They asked in writing not to be contacted (%(rule)s)."),
    "BLK_ATTORNEY": _lt("Only their attorney may be contacted (%(rule)s)."),
    "BLK_DISPUTE": _lt("They complain, and it is not settled (%(rule)s)."),
    "BLK_THIRD_PARTY": _lt(
        "This person is not the customer and may not learn of it (%(rule)s)."
    ),
    "BLK_WORKPLACE": _lt("No contacts at their place of work (%(rule)s)."),
    "BLK_VISIT": _lt("Visits are not permitted there (%(rule)s)."),
    "BLK_OPT_OUT": _lt("They refused this channel (%(rule)s)."),
    "BLK_CHANNEL_NOT_AUTHORISED": _lt(
        "They did not authorise this channel (%(rule)s)."
    ),
    "BLK_DECEASED": _lt("The customer is deceased (%(rule)s)."),
    "BLK_INSOLVENCY": _lt("The customer is insolvent: file the claim (%(rule)s)."),
    "BLK_OVER_INDEBTED": _lt(
        "The customer renegotiates all debts in court (%(rule)s)."
    ),
    "BLK_PAID_CLAIM": _lt("They say it is paid: wait for the bank (%(rule)s)."),
    "NO_RULES": _lt("No contact rules are known for this customer."),
    "BLK": _lt("Not permitted (%(rule)s)."),
    "LIM": _lt("Too many contacts (%(rule)s)."),
}

#: The same reasons in the words of the days before the due date.
BEFORE_DUE = {
    "STAGE_REACHED": "COURTESY_REACHED",
    "WAITS_FOR_TRIGGER": "WAITS_FOR_COURTESY",
}
#: What a text can lack.
DATA_TEXTS = {
    "creditor": _lt("name of the company"),
    "address": _lt("address of the company"),
    "tax_id": _lt("tax id of the company"),
    "invoice": _lt("invoice number"),
    "due": _lt("due date"),
    "amount": _lt("open amount"),
    "link": _lt("link to the invoices"),
}
UNIT_TEXTS = {"calendar": _lt("days"), "business": _lt("business days")}


class CollectionReason(models.AbstractModel):
    """Turns stored reasons (code and arguments) into a sentence in the reader's language.

    A reason is stored as ``{"code": "STAGE_REACHED", "args": {"level": "firm", …}}``:
    dates as ISO text, never a finished sentence."""

    _name = "collection.reason"
    _description = "Explanations of decisions"

    @api.model
    def _store(self, reason, **extra):
        """The storable form of a `rules.decision.Reason`."""
        args = {
            key: value.isoformat() if hasattr(value, "isoformat") else value
            for key, value in (*reason.args, *extra.items())
        }
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
        if args.get("level") == "pre_due" and args.get("days", 0) < 0:
            code = BEFORE_DUE.get(code, code)
            args["days"] = -args["days"]
        rule = code.rpartition(".")[2]
        text = TEXTS.get(code) or TEXTS.get(rule) or TEXTS.get(rule.partition("_")[0])
        if text is None:
            return code
        sentence = text._translate(self.env.lang or "en_US")
        sentence = sentence % self._readable(code, args)
        return sentence[:1].upper() + sentence[1:]

    def _readable(self, code, args):
        """Arguments as a person reads them: dates and levels in their language."""
        levels = dict(
            self.env["collection.stage"]
            ._fields["level"]
            ._description_selection(self.env)
        )
        holds = dict(
            self.env["collection.hold"]
            ._fields["reason"]
            ._description_selection(self.env)
        )
        readable = {"rule": args.pop("rules", code)}
        for key, value in args.items():
            if key in ("since", "on", "until", "date") and value:
                value = self.env["ir.qweb.field.date"].value_to_html(
                    fields.Date.to_date(value), {}
                )
            elif key == "amount" and args.get("currency"):
                currency = self.env["res.currency"].browse(args["currency"])
                value = currency.format(value)
            elif key == "reason":
                value = holds.get(value, value)
            elif key == "flag":
                value = self.env["collection.debtor"]._get_field_label(value)
            elif key == "level":
                value = levels.get(value, value)
            elif key == "unit":
                value = UNIT_TEXTS[value]._translate(self.env.lang or "en_US")
            elif key == "missing":
                lang = self.env.lang or "en_US"
                value = ", ".join(DATA_TEXTS[kind]._translate(lang) for kind in value)
            readable[key] = value
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
