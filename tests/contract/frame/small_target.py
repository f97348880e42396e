"""Targets of the small integrator, and runs of a probe on one whose calls lead elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.contract.frame.kit import Run, a_kit, a_port, run_pytest


def target_of(folder: Path, more: str = "", actions: str = "", *, dialect: str = "gupshup") -> Path:
    port = a_port()
    program = Path(__file__).parent / "small_integrator.py"
    at = f"http://127.0.0.1:{port}"
    body = '{ to = "{wa_id}", number = "{phone_number_id}" }'
    file = folder / "target.toml"
    file.write_text(f"""
[integrator]
webhook_url = "{at}/webhooks"
start = ["{sys.executable}", "{program}", "{port}"]
dialect = "{dialect}"
settle = "50ms"
{more}
[integrator.env]
URL = "{{graph_url}}"
NUMBERS = "{{phone_number_id}} {{second_phone_number_id}}"
TOKENS = "{{app_token}} {{second_app_token}}"
SECRET = "{"s3cret" if more else ""}"
[actions.request_permission]
method = "POST"
url = "{at}/permissions"
json = {body}
[actions.call]
method = "POST"
url = "{at}/calls"
json = {body}
{actions}
[actions.permission]
method = "GET"
url = "{at}/permissions/{{wa_id}}"
state = "$.state"
states = {{ no_permission = ["reject"], permanent = ["accept"] }}
""")
    return file


def of_calls_at(folder: Path, place: str, probe: str, *arguments: str) -> Run:
    """Its action `call` goes to another place of the integrator's than `/calls`."""
    target = target_of(folder)
    target.write_text(target.read_text().replace("/calls", place))
    a_kit(folder, probe)
    return run_pytest(folder, *arguments, "--gupshup-target", str(target))
