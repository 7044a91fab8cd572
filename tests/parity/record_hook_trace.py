"""Records in which order Lightning calls hooks, where training stands in each, and what loggers get.

Entries are `who.hook` in camelCase with the numbers it is called with (batch, and dataloader where there are several);
who is CB (a callback), LM (the module), DM (the data module) or LG (a logger, with x and the sorted names). Behind `@`
stand currentEpoch, globalStep, the running stage, and `last` where isLastBatch is true, if they differ from before.
Run: python tests/parity/record_hook_trace.py
"""

import inspect
import json
import shutil
from pathlib import Path

import lightning
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.loggers.logger import Logger

from golden_model import GoldenData, GoldenModel, camel, for_typescript, make_callback
from hook_trace_cases import CASES

OUT = Path(__file__).parents[2] / "packages/pytorch/src/run/loops/fixtures"
SCRATCH = "/tmp/record-hook-trace"

STAGES = ["train", "validation", "test", "predict"]
SHARED = ["on_fit_start", "on_fit_end", "setup", "teardown", "on_before_zero_grad", "on_before_backward", "on_after_backward", "on_before_optimizer_step", "on_save_checkpoint", "on_load_checkpoint"]
for stage in STAGES:
    SHARED += [f"on_{stage}_{moment}" for moment in ["start", "end", "epoch_start", "epoch_end", "batch_start", "batch_end"]]
ONLY_CALLBACK = ["on_sanity_check_start", "on_sanity_check_end", "on_exception", "state_dict", "load_state_dict"]
DATA = [
    "prepare_data", "train_dataloader", "val_dataloader", "test_dataloader", "predict_dataloader",
    "on_before_batch_transfer", "transfer_batch_to_device", "on_after_batch_transfer",
]
ONLY_DATA_MODULE = ["setup", "teardown", "on_exception", "state_dict", "load_state_dict"]
ONLY_MODULE = [
    "configure_callbacks", "configure_model", "configure_optimizers", "training_step", "validation_step", "test_step", "predict_step", "backward",
    "optimizer_step", "optimizer_zero_grad", "configure_gradient_clipping", "clip_gradients", "lr_scheduler_step",
    "on_validation_model_zero_grad", "on_validation_model_eval", "on_validation_model_train", "on_test_model_eval", "on_test_model_train", "on_predict_model_eval",
]
BATCH_HOOKS = {f"on_{stage}_batch_{moment}" for stage in STAGES for moment in ["start", "end"]} | {"training_step", "validation_step", "test_step", "predict_step"}
RUNNING = {"train": "train", "sanity_check": "sanityCheck", "validate": "validate", "test": "test", "predict": "predict"}


class Trace(list):
    trainer = None
    known = None

    def add(self, who, name, args=(), kwargs={}):
        numbers = [str(a) for a in [*args, *kwargs.values()] if isinstance(a, int) and not isinstance(a, bool)] if name in BATCH_HOOKS else []
        stage = [a for a in args if isinstance(a, str)] + [v for k, v in kwargs.items() if k == "stage"] if name in ("setup", "teardown") else []
        self.append(" ".join([f"{who}.{camel(name)}", *numbers, *stage, *self.position()]))

    def position(self):
        trainer = self.trainer
        stage = trainer.state.stage
        before, self.known = self.known, [f"@{trainer.current_epoch}", str(trainer.global_step), *([RUNNING[stage.value]] if stage else []), *(["last"] if trainer.is_last_batch else [])]
        return [] if self.known == before else self.known


def recording(cls, who, names, trace):
    """A subclass of `cls` that notes each call of a hook, and then does what `cls` does."""

    def note(name):
        original = getattr(cls, name)

        def hook(self, *args, **kwargs):
            trace.add(who, name, args, kwargs)
            return original(self, *args, **kwargs)

        hook.__signature__ = inspect.signature(original)
        return hook

    return type(cls.__name__, (cls,), {name: note(name) for name in names})


