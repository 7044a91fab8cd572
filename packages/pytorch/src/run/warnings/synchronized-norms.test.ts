import { MisconfigurationError, nn } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { refuseSynchronizedNorms } from "./synchronized-norms.js";

class Model extends LightningModule {
  readonly net: nn.Sequential;
  constructor(norm: nn.TensorModule) {
    super();
    this.net = new nn.Sequential(new nn.Linear(2, 3), norm);
  }
}

describe("a SyncBatchNorm in a model", () => {
  it("is refused by its path where there are several ranks", () => {
    expect(() => refuseSynchronizedNorms(new Model(new nn.SyncBatchNorm(3)), 2)).toThrow(MisconfigurationError);
    expect(() => refuseSynchronizedNorms(new Model(new nn.SyncBatchNorm(3)), 2)).toThrow(/net\.1 .*[^]*2 ranks/);
  });

  it("is fine on one rank, as are other norms on several", () => {
    expect(() => refuseSynchronizedNorms(new Model(new nn.SyncBatchNorm(3)), 1)).not.toThrow();
    expect(() => refuseSynchronizedNorms(new Model(new nn.BatchNorm1d(3)), 2)).not.toThrow();
  });
});
