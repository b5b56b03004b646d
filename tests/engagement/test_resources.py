"""Templates, notebooks and samples are found by plain names, in a checkout or a wheel, and nowhere else."""

from pathlib import Path

import pytest

import coachkit
from coachkit.engagement import resources
from coachkit.engagement.resources import find_resource, list_templates, notebook_path, template_path
from coachkit.errors import UnknownNameError


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A package as a wheel would install it, with its data under _data."""
    package = tmp_path / "site" / "coachkit"
    for folder in ("templates/sessions", "notebooks", "samples/alderbrook"):
        (package / "_data" / folder).mkdir(parents=True)
    (package / "_data/templates/sessions/mentoring.yaml").write_text("id: x\n", "utf-8")
    (package / "_data/notebooks/development_plan.ipynb").write_text("{}", "utf-8")
    (tmp_path / "site" / "secret.yaml").write_text("id: secret\n", "utf-8")
    monkeypatch.setattr(coachkit, "__file__", str(package / "__init__.py"))
    return package / "_data"


def test_checkout_is_used_when_the_package_holds_no_data():
    path = template_path("instruments", "manager_transition", "instrument.yaml")
    assert path.is_file()
    assert path == template_path("instruments/manager_transition/instrument.yaml")
    assert path.is_relative_to(Path(coachkit.__file__).parents[2])


def test_wheel_data_are_used_when_the_package_holds_them(wheel):
    assert template_path("sessions", "mentoring.yaml") == wheel / "templates/sessions/mentoring.yaml"
    assert notebook_path("development_plan") == wheel / "notebooks/development_plan.ipynb"
    assert notebook_path("development_plan.ipynb") == notebook_path("development_plan")
    assert resources.sample_engagement() == wheel / "samples/alderbrook"


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../secret.yaml",
        "sessions/../../../secret.yaml",
        "/etc/passwd",
        "C:/Windows",
        "c:secret",
        "..\\secret.yaml",
        "\\\\server\\share",
        "",
        "a\0b",
    ],
)
def test_names_that_leave_the_folder_are_refused(wheel, name):
    with pytest.raises(UnknownNameError, match="leaves its folder"):
        find_resource("templates", name)


def test_a_link_out_of_the_folder_is_refused(wheel):
    link = wheel / "templates" / "borrowed.yaml"
    try:
        link.symlink_to(wheel.parent.parent / "secret.yaml")
    except OSError:
        pytest.skip("this account may not make symbolic links")
    with pytest.raises(UnknownNameError, match="through a link"):
        template_path("borrowed.yaml")


def test_missing_names_come_with_the_nearest(wheel):
    with pytest.raises(UnknownNameError, match=r"unknown template 'mentorin\.yaml'.*mentoring\.yaml"):
        template_path("sessions", "mentorin.yaml")
    with pytest.raises(UnknownNameError, match=r"unknown template 'mentorin\.yaml'.*mentoring\.yaml"):
        template_path("sessions/mentorin.yaml")
    with pytest.raises(UnknownNameError, match=r"unknown notebook 'nothing\.ipynb'"):
        notebook_path("nothing")


def test_unknown_kinds_are_refused():
    with pytest.raises(UnknownNameError, match=r"unknown kind of resource 'template'.*'templates'"):
        find_resource("template", "sessions")
    with pytest.raises(UnknownNameError, match="unknown kind of resource ''"):
        find_resource()


def test_templates_of_a_folder_are_listed_by_name():
    names = [path.name for path in list_templates("sessions")]
    assert names == sorted(names)
    assert "mentoring.yaml" in names