class LoggingModel(GoldenModel):
    """Logs under one name for each kind of step."""

    brought = ()

    def log_in_step(self, loss):
        self.log("loss", loss, on_step=True, on_epoch=True)

    def validation_step(self, batch, batch_idx, dataloader_idx=0):
        super().validation_step(batch, batch_idx, dataloader_idx)
        self.log("val_loss", self.loss(batch))

    def test_step(self, batch, batch_idx, dataloader_idx=0):
        super().test_step(batch, batch_idx, dataloader_idx)
        self.log("test_loss", self.loss(batch), on_step=True, on_epoch=True)

    def configure_callbacks(self):
        return list(self.brought)


class RecordingLogger(Logger):
    def __init__(self, trace):
        super().__init__()
        self.trace = trace

    @property
    def name(self):
        return "recording"

    @property
    def version(self):
        return 0

    def log_metrics(self, metrics, step=None):
        self.trace.append(" ".join(["LG.logMetrics", str(step), *sorted(metrics)]))

    def log_hyperparams(self, params, *args, **kwargs):
        self.trace.append(" ".join(["LG.logHyperparams", *sorted(params)]))

    def finalize(self, status):
        self.trace.append(f"LG.finalize {status}")


def run(model, options, calls, callbacks, trace):
    callback = recording(Callback, "CB", SHARED + ONLY_CALLBACK, trace)
    callback.state_dict = state_with_something(callback.state_dict)
    module = recording(LoggingModel, "LM", SHARED + ONLY_MODULE + DATA, trace)(model)
    if model.get("brings"):
        module.brought = [recording(Callback, "CB2", SHARED + ONLY_CALLBACK, trace)()]
    if not any(kind == "ModelCheckpoint" for kind, _ in callbacks):
        callbacks = [*callbacks, ["ModelCheckpoint", {}]]
    trainer = Trainer(
        accelerator="cpu", callbacks=[callback(), *[make_callback(one, SCRATCH) for one in callbacks]], logger=RecordingLogger(trace),
        default_root_dir=SCRATCH, enable_progress_bar=False, enable_model_summary=False, log_every_n_steps=1, **options,
    )
    trace.trainer = trainer
    for call, given in calls:
        trace.append(f"== {call}")
        trace.known = None
        arguments = {}
        if "max_epochs" in given:
            trainer.fit_loop.max_epochs = given["max_epochs"]
        if "ckpt_path" in given:
            name = given["ckpt_path"]
            arguments["ckpt_path"] = name if name in ("best", "last") else f"{SCRATCH}/{name}"
        if given.get("datamodule"):
            arguments["datamodule"] = recording(GoldenData, "DM", DATA + ONLY_DATA_MODULE, trace)(model)
        try:
            getattr(trainer, call)(module, **arguments)
        except ArithmeticError:
            trace.append("!! failed")


def state_with_something(original):
    def state_dict(self):
        original(self)
        return {"kept": 1}

    return state_dict


def record(name, runs):
    shutil.rmtree(SCRATCH, ignore_errors=True)
    trace = Trace()
    print(name)
    for one in runs:
        run(one.get("model", {}), one.get("options", {}), one.get("calls", [["fit", {}]]), one.get("callbacks", []), trace)
    return {"name": name, "runs": for_typescript(runs), "trace": list(trace)}


def in_wide_lines(recorded):
    """JSON with many entries of a trace in a line, a line for each call of the Trainer at least."""
    cases = []
    for case in recorded["cases"]:
        lines = [""]
        for entry in map(json.dumps, case["trace"]):
            if entry.startswith('"==') or len(lines[-1]) + len(entry) > 118:
                lines.append("")
            lines[-1] += f"{entry}, "
        trace = "\n".join(lines).strip().rstrip(",")
        cases.append(f'{{"name": {json.dumps(case["name"])}, "runs": {json.dumps(case["runs"])}, "trace": [\n{trace}]}}')
    text = "\n".join(line.rstrip() for line in ",\n".join(cases).split("\n"))
    return f'{{"lightning": {json.dumps(recorded["lightning"])}, "cases": [\n{text}\n]}}\n'


if __name__ == "__main__":
    recorded = {"lightning": lightning.__version__, "cases": [record(name, runs) for name, runs in CASES.items()]}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "hook-trace.json").write_text(in_wide_lines(recorded))
