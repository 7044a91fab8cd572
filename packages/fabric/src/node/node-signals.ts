import type { Signals } from "@lightning-ts/core";

/** Node's signals. A handler of ours keeps the process alive where the default would end it, until it is removed. */
export function nodeSignals(): Signals {
  return {
    on: (signal, handler) => {
      const listener = (): void => handler();
      process.on(signal, listener);
      return () => {
        process.off(signal, listener);
      };
    },
  };
}
