import { EngineError } from "./engine-error.js";

/** What a fused kernel throws when it is called with something that its contract does not allow. */
export class FusedKernelError extends EngineError {
  constructor(message: string) {
    super({ code: "LIT_ENGINE_FUSED_KERNEL", message });
  }
}
