import { LightningError } from "./lightning-error.js";

/** Code that ran inside one of our scopes left another scope open, or closed ours. */
export class ForeignScopeError extends LightningError {
  /** What had run, e.g. `"LitMnist.trainingStep"`. */
  readonly where: string;
  /** The scope that was innermost afterwards, `"none"` if there was none. */
  readonly scope: string;

  constructor({ where, scope }: { readonly where: string; readonly scope: string }) {
    super({
      code: "LIT_FOREIGN_SCOPE",
      message: `After ${where}, another tensor scope stands where ours should be.`,
      expected: "the scope of this step to be the innermost one",
      received: scope === "none" ? "no open scope" : `an open scope named "${scope}"`,
      tryThis:
        "close what you open (tf.tidy must not contain an await; use `using scope = tensorScope()`), and do not run other tensor work in between.",
    });
    this.where = where;
    this.scope = scope;
  }
}
