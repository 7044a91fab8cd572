import { describeValue } from "../../errors/describe-value.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { isModule } from "../module.js";

/** @throws MisconfigurationError for what callers without types put into a container in a module's place */
export function requireModule(owner: string, part: unknown): void {
  if (isModule(part)) return;
  const isList = Array.isArray(part);
  throw new MisconfigurationError({
    message: `nn.${owner} takes modules.`,
    expected: "objects of layers, such as new nn.ReLU()",
    received: describeValue(part),
    tryThis: isList
      ? "new nn.Sequential(...layers) takes a list apart."
      : typeof part === "function"
        ? "the layer of that name: new nn.ReLU(), not F.relu and not nn.ReLU."
        : undefined,
  });
}
