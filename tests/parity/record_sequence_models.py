"""State dicts of an LSTM classifier and of a transformer encoder, from PyTorch to here and back.

Usage: python tests/parity/record_sequence_models.py
Writes packages/core/src/optim/fixtures/sequence-models/: <model>.safetensors are PyTorch's weights, <model>.json a batch, its
logits, and losses of one epoch. The test beside it (UPDATE_FIXTURES=1) writes <model>.trained.safetensors, weights trained here;
run this script again afterwards: it loads them into PyTorch's module, strictly, and records the logits that they give there.
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
    trained = OUT / f"{name}.trained.safetensors"
    if trained.exists():
        other = type(model)()
        other.load_state_dict(load_file(trained))
        recorded["logitsOfTrainedHere"] = numbers(other(tokens[0], lengths[0]))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    for batch in range(BATCHES):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(tokens[batch], lengths[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    recorded["losses"] = losses
    recorded["logitsAfterTraining"] = numbers(model(tokens[0], lengths[0]))
    (OUT / f"{name}.json").write_text(json.dumps(recorded, separators=(",", ":")) + "\n")


OUT.mkdir(parents=True, exist_ok=True)
record("lstm", LstmClassifier)
record("encoder", EncoderClassifier)
