"""One round of planning: find whom to address, find a moment, else go to the step's other
channel, else to a person. The flow stands here once: the planner lives it with contacts of
the database, the dry run with contacts in memory. Each says what the verbs do."""

from ...rules.decision import Reason


class PlanningRound:
    """``entries``: what the one who lives the round keeps of contacts."""

    def __init__(self, env):
        self.env = env

    # -- what it means to whoever lives it -----------------------------------------------

    def get_contact(self, entry):
        raise NotImplementedError

    def find_addresses(self, entries):
        """:return: {entry: `Reason`} of those that cannot be reached by their channel"""
        raise NotImplementedError

    def find_moments(self, entries):
        """Reserve a moment for each, in their order.

        :return: {entry: Decision} of those for which there is none"""
        raise NotImplementedError

    def fall_back(self, entries, reason):
        """Their steps go to the other channel where they have one; the others are given
        up.

        :return: the entries in their place that can be reached"""
        raise NotImplementedError

    def give_up(self, refused):
        """Nobody can make them.

        :param refused: as `find_moments` returns it"""
        raise NotImplementedError

    # -- the flow ------------------------------------------------------------------------

    def run(self, entries):
        """:return: the entries that have a moment now"""
        reached = self._sort(self.reach(entries))
        refused = self.find_moments(reached)
        others = {e for e in refused if self._is_channel_to_blame(e, refused[e])}
        self.give_up({e: refused[e] for e in refused if e not in others})
        others = [e for e in refused if e in others]
        instead = self._sort(self.fall_back(others, Reason.of("CHANNEL_REFUSED")))
        refused_again = self.find_moments(instead)
        self.give_up(refused_again)
        return [
            *(e for e in reached if e not in refused),
            *(e for e in instead if e not in refused_again),
        ]

    def reach(self, entries):
        """Those with an address, and those planned instead of the others."""
        missing = self.find_addresses(entries)
        alike = {}
        for entry, reason in missing.items():
            alike.setdefault(reason, []).append(entry)
        reached = [entry for entry in entries if entry not in missing]
        for reason, unreached in alike.items():
            reached += self.fall_back(unreached, reason)
        return reached

    def _is_channel_to_blame(self, entry, decision):
        return self.get_contact(entry)._is_channel_to_blame(decision)

    def _sort(self, entries):
        """Of those that want the same day, which finds its moment first."""
        turns = self.env["collection.channel"]._get_planning_order()
        return sorted(
            entries, key=lambda e: self.get_contact(e)._get_planning_rank(turns)
        )
