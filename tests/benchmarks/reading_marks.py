"""How well files are read that are not as they should be: the table of marks, beside those that were published.

python -m tests.benchmarks.reading_marks [all]

With `all`, each of the 2,290 polluted files is loaded and not a part of them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.odd import dialects, marks

PICKED = (0, 1, 13, 42, 83)


def main() -> None:
    """Print the table."""
    picked = tuple(range(84)) if "all" in sys.argv[1:] else PICKED
    print(f"{'mark':44} {'ours':>8} {'published':>10}")
    for given, published in ((True, (9.961, 9.6)), (False, (9.85, 9.54))):
        with tempfile.TemporaryDirectory() as folder:
            found = marks.loading(Path(folder), picked, given=given)
        how = "dialect given" if given else "dialect found"
        for kind, ours, theirs in zip(("simple", "weighted"), (found.simple, found.weighted), published, strict=True):
            print(f"{f'Pollock, {how}, {kind}':44} {ours:8.3f} {theirs:10.3f}")
        print("  lost most: " + ", ".join(f"{name} {mark:.2f}" for name, mark in found.lost[:6]))
    for name, labelled, published_f1 in (("clean", dialects.clean(), 0.97), ("wild", dialects.wild(), 0.91)):
        for kind, f1 in marks.dialect_f1(list(labelled)).items():
            print(f"{f'F1 of the {kind}, {name} files':44} {f1:8.3f} {published_f1:10.3f}")
    count, right, wrong = marks.encodings_right(6)
    print(f"{f'encodings right, of {count} texts':44} {right:8.3f} {0.98:10.3f}")
    print("  wrong: " + (", ".join(wrong[:6]) or "none"))


if __name__ == "__main__":
    main()
