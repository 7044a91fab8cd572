"""The configurations whose hook traces are recorded: for each a list of Trainers, one after another.

`model` says what the module has (see `golden_model.py`), `options` are the Trainer's, and `calls` what is called.
"""


def fit(model={}, callbacks=[], calls=None, **options):
    given = options if "max_steps" in options else {"max_epochs": 1, **options}
    return {"model": model, "options": given, "callbacks": callbacks, **({} if calls is None else {"calls": calls})}


def resume(path, model={}, callbacks=[], **options):
    return fit(model, callbacks, [["fit", {"ckpt_path": path}]], **options)


def at(hook, do, batch=None, epoch=0):
    return {"hook": hook, "epoch": epoch, "do": do, **({} if batch is None else {"batch": batch})}


EPOCHAL = {"schedulers": [{"kind": "step"}]}
NO_SANITY = {"num_sanity_val_steps": 0}
KEEPS_ALL = {"save_top_k": -1}
MANY_STEPS = ["ModelCheckpoint", {**KEEPS_ALL, "every_n_train_steps": 2}]

CASES = {
    # Epochs, windows, optimizers
    "fit two epochs with validation": [fit(EPOCHAL, max_epochs=2)],
    "fit without validation": [fit({"val": [0]}, max_epochs=2, limit_val_batches=0)],
    "accumulate and clip": [fit(EPOCHAL, accumulate_grad_batches=2, gradient_clip_val=0.5, val_check_interval=2)],
    "accumulate over five batches, the last window short": [fit({"train": [10]}, max_epochs=2, accumulate_grad_batches=2, **NO_SANITY)],
    "accumulate another number of batches from epoch 1 on": [
        fit({"train": [8]}, [["GradientAccumulationScheduler", {"scheduling": {"1": 3}}]], max_epochs=2, limit_val_batches=0)
    ],
    "clip by value": [fit(gradient_clip_val=0.25, gradient_clip_algorithm="value", limit_val_batches=0)],
    "manual optimization": [fit({**EPOCHAL, "manual": True}, limit_val_batches=0)],
    "manual optimization in epochs that validate": [fit({"train": [10], "manual": True}, max_epochs=2, val_check_interval=2)],
    "two optimizers in manual optimization": [fit({"manual": True, "optimizers": 2}, max_epochs=2, **NO_SANITY)],
    "no optimizer": [fit({"optimizers": 0}, limit_val_batches=0)],
    # Schedulers
    "a scheduler for every step, in windows": [
        fit({"train": [10], "schedulers": [{"kind": "step", "interval": "step"}]}, accumulate_grad_batches=2, limit_val_batches=0)
    ],
    "a scheduler for every second batch of an epoch": [
        fit({"train": [10], "schedulers": [{"kind": "step", "interval": "step", "frequency": 2}]}, max_epochs=2, limit_val_batches=0)
    ],
    "a scheduler for every second epoch": [fit({"schedulers": [{"kind": "step", "frequency": 2}]}, max_epochs=4, limit_val_batches=0)],
    "a plateau scheduler for epochs": [fit({"schedulers": [{"kind": "plateau", "monitor": "val_loss"}]}, max_epochs=2)],
    "a plateau scheduler for steps": [fit({"schedulers": [{"kind": "plateau", "monitor": "loss", "interval": "step"}]}, **NO_SANITY)],
    "two schedulers": [fit({"schedulers": [{"kind": "step", "interval": "step"}, {"kind": "plateau", "monitor": "loss_epoch"}]}, limit_val_batches=0)],
    # When validation runs
    "two validation loaders": [fit(EPOCHAL | {"val": [4, 2]}, num_sanity_val_steps=1)],
    "all validation batches in the sanity check": [fit({"val": [4, 6]}, num_sanity_val_steps=-1)],
    "validate every two of five batches": [fit({"train": [10]}, max_epochs=2, val_check_interval=2, **NO_SANITY)],
    "validate twice an epoch": [fit({"train": [10]}, val_check_interval=0.5, **NO_SANITY)],
    "validate every second epoch": [fit(max_epochs=4, check_val_every_n_epoch=2)],
    "validate every four batches across epochs": [fit(max_epochs=3, val_check_interval=4, check_val_every_n_epoch=None, **NO_SANITY)],
    "validate whenever a time has passed": [fit(val_check_interval={"seconds": 0}, **NO_SANITY)],
    "validate after a long time": [fit(val_check_interval={"hours": 1}, max_epochs=2, **NO_SANITY)],
    "validate in the middle of a window": [fit({"train": [12]}, val_check_interval=3, accumulate_grad_batches=2, **NO_SANITY)],
    "validate before the first step": [fit({"train": [16]}, val_check_interval=2, accumulate_grad_batches=4, **NO_SANITY)],
    "a combined validation loader": [fit({"val": {"mode": "min_size", "of": {"a": 4, "b": 6}}})],
    # Limits
    "no training batches": [fit(limit_train_batches=0)],
    "no validation batches": [fit(limit_val_batches=0)],
    "fewer batches than there are": [fit(max_epochs=2, limit_train_batches=2, limit_val_batches=1)],
    "a part of the batches": [fit({"train": [8], "val": [8]}, limit_train_batches=0.5, limit_val_batches=0.25, num_sanity_val_steps=-1)],
    "fast run of one batch": [fit(EPOCHAL, fast_dev_run=True, max_epochs=3)],
    "fast run of two batches": [fit({"val": [6, 6]}, fast_dev_run=2)],
    "overfit two batches": [fit(max_epochs=2, overfit_batches=2)],
    "no epochs": [fit(max_epochs=0)],
    # Loaders
    "load again in every epoch": [fit(max_epochs=3, reload_dataloaders_every_n_epochs=1)],
    "load again in every second epoch, validate every second": [fit(max_epochs=6, reload_dataloaders_every_n_epochs=2, check_val_every_n_epoch=2)],
    "load again in every third epoch": [fit(max_epochs=5, reload_dataloaders_every_n_epochs=3, **NO_SANITY)],
    "training loaders by name": [fit({"train": {"a": 6, "b": 4}}, limit_val_batches=0)],
    "a list of training loaders": [fit({"train": [6, 2]}, limit_val_batches=0)],
    "training loaders that end with the shortest": [fit({"train": {"mode": "min_size", "of": [6, 4]}}, max_epochs=2, limit_val_batches=0)],
    "training loaders that end with the longest": [fit({"train": {"mode": "max_size", "of": {"a": 6, "b": 4}}}, limit_val_batches=0)],
    "a training loader of unknown length": [fit({"stream": "train"}, max_epochs=2)],
    "a training loader of unknown length, validated every two batches": [fit({"stream": "train", "train": [10]}, val_check_interval=2, **NO_SANITY)],
    "a validation loader of unknown length": [fit({"stream": "val"}, num_sanity_val_steps=1)],
    # Ends
    "stop in the middle of an epoch": [fit(EPOCHAL, max_steps=2, **NO_SANITY)],
    "stop after steps of the second epoch": [fit(max_steps=4)],
    "stop at a step with validation in the middle": [fit({"train": [10]}, max_steps=4, val_check_interval=2, **NO_SANITY)],
    "stop at a window": [fit({"train": [10]}, max_steps=2, accumulate_grad_batches=2, **NO_SANITY)],
    "a time limit": [fit(max_epochs=3, max_time={"seconds": 0.000001})],
    "a least number of steps after the last epoch": [fit(min_steps=5, limit_val_batches=0)],
    "a timer that runs out in the first step": [fit({}, [["Timer", {"duration": {"seconds": 0.000001}}]], max_epochs=3)],
    "a timer that ran out before": [fit({}, [["Timer", {"duration": {"seconds": 0}}]], max_epochs=3)],
    "a timer that looks once an epoch": [fit({}, [["Timer", {"duration": {"seconds": 0.000001}, "interval": "epoch"}]], max_epochs=3, limit_val_batches=0)],
    "a step asks to stop": [fit({"events": [at("training_step", "stop", 1)]}, max_epochs=3)],
    "the end of an epoch asks to stop": [fit({"events": [at("on_train_epoch_end", "stop")]}, max_epochs=3)],
    "a validation asks to stop": [fit({"train": [8], "events": [at("on_validation_epoch_end", "stop")]}, max_epochs=3, val_check_interval=2, **NO_SANITY)],
    "a step asks to stop before the least number of epochs": [fit({"events": [at("training_step", "stop", 1)]}, max_epochs=5, min_epochs=2, **NO_SANITY)],
    "a step asks to stop before the least number of steps": [fit({"events": [at("training_step", "stop", 0)]}, max_epochs=5, min_steps=5, limit_val_batches=0)],
    "early stopping": [fit({}, [["EarlyStopping", {"monitor": "val_loss", "patience": 0, "mode": "max"}]], max_epochs=5)],
    "early stopping by a training metric": [
        fit({}, [["EarlyStopping", {"monitor": "loss", "patience": 0, "mode": "max"}]], max_epochs=5, limit_val_batches=0)
    ],
    "early stopping before the least number of epochs": [
        fit({}, [["EarlyStopping", {"monitor": "val_loss", "patience": 0, "mode": "max"}]], max_epochs=6, min_epochs=4, **NO_SANITY)
    ],
    "the start of a batch leaves the epoch": [fit(EPOCHAL | {"events": [at("on_train_batch_start", "leave", 1)]}, max_epochs=2)],
    "the first batch leaves the epoch": [fit({"events": [at("on_train_batch_start", "leave", 0)]}, max_epochs=2, limit_val_batches=0)],
    "a step returns nothing": [fit(EPOCHAL | {"events": [at("training_step", "nothing", 1)]}, limit_val_batches=0)],
    "a step in a window returns nothing": [fit({"train": [8], "events": [at("training_step", "nothing", 1)]}, accumulate_grad_batches=2, limit_val_batches=0)],
    # Failures
    "a training step fails": [fit({"events": [at("training_step", "throw", 1)]})],
    "a validation step fails": [fit({"events": [at("validation_step", "throw", 1)]})],
    "the end of an epoch fails": [fit({"events": [at("on_train_epoch_end", "throw")]}, limit_val_batches=0)],
    "a training step fails with a data module": [fit({"events": [at("training_step", "throw", 1)]}, [], [["fit", {"datamodule": True}]])],
    "validate after a fit that failed": [
        fit({"events": [at("training_step", "throw", 1)]}, [], [["fit", {}], ["validate", {}]], limit_val_batches=1)
    ],
    # Several calls
    "validate, test and predict": [{"model": EPOCHAL, "calls": [["validate", {}], ["test", {}], ["predict", {}]]}],
    "validate, test and predict with two loaders each": [
        {"model": {"val": [4, 2], "test": [2, 4], "predict": [4, 2]}, "calls": [["validate", {}], ["test", {}], ["predict", {}]]}
    ],
    "validate and test with limits": [
        {"model": {}, "calls": [["validate", {}], ["test", {}], ["predict", {}]], "options": {"limit_val_batches": 1, "limit_test_batches": 0, "limit_predict_batches": 0.5}}
    ],
    "test the best after a fit": [fit({}, [], [["fit", {}], ["test", {"ckpt_path": "best"}]])],
    "fit, then fit again for more epochs": [fit({}, [], [["fit", {}], ["fit", {"max_epochs": 2}]])],
    "fit again without more epochs": [fit({}, [], [["fit", {}], ["fit", {}]], limit_val_batches=0)],
    "all stages with a data module": [
        fit({}, [], [[call, {"datamodule": True}] for call in ["fit", "validate", "test", "predict"]], limit_train_batches=1, limit_val_batches=1)
    ],
    "a fast run of every stage": [{"model": {}, "options": {"fast_dev_run": True}, "calls": [["fit", {}], ["validate", {}], ["test", {}], ["predict", {}]]}],
    # Callbacks and checkpoints
    "a callback that the module brings": [fit({"brings": True}, limit_val_batches=1)],
    "hyperparameters": [fit({"hparams": {"width": 2, "name": "a"}}, limit_val_batches=0)],
    "a checkpoint after every validation, by its metric": [
        fit({"train": [8]}, [["ModelCheckpoint", {"monitor": "val_loss", **KEEPS_ALL}]], max_epochs=2, val_check_interval=0.5, **NO_SANITY)
    ],
    "a checkpoint every two steps": [fit({}, [MANY_STEPS], max_epochs=2, limit_val_batches=0)],
    "a checkpoint at the end of training epochs": [fit({}, [["ModelCheckpoint", {"save_on_train_epoch_end": True}]], max_epochs=2, val_check_interval=1, **NO_SANITY)],
    "a checkpoint every second epoch": [fit({}, [["ModelCheckpoint", {"every_n_epochs": 2}]], max_epochs=4, **NO_SANITY)],
    "the last file too": [fit({}, [["ModelCheckpoint", {"save_last": True, **KEEPS_ALL}]], max_epochs=2, limit_val_batches=0)],
    # Resumed
    "resume in the middle of an epoch": [
        fit({}, [MANY_STEPS], limit_val_batches=0),
        resume("epoch=0-step=2.ckpt", {}, [MANY_STEPS], max_epochs=2, limit_val_batches=0),
    ],
    "resume in the middle of an epoch that validates": [fit({}, [MANY_STEPS]), resume("epoch=0-step=2.ckpt", {}, [MANY_STEPS], max_epochs=2)],
    "resume at the end of an epoch": [
        fit(EPOCHAL, limit_val_batches=0),
        resume("epoch=0-step=3.ckpt", EPOCHAL, max_epochs=2, limit_val_batches=0),
    ],
    "resume at the end of an epoch that validates": [fit(EPOCHAL), resume("epoch=0-step=3.ckpt", EPOCHAL, max_epochs=2)],
    "resume after a validation in the middle of an epoch": [
        fit({"train": [8]}, [["ModelCheckpoint", KEEPS_ALL]], val_check_interval=2, **NO_SANITY),
        resume("epoch=0-step=2.ckpt", {"train": [8]}, [["ModelCheckpoint", KEEPS_ALL]], val_check_interval=2, max_epochs=2),
    ],
    "resume where all epochs are done": [fit(limit_val_batches=0), resume("epoch=0-step=3.ckpt", limit_val_batches=0)],
    "resume up to a number of steps": [
        fit({}, [MANY_STEPS], limit_val_batches=0),
        resume("epoch=0-step=2.ckpt", {}, [MANY_STEPS], max_steps=5),
    ],
    "resume before a validation in the middle of an epoch": [
        fit({"train": [8]}, [MANY_STEPS], val_check_interval=2, **NO_SANITY),
        resume("epoch=0-step=2.ckpt", {"train": [8]}, [MANY_STEPS], val_check_interval=2),
    ],
    "resume at the last validation of an epoch": [
        fit({"train": [8]}, [["ModelCheckpoint", KEEPS_ALL]], val_check_interval=2, **NO_SANITY),
        resume("epoch=0-step=4.ckpt", {"train": [8]}, [["ModelCheckpoint", KEEPS_ALL]], val_check_interval=2, max_epochs=2),
    ],
    "resume with no epochs left and no sanity check": [fit(), resume("epoch=0-step=3.ckpt", {}, **NO_SANITY)],
    "resume with a plateau scheduler": [
        fit({"schedulers": [{"kind": "plateau", "monitor": "val_loss"}]}),
        resume("epoch=0-step=3.ckpt", {"schedulers": [{"kind": "plateau", "monitor": "val_loss"}]}, max_epochs=2),
    ],
    "test from a file of weights": [
        fit({}, [["ModelCheckpoint", {"save_weights_only": True}]], limit_val_batches=0),
        {"model": {}, "calls": [["test", {"ckpt_path": "epoch=0-step=3.ckpt"}]]},
    ],
    "resume with a data module": [
        fit({}, [], [["fit", {"datamodule": True}]], limit_val_batches=0),
        fit({}, [], [["fit", {"ckpt_path": "epoch=0-step=3.ckpt", "datamodule": True}]], max_epochs=2, limit_val_batches=0),
    ],
    "resume in windows": [
        fit({"train": [10]}, [["ModelCheckpoint", {**KEEPS_ALL, "every_n_train_steps": 1}]], accumulate_grad_batches=2, limit_val_batches=0),
        resume("epoch=0-step=1.ckpt", {"train": [10]}, accumulate_grad_batches=2, limit_val_batches=0),
    ],
    "resume in manual optimization": [
        fit({"manual": True}, [MANY_STEPS], limit_val_batches=0),
        resume("epoch=0-step=2.ckpt", {"manual": True}, [MANY_STEPS], limit_val_batches=0),
    ],
    "predict from a file with a data module": [
        fit({}, [], [["fit", {"datamodule": True}]], limit_val_batches=0),
        {"model": {}, "calls": [["predict", {"ckpt_path": "epoch=0-step=3.ckpt", "datamodule": True}]]},
    ],
    "test from a file": [fit(limit_val_batches=0), {"model": {}, "calls": [["test", {"ckpt_path": "epoch=0-step=3.ckpt"}]]}],
}
