"""Loads state dicts that `write_state_dicts.ts` has written back into Python's models, and compares what they give.

Run: npx tsx --conditions=lightning-ts-source tests/parity/write_state_dicts.ts && python tests/parity/check_state_dicts.py
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from state_dict_models import MODELS, batch

FOLDER = Path("/tmp/state-dicts")

for name, (create, shape, _, _) in MODELS.items():
    model = create()
    model.load_state_dict(load_file(FOLDER / f"{name}.safetensors"), strict=True)
    given = torch.tensor(json.loads((FOLDER / f"{name}.json").read_text()))
    found = model.eval()(batch(0, shape)[0]).reshape(-1)
    torch.testing.assert_close(found, given, rtol=1e-4, atol=1e-4)
    print(name, "loads and gives the same")
