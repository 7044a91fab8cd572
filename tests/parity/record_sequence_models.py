"""State dicts of an LSTM classifier and of a transformer encoder, from PyTorch to here and back.

Usage: python tests/parity/record_sequence_models.py
Writes packages/core/src/optim/fixtures/sequence-models/: <model>.safetensors are PyTorch's weights, <model>.json a batch, its
logits, and losses of two epochs; <model>.after.safetensors and <model>.adam.* are weights and Adam's state between them. The
test beside it (UPDATE_FIXTURES=1) writes <model>.trained.* and <model>.trained.adam.*, weights and state trained here; run this
script again afterwards: it loads them into PyTorch's module, strictly, and into its Adam, and records logits and a second epoch.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

OUT = Path(__file__).parents[2] / "packages/core/src/optim/fixtures/sequence-models"
VOCABULARY, CLASSES, STEPS, BATCH, BATCHES = 12, 3, 7, 4, 8


class LstmClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 6)
        self.lstm = nn.LSTM(6, 5, num_layers=2, batch_first=True, bidirectional=True)
        self.head = nn.Linear(10, CLASSES)

    def forward(self, tokens, lengths):
        packed = pack_padded_sequence(self.embedding(tokens), lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        return self.head(torch.cat([h[-2], h[-1]], 1))


class EncoderClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 8)
        layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=12, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(8), enable_nested_tensor=False)
        self.head = nn.Linear(8, CLASSES)

    def forward(self, tokens, lengths):
        hidden = torch.arange(STEPS)[None] >= lengths[:, None]
        return self.head(self.encoder(self.embedding(tokens), src_key_padding_mask=hidden)[:, 0])


def numbers(tensor):
    return [float(f"{value:.8g}") for value in tensor.detach().reshape(-1).tolist()]


def write_state(name, state):
    """An optimizer's state: its tensors as `<parameter>.<name>`, its groups as JSON."""
    tensors = {f"{number}.{key}": value for number, entry in state["state"].items() for key, value in entry.items()}
    save_file(tensors, OUT / f"{name}.safetensors")
    (OUT / f"{name}.json").write_text(json.dumps(state["param_groups"]) + "\n")


def read_state(name):
    state = {}
    for path, value in load_file(OUT / f"{name}.safetensors").items():
        number, key = path.split(".")
        state.setdefault(int(number), {})[key] = value
    return {"state": state, "param_groups": json.loads((OUT / f"{name}.json").read_text())}


def record(name, model):
    torch.manual_seed(23)
    model = model()
    lengths = torch.randint(1, STEPS + 1, (BATCHES, BATCH))
    tokens = torch.randint(1, VOCABULARY, (BATCHES, BATCH, STEPS))
    tokens[torch.arange(STEPS)[None, None] >= lengths[..., None]] = 0
    labels = tokens[..., 0] % CLASSES
    save_file({key: value.clone() for key, value in model.state_dict().items()}, OUT / f"{name}.safetensors")
    recorded = {
        "torch": torch.__version__,
        "tokens": tokens.tolist(),
        "lengths": lengths.tolist(),
        "labels": labels.tolist(),
        "logits": numbers(model(tokens[0], lengths[0])),
    }

    def epoch(model, optimizer):
        losses = []
        for batch in range(BATCHES):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(tokens[batch], lengths[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    trained = OUT / f"{name}.trained.safetensors"
    if trained.exists():
        other = type(model)()
        other.load_state_dict(load_file(trained))
        recorded["logitsOfTrainedHere"] = numbers(other(tokens[0], lengths[0]))
        adam = torch.optim.Adam(other.parameters())
        adam.load_state_dict(read_state(f"{name}.trained.adam"))
        recorded["secondEpochOfTrainedHere"] = epoch(other, adam)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, amsgrad=True)
    recorded["losses"] = epoch(model, optimizer)
    recorded["logitsAfterTraining"] = numbers(model(tokens[0], lengths[0]))
    save_file({key: value.clone() for key, value in model.state_dict().items()}, OUT / f"{name}.after.safetensors")
    write_state(f"{name}.adam", optimizer.state_dict())
    recorded["secondEpoch"] = epoch(model, optimizer)
    (OUT / f"{name}.json").write_text(json.dumps(recorded, separators=(",", ":")) + "\n")


OUT.mkdir(parents=True, exist_ok=True)
record("lstm", LstmClassifier)
record("encoder", EncoderClassifier)
