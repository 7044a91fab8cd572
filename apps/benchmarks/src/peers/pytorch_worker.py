"""Trains a workload in eager PyTorch: pytorch_worker.py <workload> <threads> <default|fused>. Speaks the protocol of protocol.ts.

PyTorch gets its best shot: gradients set to None, a warm allocator, the same number of threads; `fused` is Adam's one-pass form.
"""

import json
import sys
import time


def say(line):
    print(json.dumps(line), flush=True)


try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    say({"unavailable": f"{sys.executable} has no torch ({error})"})
    sys.exit(0)


class MnistNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
        x = torch.flatten(self.dropout1(x), 1)
        return self.fc2(self.dropout2(F.relu(self.fc1(x))))


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)

    def forward(self, x):
        batch, time_steps, width = x.shape
        q, k, v = (part.view(batch, time_steps, self.heads, width // self.heads).transpose(1, 2) for part in self.qkv(x).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).contiguous().view(batch, time_steps, width))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, bias=False), nn.LayerNorm(width, bias=False)
        self.attention = SelfAttention(width, heads)
        self.expand, self.contract = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))


class NanoGpt(nn.Module):
    def __init__(self, vocabulary=65, time_steps=64, width=128, heads=4, layers=4):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(time_steps, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width, bias=False)

        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02)  # as nanoGPT does: see nano-gpt.ts

    def forward(self, indices):
        x = self.tokens(indices) + self.positions(torch.arange(indices.shape[1]))
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight).flatten(0, 1)


class SequenceClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(128, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        _, (h, _) = self.lstm(x)
        return self.head(h.reshape(64, 128))


def make(workload):
    if workload == "mlp":
        model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
        return model, torch.randn(64, 784), torch.randint(10, (64,))
    if workload == "cnn":
        return MnistNet(), torch.randn(64, 1, 28, 28), torch.randint(10, (64,))
    if workload == "lstm":
        return SequenceClassifier(), torch.randn(64, 100, 128), torch.randint(10, (64,))
    return NanoGpt(), torch.randint(65, (12, 64)), torch.randint(65, (12 * 64,))


def main():
    torch.manual_seed(0)
    torch.set_num_threads(int(sys.argv[2]))
    model, inputs, targets = make(sys.argv[1])
    is_fused = sys.argv[3] == "fused"
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-6, fused=True if is_fused else None)  # LEARNING_RATE of workload.ts
    say({"description": f"PyTorch {torch.__version__} eager{', fused Adam' if is_fused else ''}, {torch.get_num_threads()} threads"})
    for line in sys.stdin:
        steps = json.loads(line)["steps"]
        if steps == 0:
            return
        start, processor = time.perf_counter(), time.process_time()
        for _ in range(steps):
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
        total, used = time.perf_counter() - start, time.process_time() - processor
        say({"totalMs": total * 1000, "cpuMs": used * 1000, "hostMs": None, "loss": loss.item()})


main()
