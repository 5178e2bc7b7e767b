"""docs/python.md is a notebook: its blocks run from top to bottom and what they assert holds."""

import re

import pytest
from conftest import ROOT

PAGE = ROOT / "docs/python.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks():
    text = PAGE.read_text()
    for found in BLOCK.finditer(text):
        # Lines in tracebacks are the page's own.
        line = text.count("\n", 0, found.start(1))
        yield "\n" * line + found.group(1)


def test_every_block_of_the_page_runs(monkeypatch):
    for name in ["polars", "pandas", "daft"]:
        pytest.importorskip(name)
    monkeypatch.chdir(ROOT)
    names = {"__name__": "page"}
    count = 0
    for block in blocks():
        exec(compile(block, str(PAGE), "exec"), names)
        count += 1
    assert count > 10
