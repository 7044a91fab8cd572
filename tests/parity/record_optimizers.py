"""Records what torch's optimizers make of two parameters and given gradients, and the curves of its schedulers.

The second parameter has no gradient in step 2, so its state is one step behind afterwards.
Run: python tests/parity/record_optimizers.py
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import optim
from torch.optim import lr_scheduler, swa_utils

from recorded_numbers import camel

OUT = Path(__file__).parents[2] / "packages/core/src/optim/fixtures"
STEPS = 6
rng = np.random.default_rng(0)
shapes = [[2, 3], [4]]
starts = [rng.normal(size=s).astype(np.float32) for s in shapes]
grads = [[rng.normal(size=s).astype(np.float32) for s in shapes] for _ in range(STEPS)]
grads[2][1] = None


def flat(array):
    return None if array is None else [float(x) for x in np.asarray(array).ravel()]


CASES = {
    "SGD": [{}, {"lr": 0.1, "momentum": 0.9}, {"lr": 0.1, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1}, {"lr": 0.05, "momentum": 0.8, "nesterov": True, "maximize": True}, {"lr": 0.1, "weight_decay": 0.2}],
    "Adam": [{}, {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-4}, {"lr": 0.05, "weight_decay": 0.1}, {"lr": 0.05, "amsgrad": True}, {"lr": 0.05, "maximize": True}],
    "AdamW": [{"lr": 0.05}, {"lr": 0.05, "weight_decay": 0.2, "amsgrad": True}, {"lr": 0.05, "weight_decay": 0.0, "maximize": True}],
}


def run(name, options):
    params = [torch.tensor(s, requires_grad=True) for s in starts]
    made = dict(options)
    if "betas" in made:
        made["betas"] = tuple(made["betas"])
    optimizer = getattr(optim, name)(params, foreach=False, **made)
    after = []
    for step in grads:
        for p, g in zip(params, step):
            p.grad = None if g is None else torch.tensor(g)
        optimizer.step()
        after.append([flat(p.detach()) for p in params])
    state = {str(i): {k: flat(v) if k != "step" else float(v) for k, v in entry.items() if v is not None} for i, entry in optimizer.state_dict()["state"].items()}
    return {"optimizer": name, "options": {camel(k): v for k, v in options.items()}, "after": after, "state": state}


def curve(make, steps=50, **options):
    params = [torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)]
    optimizer = optim.SGD([{"params": [params[0]]}, {"params": [params[1]], "lr": 0.2}], lr=0.5, momentum=0.9)
    scheduler = make(optimizer, **options)
    lrs, momenta = [], []
    for step in range(steps):
        lrs.append([group["lr"] for group in optimizer.param_groups])
        momenta.append(optimizer.param_groups[0]["momentum"])
        if step + 1 < steps:
            optimizer.step()
            scheduler.step()
    return {"scheduler": make.__name__, "options": {camel(k[0].lower() + k[1:]): v for k, v in options.items()}, "lrs": lrs, "momenta": momenta}


def rates(make, steps=50, momentum=0):
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5, momentum=momentum)
    schedulers = make(optimizer)
    lrs = []
    for _ in range(steps):
        lrs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for scheduler in schedulers if isinstance(schedulers, list) else [schedulers]:
            scheduler.step()
    return lrs


def plateau(metrics, **options):
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **options)
    lrs = []
    for metric in metrics:
        scheduler.step(metric)
        lrs.append(optimizer.param_groups[0]["lr"])
    return {"options": {camel(k): v for k, v in options.items()}, "metrics": metrics, "lrs": lrs}


def sequence():
    def make(optimizer):
        warm = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=5)
        cosine = lr_scheduler.CosineAnnealingLR(optimizer, T_max=10, eta_min=0.01)
        steps = lr_scheduler.StepLR(optimizer, step_size=3)
        return lr_scheduler.SequentialLR(optimizer, [warm, cosine, steps], milestones=[5, 15])

    return rates(make, 25)


def chained():
    def make(optimizer):
        return [lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=5), lr_scheduler.ExponentialLR(optimizer, gamma=0.9), lr_scheduler.CosineAnnealingLR(optimizer, T_max=8, eta_min=0.001)]

    return rates(make, 20)


def multiplied():
    return rates(lambda optimizer: lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.95 if epoch % 3 else 1.02))


def scaled():
    return rates(lambda optimizer: lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch)))


def scaled_cycle():
    return rates(lambda optimizer: lr_scheduler.CyclicLR(optimizer, 0.1, 0.5, step_size_up=4, scale_fn=lambda step: 1 / (1 + step), scale_mode="iterations"), momentum=0.9)


def fractions():
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=3, T_mult=2)
    lrs = []
    for epoch in range(12):
        for batch in range(4):
            optimizer.step()
            scheduler.step(epoch + batch / 4)
            lrs.append(optimizer.param_groups[0]["lr"])
    scheduler.step()
    return [*lrs, optimizer.param_groups[0]["lr"]]


def chained_scheduler():
    def make(optimizer):
        return lr_scheduler.ChainedScheduler([lr_scheduler.ConstantLR(optimizer, factor=0.1, total_iters=20), lr_scheduler.ExponentialLR(optimizer, gamma=0.9), lr_scheduler.PolynomialLR(optimizer, total_iters=40)])

    return rates(make)


def begun(**more):
    """An optimizer whose groups have been scheduled before."""
    params = [torch.zeros(1, requires_grad=True), torch.zeros(1, requires_grad=True)]
    groups = [{"params": [params[0]], "lr": 0.3, "initial_lr": 0.5, **more}, {"params": [params[1]], "lr": 0.15, "initial_lr": 0.2, **more}]
    return optim.SGD(groups, lr=0.5, momentum=0.6)


def resumed_cycle(last_epoch, **options):
    """OneCycleLR reads the corners of its cycle from the groups that go on."""
    optimizer = begun()
    for group, most in zip(optimizer.param_groups, [0.5, 0.2]):
        group.update(initial_lr=most / 25, max_lr=most, min_lr=most / 25 / 1e4, max_momentum=0.95, base_momentum=0.85)
    scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr=[0.5, 0.2], last_epoch=last_epoch, **options)
    return resumed_rates(optimizer, scheduler, {"lastEpoch": last_epoch, "maxLr": [0.5, 0.2], **{camel(k): v for k, v in options.items()}})


def resumed_rates(optimizer, scheduler, options):
    lrs, momenta = [], []
    for _ in range(20):
        lrs.append([group["lr"] for group in optimizer.param_groups])
        momenta.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        scheduler.step()
    return {"scheduler": type(scheduler).__name__, "options": options, "lrs": lrs, "momenta": momenta}


def resumed_sequence(last_epoch, milestones):
    optimizer = begun()
    warm = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=5)
    restarts = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=6)
    decay = lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    scheduler = lr_scheduler.SequentialLR(optimizer, [warm, decay, restarts], milestones, last_epoch=last_epoch)
    recorded = resumed_rates(optimizer, scheduler, {"lastEpoch": last_epoch, "milestones": milestones})
    return {**recorded, "lastEpoch": scheduler.last_epoch, "lastLr": scheduler.get_last_lr(), "lastEpochs": [one.last_epoch for one in (warm, decay, restarts)]}


def resumed(make, last_epoch, **options):
    optimizer = begun()
    scheduler = make(optimizer, last_epoch=last_epoch, **options)
    return resumed_rates(optimizer, scheduler, {"lastEpoch": last_epoch, **{camel(k[0].lower() + k[1:]): v for k, v in options.items()}})


wavy = [1.0, 0.9, 0.95, 0.9, 0.9, 0.9, 0.85, 0.8499, 0.86, 0.87, 0.88, 0.89, 0.9, 0.9, 0.9, 0.7, 0.71, 0.72, 0.73, 0.74]
schedulers = {
    "torch": torch.__version__,
    "curves": [
        curve(lr_scheduler.StepLR, step_size=4, gamma=0.5),
        curve(lr_scheduler.MultiStepLR, milestones=[3, 8, 8, 20], gamma=0.3),
        curve(lr_scheduler.ExponentialLR, gamma=0.93),
        curve(lr_scheduler.ConstantLR, factor=0.25, total_iters=6),
        curve(lr_scheduler.LinearLR, start_factor=0.2, end_factor=0.9, total_iters=7),
        curve(lr_scheduler.CosineAnnealingLR, T_max=10, eta_min=0.02),
        curve(lr_scheduler.OneCycleLR, max_lr=0.4, total_steps=50),
        curve(lr_scheduler.OneCycleLR, max_lr=[0.4, 0.3], epochs=10, steps_per_epoch=5, pct_start=0.25, anneal_strategy="linear", three_phase=True, div_factor=10.0, final_div_factor=50.0, base_momentum=0.7, max_momentum=0.9),
        curve(lr_scheduler.OneCycleLR, max_lr=0.4, total_steps=50, cycle_momentum=False),
        curve(lr_scheduler.PolynomialLR, total_iters=20, power=2.0),
        curve(lr_scheduler.PolynomialLR),
        curve(lr_scheduler.CosineAnnealingWarmRestarts, T_0=7),
        curve(lr_scheduler.CosineAnnealingWarmRestarts, T_0=4, T_mult=2, eta_min=0.01),
        curve(lr_scheduler.CyclicLR, base_lr=0.1, max_lr=0.5, step_size_up=6, step_size_down=3, max_momentum=0.95),
        curve(lr_scheduler.CyclicLR, base_lr=[0.1, 0.05], max_lr=0.5, step_size_up=4, mode="triangular2", base_momentum=0.7),
        curve(lr_scheduler.CyclicLR, base_lr=0.1, max_lr=0.5, step_size_up=5, mode="exp_range", gamma=0.95, cycle_momentum=False),
        curve(swa_utils.SWALR, swa_lr=0.05),
        curve(swa_utils.SWALR, swa_lr=[0.05, 0.3], anneal_epochs=7, anneal_strategy="linear"),
        curve(swa_utils.SWALR, swa_lr=0.05, anneal_epochs=0),
    ],
    "resumed": [
        resumed(lr_scheduler.StepLR, 5, step_size=4, gamma=0.5),
        resumed(lr_scheduler.MultiStepLR, 2, milestones=[3, 8, 8, 20], gamma=0.3),
        resumed(lr_scheduler.ExponentialLR, 0, gamma=0.93),
        resumed(lr_scheduler.ConstantLR, 3, factor=0.25, total_iters=6),
        resumed(lr_scheduler.LinearLR, 4, start_factor=0.2, end_factor=0.9, total_iters=7),
        resumed(lr_scheduler.CosineAnnealingLR, 8, T_max=10, eta_min=0.02),
        resumed(lr_scheduler.PolynomialLR, 6, total_iters=20, power=2.0),
        resumed_cycle(6, total_steps=40),
        resumed_cycle(0, total_steps=25, anneal_strategy="linear", three_phase=True),
        resumed_cycle(9, total_steps=40, cycle_momentum=False),
        resumed(lr_scheduler.CyclicLR, 5, base_lr=0.1, max_lr=0.6, step_size_up=4, step_size_down=7),
        resumed(lr_scheduler.CyclicLR, 8, base_lr=[0.5, 0.2], max_lr=0.6, step_size_up=3, mode="exp_range", gamma=0.9, cycle_momentum=False),
        resumed(lr_scheduler.CosineAnnealingWarmRestarts, 2, T_0=7),
        resumed(lr_scheduler.CosineAnnealingWarmRestarts, 4, T_0=5, T_mult=2, eta_min=0.01),
        resumed(lr_scheduler.CosineAnnealingWarmRestarts, 13, T_0=4, T_mult=2),
        resumed(swa_utils.SWALR, 3, swa_lr=0.05),
        resumed(swa_utils.SWALR, 0, swa_lr=[0.05, 0.3], anneal_epochs=4, anneal_strategy="linear"),
        resumed(swa_utils.SWALR, 7, swa_lr=0.05, anneal_epochs=0),
    ],
    "resumedSequences": [resumed_sequence(-1, [4, 9]), resumed_sequence(2, [4, 9]), resumed_sequence(5, [4, 9]), resumed_sequence(11, [4, 9])],
    "multiplied": multiplied(),
    "lambda": scaled(),
    "scaledCycle": scaled_cycle(),
    "fractions": fractions(),
    "chainedScheduler": chained_scheduler(),
    "plateaus": [
        plateau(wavy, patience=2, factor=0.5),
        plateau([-m for m in wavy], mode="max", patience=1, cooldown=3, threshold_mode="abs", threshold=0.01),
        plateau(wavy, patience=0, min_lr=0.05, threshold=0.1, eps=0.02),
    ],
    "sequence": sequence(),
    "chained": chained(),
}
OUT.mkdir(parents=True, exist_ok=True)
optimizers = {"torch": torch.__version__, "shapes": shapes, "starts": [flat(s) for s in starts], "grads": [[flat(g) for g in step] for step in grads], "cases": [run(name, options) for name, cases in CASES.items() for options in cases]}
(OUT / "optimizers.json").write_text(json.dumps(optimizers) + "\n")
(OUT / "schedulers.json").write_text(json.dumps(schedulers) + "\n")
