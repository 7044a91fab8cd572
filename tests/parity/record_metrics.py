"""Records what Lightning makes of calls of `log`: what loggers get, the three dictionaries of metrics, and results.

A record is one of: `log` (a row that a logger gets, with its x), `at` (a hook of a callback, with the dictionaries that
have changed since the record before), `result` (what validate or test returned), `error` (the class that was thrown).
Run: python tests/parity/record_metrics.py
"""

import inspect
import json
import shutil
from pathlib import Path

import lightning
import torch
import torchmetrics
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.loggers.logger import Logger

from golden_model import GoldenModel, camel, for_typescript
from metric_cases import CASES

OUT = Path(__file__).parents[2] / "packages/pytorch/src/results/fixtures"
SCRATCH = "/tmp/record-metrics"

LOOKS = [
    "on_sanity_check_end", "on_train_start", "on_train_epoch_start", "on_train_batch_end", "on_train_epoch_end", "on_train_end", "on_fit_end",
    "on_validation_start", "on_validation_batch_end", "on_validation_epoch_end", "on_validation_end", "on_test_batch_end", "on_test_epoch_end", "on_test_end",
]


KINDS = [torchmetrics.SumMetric, torchmetrics.MeanMetric, torchmetrics.MaxMetric, torchmetrics.CatMetric]


def numbers(metrics):
    return {name: float(value) for name, value in metrics.items()}


class Records(list):
    trainer = None
    known = {}

    def look(self, hook):
        trainer = self.trainer
        now = {"callback": numbers(trainer.callback_metrics), "logged": numbers(trainer.logged_metrics), "bar": numbers(trainer.progress_bar_metrics)}
        changed = {name: metrics for name, metrics in now.items() if metrics != self.known.get(name, {})}
        self.known = now
        if changed:
            self.append({"at": camel(hook), **changed})


def looking(records):
    def look(hook):
        original = getattr(Callback, hook)

        def method(self, *args, **kwargs):
            records.look(hook)

        method.__signature__ = inspect.signature(original)
        return method

    return type("Looking", (Callback,), {hook: look(hook) for hook in LOOKS})()


def logging_in(cls, calls, loss_of):
    """A subclass of `cls` that logs in hooks as it is described, after the hook has done what it does."""

    def wrap(hook):
        original = getattr(cls, hook)
        count = 0

        def method(self, *args, **kwargs):
            nonlocal count
            result = original(self, *args, **kwargs)
            count += 1
            for index, call in enumerate(calls[hook]):
                log(self, call, count + 10 * index, loss_of(self), args[-1] if args else None)
            return result

        method.__signature__ = inspect.signature(original)
        return method

    return type(cls.__name__, (cls,), {hook: wrap(hook) for hook in calls})


def log(target, call, count, loss, dataloader_idx):
    options = {name: option for name, option in call.items() if name not in ("name", "names", "value", "numbered", "object", "how")}
    if "object" in call:
        log_object(target, call, float(count), options)
        return
    kind = call.get("value", "count")
    value = {"count": float(count), "int": torch.tensor(count), "loss": loss, "two": torch.tensor([1.0, 2.0]), "text": "text"}[kind]
    if "names" in call:
        target.log_dict({name: value + index for index, name in enumerate(call["names"])}, **options)
    else:
        target.log(f"{call['name']}{dataloader_idx}" if call.get("numbered") else call["name"], value, **options)


def log_object(target, call, value, options):
    """Updates or calls a metric object, or neither, and logs it."""
    metric = target.outside[0] if call["object"] == "outside" else getattr(target, call["object"])
    how = call.get("how", "call")
    if how == "call":
        metric(value)
    if how == "update":
        metric.update(value)
    target.log(call["name"], metric, **options)


class LossKeeper(GoldenModel):
    """Has metric objects too; one in a list, where nobody finds it."""

    kept = None

    def __init__(self, config):
        super().__init__(config)
        self.sum, self.mean, self.max, self.cat = [kind() for kind in KINDS]
        self.outside = [torchmetrics.SumMetric()]

    def log_in_step(self, loss):
        self.kept = loss

    def validation_step(self, batch, batch_idx, dataloader_idx=0):
        super().validation_step(batch, batch_idx, dataloader_idx)
        self.kept = self.loss(batch)

    def test_step(self, batch, batch_idx, dataloader_idx=0):
        super().test_step(batch, batch_idx, dataloader_idx)
        self.kept = self.loss(batch)


class RecordingLogger(Logger):
    def __init__(self, records):
        super().__init__()
        self.records = records

    @property
    def name(self):
        return "recording"

    @property
    def version(self):
        return 0

    def log_metrics(self, metrics, step=None):
        self.records.append({"log": step, "metrics": numbers(metrics)})

    def log_hyperparams(self, *args, **kwargs):
        pass


def record(name, case):
    shutil.rmtree(SCRATCH, ignore_errors=True)
    print(name)
    records = Records()
    logs = case.get("logs", {})
    module = logging_in(LossKeeper, logs.get("module", {}), lambda one: one.kept)(case.get("model", {}))
    callback = logging_in(Callback, logs.get("callback", {}), lambda one: None)()
    trainer = Trainer(
        accelerator="cpu", callbacks=[callback, looking(records)], logger=RecordingLogger(records), default_root_dir=SCRATCH, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False, **{"log_every_n_steps": 1, **case.get("options", {})},
    )
    records.trainer = trainer
    for call in case["calls"]:
        try:
            result = getattr(trainer, call)(module, **({"verbose": False} if call in ("validate", "test") else {}))
            if call in ("validate", "test"):
                records.append({"result": [numbers(one) for one in result]})
        except Exception as error:
            records.append({"error": type(error).__name__})
    return {"name": name, **for_typescript({**case, "logs": {who: {camel(hook): calls for hook, calls in hooks.items()} for who, hooks in logs.items()}}), "records": list(records)}


if __name__ == "__main__":
    recorded = {"lightning": lightning.__version__, "cases": [record(name, case) for name, case in CASES.items()]}
    OUT.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case) for case in recorded["cases"])
    (OUT / "metric-records.json").write_text(f'{{"lightning": "{recorded["lightning"]}", "cases": [\n{lines}\n]}}\n')
