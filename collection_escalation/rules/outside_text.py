"""Text from outside: what servers, providers and readers send, before it is kept.

Rule. Of a text from outside only what can be stored and read stays: no NUL (PostgreSQL
takes none), no other control signs but tabs and line ends, no halves of signs (lone
surrogates, which mail programs leave behind). It is cut at a length. What becomes a header
of an e-mail (a name, a subject, an address) is one line: whatever a program may take for a
line end becomes a blank, so that nobody adds a header or a recipient by a name.

Source. RFC 5322 2.2 (a header ends with its line); Unicode line ends as `str.splitlines`
knows them.

Worked example.

>>> clean_text("550 no\\x00 such\\r\\nuser \\udcff")
'550 no such\\nuser'
>>> clean_text(b"mailbox full \\xff", 9)
'mailbox f'
>>> clean_header("Ana\\r\\nBcc: x@example.com\\u2028\\tSilva")
'Ana Bcc: x@example.com Silva'
>>> clean_text(None), clean_header(False)
('', '')
"""

from __future__ import annotations

import re

#: Longer texts of machines help nobody.
LONGEST = 10_000
#: Control signs but tab and line feed, and lone surrogates.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def clean_text(text: str | bytes | None, length: int = LONGEST) -> str:
    """What can be stored of ``text``, at most ``length`` signs of it."""
    if isinstance(text, bytes):
        text = text.decode(errors="replace").replace("\ufffd", "")
    if not isinstance(text, str):
        return ""
    text = _UNSTORABLE.sub("", _LINE_END.sub("\n", text))
    return text.strip()[:length].rstrip()


def storable(text: str) -> str:
    """``text`` as it is, without what no database takes.

    >>> storable("one \\x00 two\\r\\n\\ud800")
    'one  two\\r\\n'
    """
    return re.sub("[\x00\ud800-\udfff]", "", text)


def clean_header(text: str | bytes | None, length: int = 998) -> str:
    """The same in one line, with single blanks."""
    return " ".join(clean_text(text).split())[:length].rstrip()
