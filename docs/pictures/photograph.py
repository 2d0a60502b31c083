# ruff: noqa: INP001  a script beside the pictures that it makes, no package
"""Run the first notebook in a real JupyterLab and photograph its cells: `make pictures` writes the pictures of docs/notebook.md again."""

from __future__ import annotations

import io
import json
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import sync_playwright

from tests.services.jupyterlab import KERNEL, ROOT, jupyterlab

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

PICTURES = Path(__file__).parent
WAIT = 180_000
"""Milliseconds: patience, on a machine that does other things, too."""
WIDTH = 1100
LARGEST = 150_000
"""Bytes of a picture."""
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
]

CELLS = {
    "profile": "%dataeng profile",
    "spec": "%%dataeng tickets",
    "fill": "%dataeng fill",
    "why": "%dataeng why",
    "check": "%dataeng check",
    "ddl": "%dataeng ddl",
    "dag": "%dataeng dag",
    "run": "loaded = %dataeng run",
    "rejects": "%dataeng rejects",
    "sql": "loaded.sql(",
}
"""The pictures of the first notebook, each by how its cell begins."""
DARK = ("profile", "dag", "run")
"""Those that are taken in the dark, too."""
WRONG = (
    "%load_ext dataeng_ai",
    """%%dataeng tickets --replace
version: 1
name: tickets
about: Ticket sales, every night.
source: {path: data/tickets.csv}
primaryKey: [ticket_id]""",
    "%dataeng run tickets",
)
"""A notebook with a mistake in its second cell; the third must not run."""
BEGUN = "%%dataeng sales\nversion: 1\nname: sales\nsource: {path: data/sales.csv}\nload: {mode: }"


def main() -> None:
    """Take every picture."""
    with TemporaryDirectory() as place, sync_playwright() as playwright:
        folder, home = Path(place) / "museum", Path(place) / "home"
        home.mkdir()
        shutil.copytree(ROOT / "examples/data", folder / "data")
        _notebook(folder / "first.ipynb", _sources(ROOT / "examples/01_first_spec.ipynb"))
        _notebook(folder / "wrong.ipynb", [("code", text) for text in WRONG])
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        with jupyterlab(folder, home) as address:
            # As high as the highest cell: what is beyond the window is not in its picture.
            page = browser.new_page(viewport={"width": WIDTH, "height": 2600})
            page.set_default_timeout(WAIT)
            _first(page, address)
            _wrong(page, address)
        browser.close()


def _first(page: Page, address: str) -> None:
    _open(page, f"{address}/doc/tree/first.ipynb")
    _run_all(page)
    cells = page.locator(".jp-Notebook .jp-CodeCell").all()
    for theme, ending, names in (("Light", "", CELLS), ("Dark", "_dark", DARK)):
        _do(page, "apputils:change-theme", {"theme": f"JupyterLab {theme}"})
        page.wait_for_timeout(2000)
        for name in names:
            [cell] = [cell for cell in cells if cell.locator(".cm-content").inner_text().startswith(CELLS[name])]
            _take(cell, f"{name}{ending}")
    _do(page, "apputils:change-theme", {"theme": "JupyterLab Light"})
    page.wait_for_timeout(2000)
    page.set_viewport_size({"width": WIDTH, "height": 820})
    page.locator(".jp-Notebook .jp-CodeCell").nth(1).evaluate("cell => cell.scrollIntoView()")
    page.wait_for_timeout(500)
    _keep(page.screenshot(), "notebook")


def _wrong(page: Page, address: str) -> None:
    _open(page, f"{address}/doc/tree/wrong.ipynb")
    _run_all(page, fails=True)
    _take(page.locator(".jp-Notebook .jp-WindowedPanel-viewport, .jp-Notebook").last, "failing")
    _do(page, "apputils:change-theme", {"theme": "JupyterLab Dark"})
    page.wait_for_timeout(2000)
    _take(page.locator(".jp-Notebook .jp-CodeCell").nth(1), "failing_dark")
    _do(page, "apputils:change-theme", {"theme": "JupyterLab Light"})
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(2)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(BEGUN)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Tab")
    page.wait_for_selector(".jp-Completer:not(.lm-mod-hidden)")
    page.wait_for_timeout(1500)
    box = cell.bounding_box()
    assert box is not None  # noqa: S101  the cell is in the page: it was just typed into
    clip = {"x": box["x"], "y": box["y"], "width": 900, "height": 260}
    _keep(page.screenshot(clip=clip), "completion")


def _sources(notebook: Path) -> list[tuple[str, str]]:
    return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(notebook.read_text("utf-8"))["cells"]]


def _notebook(path: Path, sources: list[tuple[str, str]]) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": kind, "id": f"cell-{place}", "metadata": {}, "source": text}
        | ({"execution_count": None, "outputs": []} if kind == "code" else {})
        for place, (kind, text) in enumerate(sources)
    ]
    kernel = {"name": KERNEL, "display_name": "Python 3", "language": "python"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book), "utf-8")


def _open(page: Page, address: str) -> None:
    page.goto(f"{address}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    # A session that was not ready when it was asked for shows a choice of kernels: the first is ours.
    with suppress(Late):
        page.locator(".jp-Dialog .jp-mod-accept").click(timeout=3000)
    page.wait_for_function("() => jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'")


def _do(page: Page, command: str, arguments: dict[str, str] | None = None) -> None:
    # Braces: without them playwright waits for what the command promises, and some promise more than they keep.
    page.evaluate("([command, given]) => { jupyterapp.commands.execute(command, given) }", [command, arguments or {}])


def _run_all(page: Page, *, fails: bool = False) -> None:
    """Run every cell, until the last is over or one fails."""
    last = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").count()
    failed = page.locator("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']")
    _do(page, "notebook:run-all-cells")
    page.locator(".jp-Notebook .jp-InputPrompt").get_by_text(f"[{last}]:", exact=True).or_(failed).first.wait_for()
    page.wait_for_timeout(1500)
    if failed.count() != fails:
        sys.exit(f"{failed.count()} cells failed: {failed.all_inner_texts()}")


def _take(place: Locator, name: str) -> None:
    place.scroll_into_view_if_needed()
    _keep(place.screenshot(), name)


def _keep(png: bytes, name: str) -> None:
    """Write a picture with a palette, which cards need no more colours than."""
    path = PICTURES / f"{name}.png"
    Image.open(io.BytesIO(png)).convert("RGB").quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > LARGEST:
        sys.exit(f"{path} is {size:,} bytes")


if __name__ == "__main__":
    main()
