import { nn, StateDictError, tf } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import * as vision from "../index.js";

const SMALL = { imageSize: 32, patchSize: 16, numLayers: 1, numHeads: 2, hiddenDim: 8, mlpDim: 12, numClasses: 3 };

describe("what a model refuses", () => {
  const { resnet18, resnet34, resnet50, mobilenetV2, vitB16 } = vision;
  it.each(Object.entries({ resnet18, resnet34, resnet50, mobilenetV2, vitB16 }))(
    "%s has no weights to download, and says how to load a file",
    (_name, create: (options: never) => nn.Module) => {
      expect(() => create({ weights: "DEFAULT" } as never)).toThrow(/weights are not downloaded here.*readWeights/s);
      expect(() => create({ pretrained: true } as never)).toThrow(/weights are not downloaded here/);
      expect(() => create({ numClases: 3 } as never)).toThrow(/no option "numClases".*numClasses/s);
    },
  );
  it("names the model of Python in the command that saves its weights", () => {
    expect(() => vision.vitB16({ weights: "DEFAULT" as never })).toThrow("torchvision.models.vit_b_16(");
    expect(() => vision.mobilenetV2({ weights: "DEFAULT" as never })).toThrow("torchvision.models.mobilenet_v2(");
  });
  it("takes weights: null, which is Python's None", () => {
    expect(vision.mobilenetV2({ weights: null, numClasses: 2, widthMult: 0.1 }).lastChannel).toBe(1280);
  });
  it("says which options do not fit", () => {
    const { BasicBlock, Bottleneck, ResNet, MobileNetV2, VisionTransformer, InvertedResidual } = vision;
    expect(() => new ResNet(BasicBlock, [1, 1, 1, 1], { groups: 2 })).toThrow(/BasicBlock has neither groups/);
    expect(() => new ResNet(Bottleneck, [1, 1, 1])).toThrow(/four layers/);
    expect(() => new ResNet(Bottleneck, [1, 0, 1, 1])).toThrow(/four layers/);
    expect(() => new ResNet(Bottleneck, [1, 1, 1, 1], { replaceStrideWithDilation: [true] as never })).toThrow(
      /three booleans/,
    );
    expect(() => new ResNet(BasicBlock, [1, 1, 1, 1], { normLayer: nn.BatchNorm2d as never })).toThrow(
      /normLayer is no function/,
    );
    expect(() => new MobileNetV2({ invertedResidualSetting: [] })).toThrow(/rows of four numbers/);
    expect(() => new InvertedResidual(8, 8, 3, { expandRatio: 1 })).toThrow(/stride of 1 or 2/);
    expect(() => new VisionTransformer({ ...SMALL, patchSize: 5 })).toThrow(/patches do not fill the image/);
    expect(() => new VisionTransformer({ ...SMALL, numLayers: undefined as never })).toThrow(/numLayers are no sizes/);
  });
  it("names the layer that an image does not fit, by its path", () => {
    const model = new vision.ResNet(vision.BasicBlock, [1, 1, 1, 1], { numClasses: 3 });
    model.parameters();
    expect(() => model.forward(tf.zeros([2, 1, 32, 32]))).toThrow(/conv1 \(Conv2d\).*\[2, 1, 32, 32\]/s);
    const transformer = new nn.Sequential(new vision.VisionTransformer(SMALL));
    transformer.parameters();
    expect(() => transformer.forward(tf.zeros([2, 3, 48, 32]))).toThrow(
      /0 \(VisionTransformer\): the images have another size.*\[N, 3, 32, 32\].*\[2, 3, 48, 32\]/s,
    );
  });
});

describe("how a model starts", () => {
  const spread = (values: ArrayLike<number>): number =>
    Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);

  it("ResNet: convolutions are drawn for the ReLU behind them, as seen from their outputs", () => {
    const model = new vision.ResNet(vision.Bottleneck, [1, 1, 1, 1], { numClasses: 3, zeroInitResidual: true });
    const state = model.stateDict();
    expect(spread(state.get("layer4.0.conv2.weight")!.dataSync()) / Math.sqrt(2 / (512 * 9))).toBeCloseTo(1, 2);
    expect(state.get("layer1.0.bn3.weight")!.dataSync()).toEqual(new Float32Array(256));
    expect(state.get("layer1.0.bn2.weight")!.dataSync()).toEqual(new Float32Array(64).fill(1));
  });
  it("MobileNet: the classes' weights are small, and their biases zeros", () => {
    const state = new vision.MobileNetV2({ numClasses: 50 }).stateDict();
    expect(spread(state.get("classifier.1.weight")!.dataSync())).toBeCloseTo(0.01, 3);
    expect(state.get("classifier.1.bias")!.dataSync()).toEqual(new Float32Array(50));
  });
  it("transformer: the class's token and the head are zeros, positions are small, patches within two deviations", () => {
    const model = new vision.VisionTransformer({ ...SMALL, hiddenDim: 64, representationSize: 32 });
    const state = model.stateDict();
    expect(state.get("heads.head.weight")!.dataSync()).toEqual(new Float32Array(3 * 32));
    expect(state.get("class_token")!.dataSync()).toEqual(new Float32Array(64));
    expect(spread(state.get("encoder.pos_embedding")!.dataSync())).toBeCloseTo(0.02, 2);
    const patches = state.get("conv_proj.weight")!.dataSync();
    expect(spread(patches) / Math.sqrt(1 / 768)).toBeCloseTo(1, 1);
    expect(Math.max(...patches.map(Math.abs))).toBeLessThan(2);
  });
});

describe("files of older versions", () => {
  it("a transformer's linear layers load under the names that torchvision's own files have", () => {
    const [from, to] = [new vision.VisionTransformer(SMALL), new vision.VisionTransformer(SMALL)];
    const renamed = new Map(
      [...from.stateDict()].map(([key, tensor]) => [
        key.replace("mlp.0.", "mlp.linear_1.").replace("mlp.3.", "mlp.linear_2."),
        tensor,
      ]),
    );
    expect(renamed.has("encoder.layers.encoder_layer_0.mlp.linear_2.bias")).toBe(true);
    new nn.Sequential(to).loadStateDict(new Map([...renamed].map(([key, value]) => [`0.${key}`, value])));
    const key = "encoder.layers.encoder_layer_0.mlp.3.weight";
    expect(to.stateDict().get(key)!.dataSync()).toEqual(from.stateDict().get(key)!.dataSync());
    expect(renamed.has("encoder.layers.encoder_layer_0.mlp.linear_2.bias")).toBe(true);
  });
  it("batch norms load without the count of batches, and not without their statistics", () => {
    const model = new vision.MobileNetV2({ numClasses: 2, widthMult: 0.1 });
    const without = (pattern: RegExp) => new Map([...model.stateDict()].filter(([key]) => !pattern.test(key)));
    expect(model.loadStateDict(without(/num_batches_tracked/)).missingKeys).toEqual([]);
    expect(() => model.loadStateDict(without(/running_var/))).toThrow(StateDictError);
  });
});
