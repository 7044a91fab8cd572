"""Records what Python's onnx writes for one small model that uses every field of the encoder.

Run: python tests/parity/record_onnx_model.py
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

OUT = Path(__file__).parents[2] / "packages/backend-onnxruntime/src/onnx-model/fixtures/model.json"


def value(name, dtype, shape):
    return helper.make_tensor_value_info(name, dtype, shape)


body = helper.make_graph(
    [helper.make_node("Add", ["before", "entry"], ["after"])],
    "body",
    [value("before", TensorProto.FLOAT, [2]), value("entry", TensorProto.FLOAT, [2])],
    [value("after", TensorProto.FLOAT, [2])],
)
nodes = [
    helper.make_node("Transpose", ["x"], ["t"], name="Transpose of x", perm=[1, 0]),
    helper.make_node("LeakyRelu", ["t"], ["r"], alpha=0.25),
    helper.make_node("Cast", ["r"], ["wide"], to=TensorProto.FLOAT16),
    helper.make_node("Cast", ["wide"], ["narrow"], to=TensorProto.FLOAT),
    helper.make_node("ArgMax", ["narrow"], ["best"], axis=-1, keepdims=0),
    helper.make_node("Clip", ["narrow", "", "limit"], ["clipped"]),
    helper.make_node("FusedMatMul", ["clipped", "w"], ["y"], domain="com.microsoft", transB=1),
    helper.make_node("FakeOp", ["y"], ["", "z"], domain="com.microsoft.nchwc", mode="größer", names=["a", "b"], scales=[1.5, -2.0]),
    helper.make_node("Scan", ["s", "y"], ["last", "all"], body=body, num_scan_inputs=1),
]
long_name = "n" * 300
initializers = [
    helper.make_tensor("limit", TensorProto.FLOAT, [], np.float32(3.5).tobytes(), raw=True),
    helper.make_tensor("w", TensorProto.FLOAT, [2, 3], np.arange(6, dtype=np.float32).tobytes(), raw=True),
    helper.make_tensor(long_name, TensorProto.INT64, [2], np.array([-1, 1 << 40], dtype=np.int64).tobytes(), raw=True),
    helper.make_tensor("empty", TensorProto.BOOL, [0, 4], b"", raw=True),
    helper.make_tensor("half", TensorProto.BFLOAT16, [1], b"\x80\x3f", raw=True),
]
graph = helper.make_graph(
    nodes,
    "step",
    [value("x", TensorProto.FLOAT, [3, 2]), value("mask", TensorProto.BOOL, [0]), value("id", TensorProto.INT32, [])],
    [value("z", TensorProto.FLOAT, [2, 2]), value("best", TensorProto.INT64, [2]), value("u", TensorProto.UINT32, [1]), value("b", TensorProto.UINT8, [1])],
    initializers,
)
opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1), helper.make_opsetid("com.microsoft.nchwc", 1)]
model = helper.make_model(graph, producer_name="lightning-ts", opset_imports=opsets, ir_version=10)
OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps({"onnx": onnx.__version__, "hex": model.SerializeToString(deterministic=True).hex()}) + "\n")
