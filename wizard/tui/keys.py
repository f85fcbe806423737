"""Keys one after the other: each goes to what has the focus once the keys before it have done what they do.

Textual hands a key to what has the focus when it arrives, but runs a binding only once the key has come up from there
to the application. Of keys that are typed ahead, the later ones would go to where the focus was.
"""

from asyncio import get_running_loop
from collections import deque

from textual.app import App, ReturnType
from textual.dom import DOMNode
from textual.events import Event, Key, Paste

_PATIENCE = 2.0
"""Seconds after which the next key goes on its way, whatever became of the one before."""


class KeysInTurn(App[ReturnType]):
    """An application that holds a key back until all that the one before has set off is done."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead: deque[Event] = deque()
        self._under_way = 0
        """The number of the key that is under way; 0 for none."""
        self._count = 0
        self._held = False
        self._at_once: tuple[str, ...] = ()

    @property
    def keys_are_done(self) -> bool:
        """Whether every key has done what it does."""
        return not self._under_way and not self._ahead

    def hold_keys(self, *but: str) -> None:
        """Keep what is typed until `release_keys`, but for these keys, which do at once what they do."""
        self._held, self._at_once = True, but

    def release_keys(self) -> None:
        """Hand on what was typed meanwhile."""
        self._held = False
        self.call_later(self._hand_on)

    async def on_event(self, event: Event) -> None:
        """Queue keys and what is pasted, the first time they come by."""
        at_once = self._held and isinstance(event, Key) and event.key in self._at_once
        if at_once or not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        else:
            self._ahead.append(event)
            await self._hand_on()

    async def _hand_on(self) -> None:
        if self._under_way or self._held or not self._ahead:
            return
        self._count += 1
        self._under_way = self._count
        get_running_loop().call_later(_PATIENCE, self._done, self._count)
        chain = self._chain()
        await super().on_event(self._ahead.popleft())
        self._wait_for(chain, self._count, waited=True)

    def _chain(self) -> list[DOMNode]:
        """From what has the focus up to the application: the way of a key, and of the messages that follow from it."""
        return list((self.focused or self.screen).ancestors_with_self)

    def _wait_for(self, chain: list[DOMNode], number: int, waited: bool) -> None:
        """Until each of the chain has done what was sent to it; once more where one of them had more to do."""
        while chain:
            node = chain.pop(0)
            if node.call_later(self._heard, node, chain, number, waited):
                return
        if waited and self._under_way == number:
            self._wait_for(self._chain(), number, waited=False)
        else:
            self._done(number)

    def _heard(self, node: DOMNode, chain: list[DOMNode], number: int, waited: bool) -> None:
        more = node.message_queue_size > 0 or node._pending_message is not None  # it has looked at the next one already
        self._wait_for(chain, number, waited or more)

    def _done(self, number: int) -> None:
        if self._under_way == number:
            self._under_way = 0
            self.call_later(self._hand_on)
