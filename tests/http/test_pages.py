"""The phone page over HTTP: its files, their headers, and who gets them."""

from __future__ import annotations

import gzip
import subprocess
import sys

import pytest

from mock_server.http import pages
from mock_server.settings import ServerSettings
from tests.http.shapes import problem
from tests.stage.play import Play

pytestmark = pytest.mark.anyio

PAGE = "/_sandbox/phone"
CONTROL = "control-token-of-the-test"


async def test_the_front_door_leads_to_the_page(play: Play) -> None:
    """`/` leads to the phone."""
    answer = await play.http.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, PAGE)


@pytest.mark.parametrize("path", [PAGE, PAGE + "/"])
async def test_the_page(play: Play, path: str) -> None:
    """It is HTML that may load from nowhere else and stand in no frame."""
    answer = await play.http.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"].split("; ")
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.text.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("main.js", "text/javascript; charset=utf-8"),
        ("base.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
async def test_its_files(play: Play, name: str, kind: str) -> None:
    """Each with its type and the same headers."""
    answer = await play.http.get(f"{PAGE}/{name}")
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == (pages.FOLDER / name).read_bytes()


async def test_a_file_that_did_not_change_is_not_sent_again(play: Play) -> None:
    """A browser asks each time (`no-cache`), and with the tag it has gets 304 without a body."""
    first = await play.http.get(f"{PAGE}/main.js")
    assert first.headers["cache-control"] == "no-cache"
    second = await play.http.get(f"{PAGE}/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.content) == (304, b"")


async def test_files_are_squeezed_for_those_who_can_read_that(play: Play) -> None:
    """Gzip where it is accepted; else plain."""
    async with play.http.stream("GET", f"{PAGE}/main.js", headers={"Accept-Encoding": "gzip"}) as answer:
        squeezed = b"".join([part async for part in answer.aiter_raw()])
    plain = await play.http.get(f"{PAGE}/main.js", headers={"Accept-Encoding": "identity"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(squeezed) == plain.content


@pytest.mark.parametrize(
    "name", ["nothing.js", "..%2fapp.py", "%2e%2e%2fhttp%2fapp.py", "pages.py", "%00", "main.js%00.css", "MAIN.JS"]
)
async def test_other_files_are_not_there(play: Play, name: str) -> None:
    """Only what lies in the folder, by its very name."""
    problem(await play.http.get(f"{PAGE}/{name}"), 404)


async def test_other_methods(play: Play) -> None:
    """The page takes nothing."""
    answer = await play.http.post(PAGE, json={})
    problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"


async def test_the_page_is_open_and_what_it_shows_is_not() -> None:
    """A browser cannot send the control token with an address: the files are open, and hold nothing of the sandbox."""
    async with Play(ServerSettings(control_token=CONTROL)) as play:
        assert (await play.http.get(PAGE)).status_code == 200
        assert (await play.http.get(f"{PAGE}/main.js")).status_code == 200
        assert (await play.http.get("/_sandbox/apps")).status_code == 401
        assert (await play.http.get("/_sandbox/phones")).status_code == 401


async def test_a_foreign_page_does_not_get_it(play: Play) -> None:
    """Neither another site's page nor another host name (E6)."""
    problem(await play.http.get(PAGE, headers={"Sec-Fetch-Site": "cross-site"}), 403)
    problem(await play.http.get(PAGE, headers={"Host": "evil.example"}), 403)


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """A start that nobody looks at costs nothing: a sandbox is made, and no file of the page has been opened."""
    program = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda name, given: opened.append(str(given[0])) if name == 'open' else None)\n"
        "from mock_server.http.app import Sandbox\n"
        "from mock_server.settings import ServerSettings\n"
        "Sandbox(ServerSettings())\n"
        "print([path for path in opened if '/mock_server/web' in path])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
