/** What to do about PyTorch's `inplace`, which most of its activations and dropouts take. */
export const INPLACE_ADVICE = "leave out PyTorch's inplace: no tensor is changed here.";
