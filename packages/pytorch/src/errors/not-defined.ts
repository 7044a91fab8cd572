import { MisconfigurationError } from "@lightning-ts/core";

const EXAMPLES: Readonly<Record<string, string>> = {
  trainingStep: "override trainingStep(batch, batchIdx) { … return loss; }",
  configureOptimizers: "override configureOptimizers() { return new optim.Adam(this.parameters(), { lr: 1e-3 }); }",
  trainDataloader: "pass a loader: trainer.fit(model, trainLoader), or override trainDataloader()",
  forward: "override forward(x) { … }",
};

/** A method that was needed but nobody wrote. */
export function notDefined(owner: object, method: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_NOT_DEFINED",
    message: `${owner.constructor.name} does not define ${method}.`,
    tryThis: EXAMPLES[method] ?? `override ${method}.`,
  });
}

/** `fit` without what it needs at least. */
export function missingForFit(owner: object, method: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_NOT_DEFINED",
    message: `${owner.constructor.name} does not define ${method}, so trainer.fit cannot train it.`,
    expected: "at least trainingStep, configureOptimizers and a training dataloader",
    tryThis: EXAMPLES[method],
  });
}
