from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.run_state import RunState, check_run_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.run_out_routes import RunOutRoutes


T = TypeVar("T", bound="RunOut")


@_attrs_define
class RunOut:
    """A billing run and how far it is."""

    anomalies: int | None
    """ invoices flagged as anomalies; null until the run is finished """
    as_of: datetime.datetime
    """ scoring moment of every invoice """
    because: str | None
    """ why it failed """
    created_at: datetime.datetime
    """ when it was asked for """
    done: int
    """ invoices looked at so far; never goes back """
    ended_at: datetime.datetime | None
    """ when it was finished, cancelled or failed """
    false_discovery_rate: float
    """ tolerated share of false alarms among the flagged anomalies """
    first_unknown: list[str]
    """ the first hundred of them """
    per_second: float | None
    """ invoices per second since it started """
    routes: RunOutRoutes
    """ route → invoices scored so far """
    run_id: str
    """ id """
    seconds_left: float | None
    """ at that rate; null unless it is running """
    started_at: datetime.datetime | None
    """ when a worker took it up """
    state: RunState
    """ Where a run stands. """
    total: int
    """ invoices asked for, each counted once """
    unknown: int
    """ ids that the ledger did not know at the moment """
    object_: Literal["run"] | Unset = "run"
    """ what this is """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        anomalies: int | None
        anomalies = self.anomalies

        as_of = self.as_of.isoformat()

        because: str | None
        because = self.because

        created_at = self.created_at.isoformat()

        done = self.done

        ended_at: str | None
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        false_discovery_rate = self.false_discovery_rate

        first_unknown = self.first_unknown

        per_second: float | None
        per_second = self.per_second

        routes = self.routes.to_dict()

        run_id = self.run_id

        seconds_left: float | None
        seconds_left = self.seconds_left

        started_at: str | None
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        state: str = self.state

        total = self.total

        unknown = self.unknown

        object_ = self.object_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "anomalies": anomalies,
                "as_of": as_of,
                "because": because,
                "created_at": created_at,
                "done": done,
                "ended_at": ended_at,
                "false_discovery_rate": false_discovery_rate,
                "first_unknown": first_unknown,
                "per_second": per_second,
                "routes": routes,
                "run_id": run_id,
                "seconds_left": seconds_left,
                "started_at": started_at,
                "state": state,
                "total": total,
                "unknown": unknown,
            }
        )
        if object_ is not UNSET:
            field_dict["object"] = object_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.run_out_routes import RunOutRoutes

        d = dict(src_dict)

        def _parse_anomalies(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        anomalies = _parse_anomalies(d.pop("anomalies"))

        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        def _parse_because(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        because = _parse_because(d.pop("because"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        done = d.pop("done")

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        false_discovery_rate = d.pop("false_discovery_rate")

        first_unknown = cast("list[str]", d.pop("first_unknown"))

        def _parse_per_second(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        per_second = _parse_per_second(d.pop("per_second"))

        routes = RunOutRoutes.from_dict(d.pop("routes"))

        run_id = d.pop("run_id")

        def _parse_seconds_left(data: object) -> float | None:
            if data is None:
                return data
            return cast("float | None", data)

        seconds_left = _parse_seconds_left(d.pop("seconds_left"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        started_at = _parse_started_at(d.pop("started_at"))

        state = check_run_state(d.pop("state"))

        total = d.pop("total")

        unknown = d.pop("unknown")

        object_ = cast("Literal['run'] | Unset", d.pop("object", UNSET))
        if object_ != "run" and not isinstance(object_, Unset):
            raise ValueError(f"object must match const 'run', got '{object_}'")

        run_out = cls(
            anomalies=anomalies,
            as_of=as_of,
            because=because,
            created_at=created_at,
            done=done,
            ended_at=ended_at,
            false_discovery_rate=false_discovery_rate,
            first_unknown=first_unknown,
            per_second=per_second,
            routes=routes,
            run_id=run_id,
            seconds_left=seconds_left,
            started_at=started_at,
            state=state,
            total=total,
            unknown=unknown,
            object_=object_,
        )

        run_out.additional_properties = d
        return run_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
