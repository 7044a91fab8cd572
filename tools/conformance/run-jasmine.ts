/** The part of jasmine 3 that is used; it has no types of its own. */
interface Jasmine {
  readonly env: {
    configure(options: {
      random: boolean;
      failSpecWithNoExpectations: boolean;
      specFilter: (spec: { getFullName(): string }) => boolean;
    }): void;
  };
  clearReporters(): void;
  addReporter(reporter: { specDone(result: SpecResult): void; suiteDone(result: SpecResult): void }): void;
  exitOnCompletion: boolean;
  execute(): Promise<unknown>;
}

export interface SpecResult {
  readonly fullName: string;
  /** `"passed"`, `"failed"`, or why it did not run. */
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string; readonly stack?: string }[];
}

export interface JasmineRun {
  /** The class that the package `jasmine` exports. */
  readonly jasmine: new () => Jasmine;
  /** Loads what registers the tests with jasmine's globals. */
  readonly load: () => void;
  /** Whether the test of this full name runs. */
  readonly isChosen: (name: string) => boolean;
  /** Hears every test's end, and every suite's whose hooks failed. */
  readonly onResult: (result: SpecResult) => void;
}

/** Runs tests that are written for jasmine, in their order. */
export async function runJasmine({ jasmine: JasmineRunner, load, isChosen, onResult }: JasmineRun): Promise<void> {
  const jasmine = new JasmineRunner();
  jasmine.env.configure({
    random: false,
    failSpecWithNoExpectations: false,
    specFilter: (spec) => isChosen(spec.getFullName()),
  });
  jasmine.clearReporters();
  jasmine.addReporter({
    specDone: onResult,
    suiteDone: (result) => result.failedExpectations.length > 0 && onResult({ ...result, status: "failed" }),
  });
  load();
  jasmine.exitOnCompletion = false;
  await jasmine.execute();
}
