"""The calls of `log` whose outcome is recorded: who logs what in which hooks, the model's data, and the Trainer's options.

A value is how often the hook was called, plus 10 for each call of `log` before it in the hook, unless `value` says otherwise.
"""

BOTH = {"on_step": True, "on_epoch": True}
EPOCH = {"on_step": False, "on_epoch": True}
STEP = {"on_step": True, "on_epoch": False}
BAR = {"prog_bar": True}
UNEVEN = {"train": [7], "val": [5], "test": [3]}


def m(name="m", **options):
    return {"name": name, **options}


def case(module={}, callback={}, model={}, calls=("fit",), **options):
    given = {"max_epochs": 1, "num_sanity_val_steps": 0, "limit_val_batches": 0, **options}
    if given["limit_val_batches"] is None:
        del given["limit_val_batches"]
    if "max_steps" in options:
        del given["max_epochs"]
    return {"logs": {"module": module, "callback": callback}, "model": model, "calls": list(calls), "options": given}


def validated(module={}, callback={}, model={}, calls=("fit",), **options):
    return case(module, callback, model, calls, **{"limit_val_batches": None, **options})


def o(kind, name=None, how="call", **options):
    """A metric object of the model: called (the default) or updated with the value, or only logged, and then logged."""
    return {"name": name or kind, "object": kind, "how": how, **options}


