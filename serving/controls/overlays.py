"""Overlays: what is stricter (or, where the global minimum allows it, milder) for some clients or companies.

An overlay may raise a severity, tighten a threshold and add controls. It may lower a severity or switch a control off
only down to that control's ``minimum``, which for a hard stop is a hard stop. Where several overlays speak, the
strictest word of each counts.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from ledger.records.base import Id, Text
from serving.controls.control import (
    SEVERITIES,
    Control,
    ControlId,
    Frozen,
    Level,
    Minimum,
    Severity,
    ThresholdName,
    heaviest,
)

_WEIGHTS = list(Minimum)


class Setting(Frozen):
    """What an overlay makes of one control."""

    severity: Severity | None = Field(default=None, description="unset: as it is")
    enabled: bool = Field(default=True, description="false switches it off, where its minimum is none")
    thresholds: dict[ThresholdName, Level] = Field(default={}, description="tighter numbers")

    def weight(self, control: Control) -> Minimum:
        """How heavy the control is under this setting."""
        return Minimum((self.severity or control.severity).value) if self.enabled else Minimum.NONE


class Overlay(Frozen):
    """Settings and additional controls for some clients or companies."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{1,60}$")] = Field(description="stable name")
    reason: Text = Field(min_length=3, max_length=400, description="why it exists")
    client_ids: frozenset[Id] = Field(default=frozenset(), description="clients it covers")
    legal_entity_ids: frozenset[Id] = Field(default=frozenset(), description="companies of ours it covers")
    controls: dict[ControlId, Setting] = Field(default={}, description="control id → what becomes of it")
    additional: tuple[Control, ...] = Field(
        default=(), description="controls that only these clients or companies have"
    )

    def covers(self, client_id: str | None, legal_entity_id: str | None) -> bool:
        """Whether the overlay speaks of this invoice."""
        return client_id in self.client_ids or legal_entity_id in self.legal_entity_ids


def weaker_than_allowed(overlay: Overlay, controls: Sequence[Control]) -> str | None:
    """Why an overlay is refused, or ``None``."""
    if not overlay.client_ids and not overlay.legal_entity_ids:
        return "covers nobody: name client_ids or legal_entity_ids"
    known = {control.id: control for control in controls}
    for control_id, setting in overlay.controls.items():
        control = known.get(control_id)
        if control is None:
            return f"control {control_id}: there is no such control"
        complaint = _weakens(control, setting)
        if complaint:
            return f"control {control_id}: {complaint}"
    return None


def _weakens(control: Control, setting: Setting) -> str | None:
    if _WEIGHTS.index(setting.weight(control)) > _WEIGHTS.index(control.least):
        made = "off" if not setting.enabled else str(setting.severity)
        return f"may not become {made}: its global minimum is {control.least}"
    for name, value in setting.thresholds.items():
        threshold = control.thresholds.get(name)
        if threshold is None:
            return f"has no threshold {name!r}"
        if threshold.tightest(value) != value:
            return f"threshold {name}: {value:g} is looser than the global {threshold.value:g}"
    return None


def tightened(control: Control, settings: Sequence[Setting]) -> Control | None:
    """The control under all settings that speak of it, the strictest of each counting; ``None``: switched off.

    Holds the global minimum even against settings that were never checked.
    """
    if not settings:
        return control
    weight = min((setting.weight(control) for setting in settings), key=_WEIGHTS.index)
    held = min((weight, control.least), key=_WEIGHTS.index)
    if held is Minimum.NONE:
        return None
    thresholds = {
        name: limit.model_copy(
            update={"value": limit.tightest(*(s.thresholds[name] for s in settings if name in s.thresholds))}
        )
        for name, limit in control.thresholds.items()
    }
    return control.model_copy(update={"severity": Severity(held.value), "thresholds": thresholds})


def in_force(controls: Sequence[Control], overlays: Sequence[Overlay]) -> list[Control]:
    """The controls under overlays that all cover one invoice."""
    settled = [
        tightened(control, [overlay.controls[control.id] for overlay in overlays if control.id in overlay.controls])
        for control in controls
    ]
    return [control for control in settled if control is not None] + [
        control for overlay in overlays for control in overlay.additional
    ]


__all__ = ["SEVERITIES", "Overlay", "Setting", "heaviest", "in_force", "tightened", "weaker_than_allowed"]
