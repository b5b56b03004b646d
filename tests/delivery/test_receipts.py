"""A receipt equals the request or nothing is published."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coachkit.delivery.receipts import Receipt, differences, parameters_hash, subject_hash

RECEIPT = Receipt("development_plan", "r1", subject_hash("M001"), "a" * 64, 10, parameters_hash(manager_id="M001"))


def test_equal_receipts_have_no_differences():
    assert differences(RECEIPT, RECEIPT.as_dict()) == []


@pytest.mark.case("P1")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("run_id", "r2"),
        ("subject", subject_hash("M002")),
        ("slice_sha256", "b" * 64),
        ("n_rows", 9),
        ("kind", "cohort"),
        ("parameters", parameters_hash(manager_id="M002")),
    ],
)
def test_each_field_must_agree(field, value):
    assert differences(RECEIPT, replace(RECEIPT, **{field: value}).as_dict()) == [field]


@pytest.mark.case("SEC-25")
def test_a_missing_receipt_is_a_difference():
    assert differences(RECEIPT, None) == ["the notebook emitted no receipt"]


def test_a_subject_hash_does_not_show_the_id():
    assert "M001" not in subject_hash("M001")
    assert subject_hash("M001") != subject_hash("M002")
