"""Records what pandas reads in CSV and JSON lines, and what scikit-learn's encoders make of numbers.

usage: python tests/parity/record_tables.py
"""

import io
import json
import math
from pathlib import Path

import numpy
import pandas
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder, StandardScaler

OUT = Path("packages/data/src")


def cell(value):
    """A value as JSON has it: NaN and NaT are null, times are milliseconds."""
    if value is None or value is pandas.NaT or value is pandas.NA:
        return None
    if isinstance(value, pandas.Timestamp):
        return int(value.value // 1_000_000)
    value = value.item() if isinstance(value, numpy.generic) else value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)
    return value


def table(frame):
    return {
        str(name): {"dtype": str(frame[name].dtype), "values": [cell(value) for value in frame[name]]} for name in frame.columns
    }


CSV = {
    "types": (
        "whole,part,flag,word,gap,wide\n1,0.5,true,one,3,9007199254740993\n-2,1e-3,False,two,,1\n3,.25,TRUE,three,4,-9223372036854775808\n",
        {},
    ),
    "missing": (
        "a,b,c,d\n1,NA,x,\nNaN,2.5,null,\n3,n/a,N/A,\n-1.#IND,4,<NA>,\n",
        {},
    ),
    "quotes": (
        'name,text\n"Lee, Ann","said ""no"""\nBo,"two\nlines"\n" c ",""\n',
        {},
    ),
    "numbers": ("x\n0.1\n1.7976931348623157e308\n5e-324\n+3\n-0\ninf\n-Infinity\n123456789.123456789\n", {}),
    "returns": ("a,b\r\n1,x\r\n2,y\r\n", {}),
    "semicolons": ("a;b\n1;x\n2;y\n", {"delimiter": ";"}),
    "comments": ("a,b\n# nothing\n1,x\n2,y\n", {"comment": "#"}),
    "no header": ("1,x\n2,y\n", {"header": ["n", "s"]}),
    "other words for missing": ("a,b\n1,-\n?,y\n", {"missing": ["-", "?"]}),
    "dates": (
        "at,n\n2024-02-29,1\n,2\n2024-03-01T12:30:15.250,3\n1969-12-31 23:59:59,4\n2024-07-01T00:00:00+02:00,5\n",
        {"columns": {"at": "date", "n": "integer"}},
    ),
    "categories": ("kind,n\nowl,1\nbat,2\n,3\nowl,4\n", {"columns": {"kind": "category", "n": "number"}}),
    "unnamed": (",a\n0,5\n1,6\n", {}),
    "blank lines": ("a,b\n\n1,2\n\n3,4\n\n", {}),
    "byte order mark": ("\ufeffa,b\n1,2\n", {}),
    "unicode": ("stadt,名\nZürich,花\n🙂,é\n", {}),
}


def read_csv(text, options):
    columns = options.get("columns", {})
    header = options.get("header")
    frame = pandas.read_csv(
        io.BytesIO(text.encode()),
        sep=options.get("delimiter", ","),
        comment=options.get("comment"),
        names=header,
        header=None if header else 0,
        na_values=options.get("missing"),
        keep_default_na="missing" not in options,
        dtype={name: "category" for name, type_ in columns.items() if type_ == "category"} or None,
    )
    for name, type_ in columns.items():
        if type_ == "date":
            frame[name] = pandas.to_datetime(frame[name], format="ISO8601", utc=True)
    return frame


files = []
for name, (text, options) in CSV.items():
    frame = read_csv(text, options)
    recorded = {"name": name, "text": text, "options": options, "columns": table(frame)}
    if name == "categories":
        recorded["categories"] = list(frame["kind"].cat.categories)
        recorded["codes"] = frame["kind"].cat.codes.tolist()
    files.append(recorded)
(OUT / "csv/fixtures").mkdir(exist_ok=True)
(OUT / "csv/fixtures/csv.json").write_text(json.dumps({"pandas": pandas.__version__, "files": files}) + "\n")

LINES = {
    "types": '{"a": 1, "b": 0.5, "c": true, "d": "x"}\n{"a": 2, "b": 3, "c": false, "d": "y"}\n',
    "missing": '{"a": 1, "b": null, "c": "x"}\n{"a": null, "b": 2.5}\n{"c": "z", "e": 7}\n',
    "escapes": '{"s": "caf\\u00e9 \\"q\\"\\n"}\n\n{"s": "\\ud83d\\ude42"}\n',
}
files = []
for name, text in LINES.items():
    frame = pandas.read_json(io.StringIO(text), lines=True, precise_float=True)
    files.append({"name": name, "text": text, "columns": table(frame)})
(OUT / "json-lines/fixtures").mkdir(exist_ok=True)
(OUT / "json-lines/fixtures/json-lines.json").write_text(json.dumps({"pandas": pandas.__version__, "files": files}) + "\n")

random = numpy.random.default_rng(5)
COUNT = 40
frame = pandas.DataFrame(
    {
        "mass": random.normal(4200, 800, COUNT).round(1),
        "tiny": random.normal(0, 1e-6, COUNT),
        "constant": numpy.full(COUNT, 0.1),
        "count": random.integers(-3, 9, COUNT),
        "island": random.choice(["Biscoe", "Dream", "Torgersen"], COUNT),
        "species": random.choice(["Chinstrap", "Adelie", "Gentoo"], COUNT),
    }
)
frame.loc[3, "mass"] = numpy.nan
train, test = frame.iloc[:30], frame.iloc[30:]
transformer = ColumnTransformer(
    [
        ("standard", StandardScaler(), ["mass", "tiny", "constant"]),
        ("minmax", MinMaxScaler(), ["count"]),
        ("onehot", OneHotEncoder(), ["island"]),
        ("same", "passthrough", ["count"]),
    ],
    sparse_threshold=0,
).fit(train)
labels = LabelEncoder().fit(train["species"])


def matrix(part):
    return [[cell(value) for value in row] for row in transformer.transform(part)]


recorded = {
    "sklearn": sklearn.__version__,
    "frame": {name: [cell(value) for value in frame[name]] for name in frame.columns},
    "train": matrix(train),
    "test": matrix(test),
    "classes": labels.classes_.tolist(),
    "labels": labels.transform(test["species"]).tolist(),
    "mean": transformer.named_transformers_["standard"].mean_.tolist(),
    "scale": transformer.named_transformers_["standard"].scale_.tolist(),
}
(OUT / "encoders/fixtures").mkdir(exist_ok=True)
(OUT / "encoders/fixtures/encoders.json").write_text(json.dumps(recorded) + "\n")
