"""The pages of the codes E0xx: what each says, why that is bad, an example and a fix. `spec why CODE` prints them."""

from __future__ import annotations

from typing import Final

PAGES: Final = {
    "E001": """A file that cannot be read as text.

There is no such file, it may not be read, or it is not UTF-8. A BOM at its start is fine, and stays.

Example: a spec that an editor saved as UTF-16 or cp1251
Fix: save it as UTF-8""",
    "E002": """A text that is too large or nested too deep.

A spec describes data and does not hold it: 1,000,000 bytes and 50 levels are far beyond any, and are refused before anything is built
of them, for deep nesting crashes parsers.

Example: a thousand `[` in a row
Fix: keep data in files, and name the file""",
    "E003": """An invisible character.

Control characters, line ends that only YAML takes for such (U+0085, U+2028, U+2029), a BOM in the middle and marks of writing direction:
what a person sees would not be what the tool reads.

Example: a path copied from a chat, with a mark of writing direction in it
Fix: take the character away; where it is meant, write it escaped within double quotes, such as "\\u2028\"""",
    "E004": """YAML that a spec has no use for: references, anchors, tags, directives, a second document.

They make a text mean something that does not stand there. Most often none was meant: a text just begins with `*`, `&` or `!`.

Example: `path: *tickets`
Fix: `path: "*tickets"`""",
    "E005": """A key that is there twice.

YAML's readers take the last one in silence; here neither wins.

Example: two lines `load:` in one spec
Fix: take one of them away""",
    "E006": """A key that is no text.

Example: `meta: {1: one}`
Fix: `meta: {"1": one}`""",
    "E007": """A text that needs quotes.

Unquoted, it means something else to YAML, or only a part of it is the value: it begins with a character that YAML keeps for itself
(`*`, `@`, `%`, `{{`, `>` …), holds `: ` or ` #`, or holds a comma within `{…}` or `[…]`. A comment has a space behind its `#`:
`about: item #5` is refused, `about: item # five` is the text `item` with a comment.

Example: `cron: */5 * * * *`, `type: decimal(10, 2)` within `{…}`, `path: *.csv`
Fix: `cron: "*/5 * * * *"`, `type: "decimal(10, 2)"`, `path: "*.csv\"""",
    "E008": """A tab where YAML counts spaces.

Editors disagree on how wide a tab is, so YAML indents with spaces alone.

Example: a key under `source:` that a tab indents
Fix: two spaces""",
    "E009": """Indentation that does not fit.

The keys of one mapping stand exactly below each other; a key that has a value has no keys below it.

Example: `load: merge`, and below it an indented `cursor: sold_at`
Fix: `load:`, and below it `mode: merge` and `cursor: sold_at`, equally indented""",
    "E010": """A quote or a bracket that is never closed, or closed by one of another kind.

Example: `tags: [a, b`
Fix: `tags: [a, b]`""",
    "E011": """A line, or an entry within `{…}`, that is no `key: value`.

Most often the space behind the `:` is missing, or a text goes on at the margin.

Example: `name:tickets`
Fix: `name: tickets`""",
    "E012": """A file without keys.

It is empty, holds only comments, or holds a list or a text where a mapping from keys to values is expected.

Example: an empty file
Fix: begin with `version: 1`, or let `spec new NAME --source FILE` write it""",
    "E013": """A comma or a value that is missing between brackets.

Example: `source: {connection: landing path: a.csv}`
Fix: `source: {connection: landing, path: a.csv}`""",
    "E019": """YAML that cannot be read, for a reason that has no page of its own.

Fix: put texts in quotes, and look at the line above the one that is shown""",
    "E020": """An edit that the text cannot take.

After every edit the text is read again. If any other value came out different, nothing is written: better no edit than a wrong one.

Fix: write the value by hand, or give the mapping lines of its own""",
    "E021": """A path that leads nowhere.

Paths are `load.mode`, `columns.price.type` (a column by its name) or `columns[0].type`; a name with a dot in it is `columns["a.b"].type`.

Example: `spec set tickets columns.prise.type=text`
Fix: `spec set tickets columns.price.type=text`""",
    "E030": """An unknown key in dataeng.yaml.

Example: `connexions: …`
Fix: `connections: …`""",
    "E031": """A value in dataeng.yaml that is missing or cannot stand there.

Example: `model: {budget: 120}`
Fix: `model: {budget: 120s}`""",
    "E032": """A secret, or a place, in dataeng.yaml.

It is in git; it names connections and says of what kind they are. Where they are and how to get in is found when a pipeline runs:
in Airflow's connections, in `AIRFLOW_CONN_<NAME>`, or in `.dataeng/connections.env`, which is not in git.

Example: `shop: {kind: postgres, password: …}`
Fix: `shop: {kind: postgres}`, and `AIRFLOW_CONN_SHOP=postgres://…` in the environment""",
    "E033": """A kind of connection that is not built yet.

The word is kept for it, so that it means nothing else.

Fix: use one of the kinds that the message lists""",
}
"""Code -> page."""
