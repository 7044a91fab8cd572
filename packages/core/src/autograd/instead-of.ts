const POOL = "F.maxPool1d … 3d and F.avgPool1d … 3d (nn.functional) have derivatives of any order.";
const CONVOLUTION =
  "F.conv1d … 3d (nn.functional) have derivatives of any order; `groups` equal to the channels is depthwise.";
const COMPLEX =
  "keep real and imaginary parts as two tensors; a discrete Fourier transform is a tf.matMul with cosines and sines.";
const AUGMENTATION = "transform images in the dataset, before the step, or detach() the result.";
const FIRST_ONLY =
  "it has first derivatives only; leave createGraph out, or write the function with simpler operations.";

/** What to write instead of tfjs kernels that have no gradient. */
export const INSTEAD_OF: Readonly<Record<string, string>> = {
  AvgPool3DGrad: POOL,
  AvgPoolGrad: POOL,
  Bincount: "tf.unsortedSegmentSum of the weights counts them, and has a gradient.",
  Complex: COMPLEX,
  Conv2DBackpropFilter: CONVOLUTION,
  Conv3DBackpropFilterV2: CONVOLUTION,
  CropAndResize: "cut with tf.slice and resize with tf.image.resizeBilinear.",
  DenseBincount: "tf.unsortedSegmentSum of the weights counts them, and has a gradient.",
  DepthwiseConv2dNativeBackpropFilter: CONVOLUTION,
  DepthwiseConv2dNativeBackpropInput: CONVOLUTION,
  Dilation2DBackpropFilter: FIRST_ONLY,
  Dilation2DBackpropInput: FIRST_ONLY,
  FFT: COMPLEX,
  IFFT: COMPLEX,
  Imag: COMPLEX,
  LRNGrad: FIRST_ONLY,
  MaxPool3DGrad: POOL,
  MaxPoolGrad: POOL,
  MaxPoolWithArgmax: "tf.maxPool and F.maxPool2d give the same values and have gradients.",
  Real: COMPLEX,
  RotateWithOffset: AUGMENTATION,
  SparseSegmentMean: "tf.gather, tf.unsortedSegmentSum, and a division by the lengths.",
  SparseSegmentSum: "tf.gather and then tf.unsortedSegmentSum.",
  SparseToDense: "tf.scatterND writes values at indices and has a gradient.",
  Transform: AUGMENTATION,
};
