"""A yes or a no that can be explained.

Rule. Whoever is refused is told every reason, in a fixed order, and from when on
the answer changes. A refusal without a reason does not exist.

Source. Regulation sheet 3.7: ``decide() -> {allowed, reasons[], next_allowed|null,
version}``; the codes of several reasons are joined by ``+`` in the tables of cases.

>>> refusal = Decision.no(
...     Reason.of("CO.WIN_HOURS", zone="America/Bogota"), Reason.of("CO.LIM_DAY", cap=1)
... )
>>> bool(refusal), refusal.codes
(False, 'CO.WIN_HOURS+CO.LIM_DAY')
>>> refusal.reasons[1].arg("cap")
1
>>> bool(Decision.yes(version="CO@2026.1"))
True
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a stable code, and the figures a sentence about it needs."""

    code: str
    args: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, code: str, **args: object) -> Reason:
        return cls(code, tuple(args.items()))

    def because(self, *reasons: Reason) -> Reason:
        """The same with what lies behind it, which is said after it.

        >>> Reason.of("STAYS").because(Reason.of("CREDITS")).arg("because")[0].code
        'CREDITS'
        >>> Reason.of("STAYS").because() == Reason.of("STAYS")
        True
        """
        if not reasons:
            return self
        return Reason(self.code, (*self.args, ("because", reasons)))

    def arg(self, name: str, default: object = None) -> object:
        return dict(self.args).get(name, default)

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a rule, its reasons, and the version of the rules that gave it."""

    allowed: bool
    reasons: tuple[Reason, ...] = ()
    next_allowed: datetime | None = None
    version: str = ""

    @classmethod
    def yes(cls, version: str = "") -> Decision:
        return cls(True, version=version)

    @classmethod
    def no(
        cls,
        *reasons: Reason,
        next_allowed: datetime | None = None,
        version: str = "",
    ) -> Decision:
        if not reasons:
            raise ValueError("reasons: a refusal needs at least one; pass a Reason")
        return cls(False, tuple(reasons), next_allowed, version)

    @property
    def codes(self) -> str:
        return "+".join(reason.code for reason in self.reasons)

    def __bool__(self) -> bool:
        return self.allowed
