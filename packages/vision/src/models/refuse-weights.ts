import { describeValue, MisconfigurationError } from "@lightning-ts/core";

/** What torchvision's functions take beside the options of the model. */
export interface WeightsOption {
  /** Weights are not downloaded: load them with `model.loadStateDict(await readWeights(path))`. */
  readonly weights?: null | undefined;
}

/** The options without `weights`. @throws MisconfigurationError where there are some */
export function withoutWeights<TOptions extends WeightsOption>(
  model: string,
  options: TOptions,
): Omit<TOptions, "weights"> {
  if (typeof options !== "object")
    throw new MisconfigurationError({
      message: `${model} takes an object of options.`,
      expected: `such as ${model}({ numClasses: 10 })`,
      received: describeValue(options),
    });
  const { weights, ...others } = options;
  if (weights !== undefined && weights !== null) throw noDownload(model, `weights: ${describeValue(weights)}`);
  if ("pretrained" in others) throw noDownload(model, "the option pretrained");
  return others;
}

function noDownload(model: string, received: string): MisconfigurationError {
  return new MisconfigurationError({
    message: `${model}: weights are not downloaded here.`,
    expected: "no weights; the model starts with random ones",
    received,
    tryThis:
      `in Python, torch.save(torchvision.models.${pythonName(model)}(weights="DEFAULT").state_dict(), "weights.pth"); ` +
      'here, model.loadStateDict(await readWeights("weights.pth")) with readWeights of @lightning-ts/pytorch, which ' +
      "reads .pth and .safetensors files.",
  });
}

/** mobilenetV2 -> mobilenet_v2, vitB16 -> vit_b_16 */
function pythonName(model: string): string {
  return model.replace(/(?<=[a-z])[A-Z]|(?<=[A-Z])\d/g, (letter) => `_${letter.toLowerCase()}`).replace("v_2", "v2");
}
