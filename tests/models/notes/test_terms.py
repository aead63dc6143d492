"""Terms weigh words and characters, round-trip through JSON, and arrays keep their bits in base64."""

import numpy as np
import orjson
import pytest

from models.notes.packed import pack, unpack
from models.notes.terms import MANY_TEXTS, Terms

TEXTS = ["Wrong rate billed", "La tarifa es más alta", "rate rate rate", "PO missing"]


def test_every_row_has_length_one_and_an_unknown_text_none() -> None:
    for weights in Terms.fit(TEXTS).transform([*TEXTS, "漢字"]):
        lengths = np.sqrt(weights.multiply(weights).sum(axis=1))
        np.testing.assert_allclose(np.asarray(lengths).ravel(), [1, 1, 1, 1, 0])


def test_accents_and_case_make_no_difference() -> None:
    terms = Terms.fit(TEXTS)
    plain, accented = (
        terms.transform([text])[0].toarray() for text in ("la tarifa es mas alta", "LA TARIFA ES MÁS ALTA")
    )
    np.testing.assert_array_equal(plain, accented)


def test_with_many_texts_a_term_must_occur_twice() -> None:
    common = ["rate and hours"] * (MANY_TEXTS - 1)
    few, many = (Terms.fit([*texts, "hapax"]).transform(["hapax"])[0].nnz for texts in (common[:-1], common))
    assert (few, many) == (1, 0)


def test_a_round_trip_through_json_weighs_the_same() -> None:
    terms = Terms.fit(TEXTS)
    again = Terms.from_dict(orjson.loads(orjson.dumps(terms.to_dict())))
    for before, after in zip(terms.transform(TEXTS), again.transform(TEXTS), strict=True):
        np.testing.assert_array_equal(before.toarray(), after.toarray())


def test_texts_without_any_word_are_refused() -> None:
    with pytest.raises(ValueError, match="empty vocabulary"):
        Terms.fit(["???", "!"])


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 4), (0, 5)])
def test_packed_arrays_keep_shape_and_bits(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    again = unpack(orjson.loads(orjson.dumps(pack(array))))
    assert again.dtype == np.float32
    np.testing.assert_array_equal(again, array)


def test_bytes_that_do_not_fill_their_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="reshape"):
        unpack({**pack(np.zeros(4, dtype=np.float32)), "shape": [5]})
