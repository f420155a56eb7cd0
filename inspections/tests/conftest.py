"""What every test of the imports by file has at hand."""

import pytest


@pytest.fixture
def given(tmp_path):
    """Writes a workbook and gives its path."""

    def write(content, name="检查.xlsx"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write
