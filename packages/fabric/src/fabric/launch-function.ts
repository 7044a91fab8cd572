import { describeValue, MisconfigurationError } from "@lightning-ts/core";

/** @throws MisconfigurationError for something that cannot be launched */
export function checkLaunchFunction(body: unknown, isUnderCli: boolean): void {
  if (isUnderCli) {
    throw new MisconfigurationError({
      code: "LIT_LAUNCH",
      message:
        "launch() takes no function in a script that `fabric run` started: every process runs the script itself.",
      tryThis: "await fabric.launch(), then call the function.",
    });
  }
  if (typeof body !== "function")
    throw new MisconfigurationError({
      code: "LIT_LAUNCH",
      message: "launch() needs a function, or nothing.",
      received: describeValue(body),
    });
  if (body.length === 0) {
    throw new MisconfigurationError({
      code: "LIT_LAUNCH",
      message: "The function that launch() runs takes no parameters; it is called with the Fabric first.",
      tryThis: "await fabric.launch(async (fabric) => { … })",
    });
  }
}
