"""The words of other tools, and what they are called here. A key is compared in lower case, without `_`, `-` and spaces."""

from __future__ import annotations

from typing import Final

_KEY: Final = "the key of a table is `primary_key`, at the top level", "write `primary_key: [order_id]`"
_MODE: Final = (
    "how a load changes the table is `load.mode`",
    "write `load: {mode: full}` (replace all), `append` (add new files) or `merge` (by primary key)",
)
_CRON: Final = "when a pipeline runs is `schedule.cron`", 'write `schedule: {cron: "0 3 * * *"}`'
_TARGET: Final = "where the rows go is `target`", "write `target: {storage: duckdb, table: orders}`"
_ORDER: Final = "the columns by which rows are sorted are `order_by`, at the top level", "write `order_by: [sold_at]`"
_QUALITY: Final = "checks on the rows are `quality`, at the top level", "write `quality: [{check: not_null, columns: [price]}]`"
_NULLS: Final = "texts that stand for nothing are `null_values`, in `source.csv`", 'write `null_values: ["", "NA"]`'
_CURSOR: Final = "the column that tells newer from older is `load.cursor`", "write `load: {mode: merge, cursor: updated_at}`"
_FROM: Final = "the column's name in the file is `from`", "write `from: NAME_IN_THE_FILE`"
_REQUIRED: Final = "whether a column may hold nothing is `nullable`", "write `nullable: false`"
_COLUMNS: Final = "what the table holds is `columns`", 'write `columns: [{name: price, type: "decimal(10, 2)"}]`'
_SECRETS: Final = "a spec holds names of connections, never what they need", "put it into the connection: `AIRFLOW_CONN_<NAME>` or Airflow"
_RETRIES: Final = "how a pipeline runs is `run`", "write `run: {retries: 3, retry_delay: 5m}`"
_REJECTS: Final = "how many rows may be set aside is `load.max_rejects`", "write `load: {mode: full, max_rejects: 0.1%}`"
_DRIFT: Final = "what happens to new and lost columns is `on_schema_change`", "write `on_schema_change: {new_column: evolve}`"
_TABLE: Final = "the table's name is `target.table`", "write `table: orders`, or `table: schema.orders`"
_ABOUT: Final = "what a pipeline is for is `about`", "write `about: …`"
_PATH: Final = "where the files are is `source.path`", 'write `path: "orders/*.csv"`'
_CONNECTION: Final = "the name of a connection is `connection`", "write `connection: NAME`, and its kind in dataeng.yaml"
_NAME: Final = "the name of the pipeline and of its DAG is `name`", "write `name: orders`"
_PARTITION: Final = (
    "how the table is cut into parts is `partition`, at the top level",
    "write `partition: null` where the storage has no parts",
)
_DELIMITER: Final = "what stands between two fields is `source.csv.delimiter`", 'write `delimiter: ";"`'
_PII: Final = "personal data in a column is `pii`", "write `pii: {category: email, handling: mask}`"
_AFTER: Final = "after which specs a pipeline runs is `schedule.after`", "write `schedule: {after: [orders]}`"
_JSON: Final = (
    "how JSON stands in files is `format`: `json` is one document, `ndjson` a record in each line",
    "remove it; where in a document the records are is `records`",
)
_JSON_BLOCK: Final = (
    "JSON has no block: where its records are is `records`, beside `format`",
    "write `records: data.items`, or `records: null`",
)
_PARQUET_BLOCK: Final = "a Parquet file says all about itself", "remove it"
_PACKED: Final = "files are unpacked by what they are: gz, bz2, xz, zst, zip", "remove it"
_TABLE_IN_SHEET: Final = "the table begins below `skip` rows, and its columns are `columns`", "write `skip: 2`, or remove it"
_REFERS: Final = (
    "columns that refer to another table are `foreign_keys`, at the top level",
    "write `foreign_keys: [{columns: [museum_id], references: {spec: museums}}]`",
)
_START: Final = "the first day is `schedule.start_date`", "write `start_date: 2026-01-31`"

