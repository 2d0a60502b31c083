"""The pages of the codes that other rooms give: data and fill (E3), compiling (E4), running (E5), systems outside (E6).

A new code is one line here; a test fails until it stands.
"""

from __future__ import annotations

from typing import Final

_PROJECT: Final = {
    "E040": "There is no spec of that name: no such file in `specs/`.\n\nFix: `spec` lists them, `spec new` starts one.",
    "E041": "The folder for the tour holds something already, and nothing is written into it.\n\nFix: `spec demo ANOTHER_FOLDER`.",
    "E042": "A code that does not exist.\n\nFix: codes stand in brackets behind `error` and `warning`, such as E101.",
    "E043": "The file system refuses: no such folder, no right to it, no room left. What stood there before still stands.\n\n"
    "Fix: see to the path, its rights and the disk, and run again.",
    "E044": "A storage that is not known here.\n\nFix: one of those that the message names.",
    "E045": "A place that the spec does not have.\n\nFix: `spec show NAME` prints what stands there.",
}
_CELLS: Final = {
    "E050": "A cell `%%dataeng NAME` whose text has another `name`.\n\nFix: write the same name in both.",
    "E051": "The spec was changed since a cell wrote it, by another hand than fill's, so the cell is not saved over it.\n\n"
    "Fix: `%load` the file into the cell, or save the cell over it with `%%dataeng NAME --replace`.",
    "E052": "Frames are made by packages of your own, and one is not there.\n\nFix: `pip install` what the message names.",
    "E053": "The result of this command is no table, so it is no frame.\n\nFix: `.data` and `.text` have what there is.",
    "E054": "What `--from` names in the notebook is no frame of pandas, polars or Arrow.\n\nFix: the name of one, without quotes.",
    "E055": "A frame cannot be stored without bending it: a column of mixed kinds, of a type that no storage has, two columns of one "
    "name.\n\nFix: what the message says, in the notebook, where the frame is made.",
    "E056": "A file that was not made of a frame stands where the frame would be stored. It is not written over.\n\n"
    "Fix: another name, or move the file away.",
    "E057": "A query does not fit the rows that it is asked of.\n\nFix: one SELECT from `rows`, in DuckDB's SQL.",
}
_DATA: Final = {
    "E301": "There is no file that the source's path means.\n\nFix: look at `source.path` and at the folder of the connection.",
    "E302": "A file of the source cannot be read.\n\nFix: see to its rights.",
    "E303": "A zip archive that is not read as it is: a member is encrypted or packed in a way that only few programs know, two members "
    "bear one name, or there is no file in it.\n\nFix: unpack it, or pack it anew. Members are files of their own: "
    "`path: drops/2024.zip/*.csv` chooses among them.",
    "E304": "A packed file that unpacks to more than a thousand times its size, and more than a gibibyte: made to fill disks, not to hold "
    "data. Nothing of it is loaded.\n\nFix: if it is meant so, unpack it yourself.",
    "E305": "A file of a kind that a package reads which is not installed.\n\nFix: `pip install 'dataeng-ai[files]'`.",
    "E306": "A source is read in a process of its own, with limits to its memory, its time and what it may write; that process died or "
    "reached one. So end files that were made to harm, and those that are larger than this machine can look at.\n\n"
    "Fix: see to the file, or give more: `DATAENG_READ_MEMORY` MiB (usually half of the machine's), `DATAENG_READ_SECONDS` of processor "
    "time (3600), `DATAENG_READ_DISK` MiB for one file (262144).",
    "E310": "The csv block cannot be used on this file: a delimiter or a quote does not exist in its encoding.\n\nFix: correct the block.",
    "E311": "A file with nothing in it, not even a header. It was probably not written to its end.\n\n"
    "Fix: write it again, or take it away.",
    "E312": "A quote opens and is never closed, and the lines behind it are not rows. So nobody knows where records end.\n\n"
    "Fix: repair the line, or write `quote: null` if quotes mean nothing here.",
    "E313": "A compressed file that ends too early or is damaged. Nothing of it is loaded.\n\nFix: fetch the file again.",
    "E314": "The file is not CSV: an archive, a spreadsheet, a binary format.\n\n"
    "Fix: unpack it, or export it as CSV; files packed with gzip, zstd, bzip2 or xz are read as they are.",
    "E315": "The file is not in the encoding that the csv block says.\n\nFix: write `encoding` as it is.",
    "E316": "The file does not have the shape that the csv block says.\n\nFix: look at delimiter, quote, header and encoding.",
    "E317": "The csv block says how many lines of each file are skipped, or how many records of its end are a footer, and one that would "
    "be left out looks like data: it begins with a number or a date, or is filled like a row, and has none of the words of a total. "
    "Leaving it out would lose it.\n\n"
    "Fix: load files of another shape by themselves, or write `footer: 0`; a closing line that is no row is then rejected, and seen.",
    "E319": "Two ways of counting the records of a file do not agree, so it is refused as a whole and nothing is lost in silence.\n\n"
    "Fix: look at the line that the message names; report the file's dialect as a bug.",
    "E320": "The file lacks a column of the spec.\n\nFix: correct `from`, or write `on_schema_change: {dropped_column: evolve}`.",
    "E321": "The file has a column that the spec does not know, and `new_column: freeze` refuses it.\n\n"
    "Fix: add the column, or write `on_schema_change: {new_column: evolve}` (keep it in `_extra`) or `discard`.",
    "E322": "Two columns of the file have one name, as DuckDB reads names.\n\nFix: rename one of them in the file.",
    "E323": "The files of one source are not written alike: some are in another encoding, cut by another delimiter, or without the header "
    "that the rest has. Read as the rest, they would give wrong letters or wrong columns without an error.\n\n"
    "Fix: load them by themselves, by a spec each, or let `path` leave them out.",
    "E340": "A Parquet file that is cut short, damaged or encrypted, or that holds decimals of more than 38 digits. Nothing of it is "
    "loaded.\n\nFix: fetch the file again, or have it written otherwise.",
    "E330": "The file is no JSON as RFC 8259 has it, or it ends too early. Where a record begins and ends cannot be known behind "
    "such a place, so nothing of the file is loaded. Comments, a comma before a closing bracket, NaN and single quotes are no JSON. In "
    "`format: ndjson` a broken line is a bad record instead, and goes where all of those go.\n\n"
    "Fix: fetch the file again, or correct it at the line that the message names.",
    "E331": "A document of JSON or XML has nothing where `source.records` says that the records are.\n\n"
    'Fix: write the path of the repeated element, such as `data.items`; a key with a point in it stands in quotes: `"a.b".items`. '
    "In XML it begins with the root, such as `company.branch`, and names are without their namespaces.",
    "E332": "A file has more columns, or its records more different keys, than a table has: most likely they are data themselves.\n\n"
    "Fix: let `source.records` name another element, or have the file written as a list of records.",
    "E335": "The file is no well-formed XML, or it ends too early; a character that its encoding does not have is one reason. Where a "
    "record begins and ends cannot be known behind such a place, so nothing of the file is loaded.\n\n"
    "Fix: fetch the file again, or correct it at the line that the message names; an encoding is declared in the first line, "
    '`<?xml version="1.0" encoding="windows-1251"?>`.',
    "E336": "The XML is made so that reading it could fill the memory, or would need a file from elsewhere: entities within entities or "
    "outside the file, elements nested very deep, one record of more than 32 MiB. Nothing is fetched, and nothing of it is loaded.\n\n"
    "Fix: have it written without that; `xmllint --noent --dropdtd`, where you trust it, puts entities in.",
    "E341": "A workbook that is damaged, protected by a password, or none at all. Nothing of it is loaded.\n\n"
    "Fix: open it and save it anew, without a password.",
    "E342": "A workbook lacks the sheet that the excel block names, or has several that fit.\n\n"
    'Fix: correct `sheet`. A `*` in it fits any letters: `sheet: "*"` is the only sheet of each workbook, whatever it is called.',
    "E350": "The database has no such table, or we may not see it.\n\n"
    "Fix: correct `table`; it stands as the database has it, letter for letter.",
    "E351": "The database refuses to answer, for a reason of its own.\n\nFix: read what it said; correct `table` or `query`.",
    "E352": "The database refused to change something for us: sources are only read.\n\nFix: write a SELECT that only reads.",
    "E353": "The database took longer to answer than it may: as long as `run.timeout` in a load, ten minutes in a profile.\n\n"
    "Fix: let the query read less, or give it time: `run: {timeout: 2h}`.",
    "E354": "A table of ClickHouse changed while it was read, and ClickHouse keeps no snapshot: what was read is of no one moment. "
    "Nothing of it was taken.\n\nFix: run it again; or read what no longer changes, by a query with `WHERE day < today()`.",
    "E355": "A column holds the state of an aggregate (`AggregateFunction`), which is no value that could be kept elsewhere.\n\n"
    "Fix: read it by a query: `SELECT finalizeAggregation(name) AS name …`, or leave the column out.",
    "E356": "No message of the sample of a topic is JSON: they have no value, are binary, or as a schema registry frames them. Other "
    "forms are not read yet.\n\nFix: name a topic whose messages are JSON, or have them turned into it.",
    "W390": "What a decision was taken on has changed in the data since.\n\nFix: `spec fill NAME --refresh` proposes it anew.",
    "W391": "The lock cannot be read, and counts as absent: nobody knows any more why a decision was taken. Nothing else changes.\n\n"
    "Fix: restore it from git.",
    "E391": "The spec was edited while it was being filled, so nothing was written.\n\nFix: fill it again.",
    "E392": "There is no fill to take back.\n\nOnly the last fill of a spec is kept. Fix: restore the spec from git.",
    "E393": "The spec was edited after the last fill, so that is not taken back.\n\nFix: take your edits away first, or use git.",
    "E394": "There is a spec of that name already, and no new one is written over it.\n\nFix: another name.",
    "E395": "Nothing says where the data are.\n\nFix: `spec new NAME --source FILE`.",
    "E396": "A name that no spec can have.\n\nFix: 1 to 63 of a-z, 0-9 and _, a letter first.",
    "E398": "A place that fill decided nothing at, so there is nothing to accept or to reject.\n\n"
    "Fix: `spec why NAME` lists what it decided.",
    "E399": "There is no second choice: the data prove one value possible.\n\nFix: give the value that you want instead.",
    "E397": "What was asked for needs a model, and none is named.\n\nFix: `--model NAME`, or `model: {name: …}` in dataeng.yaml.",
}
_COMPILE: Final = {
    "E401": "There is no compiled pipeline.\n\nFix: `spec compile NAME`.",
    "E402": "What was compiled was edited by hand, or a part is missing. Only what the compiler wrote is run.\n\n"
    "Fix: edit the spec, and compile.",
    "E403": "The pipeline was compiled by a newer release than the one that is to run it.\n\nFix: bring both to one release.",
    "E404": "The compiled pipeline lacks a part that this release needs.\n\nFix: `spec compile NAME`.",
    "E410": "The spec holds the word that stands for the staging table in every statement.\n\nFix: another word.",
    "E411": "A column has the name of one that every load writes itself.\n\nFix: another name, and the name in the file as `from`.",
    "E412": "A masked value is a text, so the column cannot keep its type.\n\nFix: `type: text`, or `handling: drop`.",
    "E413": "The storage has no such type.\n\nFix: correct `physical`, or leave it out.",
    "E420": "The folder of what is compiled cannot be written.\n\nFix: see to its rights.",
    "E421": "A folder or a file of yours stands where the compiler writes.\n\nFix: move it away.",
    "E450": "A tag is longer than Airflow takes.\n\nFix: shorten it.",
}
_RUN: Final = {
    "E501": "The table is there already, and it is not ours: its comment lacks the mark of this pipeline.\n\n"
    "Fix: another table, or `adopt: true` under `target` if it may be taken over.",
    "E502": "The table has another shape than the spec. No running pipeline alters a table.\n\n"
    "Fix: alter it by hand, see `spec ddl NAME`, or correct the spec.",
    "E503": "More rows were set aside than `load.max_rejects` allows. Nothing was published.\n\n"
    "Fix: `spec rejects NAME`, then repair the file or the spec.",
    "E504": "A quality check fails. Nothing was published, the old table is served.\n\n"
    "Fix: look at the rows, then repair the data or the check.",
    "E505": "What was staged is gone: a later load was published, or the server lost it.\n\nFix: run from the first step; that is safe.",
    "E506": "Another number of rows stands there than was counted before. Nothing is taken for granted, so the load stops.\n\n"
    "Fix: run it again.",
    "E507": "Another load has brought the same file meanwhile.\n\nFix: run from the first step: it takes only what is new.",
    "E508": "A file that was loaded before has other bytes now, and `changed_file: fail` refuses it.\n\n"
    "Fix: `changed_file: replace` or `append`, or give the file another name.",
    "E509": "The rows do not balance: rows in are not rows loaded, rejected and skipped. A bug of ours; nothing was published.\n\n"
    "Fix: report it.",
    "E510": "A row has a key that the table holds already, and `append` replaces nothing.\n\nFix: `mode: merge`, or repair the file.",
    "E511": "After publishing, the table does not hold what was staged: somebody else writes it.\n\nFix: find out who, then load anew.",
    "E512": "The path names an interval of time, and this run has none.\n\nFix: `spec run NAME --from T --to T`.",
    "E513": "The storage failed, for a reason of its own.\n\nFix: read what it said; run it again.",
    "E514": "There is no load to look at yet.\n\nFix: `spec run NAME`.",
    "E515": "A text holds a character that the database cannot store.\n\nFix: clean the file, or load into a database in UTF-8.",
    "E516": "A value does not fit the column as the storage has it.\n\nFix: look at `type` and `physical` of the column.",
    "E517": "A constraint of the table refuses the rows.\n\nFix: compare the table with `spec ddl NAME`.",
    "E518": "The query changes something, and only reading is allowed here.\n\nFix: write a SELECT.",
    "E519": "A statement does not fit the database: a table or a column is not as it was made.\n\nFix: compare it with `spec ddl NAME`.",
    "E521": "Rows refer to a table that is not there yet. Nothing was published, the old table is served.\n\n"
    "Fix: load that table first; or write `severity: warn` at the foreign key, where rows may come before those that they refer to.",
    "E520": "The statement was cancelled. Nothing half done is left.\n\nFix: run it again.",
}
_OUTSIDE: Final = {
    "E601": "Nothing says what a connection needs.\n\nFix: define it in Airflow, as AIRFLOW_CONN_<NAME>, or in .dataeng/connections.env.",
    "E602": "A connection is defined, but not so that it can be read.\n\nFix: write it as a URI or as JSON, as Airflow does.",
    "E603": "Others can read .dataeng/connections.env, which holds secrets.\n\nFix: `chmod 600 .dataeng/connections.env`.",
    "E604": "A connection of a kind that nothing here can use.\n\nFix: the message names the kinds.",
    "E605": "PostgreSQL without a connection: there is nowhere to write.\n\nFix: `connection: NAME` under `target`.",
    "E606": "A connection is of another kind than what uses it.\n\nFix: name another connection, or another storage.",
    "E607": "A connection of the kind `files` does not say which folder it means.\n\n"
    "Fix: its `extra` holds `path`; of S3 `bucket`, of a web server or HDFS the host says it.",
    "E610": "The server cannot be reached, or went away. What was served before is served still.\n\nFix: run it again when it is back.",
    "E611": "Disk, memory or connections ran out.\n\nFix: give more (`run: {memory: 4GiB}`), then run it again.",
    "E612": "The server refuses the user, or has no such database.\n\nFix: correct the connection.",
    "E613": "A right is missing.\n\nFix: grant it, or run the DDL of `spec ddl NAME` as an administrator first.",
    "E614": "Another program has the DuckDB file open.\n\nFix: close it (a notebook, a shell), then run again.",
    "E615": "A folder for scratch files belongs to somebody else.\n\nFix: remove it, or set TMPDIR to a folder of your own.",
    "E616": "The folder or the bucket of a connection is not there, or is no folder.\n\n"
    "Fix: mount it, make it, or correct `path` or `bucket` of the connection.",
    "E620": "The package that speaks to this kind of system is not installed here.\n\nFix: `pip install` what the message names.",
    "E621": "No address is known for the host of a connection.\n\nFix: look at its spelling, at DNS, at the VPN.",
    "E622": "The machine answers, and nothing listens at that port.\n\nFix: correct the port, or start the server.",
    "E623": "The machine does not answer at all: a wrong address, a firewall, a VPN that is off.\n\n"
    "Fix: look at these three; a new rule of a firewall may be needed for the machine that loads, too.",
    "E624": "The server knows no such user, or the password is another; it does not say which of the two.\n\n"
    "Fix: `spec connections NAME --set` asks for both anew.",
    "E625": "The server is there and lets us in, and has no database of that name.\n\nFix: correct the name, or have it made.",
    "E626": "The two sides do not agree on encryption: one wants TLS and the other has none, or a certificate does not hold.\n\n"
    "Fix: `sslmode` of the connection; for `verify-ca` and `verify-full` the authority's certificate in `sslrootcert`. Of a store, "
    "`verify` names the file of that certificate; it cannot be turned off.",
    "E627": "Something answers at that port, and it is another kind of server.\n\nFix: correct the port.",
    "E628": "The server's rules admit nobody of that name from this machine.\n\n"
    "Fix: its administrator adds a line to pg_hba.conf; where only encrypted connections are admitted, write `sslmode: require`.",
    "E629": "A connection of the kind `duckdb` names a file that is something else. It is left as it is.\n\nFix: name another file.",
    "E630": "A password stands on the command line, where every user of the machine can read it in the list of processes, and the shell "
    "keeps it in its history. Nothing was done with it.\n\nFix: `spec connections NAME --set` asks for it without showing it; a program "
    "writes to `spec connections NAME --uri -`. Change the password: it has been seen.",
    "E631": "A connection is to be asked for, and nobody is there to answer: no terminal, or a notebook that runs by itself.\n\n"
    "Fix: `spec connections NAME --uri - < FILE`, or the variable AIRFLOW_CONN_<NAME>.",
    "E633": "Airflow's own connections cannot be read: it is not installed here, it has no database yet, or that does not answer.\n\n"
    "Fix: run it where Airflow runs, with the same AIRFLOW_HOME; `airflow db migrate` makes the database.",
    "E661": "A file of a store became another one, or went, between being listed and being read to its end. What was fetched of it is "
    "thrown away.\n\nFix: run again when whoever writes there is done. Who writes should write beside, and rename in the end.",
    "E662": "What came of a file is not what its store has: the connection broke again and again, or a checksum differs. Nothing of it is "
    "loaded.\n\nFix: run again; look at the line, at proxies, and at the file where it is.",
    "E663": "A glob over a web server: it gives files by their addresses, and lists none.\n\n"
    "Fix: write the path of one file. `%Y-%m-%d` in it is the day of the run. S3 and HDFS are listed.",
    "E664": "The clock of this machine and that of the server differ by more than a signature allows, a quarter of an hour.\n\n"
    "Fix: set the clock.",
    "E665": "A server answers something that is no file: a page of another service, a redirect that is not safe to follow, a file of "
    "unknown length or packed in an unknown way; a bucket in another region.\n\n"
    "Fix: what the message says, mostly the connection's address.",
    "E666": "Files of a store are fetched to this machine before they are read, and there is no room for them. Nothing was loaded.\n\n"
    "Fix: set TMPDIR to a folder with more room, or let `path` mean fewer files at a time.",
    "E640": "Ollama does not answer where it is looked for.\n\nFix: `ollama serve`, or set OLLAMA_HOST, or fill with `--model rules`.",
    "E641": "Ollama has no model of that name.\n\nFix: `spec doctor --model NAME --pull`, or fill with `--model rules`.",
    "E642": "The model did not finish an answer in the time that a fill may take.\n\nFix: `model: {budget: 10m}` in dataeng.yaml, or a "
    "smaller model.",
    "E643": "Ollama failed, or broke off.\n\nFix: look into its log, then run it again, or fill with `--model rules`.",
    "E644": "Something answers where Ollama is looked for, and it is not Ollama.\n\nFix: look at OLLAMA_HOST, and at Ollama's version.",
    "E645": "Ollama could not pull the model: its machine has no network, no room on its disk, or was refused.\n\n"
    "Fix: see to that, then `spec doctor --model NAME --pull` again: it goes on where it stopped.",
}

PAGES: Final = _PROJECT | _CELLS | _DATA | _COMPILE | _RUN | _OUTSIDE
"""Code -> its page."""
