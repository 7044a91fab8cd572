import { tmpdir } from "node:os";
import { join } from "node:path";
import * as L from "lightning-ts";
import { tf } from "lightning-ts/core";
import { MyDataModule } from "../digits-data.js";
import { isFull, report } from "../report.js";
import { Backbone, LitClassifier } from "./lit-classifier.js";

L.seedEverything(1234);
const folder = join(tmpdir(), "lightning-ts-image-classifier");
const model = new LitClassifier({ backbone: new Backbone(128), learningRate: isFull ? 1e-4 : 1e-3 });
const datamodule = new MyDataModule(isFull ? {} : { most: 6000 });
const trainer = new L.Trainer({ maxEpochs: isFull ? 10 : 2, defaultRootDir: folder, enableProgressBar: isFull });

await trainer.fit(model, { datamodule });
const [metrics] = await trainer.test({ ckptPath: "best", datamodule });
const predictions = await trainer.predict(model, { ckptPath: "best", datamodule });
const file = join(folder, "classifier.onnx");
await model.toOnnx(file, { input: tf.zeros([1, 1, 28, 28]) });

const accuracy = metrics?.["test_acc"] ?? 0;
const result = `accuracy ${(100 * accuracy).toFixed(1)} %, scores [${predictions[0]?.shape.join(", ") ?? ""}], ${file}`;
report("image-classifier", accuracy > 0.86, result, "above 86 %");
