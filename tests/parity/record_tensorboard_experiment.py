"""Reads what `logger.experiment` wrote with TensorBoard's own reader, compares it with what torch's SummaryWriter
writes for the same calls, and records both our files and the reading.

Run from the repository root: python tests/parity/record_tensorboard_experiment.py
"""

import base64
import io
import json
import pathlib
import subprocess
import tempfile
import wave

import numpy as np
import torch
from google.protobuf import json_format, text_format
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.projector.projector_config_pb2 import ProjectorConfig
from tensorboard.util import tensor_util
from torch.utils.tensorboard import SummaryWriter

from record_tensorboard import read_hparams

FIXTURES = pathlib.Path("packages/fabric/src/loggers/fixtures")


def numbers(*shape):
    count = int(np.prod(shape))
    return torch.tensor([((i * 37) % 101) / 100 for i in range(count)], dtype=torch.float32).reshape(shape)


def write_with_torch(folder):
    writer = SummaryWriter(folder)
    writer.add_scalar("loss", 0.25, 1)
    writer.add_scalars("run/losses", {"train": 0.5, "val": 0.75}, 2)
    writer.add_image("digit", numbers(3, 2, 4), 3)
    writer.add_image("grey", torch.tensor([[0, 100], [255, 255]], dtype=torch.uint8), 3, dataformats="HW")
    writer.add_image("clear", numbers(2, 2, 4), 3, dataformats="HWC")
    writer.add_images("digits", numbers(10, 1, 2, 2), 4)
    writer.add_histogram("weights", torch.tensor([[-3, -0.5], [0, 0.25]]), 5)
    writer.add_text("notes", "**bold**", 6)
    writer.add_audio("tone", torch.tensor([0, 0.5, -0.5, 1, 2, -3]), 7, sample_rate=8000)
    writer.add_pr_curve("curve", torch.tensor([0, 1, 1, 0, 1]), numbers(5), 8, num_thresholds=11)
    writer.add_pr_curve("weighted", torch.tensor([1, 0, 1]), numbers(3), 8, weights=np.array([1, 2, 0.5]))
    writer.add_hparams({"lr": 0.1, "name": "adam"}, {"hparam/accuracy": 0.75}, run_name="trial", global_step=9)
    writer.add_embedding(numbers(3, 2), metadata=["a", "b", "c"], label_img=numbers(3, 3, 2, 2), global_step=10)
    writer.add_embedding(numbers(2, 2), metadata=[["a", "1"], ["b", "2"]], metadata_header=["name", "number"], tag="two")
    writer.close()


def image_of(encoded):
    image = Image.open(io.BytesIO(encoded))
    return [image.width, image.height, np.array(image).flatten().tolist()]


def audio_of(encoded):
    with wave.open(io.BytesIO(encoded)) as sound:
        frames = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return [sound.getframerate(), sound.getnchannels(), frames.tolist()]


def read_run(path):
    accumulator = EventAccumulator(str(path), size_guidance={"scalars": 0, "tensors": 0, "images": 0, "histograms": 0, "audio": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    found = {"scalars": {tag: [[e.step, e.value] for e in accumulator.Scalars(tag)] for tag in sorted(tags["scalars"])}}
    if tags["images"]:
        found["images"] = {tag: [[e.step, *image_of(e.encoded_image_string)] for e in accumulator.Images(tag)] for tag in sorted(tags["images"])}
    if tags["audio"]:
        found["audio"] = {tag: [[e.step, e.length_frames, *audio_of(e.encoded_audio_string)] for e in accumulator.Audio(tag)] for tag in sorted(tags["audio"])}
    if tags["histograms"]:
        found["histograms"] = {tag: [[e.step, list(e.histogram_value.bucket_limit), list(e.histogram_value.bucket)] for e in accumulator.Histograms(tag)] for tag in sorted(tags["histograms"])}
    tensors = {}
    for tag in sorted(tags["tensors"]):
        if tag.startswith("_hparams_/"):
            continue
        values = [[e.step, tensor_util.make_ndarray(e.tensor_proto)] for e in accumulator.Tensors(tag)]
        plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
        tensors[tag] = [plugin, [[step, [v.decode() for v in value.flatten()] if value.dtype == object else np.round(value.astype(float), 6).tolist()] for step, value in values]]
    if tensors:
        found["tensors"] = tensors
    try:
        found["hparams"] = read_hparams(accumulator)
    except KeyError:
        pass  # a run without hyperparameters
    return found


def read(folder):
    """All runs by their folders, and all other files."""
    folder = pathlib.Path(folder)
    runs = sorted({path.parent for path in folder.rglob("events.out.tfevents.*")})
    others = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and "tfevents" not in name and not name.endswith(".yaml"):
            others[name] = image_of(path.read_bytes()) if name.endswith(".png") else path.read_text()
            if name.endswith(".pbtxt"):
                others[name] = json_format.MessageToDict(text_format.Parse(path.read_text(), ProjectorConfig()))
            if name.endswith("tensors.tsv"):
                others[name] = np.loadtxt(path).tolist()
    return {"runs": {str(run.relative_to(folder)): read_run(run) for run in runs}, "files": others}


def read_graph(path):
    accumulator = EventAccumulator(str(path))
    accumulator.Reload()
    return [[node.name, node.op, list(node.input)] for node in accumulator.Graph().node]


def main():
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as torchs:
        command = ["npx", "tsx", "--conditions=lightning-ts-source", str(FIXTURES / "write-sample-experiment.ts"), ours]
        subprocess.run(command, check=True)
        write_with_torch(torchs)
        folder = pathlib.Path(ours) / "lightning_logs/version_0"
        reading, expected = read(folder), read(torchs)
        graph = read_graph(pathlib.Path(ours) / "graph/version_0")
        for part in ("runs", "files"):
            assert sorted(reading[part]) == sorted(expected[part]), (sorted(reading[part]), sorted(expected[part]))
            for name, value in reading[part].items():
                for key in value if isinstance(value, dict) else []:
                    assert value[key] == expected[part][name][key], (name, key, value[key], expected[part][name][key])
                assert value == expected[part][name], (name, value, expected[part][name])
        raw = {str(path.relative_to(folder)): base64.b64encode(path.read_bytes()).decode() for path in sorted(folder.rglob("*")) if path.is_file()}
    (FIXTURES / "experiment.json").write_text(json.dumps({"files": raw, "reading": reading, "graph": graph}, ensure_ascii=False) + "\n")
    print(f"torch's SummaryWriter and ours read alike: {len(reading['runs'])} runs, {len(reading['files'])} files")


if __name__ == "__main__":
    main()
