import { nn } from "@lightning-ts/core";
import { InProcessCollectives } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { SingleDeviceCollective } from "../collectives/single-device-collective.js";
import { NormsOfRanks } from "./norms-of-ranks.js";

const ofTwo = () => new InProcessCollectives(2).ranks[0] ?? new SingleDeviceCollective();

describe("NormsOfRanks", () => {
  it("connects the SyncBatchNorms of set-up modules until the end", () => {
    const [norm, other] = [new nn.SyncBatchNorm(3), new nn.SyncBatchNorm(3)];
    const norms = new NormsOfRanks();
    norms.add(new nn.Sequential(new nn.Linear(2, 3), norm, new nn.BatchNorm1d(3)));
    norms.connect(ofTwo());
    expect([norm.isConnected, other.isConnected]).toEqual([true, false]);
    norms.disconnect();
    expect(norm.isConnected).toBe(false);
  });

  it("leaves them alone on one rank", () => {
    const norm = new nn.SyncBatchNorm(3);
    const norms = new NormsOfRanks();
    norms.add(norm);
    norms.connect(new SingleDeviceCollective());
    expect(norm.isConnected).toBe(false);
  });

  it("refuses one that came into its model later, unless it does not train", () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3));
    const norms = new NormsOfRanks();
    norms.add(model);
    norms.connect(ofTwo());
    expect(() => norms.requireConnected()).not.toThrow();
    nn.SyncBatchNorm.convertSyncBatchnorm(model);
    expect(() => norms.requireConnected()).toThrow(/^1 is a SyncBatchNorm .*alone[^]*before fabric\.setup/);
    model.eval();
    expect(() => norms.requireConnected()).not.toThrow();
  });
});
