import { type CollectiveWork, DDPStrategy } from "@lightning-ts/fabric";

/** `ddp` over a wire of a given bandwidth, which reduces in a ring: each bucket takes as much longer. */
export class ThrottledStrategy extends DDPStrategy {
  readonly #bytesPerMs: number;

  constructor(bytesPerMs: number) {
    super({ shareGradients: false });
    this.#bytesPerMs = bytesPerMs;
  }

  override async launch(): Promise<void> {
    if (this.isLaunched) return;
    await super.launch();
    const { collective } = this;
    const allReduce = collective.allReduce.bind(collective);
    collective.allReduce = (buffer, call) => this.#slow(allReduce(buffer, call), buffer.length);
    const allReduceParts = collective.allReduceParts?.bind(collective);
    if (allReduceParts === undefined) return;
    collective.allReduceParts = (inputs, outputs, call) =>
      this.#slow(
        allReduceParts(inputs, outputs, call),
        inputs.reduce((sum, { length }) => sum + length, 0),
      );
  }

  #slow(work: CollectiveWork, floats: number): CollectiveWork {
    const bytes = 4 * floats * ((2 * (this.worldSize - 1)) / this.worldSize);
    const join = (): void => {
      work.join();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, bytes / this.#bytesPerMs);
    };
    // What is measured are loops written by hand, and those join.
    return { join, then: (onFulfilled, onRejected) => Promise.resolve().then(join).then(onFulfilled, onRejected) };
  }
}
