"""Contact rules in plain words: what a clerk reads instead of a row of figures."""

from odoo import api, fields, models


class CollectionContactRuleset(models.Model):
    _inherit = "collection.contact.ruleset"

    summary = fields.Text(string="In words", compute="_compute_summary")

    @api.depends(
        "line_ids.summary",
        "country_id",
        "state_ids",
        "party_scope",
        "respects_holidays",
        "optional_holidays",
        "debtor_may_widen",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for ruleset in self:
            ruleset.summary = ruleset._get_summary()

    def _get_summary(self):
        """The whole set, a sentence a line, in the reader's language."""
        self.ensure_one()
        return "\n".join(
            [*self._get_head_sentences(), *self.line_ids.mapped("summary")]
        )

    def _get_head_sentences(self):
        labels = {name: self._label(name) for name in ("party_scope", "nature")}
        place = self.country_id.name or self.env._("where a company chooses them")
        if self.state_ids:
            place = f"{place} ({', '.join(self.state_ids.mapped('name'))})"
        yield self.env._(
            "%(protects)s: %(place)s. %(nature)s.",
            protects=labels["party_scope"],
            place=place,
            nature=labels["nature"],
        )
        if self.respects_holidays and self.optional_holidays:
            yield self.env._("Closed on public holidays and on optional days.")
        elif self.respects_holidays:
            yield self.env._("Closed on public holidays.")
        if not self.debtor_may_widen:
            yield self.env._("The customer cannot agree to more hours.")

    def _label(self, name):
        return dict(self._fields[name]._description_selection(self.env))[self[name]]


class CollectionContactRulesetLine(models.Model):
    _inherit = "collection.contact.ruleset.line"

    summary = fields.Char(string="In words", compute="_compute_summary")

    @api.depends(
        "kind",
        "channel",
        "weekday_from",
        "weekday_to",
        "hour_from",
        "hour_to",
        "max_count",
        "period",
        "days",
        "unit",
        "basis",
        "scope",
        "excludes_busy",
        "first_day_counts",
        "block",
        "barred",
        "if_prohibited",
        "concerns",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for line in self:
            sentence = getattr(line, f"_say_{line.kind}", None)
            summary = sentence and self.env._(
                "%(channels)s: %(rule)s",
                channels=line._label("channel"),
                rule=sentence(),
            )
            if summary and line.concerns:
                summary = self.env._(
                    "%(rule)s; concerns %(what)s",
                    rule=summary,
                    what=line._label("concerns"),
                )
            line.summary = summary

    def _say_window(self):
        hours = f"{_clock(self.hour_from)}-{_clock(self.hour_to)}"
        first, last = self._label("weekday_from"), self._label("weekday_to")
        if self.weekday_from == self.weekday_to:
            return self.env._("%(day)s %(hours)s", day=first, hours=hours)
        if (int(self.weekday_to) + 1) % 7 == int(self.weekday_from or 0):
            return self.env._("every day %(hours)s", hours=hours)
        return self.env._(
            "%(first)s to %(last)s %(hours)s", first=first, last=last, hours=hours
        )

    def _say_count(self):
        if self.period == "rolling":
            text = self.env._(
                "at most %(count)s in any %(days)s days (%(what)s)",
                count=self.max_count,
                what=self._label("basis"),
                days=self.days,
            )
        else:
            text = self.env._(
                "at most %(count)s %(period)s (%(what)s)",
                count=self.max_count,
                what=self._label("basis"),
                period=self._label("period"),
            )
        if self.excludes_busy:
            text = self.env._("%s; a busy line does not count", text)
        return self._per_invoice(text)

    def _say_redial(self):
        return self.env._(
            "a busy line may be redialled %s times a day; neither these rules nor a "
            "prudent custom count it, the law does",
            self.max_count,
        )

    def _say_gap(self):
        return self._per_invoice(
            self.env._(
                "at least %(days)s days from one to the next (%(what)s)",
                days=self.days,
                what=self._label("basis"),
            )
        )

    def _say_cooldown(self):
        if self.first_day_counts:
            text = self.env._(
                "none for %s days after a conversation, its day included", self.days
            )
        else:
            text = self.env._(
                "none for %s days after the day of a conversation", self.days
            )
        return self._per_invoice(text)

    def _say_exclusive(self):
        return self._per_invoice(
            self.env._(
                "only one of them in a calendar week (%(what)s)",
                what=self._label("basis"),
            )
        )

    def _per_invoice(self, text):
        return (
            self.env._("%s, for each invoice", text) if self.scope == "debt" else text
        )

    def _say_block(self):
        if self.block == "third_party":
            return self.env._("never to: %(people)s", people=self._label("barred"))
        if self.block == "workplace" and self.if_prohibited:
            return self.env._("never at work, if the employer forbids it")
        if self.block == "paid_claim":
            return self.env._(
                "not for %(days)s days (%(unit)s) after “I have paid”",
                days=self.days,
                unit=self._label("unit"),
            )
        return {
            "workplace": self.env._("never at work"),
            "visit": self.env._("no visits"),
            "dispute": self.env._("nothing while a complaint is open"),
            "channel_not_authorised": self.env._(
                "only the channels that the customer allowed, once they are recorded"
            ),
        }.get(self.block, "")

    def _say_grace(self):
        return self.env._(
            "the first one not before day %(days)s (%(unit)s) after the due date",
            days=self.days,
            unit=self._label("unit"),
        )

    def _label(self, name):
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")


def _clock(hours):
    """8.5 → 08:30."""
    minutes = round(hours * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
