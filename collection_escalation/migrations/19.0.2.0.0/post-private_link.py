"""The team reads messages without the token of their link: whoever has it answers as the
customer. Those kept before had it."""

MASK = "·····"


def migrate(cr, version):
    cr.execute(
        """
        UPDATE mail_message message
           SET body = replace(message.body, contact.access_token, %s)
          FROM collection_contact contact
         WHERE contact.message_id = message.id
           AND contact.direction = 'out'
           AND contact.access_token > ''
           AND strpos(message.body, contact.access_token) > 0
        """,
        (MASK,),
    )
    cr.execute(
        """
        UPDATE collection_contact
           SET sent_text = replace(sent_text, access_token, %s)
         WHERE channel = 'sms' AND access_token > ''
           AND strpos(sent_text, access_token) > 0
        """,
        (MASK,),
    )
