import { EngineError } from "./engine-error.js";
import { nodeNameOf } from "./node-name-of.js";

/** ONNX Runtime refused a graph. */
export class GraphCompileError extends EngineError {
  /** Name of the node that was refused, where ONNX Runtime says it. */
  readonly nodeName: string | undefined;

  constructor(reason: string) {
    super({ code: "LIT_ENGINE_COMPILE", message: `ONNX Runtime could not compile a graph: ${reason}` });
    this.nodeName = nodeNameOf(reason);
  }
}
