import { gradOf, nn, setGrad, tf } from "@lightning-ts/core";
import "@tensorflow/tfjs-backend-cpu";
import { InProcessCollectives } from "@lightning-ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { GradientSync } from "./gradient-sync.js";

const OPTIONS = {
  bucketBytes: 1024,
  broadcastBuffers: false,
  isCompressed: false,
  isShared: true,
  reduction: () => undefined,
};

class Net extends nn.Module {
  readonly used = new nn.Linear(1, 1, { bias: false });
  readonly early = new nn.Linear(1, 1, { bias: false });
}

beforeAll(() => tf.setBackend("cpu"));

const fill = ({ weight }: nn.Linear, value: number): void => setGrad(weight, tf.keep(tf.fill([1, 1], value)));
const found = ({ weight }: nn.Linear): number | undefined => gradOf(weight)?.dataSync()[0];

describe.each([false, true])("GradientSync, findUnusedParameters %s", (findUnusedParameters) => {
  /** Two ranks that accumulate gradients of both layers, do something, and reduce those of one layer. */
  async function meansAfter(between: (net: Net) => void): Promise<(number | undefined)[][]> {
    return Promise.all(
      new InProcessCollectives(2, { timeoutMs: 20_000 }).ranks.map(async (collective) => {
        const net = new Net();
        const sync = new GradientSync({ ...OPTIONS, findUnusedParameters });
        sync.add(net);
        sync.watch(() => [net.used, net.early].forEach((layer) => fill(layer, 10)));
        between(net);
        sync.watch(() => fill(net.used, 1 + collective.rank));
        await sync.run(collective);
        return [found(net.used), found(net.early)];
      }),
    );
  }

  it("gives no gradient to parameters whose window a fit has ended within and taken away", async () => {
    expect(await meansAfter((net) => net.zeroGrad())).toEqual([
      [1.5, undefined],
      [1.5, undefined],
    ]);
  });

  it("keeps what a window has accumulated that goes on", async () => {
    expect(await meansAfter(() => undefined)).toEqual([
      [1.5, 10],
      [1.5, 10],
    ]);
  });
});