KEYS: Final = {
    "uniquekey": _KEY, "primarykey": _KEY, "primarykeys": _KEY, "pk": _KEY, "key": _KEY, "keys": _KEY, "mergekey": _KEY, "naturalkey": _KEY,
    "materialized": _MODE, "materialization": _MODE, "writedisposition": _MODE, "incrementalstrategy": _MODE, "writemode": _MODE,
    "strategy": _MODE, "loadmode": _MODE, "disposition": _MODE, "ifexists": _MODE, "fullrefresh": _MODE, "truncate": _MODE,
    "scheduleinterval": _CRON, "cronexpression": _CRON, "crontab": _CRON, "interval": _CRON, "schedules": _CRON, "timetable": _CRON,
    "destination": _TARGET, "dest": _TARGET, "sink": _TARGET, "output": _TARGET, "warehouse": _TARGET, "to": _TARGET,
    "orderby": _ORDER, "sortkey": _ORDER, "sortby": _ORDER, "sort": _ORDER, "clusterby": _ORDER, "clusteredby": _ORDER, "order": _ORDER,
    "tests": _QUALITY, "datatests": _QUALITY, "test": _QUALITY, "checks": _QUALITY, "expectations": _QUALITY, "constraints": _QUALITY,
    "contract": _QUALITY, "audits": _QUALITY, "assertions": _QUALITY,
    "navalues": _NULLS, "nullvalue": _NULLS, "nullif": _NULLS, "nulls": _NULLS, "nullstr": _NULLS, "nullstring": _NULLS, "nullas": _NULLS,
    "updatedat": _CURSOR, "incrementalkey": _CURSOR, "cursorfield": _CURSOR, "cursorcolumn": _CURSOR, "cursorpath": _CURSOR,
    "incremental": _CURSOR, "watermark": _CURSOR, "timecolumn": _CURSOR, "replicationkey": _CURSOR,
    "sourcename": _FROM, "sourcecolumn": _FROM, "rename": _FROM, "renamefrom": _FROM, "originalname": _FROM, "columns.header": _FROM,
    "required": _REQUIRED, "notnull": _REQUIRED, "mandatory": _REQUIRED, "optional": _REQUIRED, "null": _REQUIRED, "isnullable": _REQUIRED,
    "fields": _COLUMNS, "schema": _COLUMNS, "schemafields": _COLUMNS, "columntypes": _COLUMNS, "dtypes": _COLUMNS,
    "password": _SECRETS, "pwd": _SECRETS, "secret": _SECRETS, "token": _SECRETS, "user": _SECRETS, "username": _SECRETS,
    "host": _SECRETS, "port": _SECRETS, "dsn": _SECRETS, "credentials": _SECRETS, "apikey": _SECRETS,
    "defaultargs": _RETRIES, "retry": _RETRIES, "attempts": _RETRIES, "executiontimeout": _RETRIES,
    "maxbadrecords": _REJECTS, "badrows": _REJECTS, "maxerrors": _REJECTS, "errorlimit": _REJECTS, "onerror": _REJECTS,
    "ignoreerrors": _REJECTS, "errorthreshold": _REJECTS, "maxbadrows": _REJECTS,
    "schemacontract": _DRIFT, "schemaevolution": _DRIFT, "mergeschema": _DRIFT, "drift": _DRIFT, "onschemadrift": _DRIFT,
    "target.schema": _TABLE, "target.name": _TABLE, "target.database": _TABLE, "target.dataset": _TABLE,
    "tablename": _TABLE, "relation": _TABLE, "identifier": _TABLE,
    "description": _ABOUT, "doc": _ABOUT, "docmd": _ABOUT, "purpose": _ABOUT, "comment": _ABOUT, "title": _ABOUT,
    "uri": _PATH, "url": _PATH, "file": _PATH, "files": _PATH, "filename": _PATH, "filepath": _PATH, "glob": _PATH, "location": _PATH,
    "conn": _CONNECTION, "connid": _CONNECTION, "connectionid": _CONNECTION, "connectionname": _CONNECTION, "postgresconnid": _CONNECTION,
    "dagid": _NAME, "dag": _NAME, "id": _NAME, "pipeline": _NAME, "pipelinename": _NAME, "modelname": _NAME,
    "partitionby": _PARTITION, "partitionedby": _PARTITION, "partitions": _PARTITION, "partitioning": _PARTITION,
    "sep": _DELIMITER, "separator": _DELIMITER, "delim": _DELIMITER, "fielddelimiter": _DELIMITER,
    "pd": _PII, "personal": _PII, "sensitive": _PII, "masking": _PII, "mask": _PII,
    "dependson": _AFTER, "upstream": _AFTER, "dependencies": _AFTER, "waitfor": _AFTER,
    "foreignkey": _REFERS, "foreignkeys": _REFERS, "fk": _REFERS, "fks": _REFERS, "references": _REFERS, "relationships": _REFERS,
    "relations": _REFERS, "refersto": _REFERS,
    "startdate": _START, "start": _START, "begin": _START,
    "source.orient": _JSON, "source.lines": _JSON, "source.multiline": _JSON, "source.json": _JSON_BLOCK, "source.ndjson": _JSON_BLOCK,
    "source.parquet": _PARQUET_BLOCK, "source.compression": _PACKED, "csv.compression": _PACKED,
    "excel.range": _TABLE_IN_SHEET, "excel.cellrange": _TABLE_IN_SHEET, "excel.usecols": _TABLE_IN_SHEET,
}  # fmt: skip
"""Normalised key of another tool, behind its block where it means something only there -> (what it is called here, what to write)."""

