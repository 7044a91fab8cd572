import { LightningError } from "./lightning-error.js";

/** A backward reached a part of the graph that an earlier backward has used and freed. */
export class FreedGraphError extends LightningError {
  /** The operation whose part of the graph is gone. */
  readonly kernelName: string;

  constructor(kernelName: string) {
    super({
      code: "LIT_FREED_GRAPH",
      message: `This backward reaches the input of ${kernelName}, whose part of the graph an earlier backward has freed.`,
      tryThis:
        "pass { retainGraph: true } to every backward but the last, or detach() what should not get a second gradient.",
    });
    this.kernelName = kernelName;
  }
}
