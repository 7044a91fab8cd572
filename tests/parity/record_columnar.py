"""Records Parquet and Arrow files of pyarrow and Polars with the values in them.

usage: python tests/parity/record_columnar.py
"""

import base64
import datetime
import decimal
import io
import json
import math
from pathlib import Path

import polars
import pyarrow
import pyarrow.feather
import pyarrow.parquet

OUT = Path("packages/data/src")
UTC = datetime.timezone.utc
DAYS = [datetime.date(2024, 2, 29), None, datetime.date(1969, 12, 31), datetime.date(1970, 1, 1), datetime.date(2100, 1, 1)]
TIMES = [datetime.datetime(2024, 2, 29, 12, 30, 1, 250000, tzinfo=UTC), datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), None]
TIMES += [datetime.datetime(1970, 1, 1, tzinfo=UTC), datetime.datetime(2262, 1, 1, tzinfo=UTC)]


def plain(value):
    if isinstance(value, datetime.datetime):
        return round((value.replace(tzinfo=UTC) - datetime.datetime(1970, 1, 1, tzinfo=UTC)) / datetime.timedelta(milliseconds=1))
    if isinstance(value, datetime.date):
        return (value - datetime.date(1970, 1, 1)).days * 86_400_000
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, float):
        return None if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity") if math.isinf(value) else value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)
    return value


def columns(table):
    return {
        field.name: {"type": str(field.type), "values": [plain(value) for value in table[field.name].to_pylist()]}
        for field in table.schema
    }


def encoded(write):
    buffer = io.BytesIO()
    write(buffer)
    return base64.b64encode(buffer.getvalue()).decode()


full = pyarrow.table(
    {
        "f32": pyarrow.array([0.5, -1.25, math.inf, 3e38, 0.1], pyarrow.float32()),
        "f64": pyarrow.array([0.1, 5e-324, -1.7976931348623157e308, 0.0, 1e300]),
        "gaps": pyarrow.array([0.1, None, 2.0, math.nan, 4.0]),
        "i8": pyarrow.array([-128, 127, 0, 1, 2], pyarrow.int8()),
        "u8": pyarrow.array([255, 0, 1, 2, 3], pyarrow.uint8()),
        "i16": pyarrow.array([-32768, 32767, 0, 1, 2], pyarrow.int16()),
        "u16": pyarrow.array([65535, 0, 1, 2, 3], pyarrow.uint16()),
        "i32": pyarrow.array([-(2**31), 2**31 - 1, 0, 1, 2], pyarrow.int32()),
        "u32": pyarrow.array([2**32 - 1, 0, 1, 2, 3], pyarrow.uint32()),
        "holes": pyarrow.array([1, None, 3, None, 5], pyarrow.int32()),
        "i64": pyarrow.array([2**62, -(2**63), 0, None, 7], pyarrow.int64()),
        "flag": pyarrow.array([True, False, None, True, False]),
        "word": pyarrow.array(["", "Zürich", None, "🙂", "a longer text of more than twelve bytes"]),
        "large": pyarrow.array(["a", "b", None, "d", "e"], pyarrow.large_string()),
        "day": pyarrow.array(DAYS, pyarrow.date32()),
        "ms": pyarrow.array(TIMES, pyarrow.timestamp("ms", "UTC")),
        "us": pyarrow.array(TIMES, pyarrow.timestamp("us", "UTC")),
        "ns": pyarrow.array(TIMES, pyarrow.timestamp("ns", "UTC")),
        "kind": pyarrow.array(["owl", "bat", None, "owl", "emu"]).dictionary_encode(),
        "f16": pyarrow.array([1.5, -2, None, 65504, 0], pyarrow.float16()),
        "nothing": pyarrow.array([None] * 5, pyarrow.float64()),
    }
)
decimals = pyarrow.table({"price": pyarrow.array([decimal.Decimal("1.25"), None, decimal.Decimal("-99999.99")], pyarrow.decimal128(9, 2))})
nested = pyarrow.table({"id": pyarrow.array([1, 2], pyarrow.int32()), "list": [[1], [2, 3]], "record": [{"a": 1}, {"a": 2}], "raw": [b"\xff", b"b"]})
long = pyarrow.table({"row": pyarrow.array(range(300), pyarrow.int32()), "half": [i / 2 for i in range(300)], "word": [f"w{i % 17}" for i in range(300)]})