HERE: Final = {
    "": dict.fromkeys(("foreignkey", "fk", "fks", "references", "refs", "relationships", "relations"), "foreign_keys"),
    "foreign_keys": {
        "column": "columns", "field": "columns", "fields": "columns", "from": "columns", "key": "columns", "fromcolumns": "columns",
        "to": "references", "ref": "references", "reference": "references", "refersto": "references", "level": "severity",
    },
    "references": {
        "ref": "spec", "model": "spec", "pipeline": "spec", "parent": "spec", "to": "spec", "tablename": "table", "relation": "table",
        "column": "columns", "field": "columns", "fields": "columns", "tocolumns": "columns", "key": "columns", "primarykey": "columns",
    },
    "csv": {
        "sep": "delimiter", "delim": "delimiter", "separator": "delimiter", "navalues": "null_values", "nullvalue": "null_values",
        "quotechar": "quote", "quotation": "quote", "escapechar": "escape", "charset": "encoding", "skiprows": "skip",
        "skiplines": "skip", "skipheader": "header", "hasheader": "header", "headers": "header", "skipfooter": "footer",
    },
    "excel": {
        "sheetname": "sheet", "worksheet": "sheet", "sheets": "sheet", "tab": "sheet", "page": "sheet", "skiprows": "skip",
        "skiplines": "skip", "skipheader": "header", "hasheader": "header", "headers": "header", "skipfooter": "footer",
    },
    "columns": {
        "datatype": "type", "dtype": "type", "kind": "type", "column": "name", "field": "name", "comment": "description",
        "doc": "description", "title": "description", "enum": "values", "acceptedvalues": "values", "allowed": "values",
        "units": "unit", "dbtype": "physical", "nativetype": "physical", "databasetype": "physical",
    },
    "parse": {
        "dateformat": "format", "pattern": "format", "true": "true_values", "truevalue": "true_values", "yes": "true_values",
        "false": "false_values", "falsevalue": "false_values", "no": "false_values", "tz": "timezone", "decimalseparator": "decimal",
        "decimalpoint": "decimal", "thousandsseparator": "thousands", "groupseparator": "thousands", "navalues": "null_values",
        "currency": "prefix", "before": "prefix", "after": "suffix", "negative": "sign", "language": "locale", "lang": "locale",
    },
    "pii": {"kind": "category", "type": "category", "action": "handling", "treatment": "handling", "method": "handling"},
    "target": {"kind": "storage", "type": "storage", "engine": "storage", "dialect": "storage"},
    "source": {
        "kind": "format", "type": "format", "filetype": "format", "fileformat": "format", "options": "csv",
        "recordpath": "records", "recordspath": "records", "jsonpath": "records", "dataselector": "records", "root": "records",
        "rootpath": "records", "parent": "spec", "ref": "spec", "model": "spec",
    },
    "load": {"type": "mode", "kind": "mode", "strategy": "mode", "method": "mode"},
    "quality": {
        "test": "check", "type": "check", "kind": "check", "rule": "check", "expectation": "check", "name": "check", "column": "columns",
        "field": "columns", "fields": "columns", "minvalue": "min", "maxvalue": "max", "maximum": "max", "regex": "pattern",
        "regexp": "pattern", "match": "pattern", "allowed": "values", "enum": "values", "level": "severity",
        "warnafter": "max_age", "errorafter": "max_age", "maxdelay": "max_age", "age": "max_age",
        "to": "references", "ref": "references", "reference": "references", "refersto": "references",
    },
    "schedule": {
        "tz": "timezone", "interval": "cron", "schedule": "cron", "expression": "cron", "start": "start_date", "startdate": "start_date",
        "begin": "start_date", "backfill": "catchup", "dependson": "after", "specs": "after",
    },
    "run": {
        "retry": "retries", "attempts": "retries", "delay": "retry_delay", "executiontimeout": "timeout", "ram": "memory",
        "mem": "memory", "cpu": "threads", "cpus": "threads", "workers": "threads", "parallelism": "threads",
    },
}  # fmt: skip
"""Block -> normalised key of another tool -> our key in the same block."""

