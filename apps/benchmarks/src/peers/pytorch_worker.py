"""Trains a workload in PyTorch: pytorch_worker.py <workload> <threads> <start file> <default|fused> [cpu|cuda] [eager|compile].
Speaks the protocol of protocol.ts. On a GPU every step brings its batch from pinned memory, and products are of float32, not TF32.

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
    from mnist_net import MnistNet
    from start_file import read_start
    from torch import nn
except ImportError as error:
    say({"unavailable": f"{sys.executable} has no torch ({error})"})
    sys.exit(0)


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

    def forward(self, indices):
        x = self.tokens(indices) + self.positions(torch.arange(indices.shape[1], device=indices.device))
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight).flatten(0, 1)


class SequenceClassifier(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.layer, self.head = kind(128, 128, batch_first=True), nn.Linear(128, 10)

    def forward(self, x):
        _, state = self.layer(x)
        return self.head((state[0] if isinstance(state, tuple) else state).reshape(64, 128))


class BasicBlock(nn.Module):
    """torchvision's, which need not be installed."""

    def __init__(self, before, width, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(before, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        is_same = stride == 1 and before == width
        self.downsample = None if is_same else nn.Sequential(nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y += x if self.downsample is None else self.downsample(x)
        return self.relu(y)


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        self.relu, self.maxpool = nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
        widths = [64, 64, 128, 256, 512]
        for i in range(1, 5):
            self.add_module(f"layer{i}", nn.Sequential(BasicBlock(widths[i - 1], widths[i], 1 if i == 1 else 2), BasicBlock(widths[i], widths[i], 1)))
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(512, 10)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def mobilenet():
    def activated(convolution):
        return [convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU6(inplace=True)]

    layers = activated(nn.Conv2d(3, 32, 3, padding=1, bias=False))
    for channels, width, stride in [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]:
        layers += activated(nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False))
        layers += activated(nn.Conv2d(channels, width, 1, bias=False))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


class ConvNextBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.depthwise, self.norm = nn.Conv2d(width, width, 7, padding=3, groups=width), nn.LayerNorm(width, eps=1e-6)
        self.expand, self.contract = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.scale = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x):
        y = self.contract(F.gelu(self.expand(self.norm(self.depthwise(x).permute(0, 2, 3, 1))))) * self.scale
        return x + y.permute(0, 3, 1, 2)


class ConvNext(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.down = nn.Conv2d(3, 64, 2, 2), nn.Conv2d(64, 128, 2, 2)
        self.stage1 = nn.Sequential(ConvNextBlock(64), ConvNextBlock(64))
        self.stage2 = nn.Sequential(ConvNextBlock(128), ConvNextBlock(128))
        self.norm, self.head = nn.LayerNorm(128), nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.norm(self.stage2(self.down(self.stage1(self.stem(x)))).mean((2, 3))))


MODELS = {
    "mlp": lambda: nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)),
    "cnn": MnistNet,
    "nanogpt": NanoGpt,
    "gpt6": lambda: NanoGpt(time_steps=128, width=256, heads=8, layers=6),
    "lstm": lambda: SequenceClassifier(nn.LSTM),
    "gru": lambda: SequenceClassifier(nn.GRU),
    "rnn": lambda: SequenceClassifier(nn.RNN),
    "resnet18": ResNet18,
    "mobilenet": mobilenet,
    "convnext": ConvNext,
}

DEVICE = sys.argv[5] if len(sys.argv) > 5 else "cpu"
IS_COMPILED = sys.argv[6:7] == ["compile"]


def on_device(batch):
    return tuple(values.to(DEVICE, non_blocking=True) for values in batch)


def train(model, *batch):
    """A function that takes steps and gives the last loss."""
    optimizer = torch.optim.Adam(model.parameters(), fused=True if sys.argv[4] == "fused" else None)

    def steps(count, learning_rate):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate
        for _ in range(count):
            optimizer.zero_grad(set_to_none=True)
            inputs, targets = on_device(batch)
            loss = F.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
        return loss

    return steps


def predict(model, *batch):
    """The same for predictions: the mean magnitude of the outputs."""
    model.eval()

    def steps(count, _learning_rate):
        with torch.inference_mode():
            for _ in range(count):
                inputs, _ = on_device(batch)
                outputs = model(inputs)
            return outputs.abs().mean()

    return steps


def main():
    torch.set_num_threads(int(sys.argv[2]))
    is_prediction = sys.argv[1].endswith("-predict")
    if is_prediction and sys.argv[4] == "fused":
        say({"unavailable": "predictions need no optimizer"})
        return
    model, *batch = read_start(sys.argv[3], MODELS[sys.argv[1].removesuffix("-predict")]())
    if DEVICE == "cuda":
        torch.backends.cudnn.allow_tf32 = False
        model, batch = model.to(DEVICE), [values.pin_memory() for values in batch]
    if IS_COMPILED:
        model = torch.compile(model)
    steps_of = (predict if is_prediction else train)(model, *batch)
    fused = ", fused Adam" if sys.argv[4] == "fused" else ""
    form = "compiled" if IS_COMPILED else "eager"
    say({"description": f"PyTorch {torch.__version__} {form}{fused}, {DEVICE}, {torch.get_num_threads()} threads"})
    for line in sys.stdin:
        request = json.loads(line)
        if request["steps"] == 0:
            return
        start, processor = time.perf_counter(), time.process_time()
        loss = steps_of(request["steps"], request["learningRate"])
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        total, used = time.perf_counter() - start, time.process_time() - processor
        say({"totalMs": total * 1000, "cpuMs": used * 1000, "hostMs": None, "loss": loss.item()})


main()
