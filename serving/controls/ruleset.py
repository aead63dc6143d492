"""All controls in force as one version, resolved per client and company, with the snoozes of the moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from serving.controls.checks import CompiledControl, compiled
from serving.controls.control import Control
from serving.controls.overlays import Overlay, in_force
from serving.controls.snooze import NO_SNOOZES, Snoozes


@dataclass(frozen=True)
class ControlSet:
    """One version of the controls, and what is snoozed.

    Attributes:
        version: ``controls-<number>-<digest>``; the digest covers every control and overlay.
        content: the document as data, kept so that an old score can be explained.
        snoozes: those a process knows of; whether one is in force depends on the scoring moment.
    """

    version: str
    content: dict[str, Any]
    base: tuple[Control, ...]
    overlays: tuple[Overlay, ...] = ()
    snoozes: Snoozes = NO_SNOOZES
    # Filled as invoices come: which overlays cover whom, and the controls under each combination of overlays.
    _combinations: dict[tuple[str | None, str | None], tuple[int, ...]] = field(default_factory=dict, compare=False)
    _resolved: dict[tuple[int, ...], tuple[CompiledControl, ...]] = field(default_factory=dict, compare=False)

    @property
    def controls(self) -> tuple[CompiledControl, ...]:
        """The controls where no overlay speaks, in the document's order."""
        return self._under(())

    def for_invoice(self, client_id: str | None, legal_entity_id: str | None) -> tuple[CompiledControl, ...]:
        """The controls of one client and company, in the document's order."""
        if not self.overlays:
            return self._under(())
        key = (client_id, legal_entity_id)
        places = self._combinations.get(key)
        if places is None:
            covering = (place for place, overlay in enumerate(self.overlays) if overlay.covers(*key))
            places = self._combinations[key] = tuple(covering)
        return self._under(places)

    def _under(self, places: tuple[int, ...]) -> tuple[CompiledControl, ...]:
        found = self._resolved.get(places)
        if found is None:
            chosen = [self.overlays[place] for place in places]
            found = tuple(compiled(control, place=self.version) for control in in_force(self.base, chosen))
            self._resolved[places] = found
        return found

    @property
    def key(self) -> str:
        """What a judgement made beforehand depends on: the version and every snooze known, with its end.

        It depends on the day of the scoring moment as well, since controls speak of today.
        """
        return f"{self.version}:{self.snoozes.digest}"

    def with_snoozes(self, snoozes: Snoozes) -> "ControlSet":
        """The same controls under other snoozes."""
        return replace(self, snoozes=snoozes)

    def named(self, control_id: str) -> Control | None:
        """A control by its id, an overlay's additional ones too."""
        everywhere: Sequence[Control] = [*self.base, *(c for overlay in self.overlays for c in overlay.additional)]
        return next((control for control in everywhere if control.id == control_id), None)