WORDS: Final = {
    "mode": {
        "overwrite": "full", "replace": "full", "truncate": "full", "table": "full", "refresh": "full", "fullrefresh": "full",
        "incremental": "append", "insert": "append", "add": "append", "upsert": "merge", "deleteinsert": "merge", "update": "merge",
    },
    "storage": {"postgresql": "postgres", "pg": "postgres", "pgsql": "postgres", "psql": "postgres", "duck": "duckdb"},
    "format": {
        **dict.fromkeys(("tsv", "txt", "text", "csvgz", "dsv"), "csv"),
        **dict.fromkeys(("jsonl", "jsonlines", "ldjson", "newlinedelimitedjson"), "ndjson"),
        **dict.fromkeys(("xlsx", "xls", "xlsb", "ods", "spreadsheet", "workbook"), "excel"),
        "pq": "parquet",
    },
    "handling": {"none": "keep", "plain": "keep", "redact": "mask", "obfuscate": "mask", "remove": "drop", "delete": "drop"},
    "severity": {"warning": "warn", "info": "warn", "fail": "error", "critical": "error", "fatal": "error"},
    "check": {
        "notnull": "not_null", "nonnull": "not_null", "required": "not_null", "distinct": "unique", "primarykey": "unique",
        "between": "range", "minmax": "range", "min": "range", "max": "range", "regex": "pattern", "regexp": "pattern", "match": "pattern",
        "enum": "accepted_values", "in": "accepted_values", "values": "accepted_values", "volume": "row_count", "count": "row_count",
        "recency": "freshness", "fresh": "freshness",
        **dict.fromkeys(("foreignkey", "fk", "references", "referential", "referentialintegrity", "exists"), "relationships"),
    },
    "new_column": {"appendnewcolumns": "evolve", "syncallcolumns": "evolve", "add": "evolve", "fail": "freeze", "ignore": "discard",
                   "discardvalue": "discard", "discardrow": "discard"},
    "dropped_column": {"syncallcolumns": "evolve", "ignore": "evolve", "discard": "evolve", "fail": "freeze"},
    "type_change": {"evolve": "freeze", "fail": "freeze", "discard": "freeze", "ignore": "freeze"},
    "changed_file": {"overwrite": "replace", "reload": "replace", "skip": "fail", "ignore": "fail", "error": "fail", "add": "append"},
}  # fmt: skip
"""Key -> normalised word of another tool -> our word."""

TYPES: Final = {
    "varchar": "text", "string": "text", "str": "text", "char": "text", "character": "text", "charactervarying": "text", "nvarchar": "text",
    "clob": "text", "object": "text", "category": "text", "utf8": "text", "fixedstring": "text", "lowcardinality": "text",
    "int": "integer", "int32": "integer", "int4": "integer", "serial": "integer", "mediumint": "integer", "uint16": "integer",
    "int16": "smallint", "int8": "smallint", "int2": "smallint", "tinyint": "smallint", "short": "smallint", "uint8": "smallint",
    "int64": "bigint", "long": "bigint", "bigserial": "bigint", "uint32": "bigint", "longint": "bigint",
    "float": "double", "float64": "double", "float32": "double", "float8": "double", "real": "double", "doubleprecision": "double",
    "number": '"decimal(18, 2)"', "numeric": '"decimal(18, 2)"', "decimal": '"decimal(18, 2)"', "money": '"decimal(18, 2)"',
    "currency": '"decimal(18, 2)"', "bool": "boolean", "bit": "boolean", "flag": "boolean", "logical": "boolean",
    "datetime": "timestamp", "datetime2": "timestamp", "datetime64": "timestamp", "timestampntz": "timestamp", "smalldatetime": "timestamp",
    "timestampwithouttimezone": "timestamp", "timestampwithtimezone": "timestamptz", "timestampltz": "timestamptz",
    "datetimeoffset": "timestamptz", "timewithouttimezone": "time", "guid": "uuid", "uniqueidentifier": "uuid", "jsonb": "json",
    "struct": "json", "array": "json", "map": "json", "variant": "json", "dict": "json", "list": "json", "binary": "bytes", "blob": "bytes",
    "bytea": "bytes", "varbinary": "bytes", "day": "date", "date32": "date",
}  # fmt: skip
"""Normalised type of another tool -> the portable type, as a spec writes it."""


def normal(word: str) -> str:
    """Return a word as these tables hold it."""
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "")
