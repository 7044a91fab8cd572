/** One of the four files of MNIST. */
export interface DigitFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export type Split = "train" | "test";

/** MNIST as Y. LeCun, C. Cortes and C. Burges published it: 60 000 digits to train on, 10 000 to test with. */
export const digitFiles: Readonly<Record<Split, { readonly images: DigitFile; readonly labels: DigitFile }>> = {
  train: {
    images: {
      name: "train-images-idx3-ubyte",
      sizeBytes: 47_040_016,
      sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    },
    labels: {
      name: "train-labels-idx1-ubyte",
      sizeBytes: 60_008,
      sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    },
  },
  test: {
    images: {
      name: "t10k-images-idx3-ubyte",
      sizeBytes: 7_840_016,
      sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    },
    labels: {
      name: "t10k-labels-idx1-ubyte",
      sizeBytes: 10_008,
      sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    },
  },
};
