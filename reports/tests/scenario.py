"""The acceptance month as its four workbooks bring it in, and what the tables must then show."""

import json
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

WORKBOOKS = Path(settings.BASE_DIR) / "inspections" / "tests" / "data"
EXPECTED = Path(__file__).parent / "data" / "expected.json"
KINDS = ("enterprises", "hazards", "visits", "actions")


def load():
    """The official data and the four workbooks into an empty database."""
    call_command("load_official", stdout=StringIO())
    for kind in KINDS:
        campaign = {} if kind == "enterprises" else {"campaign": "trade-2023"}
        call_command("import_rows", kind, str(WORKBOOKS / f"{kind}.xlsx"), stdout=StringIO(), **campaign)


def expected():
    """campaign → period → "window/cut-off" → row → figure → value; 0 stands for 无台账数据 too."""
    return json.loads(EXPECTED.read_text(encoding="utf-8"))
