"""*Send message* below an invoice or customer: there is no place to say why, so doubtful
words are sent on to the full editor."""

from odoo.exceptions import UserError

from odoo.addons.mail.controllers.thread import ThreadController


class CollectionThreadController(ThreadController):
    def _prepare_message_data(self, post_data, *, thread, **kwargs):
        data = super()._prepare_message_data(post_data, thread=thread, **kwargs)
        is_note = data.get("subtype_xmlid") != "mail.mt_comment"
        if kwargs.get("from_create") and not is_note and not self.env.user.share:
            debtors_sudo = self.env["collection.debtor"]._find_behind_sudo(thread)
            words = debtors_sudo and debtors_sudo._describe_doubtful_words(
                [(data.get("body"), False)], "email"
            )
            if words:
                raise UserError(
                    self.env._(
                        "Doubtful words: %s. Write it another way, or open the full "
                        "editor and say why these words are right.",
                        words,
                    )
                )
        return data
