"""The release store keeps fingerprints, privately, for each wave."""

from __future__ import annotations

import stat

import pytest

from coachkit.core.confidentiality import Snapshot
from coachkit.delivery.releases import ReleaseStore

SNAPSHOT = Snapshot("M1", "w1", {"IMP": {"peer": ("a:1", "b:2", "c:3")}}, ("a", "b", "c"), {"IMP": {"others": 3.25}})


@pytest.mark.case("PRIV-04")
def test_what_was_saved_is_loaded_again(tmp_path):
    store = ReleaseStore(tmp_path)
    store.ensure_key()
    key = store.key()
    store.save("w1", {"M1": SNAPSHOT})
    assert ReleaseStore(tmp_path).load("w1") == {"M1": SNAPSHOT}
    assert ReleaseStore(tmp_path).key() == key
    assert ReleaseStore(tmp_path).load("w2") == {}


def test_saving_one_manager_keeps_the_others(tmp_path):
    store = ReleaseStore(tmp_path)
    store.save("w1", {"M1": SNAPSHOT})
    store.save("w1", {"M2": Snapshot("M2", "w1", {}, ())})
    assert set(store.load("w1")) == {"M1", "M2"}


def test_the_key_is_drawn_once_and_kept(tmp_path):
    store = ReleaseStore(tmp_path)
    store.ensure_key()
    first = store.key()
    store.ensure_key()
    assert (len(first), store.key()) == (64, first)


def test_reading_writes_nothing(tmp_path):
    store = ReleaseStore(tmp_path)
    assert store.load("w1") == {}
    assert len(store.key()) == 64
    assert list(tmp_path.iterdir()) == []


@pytest.mark.case("SEC-43")
def test_fingerprints_and_key_are_private(tmp_path):
    ReleaseStore(tmp_path).ensure_key()
    ReleaseStore(tmp_path).save("w1", {"M1": SNAPSHOT})
    assert len(list((tmp_path / "releases").iterdir())) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "releases").iterdir()} == {0o600}
