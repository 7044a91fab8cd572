"""Records files of CIFAR in the binary form, with the images and labels that torchvision reads in the same data.

torchvision reads the pickled form only. Both forms hold the same rows: a label (CIFAR-100: the coarse one, the fine one)
and 3072 bytes, red first. The images are noise.

usage: python tests/parity/record_cifar.py
"""

import base64
import hashlib
import json
import pickle
import tempfile
from pathlib import Path

import numpy
import torchvision
from torchvision.datasets import CIFAR10, CIFAR100
from torchvision.transforms import ToTensor

OUT = Path("packages/data/src/arrays/fixtures/cifar.json")
random = numpy.random.default_rng(16)


def text(array):
    return base64.b64encode(array.tobytes()).decode()


def record(base, labels, pixels):
    """labels: the names of the pickled form and their numbers, in the order of the binary form."""
    columns = numpy.array(list(labels.values()), "u1").T
    binary = numpy.concatenate([columns, pixels], 1)
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / base.base_folder
        folder.mkdir()

        def put(name, content):
            encoded = pickle.dumps(content)
            (folder / name).write_bytes(encoded)
            return hashlib.md5(encoded).hexdigest()

        batch = [["batch", put("batch", {"data": pixels, **labels})]]
        names = put("names", {base.meta["key"]: [str(i) for i in range(100)]})
        meta = {**base.meta, "filename": "names", "md5": names}
        dataset = type("Written", (base,), {"train_list": batch, "test_list": [], "meta": meta})(root, transform=ToTensor())
    tensors = numpy.stack([image.numpy() for image, _ in dataset])
    assert (tensors == pixels.reshape(-1, 3, 32, 32).astype("f4") / numpy.float32(255)).all()
    return {
        "binary": text(binary),
        # uint8 [images, 32, 32, 3]
        "data": text(dataset.data),
        "targets": list(map(int, dataset.targets)),
        # Of all numbers that ToTensor gives, [images, 3, 32, 32], the first of each image and colour.
        "corners": tensors[:, :, 0, 0].tolist(),
    }


images = random.integers(0, 256, (2, 3072), "u1")
result = {
    "torchvision": torchvision.__version__,
    "cifar10": record(CIFAR10, {"labels": [9, 0]}, images),
    "cifar100": record(CIFAR100, {"coarse_labels": [19, 3], "fine_labels": [99, 42]}, 255 - images),
}
OUT.write_text(json.dumps(result, separators=(",", ":")) + "\n")
