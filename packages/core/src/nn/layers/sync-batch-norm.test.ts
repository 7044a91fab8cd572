import { describe, expect, it } from "vitest";
import { describeOnBackends } from "../../backend/describe-on-backends-under-test.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

class Net extends nn.Module {
  readonly conv = new nn.Conv1d(2, 3, 1);
  readonly norm = new nn.BatchNorm1d(3, { momentum: 0.3, eps: 1e-3 });
  readonly blocks = new nn.ModuleList([new nn.Sequential(new nn.BatchNorm2d(4, { affine: false }), new nn.ReLU())]);
  readonly heads = new nn.ModuleDict<nn.Module>({ a: new nn.BatchNorm3d(2, { trackRunningStats: false }) });
  readonly again = this.norm;
}

describe("convertSyncBatchnorm", () => {
  it("replaces every batch norm, and keeps parameters, statistics, options and the state dict", () => {
    const net = new Net().eval();
    const [weight, mean, keys] = [net.norm.weight, net.norm.runningMean, [...net.stateDict().keys()]];
    const values = [...net.stateDict().values()];
    expect(nn.SyncBatchNorm.convertSyncBatchnorm(net)).toBe(net);
    expect([net.norm, net.blocks.at(0)?.at(0), net.heads.get("a")].map((layer) => layer?.constructor)).toEqual([
      nn.SyncBatchNorm,
      nn.SyncBatchNorm,
      nn.SyncBatchNorm,
    ]);
    expect(net.again).toBe(net.norm);
    expect([net.norm.weight === weight, net.norm.runningMean === mean, net.norm.training]).toEqual([true, true, false]);
    expect([...net.stateDict().keys()]).toEqual(keys);
    expect([...net.stateDict().values()].every((value, i) => value === values[i])).toBe(true);
    expect(String(net.norm)).toBe(
      "SyncBatchNorm(3, eps=0.001, momentum=0.3, affine=True, bias=True, track_running_stats=True)",
    );
  });

  it("makes one layer of one, and leaves what is converted", () => {
    const norm = new nn.BatchNorm2d(2, { bias: false });
    const layer = nn.SyncBatchNorm.convertSyncBatchnorm(norm);
    expect(layer.weight).toBe(norm.weight);
    expect(layer.bias).toBeUndefined();
    expect(nn.SyncBatchNorm.convertSyncBatchnorm(layer)).toBe(layer);
    const model = new nn.Sequential(layer);
    expect(nn.SyncBatchNorm.convertSyncBatchnorm(model).at(0)).toBe(layer);
  });
});

await describeOnBackends("SyncBatchNorm on one rank, on %s", () => {
  it.each([[[6, 3]], [[4, 3, 5]], [[2, 3, 4, 4]], [[2, 3, 2, 2, 2]]])("is batch norm of %j", (shape) => {
    const kinds = [nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d];
    const plain = new (kinds[shape.length - 2] ?? nn.BatchNorm1d)(3);
    const sync = new nn.SyncBatchNorm(3);
    using _scope = tensorScope();
    const x = tf.randomNormal(shape, 1, 2, "float32", 7);
    expect(sync.forward(x).dataSync()).toEqual(plain.forward(x).dataSync());
    expect(sync.runningVar?.dataSync()).toEqual(plain.runningVar?.dataSync());
    expect(sync.eval().forward(x).dataSync()).toEqual(plain.eval().forward(x).dataSync());
    plain.dispose();
    sync.dispose();
  });
});
