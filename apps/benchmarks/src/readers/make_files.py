"""Writes one table as CSV, Parquet and Arrow, and measures the processor time that pandas and pyarrow take to read each.

usage: python make_files.py FOLDER ROWS      writes the files
       python make_files.py FOLDER           prints seconds by task as JSON, of the second reading of each
"""

import json
import sys
import time
from pathlib import Path

import numpy
import pandas
import pyarrow
import pyarrow.feather
import pyarrow.parquet

FOLDER = Path(sys.argv[1])


def write(rows):
    random = numpy.random.default_rng(0)
    frame = pandas.DataFrame({f"x{i}": random.standard_normal(rows).astype("float32") for i in range(6)})
    frame["count"] = random.integers(0, 1000, rows).astype("int32")
    frame["time"] = numpy.arange(rows, dtype="int64")
    frame["word"] = [f"word {i}" for i in random.integers(0, 1700, rows)]
    frame.to_csv(FOLDER / "table.csv", index=False)
    table = pyarrow.Table.from_pandas(frame, preserve_index=False)
    for codec in ("snappy", "zstd"):
        pyarrow.parquet.write_table(table, FOLDER / f"table-{codec}.parquet", compression=codec, row_group_size=100_000)
    for codec in ("uncompressed", "lz4", "zstd"):
        pyarrow.feather.write_feather(table, FOLDER / f"table-{codec}.arrow", codec)


def seconds(read):
    read()  # The first one starts what it needs.
    start = time.process_time()
    read()
    return time.process_time() - start


def measure():
    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    read_arrow = lambda codec: pyarrow.feather.read_table(FOLDER / f"table-{codec}.arrow", memory_map=False)
    read_parquet = lambda codec: pyarrow.parquet.read_table(FOLDER / f"table-{codec}.parquet", use_threads=False)
    result = {"CSV": seconds(lambda: pandas.read_csv(FOLDER / "table.csv"))}
    for codec in ("snappy", "zstd"):
        result[f"Parquet, {codec}"] = seconds(lambda: read_parquet(codec))
    for codec in ("uncompressed", "lz4", "zstd"):
        result[f"Arrow, {codec}"] = seconds(lambda: read_arrow(codec))
    print(json.dumps({"versions": f"pandas {pandas.__version__}, pyarrow {pyarrow.__version__}", "seconds": result}))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        write(int(sys.argv[2]))
    else:
        measure()
