"""Feature rows as frames: the matrix with its names, nothing added and nothing rounded."""

import numpy as np

from features.catalogue import FEATURE_NAMES
from tests.training.firm import dataset
from training.frames import example_rows, to_frame


def test_a_frame_is_the_matrix_with_its_names() -> None:
    matrix = dataset().matrix
    frame = to_frame(matrix)
    assert tuple(frame.columns) == tuple(FEATURE_NAMES)
    assert (frame.index.name, list(frame.index)) == ("invoice_id", matrix.invoice_ids.tolist())
    np.testing.assert_array_equal(frame.to_numpy(), matrix.values)


def test_an_example_is_the_newest_rows_and_names_no_invoice() -> None:
    example = example_rows(dataset(), rows=3)
    assert list(example.index) == [0, 1, 2]
    assert example.index.name is None
    np.testing.assert_array_equal(example.to_numpy(), dataset().matrix.values[-3:])
