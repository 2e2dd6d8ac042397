"""Ways to reach a customer. One file a channel: a new channel is one new file
``channel_<code>.py`` with a model that inherits `collection.channel`."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...rules.decision import Reason


def channel_selection(model):
    """For `fields.Selection`: (code, label) of the channels there are."""
    return model.env["collection.channel"]._get_selection()


class CollectionChannel(models.AbstractModel):
    """What planning, dispatch and people must know of a channel. The attributes and
    methods below are all there is to say about one."""

    _name = "collection.channel"
    _inherit = ["collection.registry"]
    _description = "Way to reach a customer"
    _registry = "collection.channel"

    #: What the contact rules call it (see `rules.contact_vocabulary.CHANNELS`).
    _rule_channel = ""
    #: What came of it when nobody said so, in the words of the contact rules.
    _usual_outcome = "sent"
    #: What a person may say came of it.
    _outcomes = ("sent",)
    #: Live talk (phone, visit): it needs somebody who makes it and says what came of it.
    _is_live = False
    #: On paper: it is printed and posted, and may come back.
    _on_paper = False
    #: On paper, and the post proves that it was received.
    _is_tracked = False
    #: Field of the step that says what is written; empty where its script is enough.
    _template_field = ""
    #: Field of the contact that holds its message in a queue of Odoo, if it has one.
    _queue_field = ""

    @api.model
    def _get_automatic_codes(self):
        """Channels whose messages the system sends; people do the others."""
        return [c._code for c in self._get_models() if c._is_automatic()]

    @api.model
    def _get_planning_order(self):
        """{code: turn} in which contacts that want the same day are planned: the slot of
        the day is kept free for a call or visit, a message takes the next one."""
        channels = sorted(
            self._get_models(), key=lambda c: (not c._is_live, c._sequence)
        )
        return {channel._code: turn for turn, channel in enumerate(channels)}

    @api.model
    def _get_handling(self, code):
        """Who makes contacts of the channel: ``automatic`` the system, ``live`` a person
        who talks, ``by_hand`` a person who sends something; False for no channel."""
        if not code:
            return False
        channel = self._get(code)
        if channel._is_automatic():
            return "automatic"
        return "live" if channel._is_live else "by_hand"

    # -- what a channel says of itself ---------------------------------------------------

    @api.model
    def _is_automatic(self):
        """Does the system send it? Otherwise it stays the task of a collector."""
        return False

    @api.model
    def _get_address(self, person):
        """Address or number of ``person`` (res.partner) for this channel.

        :return: (address or "", None or the `Reason` why there is none)"""
        return "", Reason.of("NO_ADDRESS")

    @api.model
    def _get_postal_address(self, person):
        address = " ".join(
            (person._display_address(without_company=True) or "").split()
        )
        return address, None if address else Reason.of("NO_ADDRESS")

    @api.model
    def _get_phone_number(self, person):
        """The number in international form (E.164), read by the country of the person."""
        if not person.phone:
            return "", Reason.of("NO_ADDRESS")
        number = person._phone_format(fname="phone", force_format="E164")
        return number or "", None if number else Reason.of(
            "BAD_NUMBER", value=person.phone
        )

    @api.model
    def _has_text(self, step):
        """Does ``step`` say what this channel writes?"""
        return not self._template_field or bool(step[self._template_field])

    @api.model
    def _is_on_marketing_blacklist(self, person):
        """Did ``person`` opt out of advertising by this channel? It need not concern
        collections: see `collection_contact_blacklist.py`."""
        return False

    @api.model
    def _get_evidence(self, contact):
        """What proves a contact that was made: list of texts for people. Of a message its
        internet id (RFC 5322), under which it is kept word by word."""
        message_sudo = contact.message_id.sudo()
        return [message_sudo.message_id] if message_sudo.message_id else []

    @api.model
    def _check_step(self, step):
        """:raise ValidationError: a step that uses this channel, first or instead of
        another, lacks what it needs"""
        if not self._has_text(step):
            raise ValidationError(
                self.env._(
                    "Stage “%(stage)s”: the step has no template for “%(channel)s”. "
                    "Choose what it says, or make it a call.",
                    stage=step.stage_id.name,
                    channel=self._get_label(),
                )
            )

    @api.model
    def _write_messages(self, contacts):
        """Write the messages of ``contacts`` (planned, locked, permitted now) and queue
        them; only for automatic channels."""
        raise NotImplementedError(self._name)

    @api.model
    def _send_queued(self):
        """Send what is queued through the last guard; only for automatic channels."""

    @api.model
    def _withdraw(self, contacts):
        """Cancel the messages of ``contacts`` that have not left; only for automatic
        channels that leave messages in a queue of Odoo."""

    @api.model
    def _settle(self, contacts):
        """The messages of ``contacts`` left: none of them waits in a queue of Odoo any
        more; only for automatic channels that keep their messages there."""

    @api.model
    def _get_cancelled_domain(self):
        """Domain of queued contacts whose message somebody cancelled or deleted; only
        for automatic channels that leave messages in a queue of Odoo."""
        return Domain.FALSE

    @api.model
    def _get_text(self, contact):
        """{"subject", "body_html"} as the customer would read it, or the words for the
        collector; for a person's eyes. A contact without a script of its own, because it
        takes the place of a message or is made by hand, has that of its stage."""
        alike = contact.stage_id.step_ids.filtered(lambda s: s.channel == self._code)
        scripts = (contact.step_id | alike).mapped("script")
        return {"subject": "", "body_html": next(filter(None, scripts), "")}

    @api.model
    def _keep_evidence(self, contact):
        """A person says that ``contact`` (as superuser) was sent: keep what was, before
        the contact cannot be changed any more."""

    @api.model
    def _get_action(self, contact):
        """What opens when a person begins the contact (a dialler, a chat, a printout):
        an action, or None."""
        return None
