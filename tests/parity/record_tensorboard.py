"""Reads an event file that @lightning-ts/fabric wrote with TensorBoard's own reader and records both.

Run from the repository root: python tests/parity/record_tensorboard.py
"""

import base64
import io
import json
import pathlib
import subprocess
import tempfile

import numpy as np
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.plugins.hparams import plugin_data_pb2
from torch.utils.tensorboard.summary import make_histogram

FIXTURES = pathlib.Path("packages/fabric/src/loggers/fixtures")


def number(value):
    return value if np.isfinite(value) else repr(float(value))


def read_hparams(accumulator):
    found = {}
    for tag in ("_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info"):
        content = accumulator.SummaryMetadata(tag).plugin_data.content
        found[tag] = plugin_data_pb2.HParamsPluginData.FromString(content)
    experiment = found["_hparams_/experiment"].experiment
    start = found["_hparams_/session_start_info"].session_start_info
    values = {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()}
    return {
        "values": dict(sorted(values.items())),
        "types": {info.name: info.type for info in experiment.hparam_infos},
        "metrics": [info.name.tag for info in experiment.metric_infos],
        "status": found["_hparams_/session_end_info"].session_end_info.status,
    }


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npx", "tsx", "--conditions=lightning-ts-source", str(FIXTURES / "write-sample-run.ts"), folder], check=True
        )
        (path,) = pathlib.Path(folder).rglob("events.out.tfevents.*")
        raw = path.read_bytes()
        records = sum(1 for _ in RawEventFileLoader(str(path)).Load())
        accumulator = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0, "images": 0, "histograms": 0})
        accumulator.Reload()
    (image,) = accumulator.Images("digit")
    (histogram,) = accumulator.Histograms("weights")
    (text,) = accumulator.Tensors("notes/text_summary")
    expected = make_histogram(np.array([-3, -0.5, 0, 0, 1e-13, 0.25, 0.25, 7]), default_bins(), None)
    reading = {
        "records": records,
        "scalars": {
            tag: [[event.step, event.wall_time, number(event.value)] for event in accumulator.Scalars(tag)]
            for tag in sorted(accumulator.Tags()["scalars"])
        },
        "text": [text.step, text.tensor_proto.string_val[0].decode()],
        "image": [image.step, image.width, image.height, np.array(Image.open(io.BytesIO(image.encoded_image_string))).flatten().tolist()],
        "histogram": [
            histogram.step,
            {field: getattr(histogram.histogram_value, field) for field in ("min", "max", "num", "sum", "sum_squares")},
            list(histogram.histogram_value.bucket_limit),
            list(histogram.histogram_value.bucket),
        ],
        "torch_histogram": [list(expected.bucket_limit), list(expected.bucket)],
        "hparams": read_hparams(accumulator),
    }
    fixture = {"file": base64.b64encode(raw).decode(), "reading": reading}
    (FIXTURES / "tensorboard.json").write_text(json.dumps(fixture, indent=1, ensure_ascii=False) + "\n")


def default_bins():
    """As torch.utils.tensorboard.SummaryWriter makes them."""
    value = 1e-12
    positive = []
    while value < 1e20:
        positive.append(value)
        value *= 1.1
    return [-edge for edge in reversed(positive)] + [0] + positive


if __name__ == "__main__":
    main()
