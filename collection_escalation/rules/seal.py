"""The seal of a message: what shows that it is still what left.

Rule. The seal is the SHA-256 of all that makes the message what it is, each part under its
name, in an order of its own. Whoever changes one sign of one part gets another seal; who
knows the seal cannot make another message that has it.

Source. Design invariant 9: made contacts, and the messages and files they point to, cannot
be changed; the log shows that they were not.

Worked example: the order of the parts does not matter, an absent part is an empty one.

>>> seal({"subject": "Your account", "to": ["ana@example.com"]})[:16]
'00f80b89547fbb5f'
>>> seal({"a": 1, "b": None}) == seal({"b": False, "a": 1}) == seal({"a": 1, "b": ""})
True
>>> seal({"a": "1"}) == seal({"a": "2"})
False
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def seal(parts: Mapping[str, object]) -> str:
    """64 hexadecimal digits; ``parts`` are texts, numbers, dates, and lists of them."""
    text = json.dumps(
        {name: value or "" for name, value in parts.items()},
        sort_keys=True,
        default=str,
    )
    return hashlib.sha256(text.encode()).hexdigest()
