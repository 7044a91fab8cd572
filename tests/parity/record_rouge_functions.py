"""Records ROUGE of torchmetrics with functions that prepare and cut texts; rouge-functions.test.ts has the same ones.

usage: python tests/parity/record_rouge_functions.py
"""

import json
import re
from pathlib import Path

import torchmetrics
from torchmetrics.functional.text import rouge_score

from recorded_numbers import number

OUT = Path("packages/metrics/src/text/fixtures/rouge-functions.json")
PREDS = ["The cat-like creature sat on the mat.", "A quick brown fox"]
TARGET = ["A cat like creature is on a Mat", "the QUICK brown-fox jumps"]
FUNCTIONS = {
    "letters only": {"normalizer": lambda text: re.sub(r"[^A-Za-z]+", " ", text)},
    "words at hyphens": {"tokenizer": lambda text: re.split(r"[\s-]+", text)},
    "capital letters one by one": {
        "normalizer": lambda text: text.upper(),
        "tokenizer": lambda text: list(text.replace(" ", "")),
    },
}

scores = {
    name: {key: number(float(value)) for key, value in rouge_score(PREDS, TARGET, rouge_keys=("rouge1", "rouge2", "rougeL"), **options).items()}
    for name, options in FUNCTIONS.items()
}
OUT.write_text(json.dumps({"torchmetrics": torchmetrics.__version__, "batches": {}, "cases": [], "preds": PREDS, "target": TARGET, "scores": scores}, indent=1) + "\n")
