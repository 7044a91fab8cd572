"""The three models whose state dicts go to TypeScript and back; packages/vision/src/state-dicts has the same ones."""

import torch
import torchvision
from torch import nn

import formula_weights


class LstmClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 8, num_layers=2, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        return self.fc(self.lstm(x)[0][:, -1])


class EncoderClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 4, dim_feedforward=32, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        return self.fc(self.encoder(x).mean(1))


def resnet18():
    return formula_weights.fill(torchvision.models.resnet18(num_classes=3))


# How each is made, the shape of a batch, how many batches an epoch has, and the learning rate. With a larger one,
# PyTorch's own float32 and float64 are several percent apart after two steps of the untrained ResNet.
MODELS = {
    "resnet18": (resnet18, [4, 3, 64, 64], 2, 3e-4),
    "lstm": (LstmClassifier, [6, 7, 5], 4, 0.01),
    "encoder": (EncoderClassifier, [6, 5, 16], 4, 0.01),
}


def batch(index, shape):
    x = torch.from_numpy(formula_weights.uniform(500 + index, torch.Size(shape).numel()).astype("float32")).reshape(shape)
    return x, torch.arange(shape[0]) % 3
