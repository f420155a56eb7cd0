"""What the browser loads with every page: ours or from the lock file, small, and never kept secret."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse

FRAME_KB = 100  # of the 150 KB that the first page on a phone may weigh


def files():
    """Paths of the style sheets and scripts that document.html names."""
    return re.findall(r'(?:href|src)="/static/([^"]+)"', render_to_string("document.html"))


def test_every_file_of_the_frame_is_there():
    assert [name for name in files() if finders.find(name) is None] == []
    assert len(files()) == 7


def test_frame_is_light():
    sizes = {name: len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files()}

    assert sum(sizes.values()) <= FRAME_KB * 1000, sizes


def test_pages_and_files_travel_compressed(client, db):
    for path in [reverse("organizations:login"), "/static/bootstrap/css/bootstrap.min.css"]:
        response = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip", path
        response.close()


def test_pages_carry_the_policy_and_the_headers(client, db):
    response = client.get(reverse("organizations:login"))

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/media/", "/files/", "/static/../var/secret_key.txt", "/static/../config/settings.py"]
)
def test_private_files_have_no_public_address(client, db, path):
    assert client.get(path).status_code in {302, 404}
