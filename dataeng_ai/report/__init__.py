"""The report for people: one HTML file, in their language, a page for managers and a part for engineers. Read `page.py` first."""

from __future__ import annotations

from dataeng_ai.report.gather import gather
from dataeng_ai.report.known import Known, LastLoad
from dataeng_ai.report.page import LANGUAGES, language_of, page

__all__ = ["LANGUAGES", "Known", "LastLoad", "gather", "language_of", "page"]
