"""Checks models that `export_models.ts` has written: with the checker of Python's onnx, and by running them in Python's onnxruntime.

Writes down which were checked, with which versions; the tests compare that list with their cases.
Run: npx tsx --conditions=lightning-ts-source tests/parity/export_models.ts && python tests/parity/check_exported_models.py
"""

import json
from pathlib import Path

import numpy
import onnx
import onnxruntime

MODELS = Path("/tmp/exported-models")
OUT = Path(__file__).parents[2] / "packages/core/src/export/fixtures"
TYPES = {"float32": numpy.float32, "int32": numpy.int32, "bool": bool}


def array(described):
    return numpy.array(described["values"], TYPES[described["dtype"]]).reshape(described["shape"])


checked = []
for path in sorted(MODELS.glob("*.onnx"), key=lambda one: int(one.stem)):
    case = json.loads(path.with_suffix(".json").read_text())
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert [opset.domain for opset in model.opset_import] == [""], model.opset_import
    assert all(node.domain == "" for node in model.graph.node)
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for run in case["runs"]:
        [output] = session.run(None, {session.get_inputs()[0].name: array(run["input"])})
        numpy.testing.assert_allclose(output, array(run["output"]), rtol=2e-5, atol=2e-5, err_msg=case["name"])
    checked.append(case["name"])

OUT.mkdir(parents=True, exist_ok=True)
record = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__, "checked": checked}
(OUT / "checked-models.json").write_text(json.dumps(record, indent=2) + "\n")
print(len(checked), "models checked")