CASES = {
    # Training
    "a step's value, by default": case({"training_step": [m("loss", value="loss")]}, max_epochs=2),
    "an epoch's value": case({"training_step": [m("loss", value="loss", **EPOCH)]}, max_epochs=2),
    "both": case({"training_step": [m("loss", value="loss", **BOTH, **BAR)]}, max_epochs=2),
    "not for loggers": case({"training_step": [m(logger=False, **BOTH), m("n", logger=False, **STEP, **BAR), m("o", **EPOCH, **BAR)]}),
    "reduced in all ways": case({"training_step": [m(fx, reduce_fx=fx, **BOTH) for fx in ["mean", "sum", "min", "max"]]}, model=UNEVEN, max_epochs=2),
    "a mean weighted by uneven batches": case({"training_step": [m("loss", value="loss", **EPOCH), m("n", **BOTH)]}, model=UNEVEN),
    "a batch size of one's own": case({"training_step": [m(batch_size=5, **EPOCH), m("n", batch_size=1, **BOTH), m("s", batch_size=3, reduce_fx="sum", **EPOCH)]}, model=UNEVEN),
    "every second step": case({"training_step": [m(**BOTH)]}, model={"train": [10]}, max_epochs=2, log_every_n_steps=2),
    "every third step": case({"training_step": [m(), m("n", **EPOCH)]}, model={"train": [10]}, max_epochs=2, log_every_n_steps=3),
    "fewer batches than steps between rows": case({"training_step": [m(**BOTH)]}, max_epochs=2, log_every_n_steps=50),
    "no steps at all": case({"training_step": [m(**BOTH)]}, max_epochs=2, log_every_n_steps=0),
    "in accumulation windows": case({"training_step": [m(**BOTH)]}, model={"train": [10]}, max_epochs=2, accumulate_grad_batches=2),
    "in windows, every second step": case({"training_step": [m(**BOTH)]}, model={"train": [14]}, accumulate_grad_batches=2, log_every_n_steps=2),
    "with two optimizers": case({"training_step": [m("loss", value="loss", **BOTH)]}, model={"manual": True, "optimizers": 2}, max_epochs=2),
    "several at once": case({"training_step": [{"names": ["a", "b"], **BOTH, **BAR}]}),
    "twice in a hook": case({"training_step": [m(**BOTH), m(**BOTH)]}),
    "in two hooks under one name": case({"training_step": [m(**BOTH)], "on_train_batch_end": [m(**STEP)], "on_train_epoch_end": [m()]}, max_epochs=2),
    "names like those of forks": case({"training_step": [m(**BOTH), m("m_step"), m("n_epoch", **EPOCH), m("n", **BOTH)]}),
    "a whole number": case({"training_step": [m(value="int", **BOTH)]}),
    "in every hook of a step": case(
        {hook: [m(hook)] for hook in ["on_train_batch_start", "on_before_zero_grad", "on_before_backward", "on_after_backward", "on_before_optimizer_step", "on_train_batch_end"]}, max_epochs=2
    ),
    "in every hook of a step, for the epoch": case({hook: [m(hook, **EPOCH)] for hook in ["on_train_batch_start", "on_after_backward", "on_train_batch_end"]}),
    "in the methods of optimization": case(
        {hook: [m(hook, **BOTH)] for hook in ["backward", "optimizer_step", "configure_gradient_clipping", "clip_gradients", "optimizer_zero_grad"]}, gradient_clip_val=0.5
    ),
    "in windows, for hooks that some batches do not have": case(
        {"on_before_zero_grad": [m("a", **BOTH)], "on_before_optimizer_step": [m("b", **BOTH)], "training_step": [m("c")]}, model={"train": [10]}, accumulate_grad_batches=2, max_epochs=2
    ),
    "a stream": case({"training_step": [m(**BOTH)]}, model={"train": [7], "stream": "train"}, max_epochs=2),
    "around an epoch": case({"on_train_start": [m("a")], "on_train_epoch_start": [m("b", **BAR)], "on_train_epoch_end": [m("c", **BAR)]}, max_epochs=2),
    "in callbacks": validated(
        {"training_step": [m("own")]},
        {"on_train_start": [m("a")], "on_train_batch_end": [m("b"), m("c", **BOTH)], "on_train_epoch_end": [m("d")], "on_validation_batch_end": [m("e")], "on_validation_epoch_end": [m("f")]},
        max_epochs=2,
    ),
    "a step that returns nothing": case({"training_step": [m(**BOTH)]}, model={"events": [{"hook": "training_step", "epoch": 0, "batch": 1, "do": "nothing"}]}),
    "a batch that leaves the epoch": case({"training_step": [m(**BOTH)]}, model={"events": [{"hook": "on_train_batch_start", "epoch": 0, "batch": 2, "do": "leave"}]}, max_epochs=2),
    "until a step": case({"training_step": [m(**BOTH)]}, max_steps=4),
    "a stop between rows": case({"training_step": [m(**BOTH)]}, model={"events": [{"hook": "training_step", "epoch": 0, "batch": 1, "do": "stop"}]}, max_epochs=3, log_every_n_steps=50),
    "loaders by name": case({"training_step": [m(**EPOCH), m("n", batch_size=4, **EPOCH)]}, model={"train": {"a": 5, "b": 3}}),
    "an x of one's own": case({"training_step": [m(**STEP), m("step", **STEP)]}, max_epochs=2),
    "an x of one's own for the epoch": case({"training_step": [m(**BOTH)], "on_train_epoch_end": [m("n"), m("step")]}, max_epochs=2),
    "an epoch of one's own": case({"training_step": [m("epoch", **STEP)]}),
    "a fast run": validated({"training_step": [m(**BOTH)], "validation_step": [m("n")]}, fast_dev_run=True),
    # Validation
    "validation, by default": validated({"validation_step": [m("val_loss", value="loss")], "training_step": [m("loss", value="loss", **BOTH)]}, max_epochs=2),
    "validation steps": validated({"validation_step": [m(**STEP, **BAR)]}, max_epochs=2),
    "validation, both": validated({"validation_step": [m(**BOTH, **BAR)]}, max_epochs=2),
    "validation, not for loggers": validated({"validation_step": [m(logger=False, **BOTH), m("n", logger=False, **BAR)]}),
    "validation, reduced": validated({"validation_step": [m(fx, reduce_fx=fx) for fx in ["mean", "sum", "min", "max"]]}, model=UNEVEN),
    "two validation loaders": validated({"validation_step": [m()]}, model={"val": [4, 3]}, max_epochs=2),
    "two validation loaders, both": validated({"validation_step": [m(**BOTH, **BAR)]}, model={"val": [4, 3]}),
    "two validation loaders, with names of their own": validated({"validation_step": [m(add_dataloader_idx=False, numbered=True, **BOTH)]}, model={"val": [4, 3]}),
    "one name for two loaders": validated({"validation_step": [m(add_dataloader_idx=False)]}, model={"val": [4, 3]}),
    "two validation loaders, and hooks around them": validated(
        {"validation_step": [m()], "on_validation_start": [m("a")], "on_validation_epoch_start": [m("b")], "on_validation_epoch_end": [m("c")]}, model={"val": [2, 4]}
    ),
    "hooks of validation batches": validated({"on_validation_batch_start": [m("a"), m("b", **STEP)], "on_validation_batch_end": [m("c", **BOTH)]}),
    "validation twice an epoch": validated({"training_step": [m("loss", value="loss", **BOTH)], "validation_step": [m()]}, model={"train": [10]}, val_check_interval=2, max_epochs=2),
    "validation every second epoch": validated({"training_step": [m(**BOTH)], "validation_step": [m("n", **BOTH)]}, max_epochs=4, check_val_every_n_epoch=2),
    "validation in windows": validated({"training_step": [m(**BOTH)], "validation_step": [m("n", **BOTH)]}, model={"train": [10]}, val_check_interval=3, accumulate_grad_batches=2),
    "one name in training and validation": validated({"training_step": [m(**BOTH)], "validation_step": [m()]}, max_epochs=2),
    "a sanity check": validated({"training_step": [m(**BOTH)], "validation_step": [m("n", **BOTH, **BAR)], "on_validation_epoch_end": [m("o")]}, num_sanity_val_steps=2),
    "an x of one's own for validation": validated({"validation_step": [m()], "on_validation_epoch_end": [m("step")]}, max_epochs=2),
    "early stopping's last validation": validated(
        {"training_step": [m(**BOTH)], "validation_step": [m("n")]}, model={"train": [8], "events": [{"hook": "training_step", "epoch": 0, "batch": 1, "do": "stop"}]}, max_epochs=3
    ),
    "validation steps twice an epoch": validated({"validation_step": [m(**BOTH)]}, model={"train": [8]}, val_check_interval=2, max_epochs=2),
    "validation steps of loaders that are loaded again": validated({"validation_step": [m(**BOTH)]}, max_epochs=3, reload_dataloaders_every_n_epochs=2),
    "validation across epochs": validated({"training_step": [m("t", **BOTH)], "validation_step": [m(**BOTH)]}, max_epochs=3, val_check_interval=4, check_val_every_n_epoch=None),
    "a sanity check of two loaders": validated({"validation_step": [m(**BOTH, **BAR)], "on_validation_start": [m("a")]}, model={"val": [4, 4]}, num_sanity_val_steps=2),
    "one name in training and two validation loaders": validated({"training_step": [m(**BOTH)], "validation_step": [m(**BOTH)]}, model={"val": [2, 4]}, max_epochs=2),
    "one name in steps and at the end of validation": validated({"validation_step": [m()], "on_validation_epoch_end": [m()]}, {"on_validation_epoch_end": [m()]}),
    "a combined validation loader": validated({"validation_step": [m()]}, model={"val": {"mode": "min_size", "of": {"a": 5, "b": 4}}}),
    # Other stages
    "validate alone": validated({"validation_step": [m(**BOTH)], "on_validation_epoch_end": [m("n")]}, calls=["validate"]),
    "test alone": case({"test_step": [m("loss", value="loss"), m(**BOTH), m("s", **STEP)], "on_test_epoch_end": [m("n")]}, model=UNEVEN, calls=["test"]),
    "test with two loaders": case({"test_step": [m(**BOTH)], "on_test_start": [m("a")], "on_test_epoch_end": [m("n")]}, model={"test": [4, 3]}, calls=["test"]),
    "test with two loaders, not for loggers": case({"test_step": [m(logger=False), m("n")]}, model={"test": [4, 3]}, calls=["test"]),
    "hooks of test batches": case({"on_test_batch_start": [m("a")], "on_test_batch_end": [m("b", **BOTH)]}, {"on_test_batch_end": [m("c")]}, calls=["test"]),
    "test twice": case({"test_step": [m(**BOTH)]}, calls=["test", "test"]),
    "fit twice": validated({"training_step": [m(**BOTH)], "validation_step": [m("n", **BOTH)]}, calls=["fit", "fit"], max_epochs=1),
    "test, then fit": validated({"training_step": [m(**BOTH)], "validation_step": [m("n")], "test_step": [m("o", **BOTH)]}, calls=["test", "fit"]),
    "one name in steps and at the end of a test": case({"test_step": [m(**BOTH)], "on_test_epoch_end": [m()]}, model={"test": [4, 3]}, calls=["test"]),
    "fit, then test": validated({"training_step": [m(**BOTH)], "validation_step": [m("n")], "test_step": [m("o", **BOTH)]}, calls=["fit", "test"]),
    "fit, then validate": validated({"training_step": [m(**BOTH)], "validation_step": [m("n", **BOTH)]}, calls=["fit", "validate"]),
    # Metric objects
    "a metric object, by default": case({"training_step": [o("sum")]}, max_epochs=2),
    "a metric object for the epoch": case({"training_step": [o("sum", **EPOCH), o("mean", how="update", **EPOCH)]}, max_epochs=2),
    "a metric object, both": case({"training_step": [o("sum", **BOTH, **BAR), o("max", **BOTH, logger=False)]}, model={"train": [7]}, max_epochs=2),
    "a metric object in windows": case({"training_step": [o("mean", **BOTH)]}, model={"train": [10]}, accumulate_grad_batches=2, log_every_n_steps=2, max_epochs=2),
    "a metric object that is updated and logged for steps": case({"training_step": [o("sum", how="update", **BOTH)]}, max_epochs=2),
    "a metric object that is logged at the end": case({"training_step": [m()], "on_train_batch_end": [o("sum", "s", **STEP)], "on_train_epoch_end": [o("sum", "at_end", how="log")]}, max_epochs=2),
    "a metric object in validation": validated({"validation_step": [o("sum"), o("mean", **BOTH)]}, max_epochs=2),
    "a metric object in validation, steps": validated({"validation_step": [o("max", **STEP, **BAR)]}, max_epochs=2),
    "a metric object that is logged at the end of validation": validated({"validation_step": [m()], "on_validation_batch_end": [o("sum", "s")], "on_validation_epoch_end": [o("mean", how="update"), o("sum", "t", how="log")]}, max_epochs=2),
    "a metric object after a sanity check": validated({"validation_step": [o("sum", **BOTH)]}, num_sanity_val_steps=1, max_epochs=2),
    "metric objects of training and validation": validated({"training_step": [o("sum", "train", **BOTH)], "validation_step": [o("mean", "val")]}, model={"train": [10]}, val_check_interval=2, max_epochs=2),
    "one metric object in training and validation": validated({"training_step": [o("sum", "train", **EPOCH)], "validation_step": [o("sum", "val")]}, model={"train": [8]}, val_check_interval=2, max_epochs=2),
    "one metric object for two loaders": validated({"validation_step": [o("sum", **BOTH)]}, model={"val": [4, 3]}, max_epochs=2),
    "a metric object under two names": case({"training_step": [o("sum", "a", **BOTH), o("sum", "b", how="log", **EPOCH)]}, max_epochs=2),
    "a metric object in a test": case({"test_step": [o("sum", **BOTH), m()], "on_test_epoch_end": [o("max", how="update")]}, model=UNEVEN, calls=["test", "test"]),
    "a metric object until a step": case({"training_step": [o("sum", **BOTH)]}, max_steps=4),
    "a metric object that is nowhere": case({"training_step": [o("outside")]}),
    "a metric object with the name of its attribute": case({"training_step": [o("sum", metric_attribute="sum", **EPOCH)]}),
    "a metric object of several values": case({"training_step": [o("cat", **EPOCH)]}),
    "a number and a metric object under one name": case({"training_step": [m("a", **EPOCH), o("sum", "a", **EPOCH)]}),
    "two metric objects under one name": case({"training_step": [o("mean", "a", **EPOCH), o("sum", "a", **EPOCH)]}),
    # Mistakes
    **{
        f"an error in {hook}": validated({hook: [m()]}, calls=["fit"])
        for hook in ["setup", "on_fit_start", "configure_optimizers", "train_dataloader", "on_train_end", "on_validation_end", "on_fit_end", "on_before_batch_transfer", "on_validation_model_eval"]
    },
    "an error in on_test_end": case({"on_test_end": [m()]}, calls=["test"]),
    "an error in predict_step": case({"predict_step": [m()]}, calls=["predict"]),
    "a step's value at the end of an epoch": case({"on_train_epoch_end": [m(**STEP)]}),
    "both at the start of validation": validated({"on_validation_start": [m(**BOTH)]}),
    "neither": case({"training_step": [m(on_step=False, on_epoch=False)]}),
    "two elements": case({"training_step": [m(value="two")]}),
    "text": case({"training_step": [m(value="text")]}),
    "an unknown reduction": case({"training_step": [m(reduce_fx="median")]}),
    "other settings the second time": case({"training_step": [m(), m(**BOTH)]}),
    "a loader's number in the name": case({"training_step": [m("m/dataloader_idx_0")]}),
}
