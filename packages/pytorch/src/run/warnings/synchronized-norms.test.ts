import { MisconfigurationError, nn } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { requireSynchronizedNorms } from "./synchronized-norms.js";

class Model extends LightningModule {
  readonly net: nn.Sequential;
  constructor(norm: nn.TensorModule) {
    super();
    this.net = new nn.Sequential(new nn.Linear(2, 3), norm);
  }
}

const mine = { name: "mine", worldSize: 2 };

describe("a SyncBatchNorm in a model", () => {
  it("is refused by its path where a strategy of several ranks has not connected it", () => {
    const model = new Model(new nn.SyncBatchNorm(3));
    expect(() => requireSynchronizedNorms(model, mine)).toThrow(MisconfigurationError);
    expect(() => requireSynchronizedNorms(model, mine)).toThrow(/net\.1 .*"mine"[^]*2 ranks/);
  });

  it("is fine on one rank and once it is connected, as are other norms on several", () => {
    const norm = new nn.SyncBatchNorm(3);
    expect(() => requireSynchronizedNorms(new Model(norm), { ...mine, worldSize: 1 })).not.toThrow();
    expect(() => requireSynchronizedNorms(new Model(new nn.BatchNorm1d(3)), mine)).not.toThrow();
    const ranks = { rank: 0, worldSize: 2, sum: () => {}, gather: (values: Float32Array) => values };
    norm.connectRanks({ ranks, name: "norm" });
    expect(() => requireSynchronizedNorms(new Model(norm), mine)).not.toThrow();
  });
});
