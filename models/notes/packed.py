"""Arrays in JSON: little-endian float32, base64; a third of the size of printed numbers, and the same bits."""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

Packed = NDArray[np.float32]


def pack(array: Packed) -> dict[str, Any]:
    """An array of ``float32`` as JSON values: its shape and its bytes."""
    plain = np.ascontiguousarray(array, dtype="<f4")
    return {"shape": list(plain.shape), "float32": base64.b64encode(plain.tobytes()).decode("ascii")}


def unpack(state: dict[str, Any]) -> Packed:
    """The array whose ``pack`` gave ``state``.

    Raises ``ValueError`` when bytes and shape do not agree.
    """
    flat = np.frombuffer(base64.b64decode(state["float32"]), dtype="<f4").astype(np.float32)
    array: Packed = flat.reshape(state["shape"])
    return array
