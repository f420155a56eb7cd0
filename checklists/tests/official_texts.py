"""The five notices as published, and the fixtures made from them, for tests that compare the two."""

import json
import re
from pathlib import Path

from django.conf import settings

NOTICES = {
    "weihai-miit-2022": "weihai-miit-2022-10",
    "gaoqing-miit-2022": "gaoqing-miit-2022-15",
    "weihai-safety-2022": "weihai-safety-committee-2022-65",
    "wendeng-2024-2026": "wendeng-miit-2024-2026",
    "mines-2023": "weihai-emergency-2023-12",
    "trade-2023": "weihai-emergency-2023-12",
}


def squeezed(text):
    """Without white space: lines of a printed page break anywhere."""
    return re.sub(r"\s+", "", text)


def notice(name):
    """The text of a notice, squeezed, without the page numbers of print (— 13 —) and the marks of extraction (**)."""
    text = (Path(__file__).parent / "official" / f"{name}.txt").read_text(encoding="utf-8")
    return re.sub(r"—\d+—|\*\*", "", squeezed(text))


def fixture(name, model=None):
    """The fields of a fixture's rows, of one model if it is named."""
    (folder,) = settings.FIXTURE_DIRS
    rows = json.loads((Path(folder) / f"{name}.json").read_text(encoding="utf-8"))
    return [row["fields"] for row in rows if model in (None, row["model"])]
