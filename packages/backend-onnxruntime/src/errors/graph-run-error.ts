import { EngineError } from "./engine-error.js";
import { nodeNameOf } from "./node-name-of.js";

/** A compiled graph failed while it ran. The contents of its outputs are undefined. */
export class GraphRunError extends EngineError {
  /** Name of the node that failed, where ONNX Runtime says it. */
  readonly nodeName: string | undefined;

  constructor(reason: string) {
    super({ code: "ORT_RUN", message: `ONNX Runtime could not run a graph: ${reason}` });
    this.nodeName = nodeNameOf(reason);
  }
}
