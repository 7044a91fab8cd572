import { classNameOf, MisconfigurationError } from "@lightning-ts/core";

const EXAMPLES: Readonly<Record<string, string>> = {
  trainingStep: "override trainingStep(batch, batchIdx) { … return loss; }",
  configureOptimizers: "override configureOptimizers() { return new optim.Adam(this.parameters(), { lr: 1e-3 }); }",
  trainDataloader: "pass a loader: trainer.fit(model, trainLoader), or override trainDataloader()",
  forward: "override forward(x) { … }",
};

/** The error for a method that a run needs and the class does not define. */
export function notDefined(owner: object, method: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_NOT_DEFINED",
    message: `${classNameOf(owner)} does not define ${method}.`,
    tryThis: EXAMPLES[method] ?? `override ${method}.`,
  });
}

/** The error for a `fit` whose module or data lack something that every fit needs. */
export function missingForFit(owner: object, method: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_NOT_DEFINED",
    message: `${classNameOf(owner)} does not define ${method}, so trainer.fit cannot train it.`,
    expected: "at least trainingStep, configureOptimizers and a training dataloader",
    tryThis: EXAMPLES[method],
  });
}
