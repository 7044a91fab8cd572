import { LightningError, MisconfigurationError } from "@lightning-ts/core";

/** Collects what is wrong with a set of options, so that all of it is reported at once. */
export class OptionProblems {
  readonly #messages: string[] = [];

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  get messages(): readonly string[] {
    return this.#messages;
  }

  add(message: string): void {
    this.#messages.push(message);
  }

  /** Runs `check`; an error of this library becomes a problem, any other passes through. */
  attempt<TResult>(check: () => TResult): TResult | undefined {
    try {
      return check();
    } catch (error) {
      if (!LightningError.isInstance(error)) throw error;
      this.#messages.push(error.message);
      return undefined;
    }
  }

  /** @throws MisconfigurationError listing every problem, if there is one */
  throwIfAny(subject: string): void {
    const [first] = this.#messages;
    if (first === undefined) return;
    const list =
      this.#messages.length === 1 ? ` ${first}` : `\n${this.#messages.map((text) => `  - ${text}`).join("\n")}`;
    throw new MisconfigurationError({ code: "LIT_OPTIONS", message: `${subject} cannot be set up:${list}` });
  }
}
