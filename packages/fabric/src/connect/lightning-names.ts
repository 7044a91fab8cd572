const NO_GPU =
  "this version computes on the processor; leave accelerator out, and the fastest backend there is will be used";
const NO_PROCESSES =
  "this version trains in one process on one device; leave strategy out, or pass a Strategy object of your own";

/** Names that Lightning's users try, and what stands in for them here. */
export const ADVICE_FOR_LIGHTNING_NAMES: ReadonlyMap<string, string> = new Map([
  ...["gpu", "cuda", "mps", "tpu"].map((name) => [`accelerator ${name}`, NO_GPU] as const),
  ...["ddp", "ddp_spawn", "ddp_fork", "ddp_notebook", "dp", "fsdp", "deepspeed", "xla"].map(
    (name) => [`strategy ${name}`, NO_PROCESSES] as const,
  ),
]);
