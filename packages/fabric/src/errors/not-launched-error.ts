import { LightningError } from "@lightning-ts/core";

/** Something was used that exists only after `launch()`. */
export class NotLaunchedError extends LightningError {
  /** What was used, e.g. `"fabric.save()"`. */
  readonly what: string;

  constructor(what: string) {
    super({
      code: "LIT_NOT_LAUNCHED",
      message: `${what} is not available before launch.`,
      tryThis: "call `await fabric.launch()` first (the Trainer and set-up dataloaders do it themselves).",
    });
    this.what = what;
  }
}