parquet = []
for name, table, options in (
    ("snappy", full, {}),
    ("none, several groups", full, {"compression": "none", "row_group_size": 2}),
    ("zstd, no dictionaries", full, {"compression": "zstd", "use_dictionary": False}),
    ("gzip, pages of version 2", full, {"compression": "gzip", "data_page_version": "2.0"}),
    ("brotli", full, {"compression": "brotli"}),
    ("lz4", full, {"compression": "lz4"}),
    ("decimals", decimals, {}),
    ("long, small groups and pages", long, {"row_group_size": 70, "data_page_size": 64, "write_page_index": True}),
):
    text = encoded(lambda out: pyarrow.parquet.write_table(table, out, **options))
    parquet.append({"name": name, "base64": text, "columns": columns(table)})
frame = polars.from_arrow(full.drop_columns(["f16"]))
parquet.append({"name": "of Polars", "base64": encoded(frame.write_parquet), "columns": columns(full.drop_columns(["f16"]))})
recorded = {
    "pyarrow": pyarrow.__version__,
    "polars": polars.__version__,
    "files": parquet,
    "nested": encoded(lambda out: pyarrow.parquet.write_table(nested, out)),
}
(OUT / "parquet/fixtures").mkdir(exist_ok=True)
(OUT / "parquet/fixtures/parquet.json").write_text(json.dumps(recorded) + "\n")


def ipc(table, out, make=pyarrow.ipc.new_file, size=None, options=None):
    with make(out, table.schema, options=options) as writer:
        writer.write_table(table, size)


arrow = [
    ("file", encoded(lambda out: ipc(full, out)), full),
    ("file of several batches", encoded(lambda out: ipc(full, out, size=2)), full),
    ("stream", encoded(lambda out: ipc(full, out, pyarrow.ipc.new_stream)), full),
    ("slice of a table", encoded(lambda out: ipc(full.slice(1, 3), out)), full.slice(1, 3)),
    ("feather without compression", encoded(lambda out: pyarrow.feather.write_feather(full, out, "uncompressed")), full),
    ("of Polars", encoded(frame.write_ipc), full.drop_columns(["f16"])),
    *(
        (f"feather, {codec}", encoded(lambda out: pyarrow.feather.write_feather(full, out, codec)), full)
        for codec in ("lz4", "zstd")
    ),
    ("stream, zstd", encoded(lambda out: ipc(full, out, pyarrow.ipc.new_stream, options=pyarrow.ipc.IpcWriteOptions(compression="zstd"))), full),
    *(
        (f"of Polars, {codec}", encoded(lambda out: frame.write_ipc(out, compression=codec)), full.drop_columns(["f16"]))
        for codec in ("lz4", "zstd")
    ),
]
# Longer than a block of LZ4, so that later blocks refer to earlier ones.
steps = pyarrow.table({"step": pyarrow.array([i // 64 for i in range(40_000)], pyarrow.int32()), "half": [i // 100 / 2 for i in range(40_000)]})
recorded = {
    "pyarrow": pyarrow.__version__,
    "polars": polars.__version__,
    "files": [{"name": name, "base64": text, "columns": columns(table)} for name, text, table in arrow],
    "nested": encoded(lambda out: ipc(nested, out)),
    "steps": {
        "pyarrow, lz4": encoded(lambda out: pyarrow.feather.write_feather(steps, out, "lz4")),
        "pyarrow, zstd": encoded(lambda out: pyarrow.feather.write_feather(steps, out, "zstd")),
        "Polars, lz4": encoded(lambda out: polars.from_arrow(steps).write_ipc(out, compression="lz4")),
        "Polars, zstd": encoded(lambda out: polars.from_arrow(steps).write_ipc(out, compression="zstd")),
    },
    "feather of version 1": encoded(lambda out: pyarrow.feather.write_feather(pyarrow.table({"a": [1]}), out, version=1)),
}
(OUT / "arrow/fixtures").mkdir(exist_ok=True)
(OUT / "arrow/fixtures/arrow.json").write_text(json.dumps(recorded) + "\n")
